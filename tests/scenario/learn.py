#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A site that changes over: what another system told is taken as told, a pilot goes out while all else is
redirected."""
import os, sys
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.environ["TOP_SRCDIR"], "tests/lib"))
import scenario

# As IntelMQ's EventDB exports it, with columns that are passed over.
EVENTS = '''\
id,"source.ip",source.port,"classification.identifier",classification.type,time.source,sent_at,note
1,192.0.2.1,3389,open-rdp,vulnerable-system,2026-11-10T02:00:00+00:00,2026-11-15 07:00:00+00:00,"a ""b"", c"
2,192.0.2.2,3389,open-rdp,vulnerable-system,2026-09-01T02:00:00+00:00,2026-09-02 07:00:00+00:00,
3,192.0.2.40,,open-rdp,vulnerable-system,2026-11-17T02:00:00+00:00,,
4,nonsense,,open-rdp,vulnerable-system,2026-11-17T02:00:00+00:00,,
5,192.0.2.41,23,open-telnet,vulnerable-system,2026-11-17T02:00:00+00:00,2026-11-19 07:00:00+00:00,
'''


def cases(s):
    return {(c["ip"], c["port"]): (c["told"], c.get("reason")) for c in s.rows("cases")}


def begin(s, deliver="most_per_recipient = 100;\n"):
    for name in os.listdir(s.dir):
        if name.startswith(("ledger.db", "mail", "spool")):
            os.system(f"rm -rf '{s.path(name)}'")
    for name in os.listdir(s.path("in")):
        os.unlink(s.path("in", name))
    s.write("deliver.conf", deliver)
    s.at("2026-11-20T08:00:00Z")
    s.t("org", "import", "--partial", "organisations.csv", "assets.csv")


def problem(s):
    """What a case of this feed is called; learned in a ledger of its own."""
    begin(s)
    s.report("scan_rdp", "2026-11-20", [("192.0.2.1", 3389)])
    s.report("scan_telnet", "2026-11-20", [("192.0.2.41", 23)])
    s.t("run", "--once")
    names = {c["ip"]: c["problem"] for c in s.rows("cases")}
    return names["192.0.2.1"], names["192.0.2.41"]


def table(s):
    rdp, telnet = problem(s)
    begin(s)
    s.write("events.csv", EVENTS.replace("open-rdp", rdp).replace("open-telnet", telnet))
    s.t("learn", "events.csv")
    s.ok("given, with what was refused", s.code == 1 and "events.csv:5: refused: its address" in s.err and
         "order 2" in s.out)
    s.report("scan_rdp", "2026-11-20", [("192.0.2.1", 3389), ("192.0.2.2", 3389), ("192.0.2.40", 3389),
                                        ("192.0.2.3", 3389)])
    s.t("run", "--once")
    s.t("explain", "order:2")
    s.ok("the order says what came of it", "4 lines learned, 0 cases" in s.out and
         "1 lines refused, the first on line 5" in s.out)
    got = cases(s)
    s.same("told elsewhere, within the interval: silent", [got["192.0.2.1", 3389], got["192.0.2.40", 3389]],
           [("handed-over", "told-elsewhere")] * 2)
    s.same("longer ago: a reminder; never: warned", [got["192.0.2.2", 3389][0], got["192.0.2.3", 3389][0]],
           ["handed-over"] * 2)
    s.same("one mail, to the one whose turn it was", s.to(), ["security@bakery.example"])
    s.ok("that says nothing of what was told", "192.0.2.1:" not in s.mails()[0][1])
    s.t("explain", "192.0.2.1")
    s.ok("explain says why", "another system had warned of it" in s.out)
    s.at("2026-12-16T08:00:00Z")
    s.report("scan_rdp", "2026-12-16", [("192.0.2.1", 3389)])
    s.t("run", "--once")
    s.same("after the interval since then it is due", len(s.mails()), 2)


def existing(s):
    rdp, telnet = problem(s)
    begin(s, 'most_per_recipient = 100;\n')
    s.t("hold", "all")
    s.report("scan_telnet", "2026-11-20", [("192.0.2.41", 23)])
    s.t("run", "--once")
    s.write("mapped.csv", f"address;what;mailed\n192.0.2.41;{telnet};2026-11-19T07:00:00Z\n")
    s.t("learn", "mapped.csv", "--map", "ip=adress", "--map", "problem=what", "--map", "sent=mailed")
    s.ok("a column that is not there", s.code == 2 and 'there is no column "adress"' in s.err)
    s.t("learn", "mapped.csv", "--map", "ip=address", "--map", "problem=what", "--map", "sent=mailed")
    s.same("any table, by its columns", s.code, 0)
    s.t("release", "all")
    s.t("run", "--once")
    s.ok("its case knows when", "1 cases taken as told" in (s.t("explain", "order:3"), s.out)[1], s.out)
    s.same("released, it is a reminder", len(s.mails()), 1)


def run_learn(s):
    begin(s)
    s.report("scan_rdp", "2026-11-20", [("192.0.2.1", 3389), ("192.0.2.40", 3389)])
    s.same("run --learn", s.t("run", "--learn"), 0)
    s.ok("says so", "learned: 2 cases" in s.out)
    s.same("nothing is sent, all is told", (s.to(), s.rows("warnings"), set(cases(s).values())),
           ([], [], {("handed-over", "told-elsewhere")}))
    s.report("scan_rdp", "2026-11-21", [("192.0.2.1", 3389), ("192.0.2.5", 3389)])
    s.at("2026-11-21T08:00:00Z")
    s.t("run", "--once")
    s.same("what is new is warned of", s.to(), ["security@bakery.example"])
    s.ok("and only that", "192.0.2.5" in s.mails()[0][1] and "192.0.2.1:" not in s.mails()[0][1])


def pilot(s):
    begin(s, 'redirect = "rehearsal@cert.example"; pilot = ( "bakery" );\n')
    s.report("scan_rdp", "2026-11-20", [("192.0.2.1", 3389), ("192.0.2.40", 3389)])
    s.t("run", "--once")
    s.same("the pilot is told, all others are redirected", s.to(), ["rehearsal@cert.example",
           "security@bakery.example"])
    s.write("deliver.conf", 'redirect = "rehearsal@cert.example"; pilot = ( "bakery", "mill" );\n')
    s.report("scan_rdp", "2026-11-21", [("192.0.2.1", 3389), ("192.0.2.40", 3389)])
    s.at("2026-11-21T08:00:00Z")
    s.t("run", "--once")
    s.same("who joins it is told at the next sighting, the others not twice", s.to(),
           ["rehearsal@cert.example", "security@bakery.example", "security@mill.example"])
    s.t("check")
    s.ok("check says both", "but for the pilot" in s.out)
    s.write("deliver.conf", 'redirect = "rehearsal@cert.example"; pilot = "bakery";\n')
    s.t("check")
    s.ok("a list is expected", s.code != 0 and "expected a list of texts" in s.err + s.out)


def test(s):
    table(s)
    existing(s)
    run_learn(s)
    pilot(s)


scenario.main(test)
