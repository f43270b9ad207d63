#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A new member: the last days' inputs are read again for it, once, and for nobody else."""
import os, sys
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.environ["TOP_SRCDIR"], "tests/lib"))
import scenario

ASSETS = "organisation,asset,verified,valid_from,valid_until,role\n"


def books(s):
    """By input: what its findings became."""
    return {r["name"]: (r["records"], r["new"], r["repeated"], r["unmatched"]) for r in s.rows("inputs")}


def cases(s, org):
    return sorted((c["ip"], c["port"], c["told"], c["sightings"]) for c in s.rows("cases")
                  if c["organisation"] == org)


def test(s):
    s.write("assets.csv", ASSETS + "bakery,192.0.2.0/27,yes,,,owner\ntown,198.51.100.0/24,yes,,,operator\n")
    s.change("tocsin.conf", 'for = "direct"', 'for = "direct|municipality"')
    s.at("2026-11-19T12:00:00Z")
    s.t("org", "import", "organisations.csv", "assets.csv")
    s.report("scan_rdp", "2026-11-10", [("203.0.113.9", 3389)])
    s.at("2026-11-10T12:00:00Z")
    s.t("run", "--once")
    for day in ("2026-11-18", "2026-11-19"):
        s.at(day + "T12:00:00Z")
        s.report("scan_rdp", day, [("192.0.2.1", 3389), ("203.0.113.5", 3389), ("203.0.113.6", 3389),
                                   ("198.51.100.7", 3389), ("100.64.9.9", 3389)])
        s.t("run", "--once")
    before, bakery, town = books(s), cases(s, "bakery"), cases(s, "town")
    s.same("before: the bakery's and the operator's", (len(bakery), len(town), len(s.mails())), (1, 1, 2))
    s.at("2026-11-20T08:00:00Z")
    s.write("assets.csv", s.read("assets.csv") +
            "mill,203.0.113.0/24,yes,,,owner\nmill,198.51.100.0/28,yes,,,owner\n")
    s.same("a member joins", s.t("org", "import", "organisations.csv", "assets.csv"), 0)

    rows = s.rows("rematch", "mill", "--since", "5d", "--dry-run")
    s.same("what would come", sorted((r["subject"], r["port"], r["feed"]) for r in rows),
           sorted((ip, 3389, "shadowserver/scan_rdp")
                  for ip in ("203.0.113.5", "203.0.113.6", "198.51.100.7") * 2))
    s.same("and nothing came", (books(s), cases(s, "mill")), (before, []))

    s.same("the order", s.t("rematch", "mill", "--since", "5d", "--why", "joined"), 0)
    s.t("run", "--once")
    s.same("its cases, each sighting once", cases(s, "mill"), [("198.51.100.7", 3389, "handed-over", 2),
           ("203.0.113.5", 3389, "handed-over", 2), ("203.0.113.6", 3389, "handed-over", 2)])
    s.same("it is warned once", s.to().count("security@mill.example"), 1)
    s.same("the bakery's are as they were", cases(s, "bakery"), bakery)
    after = books(s)
    s.ok("what was unmatched is matched, and the books balance", all(
        f == n + r + u and before[name][0] == f for name, (f, n, r, u) in after.items()), after)
    s.same("one finding stays nobody's; the operator's stays in its name",
           sorted(v[3] for v in after.values()), [1, 1, 1])
    s.t("explain", "order:%d" % 3)
    s.ok("its result", "3 new cases, 3 further sightings, 0 known already" in s.out)

    s.t("rematch", "mill", "--since", "5d")
    s.t("run", "--once")
    s.same("again: nothing", (cases(s, "mill")[0][3], books(s) == after,
           s.to().count("security@mill.example")), (2, True, 1))
    s.t("explain", "order:%d" % 4)
    s.ok("all is known", "0 new cases, 0 further sightings, 6 known already" in s.out)
    s.same("nobody of that name", s.t("rematch", "mil", "--since", "5d"), 1)


scenario.main(test)
