#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Brakes hold the group that tripped, the rest goes on; what a list made worse is proposed as a campaign."""
import os, sys
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.environ["TOP_SRCDIR"], "tests/lib"))
import scenario


def held(s):
    return sorted((c["ip"], c["reason"]) for c in s.rows("cases") if c["told"] == "held")


def run(s, day, **reports):
    s.at(f"2026-11-{day}T08:00:00Z")
    for kind, (rows, severity) in reports.items():
        s.report(kind, f"2026-11-{day}", rows, severity=severity)
    s.t("run", "--once")


def list_changed(s):
    s.write("deliver.conf", "most_per_recipient = 100; most_worse = 2;\n")
    three = [("192.0.2.1", 3389), ("192.0.2.2", 3389), ("192.0.2.40", 3389)]
    run(s, 20, scan_rdp=(three, "medium"), scan_telnet=([("192.0.2.3", 23)], "medium"))
    n = len(s.mails())
    run(s, 21, scan_rdp=(three, "critical"), scan_telnet=([("192.0.2.3", 23)], "critical"))
    s.same("many at once are held, the one of another problem goes on", (held(s), len(s.mails()) - n),
           ([(r[0], "campaign") for r in three], 1))
    c = s.rows("campaign")
    s.same("as a proposal", [(x["state"], x["cases"], x["creator"]) for x in c],
           [("proposed", 3, "shadowserver/scan_rdp")])
    s.t("todo")
    s.ok("todo shows it", "campaign prepare " + c[0]["name"] in s.out)
    run(s, 22, scan_rdp=(three, "critical"))
    s.same("seen again, it stays one", [x["cases"] for x in s.rows("campaign")], [3])
    s.t("campaign", "prepare", c[0]["name"])
    run(s, 23)
    s.same("prepared, it waits for the second person", [(x["state"],
           x["warnings"]) for x in s.rows("campaign")],
           [("prepared", 2)])
    s.t("campaign", "drop", c[0]["name"])
    run(s, 24)
    s.same("dropped, they are silent as before", held(s), [])


def problem(s):
    s.write("deliver.conf", "most_per_recipient = 100; most_per_problem = 1;\n")
    n = len(s.mails())
    run(s, 25, scan_smb=([("192.0.2.5", 445), ("192.0.2.45", 445)], "medium"),
        scan_vnc=([("192.0.2.6", 5900)], "medium"))
    s.same("a problem of a feed: all of it is held", held(s), [("192.0.2.45", "cap-problem"), ("192.0.2.5",
           "cap-problem")])
    s.same("the rest goes on", len(s.mails()) - n, 1)
    s.t("todo")
    s.ok("it waits in todo", "one problem of one feed" in s.out)
    s.t("release", "feed:shadowserver/scan_smb")
    run(s, 26)
    s.same("released by a person, it goes", (held(s), len(s.mails()) - n), ([], 3))
    s.t("status")
    s.ok("and its alarm is over", "cap:problem" not in s.out)


def newcomers(s):
    s.write("more.csv", s.read("organisations.csv") + "".join(
        f"new{i},New {i},direct,food,en,new{i}@new.example\n" for i in range(10)))
    s.write("moreassets.csv", s.read("assets.csv") + "".join(
        f"new{i},198.51.100.{i}/32,yes,,\n" for i in range(10)))
    s.t("org", "import", "--partial", "more.csv", "moreassets.csv")
    s.write("deliver.conf", "most_per_recipient = 100; most_new_share = 50;\n")
    n = len(s.mails())
    run(s, 27, scan_ftp=([(f"198.51.100.{i}", 21) for i in range(10)] + [("192.0.2.7", 21)], "medium"))
    s.same("too many that were never warned: they are held", ({why for _, why in held(s)}, len(held(s))),
           ({"cap-new"}, 10))
    s.same("who was before is warned", len(s.mails()) - n, 1)
    s.t("release", "all")
    run(s, 28)
    s.same("released, they go", (held(s), len(s.mails()) - n), ([], 11))


def test(s):
    s.at("2026-11-20T08:00:00Z")
    s.t("org", "import", "--partial", "organisations.csv", "assets.csv")
    list_changed(s)
    problem(s)
    newcomers(s)


scenario.main(test)
