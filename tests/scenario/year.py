#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A model year: 365 days of reports, each followed by a run, held against what the documented rules say.

tests/lib/year_world.py says what happens in the year (systems that come and go, bad days of feeds, members
that join and leave, bounces, answers) and tests/lib/year_rules.py works out by the rules of docs/ who is told
what on which day.  Neither asks the program anything.  Here both are run side by side; every warning of the
year must be the one that was worked out, with its day, recipient and systems, and so must the report's
figures."""
import collections, datetime, email, ipaddress, os, sqlite3, sys
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.environ["TOP_SRCDIR"], "tests/lib"))
from scenario import main
import year_rules, year_world
from year_world import DAYS, day_text

CONF = """
identity = { name = "Example CERT"; from = "warn@cert.example"; verify = "https://cert.example/verify";
	reply_to = "reply@cert.example"; bounce = "bounce@cert.example"; language = "en"; };
ledger = "ledger.db"; spool = "spool"; allow_documentation = true;
sources = ( { name = "shadowserver"; plugin = "shadowserver"; from = "dir:in"; tlp = "amber";
		expect = "daily"; },
	{ name = "partner"; plugin = "iodef"; from = "dir:partner"; tlp = "amber"; },
	{ name = "desk"; plugin = "researcher"; from = "dir:desk"; tlp = "amber"; } );
match = ( { plugin = "registry"; } );
decide = { policy = "policy.csv"; };
answers = ( { from = "maildir:back"; } );
deliver = { most_per_recipient = 100; notifiers = (
	{ name = "mail"; plugin = "maildir"; path = "mail"; for = "direct"; },
	{ name = "hand"; plugin = "maildir"; path = "mail"; for = "vital"; to = "intake@partner.example"; }
	); };
