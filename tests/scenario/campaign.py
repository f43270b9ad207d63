#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A campaign: composed first, approved by a second person as it is, sent, and its next round for those who
are still open."""
import os, sys
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.environ["TOP_SRCDIR"], "tests/lib"))
import scenario


def by(s, who, *args):
    """As another person, through sudo."""
    s.env["SUDO_USER"] = who
    s.t(*args)
    del s.env["SUDO_USER"]
    return s.code


def result(s, number):
    s.t("explain", f"order:{number}")
    return s.out


def orders(s):
    """The number of the last order: the next one's is one more."""
    import sqlite3
    with sqlite3.connect(s.path("ledger.db")) as db:
        return db.execute("SELECT max(id) FROM audit").fetchone()[0]


def one(s):
    return s.rows("campaign", "list")[-1]


def run(s, when):
    s.at(when)
    s.t("run", "--once")


def begin(s):
    s.write("deliver.conf", "most_per_recipient = 100;\n")
    s.at("2026-11-20T08:00:00Z")
    s.t("org", "import", "--partial", "organisations.csv", "assets.csv")
    s.report("scan_rdp", "2026-11-20", [("192.0.2.1", 3389), ("192.0.2.2", 3389), ("192.0.2.40", 3389)])
    run(s, "2026-11-20T08:00:00Z")
    s.same("warned in the ordinary way", len(s.mails()), 2)


def made(s):
    s.t("campaign", "new", "x")
    s.ok("about what?", s.code == 2 and "about what?" in s.err)
    s.t("campaign", "new", "x", "--problem", "a", "--cve", "b")
    s.ok("about one thing", s.code == 2 and "one thing" in s.err)
    s.t("campaign", "new", "x", "--problem", "open-rdp", "--rounds", "7d,0d")
    s.ok("rounds that grow", s.code == 2 and "durations that grow" in s.err)
    by(s, "ann", "campaign", "new", "rdp", "--problem", "open-rdp", "--rounds", "0d,7d")
    run(s, "2026-11-21T08:00:00Z")
    c = one(s)
    s.same("prepared, whenever they were warned last", (c["state"], c["cases"], c["warnings"], c["creator"]),
           ("prepared", 3, 2, "ann (as root)"))
    s.same("and nothing leaves", len(s.mails()), 2)
    s.t("todo")
    s.ok("todo asks for the second person", "campaign approve rdp" in s.out)
    s.t("release", "all")
    run(s, "2026-11-21T08:10:00Z")
    s.same("a release does not let it go", (len(s.mails()), one(s)["state"]), (2, "prepared"))


def approved(s):
    by(s, "ann", "campaign", "approve", "rdp")
    run(s, "2026-11-21T09:00:00Z")
    s.ok("not by who made it", "a second person" in result(s, orders(s)) and one(s)["state"] == "prepared")
    by(s, "ann", "campaign", "send", "rdp")
    run(s, "2026-11-21T09:10:00Z")
    s.ok("nor sent before", "not approved" in result(s, orders(s)))
    by(s, "bob", "campaign", "approve", "rdp")
    run(s, "2026-11-21T09:20:00Z")
    s.same("by another", (one(s)["state"], one(s)["approver"]), ("approved", "bob (as root)"))
    s.t("org", "import", "--replace", "--yes", "organisations.csv", "assets.csv")
    s.change("organisations.csv", "security@mill.example", "new@mill.example")
    s.t("org", "import", "--replace", "--yes", "organisations.csv", "assets.csv")
    before = one(s)["hash"]
    by(s, "ann", "campaign", "send", "rdp")
    run(s, "2026-11-21T09:30:00Z")
    s.ok("a contact changed: the approval is void, and says what changed", "void" in result(s, orders(s)) and
         "security@mill.example: the contact has another address" in s.out, s.out)
    s.same("nothing left; prepared anew, with another hash", (len(s.mails()), one(s)["state"],
           one(s)["hash"] != before, one(s).get("approver")), (2, "prepared", True, None))
    s.t("campaign", "show", "rdp")
    s.ok("show lists what it would send, and why it was void", "new@mill.example" in s.out and
         "an approval was void" in s.out)
    by(s, "bob", "campaign", "approve", "rdp")
    run(s, "2026-11-21T09:40:00Z")
    by(s, "ann", "campaign", "send", "rdp")
    run(s, "2026-11-21T09:50:00Z")
    s.same("approved again, it leaves", (s.to(), one(s)["state"]), (["new@mill.example",
           "security@bakery.example", "security@bakery.example", "security@mill.example"], "sent"))
    number = [w["number"] if "number" in w else w["warning"] for w in s.rows("warnings")][-1]
    s.t("explain", str(number))
    s.ok("explain names the campaign", "campaign rdp" in s.out)


def rounds(s):
    for day in ("26", "27"):
        s.report("scan_rdp", f"2026-11-{day}", [("192.0.2.1", 3389), ("192.0.2.2", 3389)])
        run(s, f"2026-11-{day}T10:00:00Z")
    s.same("before its time there is no second round", one(s)["round"], 1)
    for day in ("28", "29", "30"):
        s.report("scan_rdp", f"2026-11-{day}", [("192.0.2.1", 3389), ("192.0.2.2", 3389)])
        run(s, f"2026-11-{day}T10:00:00Z")
    c = one(s)
    s.same("then it is prepared, for what is still open", (c["state"], c["round"]), ("prepared", 2))
    s.same("the mill's is gone", [w["recipient"] for w in s.rows("campaign", "show", "rdp")],
           ["security@bakery.example"])
    n = len(s.mails())
    by(s, "bob", "campaign", "approve", "rdp")
    by(s, "bob", "campaign", "send", "rdp")
    run(s, "2026-12-01T10:00:00Z")
    s.same("approved and sent like the first, and done", (len(s.mails()) - n, one(s)["state"]), (1, "done"))


def lists(s):
    s.write("list.csv", "who,address\nthe bakery,192.0.2.2\nnobody,198.51.100.1\n")
    by(s, "ann", "campaign", "new", "two", "--list", "list.csv")
    by(s, "ann", "campaign", "new", "none", "--cve", "CVE-2026-0001")
    run(s, "2026-12-02T10:00:00Z")
    s.same("by a list: what stands in it", (one(s)["name"], one(s)["cases"]), ("two", 1))
    s.ok("about nothing: refused", "no open case" in result(s, orders(s)))
    n = len(s.mails())
    by(s, "ann", "campaign", "drop", "two")
    run(s, "2026-12-02T11:00:00Z")
    s.same("dropped: taken back, nothing leaves", (one(s)["state"], len(s.mails()) - n, one(s)["warnings"]),
           ("dropped", 0, 0))
    s.same("and its case is silent as before", [c["told"] for c in s.rows("cases") if c["ip"] == "192.0.2.2"],
           ["handed-over"])


def test(s):
    if os.getuid() != 0:
        s.ok("two persons # SKIP only root can be two, through sudo", True)
        return
    begin(s)
    made(s)
    approved(s)
    rounds(s)
    lists(s)


scenario.main(test)
