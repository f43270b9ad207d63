#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Between composing and handing over the world changes: what waits is withdrawn and decided anew, or held
by hand as it is."""
import os, sys
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.environ["TOP_SRCDIR"], "tests/lib"))
import scenario

hours = iter(f"2026-11-20T{h:02}:00:00Z" for h in range(8, 24))


def once(s):
    """A run two hours later: what was composed an hour ago or more leaves."""
    next(hours)
    s.at(next(hours))
    return s.t("run", "--once")


def told(s):
    return {c["ip"]: c["told"] for c in s.rows("cases")}


def states(s):
    return [w["state"] for w in sorted(s.rows("warnings"), key=lambda w: w["warning"])]


def registry(s, org=lambda line: line, asset=lambda line: line, *more):
    """The registry as it is, with other lines."""
    for name, change in (("organisations.csv", org), ("assets.csv", asset)):
        lines = [change(line) for line in s.read(name).splitlines()]
        s.write(name, "\n".join(line for line in lines if line) + "\n")
    s.t("org", "import", "--replace", "--yes", "organisations.csv", "assets.csv", *more)


def fresh(s):
    """Two cases of the bakery and one of the mill, composed and waiting."""
    global hours
    hours = iter(f"2026-11-20T{h:02}:00:00Z" for h in range(8, 24))
    for name in os.listdir(s.dir):
        if name.startswith(("ledger.db", "mail", "spool", "organisations", "assets")):
            os.system(f"rm -rf '{s.path(name)}'")
    for name in ("organisations.csv", "assets.csv"):
        with open(os.path.join(scenario.SRC, "tests/scenario/common", name)) as f:
            s.write(name, f.read())
    s.write("deliver.conf", 'most_per_recipient = 100; delay = "1h";\n')
    s.at("2026-11-20T08:00:00Z")
    s.t("org", "import", "--partial", "organisations.csv", "assets.csv")
    s.report("scan_rdp", "2026-11-20", [("192.0.2.1", 3389), ("192.0.2.2", 3389), ("192.0.2.40", 3389)])
    once(s)
    return states(s) == ["waiting", "waiting"] and not s.mails()


def asset_shrinks(s):
    s.ok("composed, and waiting", fresh(s))
    registry(s, asset=lambda line: line.replace("bakery,192.0.2.0/27", "bakery,192.0.2.1/32"))
    s.same("an asset shrinks: exit 0", once(s), 0)
    s.same("the warning about both is withdrawn; one about what is left waits", states(s), ["cancelled",
           "handed-over", "waiting"])
    s.same("what lost its asset is held", told(s)["192.0.2.2"], "held")
    once(s)
    body = [m for a, m in s.mails() if a == "security@bakery.example"]
    s.ok("the owner is told of his own system alone",
         len(body) == 1 and "192.0.2.1" in body[0] and "192.0.2.2" not in body[0], body)
    s.same("once", (once(s), len(s.mails())), (0, 2))


def organisation_goes(s):
    fresh(s)
    registry(s, org=lambda line: "" if line.startswith("mill,") else line,
             asset=lambda line: "" if line.startswith("mill,") else line)
    once(s)
    s.same("an organisation is removed: its warning is withdrawn, nobody is told", (states(s), s.to()),
           (["handed-over", "cancelled"], ["security@bakery.example"]))
    s.same("its case waits for a person", told(s)["192.0.2.40"], "held")
    s.t("todo")
    s.ok("todo says so", "192.0.2.40" in s.out and "asset" in s.out, s.out)


def asset_moves(s):
    fresh(s)
    registry(s, asset=lambda line: line.replace("mill,192.0.2.32/27", "bakery,192.0.2.32/27"))
    once(s)
    once(s)
    s.same("an asset is another's by now: the new owner is told, the old is not", s.to(),
           ["security@bakery.example"] * 2)
    s.same("under its new owner", [c["organisation"] for c in s.rows("cases") if c["ip"] == "192.0.2.40"],
           ["bakery"])


def asset_expires(s):
    fresh(s)
    registry(s, asset=lambda line: line.replace("mill,192.0.2.32/27,yes,,",
             "mill,192.0.2.32/27,yes,2026-01-01,2026-11-19"))
    once(s)
    s.same("an asset has run out: not told", (s.to(), told(s)["192.0.2.40"]), (["security@bakery.example"],
           "held"))


def unverified(s):
    fresh(s)
    registry(s, asset=lambda line: line.replace("mill,192.0.2.32/27,yes", "mill,192.0.2.32/27,no"))
    once(s)
    s.same("an asset is not verified any more: not told", (s.to(), told(s)["192.0.2.40"]),
           (["security@bakery.example"], "held"))


def contact_changes(s):
    fresh(s)
    registry(s, org=lambda line: line.replace("security@mill.example", "office@mill.example"))
    once(s)
    once(s)
    s.same("a corrected address: only that is told", s.to(), ["office@mill.example",
           "security@bakery.example"])


def contact_goes(s):
    fresh(s)
    registry(s, org=lambda line: line.replace("security@mill.example", ""))
    once(s)
    s.same("no address any more: not told, held", (s.to(), told(s)["192.0.2.40"]),
           (["security@bakery.example"], "held"))


def redirect(s):
    fresh(s)
    s.write("deliver.conf", 'most_per_recipient = 100; delay = "1h"; redirect = "rehearsal@cert.example";\n')
    once(s)
    once(s)
    s.same("a redirect is set: what waits goes there and nowhere else", s.to(),
           ["rehearsal@cert.example"] * 2)


def held_by_hand(s):
    fresh(s)
    ids = sorted(w["message_id"] for w in s.rows("warnings"))
    s.t("hold", "organisation:bakery")
    once(s)
    s.same("held by hand: it waits as it is", (states(s), s.to()), (["held", "handed-over"],
           ["security@mill.example"]))
    s.t("release", "organisation:bakery")
    once(s)
    s.same("released: the same warnings", (sorted(m.split("\nMessage-ID: ")[1].splitlines()[0] for _,
           m in s.mails()), states(s)),
           (ids, ["handed-over", "handed-over"]))


def test(s):
    for part in (asset_shrinks, organisation_goes, asset_moves, asset_expires, unverified, contact_changes,
                 contact_goes, redirect,
                 held_by_hand):
        part(s)


scenario.main(test)
