#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The life of cases beyond told and silent: looks, answers, many ports, days, merged problems and
organisations, and the log of orders."""
import os, sqlite3, sys
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.environ["TOP_SRCDIR"], "tests/lib"))
import scenario

CONF = '''identity = { name = "Example CERT"; from = "warn@cert.example";
	verify = "https://cert.example/verify"; };
ledger = "ledger.db";
spool = "spool";
allow_documentation = true;
sources = ( { name = "shadowserver"; plugin = "shadowserver"; from = "dir:in"; tlp = "amber"; } );
match = ( { plugin = "registry"; } );
decide = { policy = "policy.csv"; problems = "problems.csv"; };
deliver = { notifiers = ( { name = "mail"; plugin = "maildir"; path = "mail"; for = "*"; } ); };
'''
POLICY = """problem,least,feed,class,severity,constituency,warn,interval,lane,greatest_age,comment
ntp-version,2,,,,,yes,10d,,,flaps
,,,malicious-code/*,,,yes,7d,priority,,compromised
,,,,,,yes,30d,,,
"""
RDP, NTP, SMB = "scan_rdp", "scan_ntp", "scan_smb"


def fresh(s, assets):
    """Another ledger in the same folder."""
    for name in os.listdir(s.dir):
        if name.startswith("ledger.db"):
            os.unlink(s.path(name))
    for sub in ("spool", "mail", "in"):
        for where, _, names in os.walk(s.path(sub), topdown=False):
            for n in names:
                os.unlink(os.path.join(where, n))
    s.write("organisations.csv", "organisation,name,constituency,sector,language,email,interval\n"
            "bakery,Bakery,direct,food,en,security@bakery.example,\n"
            "mill,Mill,direct,food,en,security@mill.example,3d\n"
            "access,Access Provider,direct,telecom,en,abuse@access.example,\n")
    s.write("assets.csv", "organisation,asset,verified,valid_from,valid_until,role,use,interval\n" + assets)
    s.write("policy.csv", POLICY)
    s.write("problems.csv", "alias,problem,comment\n")
    s.at("2026-11-01T00:00:00Z")
    s.t("org", "import", "organisations.csv", "assets.csv")
    assert s.code == 0, s.err


def day(s, n, kind, rows, **more):
    """A report of that day of November, and a run that evening."""
    date = f"2026-11-{n:02d}"
    s.at(f"{date}T18:00:00Z")
    if rows is not None:
        s.report(kind, date, rows, **more)
    s.t("run", "--once")
    return len(s.mails())


def case(s, ip="192.0.2.1", **want):
    got = [r for r in s.rows("cases") if r["ip"] == ip and all(r[k] == v for k, v in want.items())]
    return got[-1] if got else {}


def looks(s):
    fresh(s, "bakery,192.0.2.0/27,yes,,,owner,static,\n")
    s.same("the first look at what flaps warns nobody", day(s, 2, NTP, [("192.0.2.1", 123)]), 0)
    c = case(s)
    s.same("and says why", (c.get("told"), c.get("reason")), ("nothing-due", "seen-once"))
    s.t("explain", "case:1")
    s.ok("explain too", "seen once, waits for a second look" in s.out)
    s.report(NTP, "2026-11-02", [("192.0.2.1", 123, "2026-11-02 20:00:00")], folder="in")
    s.same("another look on the same day is none",
           day(s, 3, None, None), 0)
    s.same("on another day it is", day(s, 4, NTP, [("192.0.2.1", 123)]), 1)
    fresh(s, "bakery,192.0.2.0/27,yes,,,owner,static,\n")
    day(s, 5, NTP, [("192.0.2.1", 123)])
    s.at("2026-11-06T18:00:00Z")
    s.report(NTP, "2026-11-03", [("192.0.2.1", 123)])
    s.t("run", "--once")
    s.same("an earlier day that comes in late is another day", len(s.mails()), 1)


def history(s):
    fresh(s, "bakery,192.0.2.0/27,yes,,,owner,static,\n")
    s.same("told", day(s, 10, RDP, [("192.0.2.1", 3389)]), 1)
    s.t("close", "fixed", "1")
    s.ok("closed as fixed", s.code == 0)
    s.same("what was observed before that does not count",
           day(s, 11, RDP, [("192.0.2.1", 3389, "2026-11-10 17:00:00")]), 1)
    c = case(s)
    s.same("it is answered", (c["answer"], c["reason"], c["episode"]), ("says-fixed", "says-fixed", 1))
    s.report(RDP, "2026-11-09", [("192.0.2.1", 3389)])
    s.same("nor does a late report of an older day", day(s, 12, None, None), 1)
    s.same("what is seen after it does, at once", day(s, 13, RDP, [("192.0.2.1", 3389)]), 2)
    c = case(s)
    s.same("as a relapse", (c["answer"], c["reason"], c["episode"]), ("none", "silent-until", 2))
    s.t("explain", "case:1")
    s.ok("explain tells the answer and the relapse", "answered" in s.out and
         "said to be fixed and was seen" in s.out)


def closing(s):
    fresh(s, "bakery,192.0.2.0/27,yes,,,owner,static,\n")
    day(s, 10, RDP, [("192.0.2.%d" % i, 3389) for i in range(1, 6)])
    s.ok("risk-accepted needs an end", s.t("close", "risk-accepted", "1") == 2 and "--until" in s.err)
    s.ok("that is not over", s.t("close", "mute", "1", "--until", "2026-11-01") == 2)
    s.ok("nor in a hundred years", s.t("close", "mute", "1", "--until", "2126-11-01") == 2)
    s.ok("a case that is not there", s.t("close", "fixed", "99") == 2 and "no case 99" in s.err)
    s.ok("a word that is none", s.t("close", "false-positiv", "1") == 2 and "false-positive" in s.err)
    s.t("close", "false-positive", "1", "--why", "honeypot")
    s.t("close", "not-mine", "case:2")
    s.t("close", "risk-accepted", "3", "--until", "2026-12-20")
    s.t("close", "mute", "4", "--until", "2026-12-20")
    s.at("2026-11-11T18:00:00Z")
    s.t("run", "--once")
    got = {r["ip"][-1]: (r["told"], r["answer"], r["reason"]) for r in s.rows("cases")}
    s.same("each has its state", got, {
        "1": ("nothing-due", "false-positive", "false-positive"),
        "2": ("nothing-due", "not-mine", "not-mine"),
        "3": ("nothing-due", "risk-accepted", "accepted"), "4": ("muted", "none", "muted"),
        "5": ("handed-over", "none", "silent-until")})
    s.same("todo shows what is silenced", sorted(t["reason"] for t in s.rows("todo")),
           ["accepted", "false-positive", "muted", "not-mine"])
    s.same("cases can be listed by answer", [r["case"] for r in s.rows("cases", "--state", "not-mine")], [2])
    s.at("2026-12-15T18:00:00Z")
    s.report(RDP, "2026-12-15", [("192.0.2.%d" % i, 3389) for i in range(1, 6)])
    s.t("run", "--once")
    s.same("after the interval only what was not answered is told", len(s.mails()), 2)
    s.t("explain", "case:4")
    s.ok("explain says until when", "silent until 2026-12-21 00:00Z" in s.out)
    s.at("2026-12-21T18:00:00Z")
    s.report(RDP, "2026-12-21", [("192.0.2.%d" % i, 3389) for i in range(1, 6)])
    s.t("run", "--once")
    s.same("when the end has come it is told again", sorted(r["ip"][-1] for r in s.rows("cases")
           if (r["warned"] or "").startswith("2026-12-21")), ["3", "4"])
    s.at("2026-12-22T18:00:00Z")
    s.report(RDP, "2026-12-22", [("192.0.2.1", 3389)], severity="critical")
    s.t("run", "--once")
    s.same("a rise in severity ends a silence", case(s)["answer"], "none")
    s.t("reopen", "2")
    s.t("run", "--once")
    c = case(s, "192.0.2.2")
    s.same("reopened: told is told", (c["answer"], c["told"]), ("none", "handed-over"))
    s.t("reopen", "2")
    s.t("run", "--once")
    s.ok("again: nothing to take back", "nothing was answered" in s.rows("audit")[-1]["result"])


def compromised(s):
    fresh(s, "bakery,192.0.2.0/27,yes,,,owner,static,\n")
    s.at("2026-11-10T18:00:00Z")
    event(s, 10, [("192.0.2.1", 40001, "05:00:00")])
    s.t("run", "--once")
    s.ok("a compromised system is never muted",
         s.t("close", "mute", "1", "--until", "2026-12-01") == 2 and "never muted" in s.err)
    s.t("close", "false-positive", "2026-00001")
    s.t("run", "--once")
    s.same("a warning's cases can be answered", case(s)["answer"], "false-positive")


def event(s, n, rows):
    name = f"in/2026-11-{n:02d}-event4_sinkhole-nl.csv"
    s.write(name, '"timestamp","protocol","src_ip","src_port","src_asn","src_geo","infection","family","tag",'
            '"severity"\n' + "".join(f'"2026-11-{n:02d} {t}","tcp","{ip}",{port},64496,"NL","avalanche",'
                                     '"avalanche","avalanche","critical"\n' for ip, port, t in rows))
    os.utime(s.path(name), (1, 1))


def ports(s):
    fresh(s, "bakery,192.0.2.0/27,yes,,,owner,static,\n")
    s.same("20 ports: 20 cases in one warning",
           (day(s, 10, RDP, [("192.0.2.1", 1000 + i) for i in range(20)]), len(s.rows("cases"))), (1, 20))
    day(s, 11, RDP, [("192.0.2.1", 1000 + i) for i in range(25)])
    many = case(s, many_ports=True)
    s.same("past 20 they are one", (many.get("told"), many.get("seen")), ("handed-over", "open"))
    s.same("of which nothing is told twice", len(s.mails()), 1)
    s.same("the others are superseded and name it",
           {(r["seen"], r["merged_into"]) for r in s.rows("cases") if not r["many_ports"]},
           {("superseded", many["case"])})
    s.same("ports 22 to 25 made no cases of their own", len(s.rows("cases")), 22)
    s.t("explain", "case:%d" % many["case"])
    s.ok("explain lists them and their warning", "merged into it" in s.out and "2026-00001" in s.out)
    day(s, 12, RDP, [("192.0.2.1", 1003), ("192.0.2.1", 9999)])
    s.same("a port that was its own counts for it", case(s, many_ports=True)["last_seen"],
           "2026-11-12T06:00:00Z")
    s.same("and a new port makes no case", len(s.rows("cases")), 22)
    s.t("close", "risk-accepted", "1", "--until", "2027-02-01")
    s.t("run", "--once")
    s.same("an answer to one that was merged goes to the one that goes on",
           case(s, many_ports=True)["answer"], "risk-accepted")
    fresh(s, "bakery,192.0.2.0/27,yes,,,owner,static,\n")
    s.same("many ports on the first day: one warning", day(s, 10, RDP, [("192.0.2.1", 1000 + i) for i in
                                                                      range(25)]), 1)
    s.ok("which says so", "* (more than 20 ports)" in s.mails()[0][1])
    s.same("with one case", len([r for r in s.rows("cases") if r["told"] == "handed-over"]), 1)


def days(s):
    fresh(s, "access,192.0.2.0/24,yes,,,operator,dynamic,\n")
    s.at("2026-11-20T18:00:00Z")
    event(s, 20, [("192.0.2.1", 40001, "02:00:00"), ("192.0.2.1", 40002, "03:00:00")])
    s.t("run", "--once")
    s.at("2026-11-21T18:00:00Z")
    event(s, 21, [("192.0.2.1", 40003, "02:00:00")])
    s.t("run", "--once")
    s.same("each day is a case",
           [(r["day"], r["sightings"], r["told"], r["episode"]) for r in s.rows("cases")],
           [("2026-11-20", 2, "handed-over", 1), ("2026-11-21", 1, "handed-over", 1)])
    s.same("and a warning", len(s.mails()), 2)
    s.write("in/2026-11-20-event4_sinkhole2-nl.csv", s.read("in/2026-11-20-event4_sinkhole-nl.csv").replace(
        "02:00:00", "01:30:00").replace("40001", "41111"))
    os.rename(s.path("in/2026-11-20-event4_sinkhole2-nl.csv"), s.path("in/2026-11-20-event4_sinkhole-nl.csv"))
    os.utime(s.path("in/2026-11-20-event4_sinkhole-nl.csv"), (2, 2))
    s.at("2026-11-22T19:00:00Z")
    s.t("run", "--once")
    s.same("what comes in late of a day is told with the next warning", len(s.mails()), 3)
    s.ok("with its source port", any("41111" in text for _, text in s.mails()))
    s.same("as the same day's case", len(s.rows("cases")), 2)
    event(s, 22, [("192.0.2.9", 40100, "02:00:00")])
    s.t("run", "--once")
    event(s, 22, [("192.0.2.9", 40101, "02:10:00")])
    s.t("run", "--once")
    s.same("more in the very second of the warning waits a day", len(s.mails()), 4)
    s.at("2026-11-23T19:00:00Z")
    s.t("run", "--once")
    more = [text for _, text in s.mails() if "40101" in text]
    s.ok("and is told then, without what was told", len(more) == 1 and "40100" not in more[0])
    s.report(RDP, "2026-11-23", [("192.0.2.7", 1000 + i) for i in range(25)])
    s.t("run", "--once")
    listed = [text for _, text in s.mails() if "* (more than 20 ports)" in text]
    s.ok("many ports of one day are one case, with every sighting", len(listed) == 1 and
         listed[0].count("2026-11-23 06:00:00") >= 20, *listed)
    s.at("2026-11-30T18:00:00Z")
    s.t("run", "--once")
    s.same("a day that is over ends, and is not gone", {r["seen"] for r in s.rows("cases")},
           {"expired", "superseded"})


def problems(s):
    fresh(s, "bakery,192.0.2.0/27,yes,,,owner,static,\n")
    day(s, 10, RDP, [("192.0.2.1", 3389)])
    day(s, 11, SMB, [("192.0.2.1", 3389)])
    names = {r["problem"] for r in s.rows("cases")}
    s.same("two names: two cases, two warnings", (len(names), len(s.mails())), (2, 2))
    first, second = [r["problem"] for r in s.rows("cases")]
    s.write("problems.csv", f"alias,problem,comment\n{second},{first},the same\n")
    s.at("2026-11-12T18:00:00Z")
    s.t("run", "--once")
    got = [(r["case"], r["seen"], r["told"], r["merged_into"]) for r in s.rows("cases")]
    s.same("one by a new alias: the younger goes into the older", got,
           [(1, "open", "handed-over", None), (2, "superseded", "nothing-due", 1)])
    day(s, 13, SMB, [("192.0.2.1", 3389)])
    s.same("where what is seen under either name counts", (len(s.rows("cases")), case(s, case=1)["last_seen"],
                                                          len(s.mails())), (2, "2026-11-13T06:00:00Z", 2))
    s.t("explain", "case:1")
    s.ok("explain shows both warnings", "2026-00001" in s.out and "2026-00002" in s.out)
    s.t("explain", "case:2")
    s.ok("and where the other went", "case 1 goes on for it" in s.out)
    db = sqlite3.connect(s.path("ledger.db"))
    s.same("each version of the table is on record", [r[0] for r in db.execute(
        "SELECT merged FROM problems_version ORDER BY id")], [0, 1])
    db.close()


def organisations(s):
    fresh(s, "bakery,192.0.2.0/27,yes,,,owner,static,\nmill,192.0.2.32/27,yes,,,owner,static,\n")
    day(s, 10, RDP, [("192.0.2.1", 3389), ("192.0.2.33", 3389)])
    s.ok("merging with what is not there", s.t("org", "merge", "bakery", "mil") == 2 and "mill" in s.err)
    s.t("org", "merge", "bakery", "mill")
    s.ok("an organisation is merged", s.code == 0)
    day(s, 11, RDP, [("192.0.2.1", 3389), ("192.0.2.33", 3389)])
    s.same("its cases pass, and what was told is told",
           ([(r["organisation"], r["told"]) for r in s.rows("cases")], len(s.mails())),
           ([("mill", "handed-over")] * 2, 2))
    os.mkdir(s.path("out"))
    s.t("org", "export", "out")
    s.ok("its assets too", s.read("out/assets.csv").count("mill,") == 2 and "bakery" not in s.read(
        "out/organisations.csv"))
    s.ok("an asset that is not there", s.t("org", "split", "mill", "access", "192.0.2.64/27") == 2)
    s.t("org", "split", "mill", "access", "192.0.2.0/27")
    day(s, 12, None, None)
    s.same("split: its cases go with the asset", case(s)["organisation"], "access")
    s.same("and the new owner is told", s.to().count("abuse@access.example"), 1)
    # by import, where the new owner has the case already
    s.write("assets.csv", "organisation,asset,verified,valid_from,valid_until,role,use,interval\n"
            "access,192.0.2.0/27,yes,,,owner,static,\nmill,192.0.2.32/27,yes,,,owner,static,\n"
            "access,192.0.2.33/32,no,,,owner,static,\n")
    s.t("org", "import", "organisations.csv", "assets.csv")
    s.write("assets.csv", "organisation,asset,verified,valid_from,valid_until,role,use,interval\n"
            "access,192.0.2.32/27,yes,,,owner,static,2d\naccess,192.0.2.0/27,yes,,,owner,static,\n")
    s.t("org", "import", "--replace", "--yes", "organisations.csv", "assets.csv")
    s.ok("imported", s.code == 0)
    day(s, 13, None, None)
    s.same("an asset that was reassigned takes its cases along", {r["organisation"] for r in s.rows("cases")},
           {"access"})
    n = len(s.mails())
    day(s, 16, RDP, [("192.0.2.1", 3389), ("192.0.2.33", 3389)])
    s.same("the interval of an asset goes before all others", len(s.mails()), n + 1)


def audit(s):
    s.ok("the log is whole", s.t("audit", "verify") == 0 and "chain is whole" in s.out)
    s.ok("and listed", "org-merge" in {r["verb"] for r in s.rows("audit")})
    db = sqlite3.connect(s.path("ledger.db"))
    db.execute("DROP TRIGGER audit_fixed")
    db.execute("UPDATE audit SET args = replace(args, 'mill', 'mall') WHERE verb = 'org-merge'")
    db.commit()
    bad = db.execute("SELECT id FROM audit WHERE verb = 'org-merge'").fetchone()[0]
    db.close()
    s.ok("a row that was changed shows", s.t("audit", "verify") == 1 and f"order {bad} " in s.err)


def test(s):
    for part in (looks, history, closing, compromised, ports, days, problems, organisations, audit):
        part(s)


scenario.main(test, conf=CONF)
