#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""An input read again after its mapping was corrected: said first, then done, and nothing is counted
twice."""
import os, sys
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.environ["TOP_SRCDIR"], "tests/lib"))
import scenario

FEED = """feed own
provider Partner
class vulnerable/vulnerable-system open-rdp when what is rdp
class other/undetermined thing
severity medium
kind service
need seen time.source
need address source.ip
need port source.port
"""
ROWS = """seen,address,port,what
2026-11-20 06:00:00,192.0.2.1,3389,rdp
2026-11-20 06:00:00,192.0.2.2,3389,rdp
2026-11-20 06:00:00,192.0.2.3,23,telnet
2026-11-20 06:00:00,192.0.2.40,eighty,web
2026-11-20 06:00:00,198.51.100.1,80,web
"""


def cases(s):
    return sorted((c["ip"], c["problem"], c["severity"], c["sightings"], c["seen"],
           c["told"]) for c in s.rows("cases"))


def changes(s):
    return sorted((r["change"], r.get("from"), r.get("to")) for r in s.rows("replay", "1"))


def books(s):
    s.t("explain", "input:1")
    return s.out


def balanced(s):
    i = s.rows("inputs")[0]
    return i["records"] == sum(i[k] for k in ("new", "repeated", "unmatched", "filtered", "quarantined",
                                              "conflict") if k in i), i


def begin(s):
    s.change("tocsin.conf", 'plugin = "shadowserver"; from = "dir:in"',
           'plugin = "csv"; feed = "own.feed"; from = "dir:in"')
    s.write("deliver.conf", "most_per_recipient = 100;\n")
    s.write("own.feed", FEED)
    s.at("2026-11-20T08:00:00Z")
    s.t("org", "import", "--partial", "organisations.csv", "assets.csv")
    s.write("in/own.csv", ROWS)
    os.utime(s.path("in/own.csv"), (1, 1))
    s.t("run", "--once")
    s.same("read by the first mapping", cases(s),
           [("192.0.2.1", "open-rdp", "medium", 1, "open", "handed-over"),
            ("192.0.2.2", "open-rdp", "medium", 1, "open", "handed-over"),
            ("192.0.2.3", "thing", "medium", 1, "open", "nothing-due")])
    s.same("one mail", s.to(), ["security@bakery.example"])


def nothing(s):
    s.same("by the same mapping nothing changes", changes(s), [])
    s.t("replay", "1", "--yes")
    s.t("run", "--once")
    s.same("nor when it is done", [c[3] for c in cases(s)], [1, 1, 1])
    s.ok("the books balance", *balanced(s))
    s.same("nobody is told twice", len(s.mails()), 1)


def corrected(s):
    s.write("own.feed", FEED.replace("class other/undetermined thing",
        "class vulnerable/vulnerable-system open-telnet when what is telnet\n"
        "class vulnerable/vulnerable-system open-http").replace("severity medium", "severity low")
        .replace("need port", "may port"))
    s.t("replay", "1")
    s.ok("it says what would be", s.code == 0 and "2 cases new" in s.out and
         "records refused: 1 before, 0 now" in s.out and "1 no longer seen by it (1 ended)" in s.out, s.out)
    got = changes(s)
    s.same("case by case", got, [("new", None, "open-http"), ("new", None, "open-telnet"),
           ("no-longer", "thing", None), ("severity", "medium", "low"), ("severity", "medium", "low")])
    s.same("and does nothing", [c[1] for c in cases(s)], ["open-rdp", "open-rdp", "thing"])
    s.t("replay", "1", "--yes", "--why", "mapping")
    s.t("run", "--once")
    s.same("then does it", [c[:5] for c in cases(s)],
           [("192.0.2.1", "open-rdp", "low", 1, "open"), ("192.0.2.2", "open-rdp", "low", 1, "open"),
            ("192.0.2.3", "open-telnet", "low", 1, "open"), ("192.0.2.3", "thing", "medium", 1, "superseded"),
            ("192.0.2.40", "open-http", "low", 1, "open")])
    s.ok("the books balance", *balanced(s))
    s.same("nothing waits in quarantine", s.rows("quarantine", "--state", "open"), [])
    s.t("replay", "1", "--yes")
    s.t("run", "--once")
    s.same("and once more changes nothing", [c[3] for c in cases(s)], [1, 1, 1, 1, 1])


def broken(s):
    s.write("own.feed", FEED.replace("need seen", "need sene"))
    before = cases(s)
    s.t("replay", "1")
    s.ok("a mapping that reads nothing is refused", s.code != 0)
    s.t("replay", "1", "--yes")
    s.t("run", "--once")
    s.same("and changes nothing", cases(s), before)
    s.t("replay", "99")
    s.ok("an input that is not there", s.code == 1 and "no such input" in s.err)


def test(s):
    begin(s)
    nothing(s)
    corrected(s)
    broken(s)


scenario.main(test)
