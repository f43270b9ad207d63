#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Odd days: names that move, times that are wrong or missing, IPv6, empty reports, the same thing said twice,
and many hands at once."""
import os, shutil, sqlite3, subprocess, sys
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.environ["TOP_SRCDIR"], "tests/lib"))
import scenario
from scenario import HEAD, TOCSIN

CONF = """
identity = { name = "Example CERT"; from = "warn@cert.example"; verify = "https://cert.example/verify"; };
ledger = "ledger.db"; spool = "spool"; allow_documentation = true;
sources = ( { name = "shadowserver"; plugin = "shadowserver"; from = "dir:in"; },
	{ name = "second"; plugin = "shadowserver"; from = "dir:in2"; },
	{ name = "own"; plugin = "csv"; feed = "own.feed"; from = "dir:own"; } );
match = ( { plugin = "registry"; } );
deliver = { most_per_recipient = 1000;
	notifiers = ( { name = "mail"; plugin = "maildir"; path = "mail"; for = "*"; } ); };
"""
FEED = """feed own
class     vulnerable/vulnerable-system  open-ssh-old
kind      service
need  address  source.ip
may   seen     time.source
may   port     source.port
"""
ORGS = """organisation,name,constituency,sector,language,email
shop,Shop,direct,,en,shop@shop.example
host,Host,direct,,en,host@host.example
other,Other,direct,,nl,other@other.example
"""
ASSETS = """organisation,asset,verified,valid_from,valid_until
shop,shop.example,yes,,
host,198.51.100.0/24,yes,,
other,2001:db8:1::/48,yes,,
"""


def day(s, n):
    s.at(f"2026-11-{n:02}T08:00:00Z")


def web(s, n, *rows):
    name = f"in/2026-11-{n:02}-compromised_website-nl.csv"
    s.write(name, "timestamp,severity,ip,port,http_host,url,tag,application\n" +
            "".join(f'"2026-11-{n:02} 06:00:00",high,{ip},443,{host},/x.php,x,https\n' for ip, host in rows))
    os.utime(s.path(name), (1, 1))


def own(s, name, text, when=1):
    s.write("own/" + name, text)
    os.utime(s.path("own", name), (when, when))


def once(s):
    return s.t("run", "--once")


def cases(s, *fields, **want):
    return sorted(tuple(c[f] for f in fields) for c in s.rows("cases")
                  if all(c[k] == v for k, v in want.items()))


def names(s):
    day(s, 2)
    web(s, 2, ("198.51.100.7", "www.shop.example"), ("198.51.100.8", "unknown.example"))
    once(s)
    s.same("a hacked site: the owner of its name; an unknown one: the owner of the network",
           cases(s, "organisation", "subject", "rule"),
           [("host", "unknown.example", "network"), ("shop", "www.shop.example", "domain")])
    s.write("assets.csv", ASSETS.replace("shop,shop.example", "other,shop.example"))
    s.t("org", "import", "--replace", "--yes", "organisations.csv", "assets.csv")
    day(s, 3)
    web(s, 3, ("198.51.100.7", "WWW.Shop.Example."), ("198.51.100.8", "unknown.example"))
    once(s)
    s.same("the domain is sold: the new owner is told, the old one no more", s.to(),
           ["host@host.example", "other@other.example", "shop@shop.example"])
    s.same("once", (once(s), len(s.mails())), (0, 3))


def times(s):
    own(s, "none.csv", "address,port\n2001:db8:1::1,22\n2001:DB8:1:0:0:0:0:1,22\n", 1793613600)
    once(s)
    s.same("without a time: one case of both ways to write an IPv6 address, warned",
           cases(s, "told", "first_seen", ip="2001:db8:1::1"), [("handed-over", "2026-11-02T00:00:00Z")])
    own(s, "odd.csv", """address,port,seen
