#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A part of a network that is carved out warns nobody; a verification that is over counts no more."""
import os, sys
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.environ["TOP_SRCDIR"], "tests/lib"))
import scenario

ASSETS = """organisation,asset,verified,valid_from,valid_until,role,method,verified_on,verify_until
bakery,192.0.2.0/27,yes,,,,letter,2026-05-20,2026-11-21
bakery,192.0.2.16/28,no,,,none,,,
mill,192.0.2.16/29,yes,,,,dns,2026-05-20,
"""
SEEN = [("192.0.2.1", 3389), ("192.0.2.17", 3389), ("192.0.2.30", 3389)]


def cases(s):
    return sorted((c["ip"], c["organisation"], c["told"]) for c in s.rows("cases"))


def test(s):
    s.at("2026-11-20T08:00:00Z")
    s.write("assets.csv", ASSETS)
    s.same("taken", s.t("org", "import", "organisations.csv", "assets.csv"), 0)
    s.report("scan_rdp", "2026-11-20", SEEN)
    s.t("run", "--once")
    s.same("what is carved out is another's or nobody's", cases(s), [("192.0.2.1", "bakery", "handed-over"),
           ("192.0.2.17", "mill", "handed-over")])
    s.t("explain", "192.0.2.30")
    s.ok("explain says so", "not its own" in s.out)
    os.mkdir(s.path("out"))
    s.t("org", "export", "out")
    s.ok("it is exported as it was given", "bakery,192.0.2.16/28,no,,,none" in s.read("out/assets.csv") and
         "letter,2026-11-21" in s.read("out/assets.csv"), s.read("out/assets.csv"))
    s.at("2026-11-23T08:00:00Z")
    s.report("scan_vnc", "2026-11-23", SEEN)
    s.t("run", "--once")
    s.same("after its last day it is unverified", [c for c in cases(s) if c[1] == "bakery"],
           [("192.0.2.1", "bakery", "handed-over")])
    s.same("org check says so, gravely", (s.t("org", "check"), "verify-again" in s.out), (1, True))
    s.t("todo")
    s.ok("and todo", "verification" in s.out and "bakery: 192.0.2.0/27" in s.out)
    s.same("verified again", (s.write("assets.csv", ASSETS.replace("2026-11-21", "2027-11-21")),
           s.t("org", "import", "organisations.csv", "assets.csv")), (None, 0))
    s.report("scan_vnc", "2026-11-24", SEEN)
    s.at("2026-11-24T08:00:00Z")
    s.t("run", "--once")
    s.same("it is told", [c for c in cases(s) if c[1] == "bakery"],
           [("192.0.2.1", "bakery", "handed-over")] * 2)


scenario.main(test)