alarms = { free_space = 0; };
"""
POLICY = """problem,least,feed,class,severity,constituency,warn,interval,lane,greatest_age,comment
,,,information-content-security/data-leak,,,hold,,,,a person first
ntp-version,2,,,,,yes,10d,digest,,flaps
,,,malicious-code/*,,,yes,7d,priority,,compromised
,,,vulnerable/*,critical,,yes,30d,priority,,
,,,,,,yes,30d,digest,,
"""
BACK = "From: {who}\nTo: {to}\nSubject: {subject}\n{more}\n{text}\n"
REPORT = ('MIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status; boundary="b"\n',
          "--b\nContent-Type: text/plain\n\nIt could not be delivered.\n--b\nContent-Type: "
          "message/delivery-status\n\nReporting-MTA: dns; mx.example\n\nFinal-Recipient: rfc822; x@o.example"
          "\nAction: failed\nStatus: 5.1.1\n--b--\n")


class Year:
    def __init__(self, s):
        self.s, self.world, self.mails, self.back = s, year_world.World(), {}, 0
        self.rules = year_rules.Rules(self.world)
        self.named = {}                     # number -> the table of systems in that mail
        self.told, self.upto = [], 0       # what the ledger has: (day, recipient, systems)
        s.write("tocsin.conf", CONF)
        s.write("policy.csv", POLICY)
        for name in ("back/cur", "back/new", "back/tmp", "partner", "desk"):
            os.makedirs(s.path(name))
        self.registry(0, "--partial")

    def registry(self, day, *how):
        for name, text in self.world.tables(day).items():
            self.s.write(name, text)
        self.s.at(day_text(day) + "T12:00:00Z")
        self.s.t("org", "import", *how, "organisations.csv", "assets.csv", "contacts.csv")
        assert self.s.code == 0, self.s.err

    def new_mails(self):
        for where, _, names in os.walk(self.s.path("mail")):
            if os.path.basename(where) == "new":
                for n in names:
                    path = os.path.join(where, n)
                    if path in self.mails:
                        continue
                    with open(path, "rb") as f:
                        mail = email.message_from_binary_file(f)
                    self.mails[path] = os.path.basename(os.path.dirname(where)), mail
                    self.named[mail["X-Tocsin-Warning"]] = "".join(
                        p.get_payload(decode=True).decode() for p in mail.walk()
                        if p.get_content_type() == "text/csv")

    def comes_back(self, day, recipient, what):
        """Somebody, or some machine, answers the newest mail to that address."""
        mail = max((m for a, m in self.mails.values() if a == recipient), key=lambda m: m["X-Tocsin-Warning"])
        self.back += 1
        name = f"back/new/{self.back:04}.test"
        if what == "bounce":
            text = BACK.format(who="MAILER-DAEMON@mx.example", to=mail["Reply-To"], subject="Undelivered",
                               more=REPORT[0], text=REPORT[1])
        else:
            text = BACK.format(who=recipient, to=mail["Reply-To"], subject="Re: " + str(mail["Subject"])[:20],
                               more="", text=what)
        self.s.write(name, text)
        at = datetime.datetime.fromisoformat(day_text(day) + "T17:00:00+00:00").timestamp()
        os.utime(self.s.path(name), (at, at))

    def day(self, day):
        s = self.s
        if self.world.registry_changes(day):
            self.registry(day, "--replace", "--yes")
        s.at(day_text(day) + "T18:00:00Z")
        for org in self.world.joins.get(day, ()):
            s.t("rematch", org, "--since", "13d12h")
            assert s.code == 0, s.err
        for ip in self.world.released.get(day, ()):
            case = [c["case"] for c in s.rows("cases") if c["ip"] == ip]
            s.t("release", f"case:{case[0]}")
            assert s.code == 0, s.err
        for name, text in self.world.files(day):
            s.write(name, text)
            os.utime(s.path(name), (1, 1))
        for recipient, what in self.world.back.get(day, ()):
            self.comes_back(day, recipient, what)
        s.t("run", "--once")
        self.bad_run = (day, s.code, s.err) if s.code != 0 else None
        self.rules.day(day)
        if day in self.world.back or day + 1 in self.world.back:
            self.new_mails()

    def read_ledger(self):
        """The warnings that were handed over since the last time, as (day, recipient, systems)."""
        db = sqlite3.connect(self.s.path("ledger.db"))
        got = collections.defaultdict(list)
        head = {}
        for w, number, made, recipient, ip, port in db.execute(
                "SELECT w.id, w.number, w.made, w.recipient, c.ip, c.port FROM warning w "
                "JOIN warning_case x ON x.warning = w.id JOIN cases c ON c.id = x.id WHERE w.id > ? "
                "ORDER BY w.id", (self.upto,)):
            head[w] = (number, made, recipient)
            got[w].append((str(ipaddress.ip_address(ip).ipv4_mapped), port))
        db.close()
        for w in sorted(head):
            number, made, recipient = head[w]
            self.told.append((made // 86400 - year_world.FIRST, recipient, tuple(sorted(got[w])), number))
        self.upto = max([self.upto, *head])


def month(y, s, m, last):
    y.read_ledger()
    y.new_mails()
    first = year_world.month_start(m)
    got = sorted((d, r, c) for d, r, c, _ in y.told if first <= d <= last)
    want = sorted((w.day, w.recipient, w.systems()) for w in y.rules.warnings if first <= w.day <= last)
    more, less = [g for g in got if g not in want], [w for w in want if w not in got]
    s.ok(f"{day_text(first)[:7]}: {len(want)} warnings, as the rules say", got == want and want,
         "got and not expected", *more[:4], "expected and not got", *less[:4])
    s.ok("none to whom the registry had no verified asset for", all(
        y.world.may_be_told(d, r, ip) for d, r, c, _ in y.told if d >= first for ip, _ in c))
    in_box = {(m["X-Tocsin-Warning"], a) for a, m in y.mails.values()}
    s.ok("each lies in the mailbox of its recipient, once", len(y.mails) == len(y.told) and
         {(n, r) for _, r, _, n in y.told} == in_box, len(y.mails), len(y.told))
    s.ok("and names its systems", all(ip in y.named[n] for d, _, c, n in y.told if d >= first for ip, _ in c))
    db = sqlite3.connect(s.path("ledger.db"))
    unbalanced = db.execute("SELECT i.id, i.records, (SELECT sum(n) FROM tally t WHERE t.input = i.id) s "
                            "FROM input i WHERE i.records <> coalesce(s, 0)").fetchall()
    s.same("the books balance", unbalanced, [])
    numbers = [n for (n,) in db.execute("SELECT number FROM warning ORDER BY id")]
    s.ok("numbers go up by one", numbers == [f"2025-{i + 1:05}" for i in range(len(numbers))])
    db.close()
    s.same("the log of orders holds together", s.t("audit", "verify"), 0)


def whole(y, s):
    figures(y, s)
    states(y, s)


def figures(y, s):
    rows = s.rows("report", "--by", "month,requested") or s.rows("report")
    asked = "requested" if rows and "requested" in rows[0] else "state"

    def of(count, *by, **where):
        got = collections.Counter()
        for r in rows:
            if r["count"] == count and all(r[k] == v for k, v in where.items()):
                got[tuple(r[k] for k in by)] += r["n"]
        return dict(got)

    def want(items):
        return dict(collections.Counter(items))

    w = y.rules.warnings
    mon = lambda d: day_text(d)[:7]
    s.same("the report's warnings by month and who asked for them", of("warnings", "month", asked),
           want((mon(x.day), "unsolicited" if x.operator else "requested") for x in w))
    s.same("its organisations by month", of("organisations", "month"), want(
        (m,) for m, _ in {(mon(x.day), o) for x in w for o in x.organisations()}))
    s.same("its findings by month", of("findings", "month"), want((mon(d),) for d, n in y.rules.records
                                                                 for _ in range(n)))
    s.same("of which of nobody who is registered", of("findings", "month", state="unmatched"),
           want((mon(d),) for d, n in y.rules.unmatched for _ in range(n)))
    s.same("its inputs by month", of("inputs", "month"), want((mon(d),) for d in y.rules.inputs))


def states(y, s):
    name = {"handed": "handed-over", "held": "held", "none": "nothing-due", "due": "due"}
    got = sorted((c["organisation"] or "", c["ip"], c["port"] or 0, c["day"] or "", c["seen"], c["told"],
                  c["answer"], c["episode"]) for c in s.rows("cases"))
    want = sorted((c.org, c.ip, c.port if c.kind != "sink" else 0, c.day_name, c.seen, name[c.told],
                   c.answer, c.episode) for c in y.rules.all_cases())
    s.ok(f"{len(want)} cases stand as the rules say: seen, told, answered, episode", got == want,
         "got and not expected", *[g for g in got if g not in want][:6],
         "expected and not got", *[w for w in want if w not in got][:6])
    db = sqlite3.connect(s.path("ledger.db"))
    kinds = dict(db.execute("SELECT kind, count(*) FROM event WHERE kind IN (0, 2, 8, 9) GROUP BY kind"))
    db.close()
    s.same("opened, relapsed, gone, expired", tuple(kinds.get(k, 0) for k in (0, 2, 8, 9)),
           tuple(y.rules.count[k] for k in ("opened", "relapsed", "gone", "expired")))
    s.same("warnings by what became of them",
           dict(collections.Counter(x["state"] for x in s.rows("warnings"))), dict(
               collections.Counter(x.state(DAYS - 1) for x in y.rules.warnings)))
    bad = {"late", "missing", "empty", "shrunken"}
    s.ok("the bad days of the last month are listed as bad", {r["state"] for r in s.rows(
        "inputs", "--coverage", "--days", "30")} & bad == y.world.bad_states(DAYS - 30, DAYS))


def test(s):
    y = Year(s)
    m = 1
    failed = []
    for day in range(DAYS):
        y.day(day)
        if y.bad_run:
            failed.append(y.bad_run)
        if day == DAYS - 1 or day + 1 == year_world.month_start(m + 1):
            month(y, s, m, day)
            m += 1
    s.same("every run went well", failed, [])
    whole(y, s)


main(test)