2001:db8:1::2,22,2027-11-20T08:00:00Z
2001:db8:1::3,22,2026-11-03T20:00:00Z
2001:db8:1::4,22,1999-11-21T20:00:00Z
2001:db8:1::1,22,9999-11-20T08:00:00Z
""")
    once(s)
    s.same("next year: held; an hour of clock: not; last century: held; a known one: silent",
           cases(s, "ip", "told", identifier="open-ssh-old"),
           [("2001:db8:1::1", "handed-over"), ("2001:db8:1::2", "held"), ("2001:db8:1::3", "handed-over"),
            ("2001:db8:1::4", "held")])
    day(s, 5)
    own(s, "now.csv", "address,port,seen\n" +
        "".join(f"2001:db8:1::{n},22,2026-11-05T06:00:00Z\n" for n in (2, 4)))
    before = len(s.mails())
    once(s)
    s.same("seen again with a right time, they are warned about",
           (cases(s, "told", ip="2001:db8:1::2"), cases(s, "told", ip="2001:db8:1::4"), len(s.mails())),
           ([("handed-over",)], [("handed-over",)], before + 1))
    s.at("2026-12-05T08:00:00Z")
    own(s, "later.csv", "address,port,seen\n2001:db8:1::1,22,2026-12-05T06:00:00Z\n")
    once(s)
    s.same("a time of the year 9999 does not silence the reminders", len(s.mails()), before + 2)
    s.same("and it is last seen when it was", cases(s, "last_seen", ip="2001:db8:1::1"),
           [("2026-12-05T06:00:00Z",)])


def twice(s):
    day(s, 22)
    for name in ("in/2026-11-22-scan_rdp-nl.csv", "in/2026-11-22-scan_rdp-other.csv",
                 "in2/2026-11-22-scan_rdp-nl.csv"):
        s.write(name, HEAD)
        os.utime(s.path(name), (1, 1))
    n = len(s.rows("inputs"))
    s.same("three empty reports: exit 0", once(s), 0)
    s.same("are three looks", len(s.rows("inputs")), n + 3)
    day(s, 23)
    s.report("scan_rdp", "2026-11-23", [("198.51.100.9", 3389)])
    s.report("scan_rdp", "2026-11-23", [("198.51.100.9", 3389)], folder="in2")
    s.write("in/2026-11-23-scan_rdp-again.csv", s.read("in/2026-11-23-scan_rdp-nl.csv"))
    os.utime(s.path("in/2026-11-23-scan_rdp-again.csv"), (1, 1))
    before = len(s.mails())
    once(s)
    s.same("the same from two sources, and under two names: one case that names both",
           cases(s, "sources", "told", ip="198.51.100.9"), [(["shadowserver", "second"], "handed-over")])
    s.same("one mail", len(s.mails()), before + 1)
    s.same("found by either source", [len([c for c in s.rows("cases", "--source", x)
                                           if c["ip"] == "198.51.100.9"])
                                      for x in ("shadowserver", "second", "own")], [1, 1, 0])


def new(s):
    return len([o for o in s.rows("org", "list") if o["organisation"].startswith("n")])


def waiting(s):
    return [x for x in s.rows("status") if x.get("orders_open")]


def hands(s):
    """Orders and imports at the same moment, beside a run and without one."""
    day(s, 24)
    for beside in (False, True):
        r = s.run() if beside else None
        s.ok("a run beside them", r is None or r.says("ready"))
        many = []
        for n in range(12):
            s.write(f"o{n}.csv", ORGS.splitlines()[0] + f"\nn{n},N {n},direct,,en,n{n}@n.example\n")
            s.write(f"a{n}.csv", ASSETS.splitlines()[0] + f"\nn{n},203.0.113.{n * 8}/29,yes,,\n")
            many += [["org", "import", "--partial", f"o{n}.csv", f"a{n}.csv"], ["hold", "problem:open-rdp"],
                     ["cases", "--json"], ["release", "problem:open-rdp"], ["status"]]
        done = [subprocess.Popen([TOCSIN, "-c", "tocsin.conf", *args], cwd=s.dir, env=s.env,
                                 stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
                for args in many]
        said = [(p.communicate()[1], p.returncode, args) for p, args in zip(done, many)]
        s.ok("sixty commands at once: all are taken", all(code == 0 for _, code, _ in said),
             [x for x in said if x[1]][:3])
        if r is None:
            once(s)
        s.ok("and have effect", s.until(lambda: new(s) == 12 and not waiting(s)))
        if r is not None:
            s.same("the run ends", r.ends(15), 0)
        with sqlite3.connect(s.path("ledger.db")) as db:
            s.same("the ledger is whole", db.execute("PRAGMA integrity_check").fetchone()[0], "ok")


def closed(s):
    """Standard descriptors that are closed are not the ledger's."""
    day(s, 25)
    for kind, red in (("smb", ">&-"), ("vnc", "2>&-"), ("ftp", "<&-"), ("mysql", ">&- 2>&- <&-")):
        s.report("scan_" + kind, "2026-11-25", [("198.51.100.9", 1), ("010.0.0.1", 1)])
        before = len(s.mails())
        p = subprocess.run(["sh", "-c", f'exec "$0" -c tocsin.conf run --once {red}', TOCSIN], cwd=s.dir,
                           env=s.env, capture_output=True)
        s.ok(f"run --once {red}: the work is done, exit 1 for the bad record",
             (p.returncode, len(s.mails())) == (1, before + 1), p)
    with sqlite3.connect(s.path("ledger.db")) as db:
        s.same("and the ledger is whole", db.execute("PRAGMA integrity_check").fetchone()[0], "ok")
    s.ok("its lock too", s.read("ledger.db-decider").strip().isdigit())


def lost(s):
    """Somebody tidied the spool."""
    day(s, 26)
    s.t("hold", "problem:open-redis")
    s.change("tocsin.conf", "most_per_recipient", 'delay = "1h"; most_per_recipient')
    for kind in ("redis", "elasticsearch"):
        s.report("scan_" + kind, "2026-11-26", [("198.51.100.9", 6379), ("010.0.0.1", 1)])
    once(s)
    shutil.rmtree(s.path("spool"))
    s.report("scan_mongodb", "2026-11-26", [("198.51.100.9", 27017)])
    s.at("2026-11-26T10:00:00Z")
    before = len(s.mails())
    s.ok("an empty spool: what was composed leaves, what comes is read", once(s) in (0, 1) and
         len(s.mails()) == before + 1 and cases(s, "told", port=27017) == [("due",)])
    for args in (["explain", "case:8"], ["search", "198.51.100.9"], ["quarantine", "show", "1"]):
        s.ok(" ".join(args) + ": says what it cannot read", s.t(*args) in (0, 1) and
             any(t in s.out + s.err for t in ("cannot be read", "No such file")))
    s.t("quarantine", "replay", "1")
    s.t("release", "problem:open-redis")
    s.ok("a replay does not end the run", once(s) in (0, 1) and cases(s, "told", port=6379))
    s.at("2026-11-26T12:00:00Z")
    once(s)
    s.ok("what is composed now says at least what the ledger knows", cases(s, "told", port=6379)[0] ==
         ("handed-over",) and "198.51.100.9" in [m for _, m in s.mails() if "redis" in m.lower()][0])


def test(s):
    for name in ("in2", "own"):
        os.mkdir(s.path(name))
    s.write("own.feed", FEED)
    s.write("organisations.csv", ORGS)
    s.write("assets.csv", ASSETS)
    day(s, 1)
    s.t("org", "import", "organisations.csv", "assets.csv")
    names(s)
    times(s)
    twice(s)
    hands(s)
    closed(s)
    lost(s)


scenario.main(test, conf=CONF)
