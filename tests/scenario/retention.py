#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Retention: what is old loses names, addresses and bytes; reports of its time stay the same."""
import os, sqlite3, sys
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.environ["TOP_SRCDIR"], "tests/lib"))
import scenario

NOBODY = ["203.0.113.%d" % i for i in range(1, 21)]
KEEP = '\nretention = { evidence = "30d"; messages = "60d"; cases = "200d"; contacts = "60d"; };\n'


def day(s, date, rows):
    s.at(date + "T12:00:00Z")
    s.report("scan_rdp", date, [(ip, 3389) for ip in rows + NOBODY])
    s.t("run", "--once")


def sql(s, text):
    db = sqlite3.connect("file:%s?mode=ro" % s.path("ledger.db"), uri=True)
    rows = db.execute(text).fetchall()
    db.close()
    return rows


def blobs(s):
    return sorted(n for _, _, names in os.walk(s.path("spool")) for n in names if len(n) == 64)


def reports(s):
    return [r for by in ("month,class", "organisation,requested", "source,constituency")
            for r in s.rows("report", "--until", "2026-12-31", "--by", by)]


def test(s):
    s.at("2026-11-01T08:00:00Z")
    s.t("org", "import", "organisations.csv", "assets.csv")
    for d in range(1, 16):
        day(s, "2026-11-%02d" % d, ["192.0.2.1"] * (d < 3) + ["192.0.2.33"] * (d < 6))
    day(s, "2027-07-30", ["192.0.2.2"])       # the bakery is warned again, the mill is not
    s.same("three warnings", s.to(), ["security@bakery.example"] * 2 + ["security@mill.example"])
    s.at("2027-07-31T12:00:00Z")
    s.t("run", "--once")
    before, had = reports(s), blobs(s)
    s.ok("reports of the time", len(before) > 20)
    s.same("nothing is configured", (s.t("retention"), "nothing is configured" in s.err), (2, True))
    s.write("short.conf", s.read("tocsin.conf") + KEEP.replace("200d", "100d"))
    s.ok("too short is refused", s.t("-c", "short.conf", "check") != 0 and "200d" in s.err, s.err)

    s.write("tocsin.conf", s.read("tocsin.conf") + KEEP)
    s.at("2027-08-01T12:00:00Z")
    dry = {r["what"]: r["n"] for r in s.rows("retention", "--dry-run")}
    s.same("what would go", (dry["inputs"], dry["messages"], dry["cases"], dry["recipients"]), (15, 2, 2, 1))
    s.same("nothing went", (reports(s), blobs(s)), (before, had))

    s.t("run", "--once")
    s.same("the spool has the newest only", len(blobs(s)), 1)
    s.same("cases without a subject", sql(s, "SELECT count(*) FROM cases WHERE ip IS NULL AND name = 0"),
           [(2,)])
    s.same("one message is left", sql(s, "SELECT warning FROM message"), [(3,)])
    s.same("who was not warned since is a number; who was, is not", sql(s, "SELECT DISTINCT recipient "
           "FROM warning ORDER BY 1"), [("recipient 2",), ("security@bakery.example",)])
    s.same("reports of the time are the same", reports(s), before)
    s.same("once a day", sql(s, "SELECT who, verb FROM audit WHERE verb = 'retention'"),
           [("tocsin run", "retention")])
    s.t("explain", "order:2")
    s.ok("the order says what it did", "inputs 15" in s.out and "cases 2" in s.out, s.out)
    s.same("the audit log is whole", s.t("audit", "verify"), 0)
    s.same("lists work", [s.t(*c) for c in (["cases"], ["warnings"], ["todo"], ["explain", "case:1"],
           ["explain", "warning:1"], ["search", "192.0.2.1"])][:3], [0, 0, 0])
    s.t("run", "--once")
    s.same("not twice", len(sql(s, "SELECT 1 FROM audit WHERE verb = 'retention'")), 1)

    s.t("retention")
    s.t("run", "--once")
    s.t("explain", "order:3")
    s.ok("by hand: nothing is left to do", "nothing was old enough" in s.out, s.out)
    day(s, "2027-08-02", ["192.0.2.1"])
    s.same("what was gone comes as a new case", [(r["ip"], r["seen"]) for r in s.rows("cases")
           if r["ip"] == "192.0.2.1"], [("192.0.2.1", "open")])


scenario.main(test)
