#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Backup beside a running decider, and a ledger put back: nothing that may have left leaves again by
itself."""
import os, shutil, sqlite3, sys
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.environ["TOP_SRCDIR"], "tests/lib"))
import scenario


def epoch(s, name):
    with sqlite3.connect(s.path(name)) as db:
        return db.execute("SELECT epoch FROM ledger").fetchone()[0]


def states(s):
    return [w["state"] for w in sorted(s.rows("warnings"), key=lambda w: w["warning"])]


def begin(s):
    s.write("deliver.conf", 'most_per_recipient = 100; delay = "1h";\n')
    s.at("2026-11-20T08:00:00Z")
    s.t("org", "import", "--partial", "organisations.csv", "assets.csv")
    s.report("scan_rdp", "2026-11-20", [("192.0.2.1", 3389)])
    s.t("run", "--once")
    s.same("one waits", (states(s), s.to()), (["waiting"], []))


def take(s):
    r = s.run()
    s.ok("a decider runs", r.says("ready"))
    s.same("backup beside it", s.t("backup", "ledger.bak", "--spool", "spool.bak"), 0)
    s.ok("one file, with nothing beside it", [n for n in os.listdir(s.dir) if n.startswith("ledger.bak")] ==
         ["ledger.bak"])
    s.ok("and the contents", "1 contents" in s.out and sum(len(f) for _, _, f in os.walk(s.path("spool.bak")))
         == 1, s.out)
    s.t("restore", "ledger.bak", "--yes")
    s.ok("no restore beside a decider", s.code == 1 and "stop it first" in s.err)
    s.same("it ends", r.ends(15), 0)
    s.t("backup", "ledger.bak")
    s.ok("a backup is not written over by mistake", s.code == 2 and "--replace" in s.err)
    s.same("it is a whole ledger", sqlite3.connect(s.path("ledger.bak")).execute(
        "PRAGMA integrity_check").fetchone()[0], "ok")


def goes_on(s):
    """After the backup: what waited leaves, and another is decided and leaves."""
    s.at("2026-11-20T10:00:00Z")
    s.report("scan_telnet", "2026-11-20", [("192.0.2.40", 23)])
    s.t("run", "--once")
    s.at("2026-11-20T12:00:00Z")
    s.t("run", "--once")
    s.same("both left", s.to(), ["security@bakery.example", "security@mill.example"])


def put_back(s):
    before = epoch(s, "ledger.db")
    s.t("restore", "ledger.bak")
    s.ok("not over a ledger without being told", s.code == 2 and "--yes" in s.err)
    s.same("restored", s.t("restore", "ledger.bak", "--yes"), 0)
    s.ok("it says what is held", "outbox is shut" in s.out and "1 warnings of the backup had left, and 1 that"
         in s.out and "release outbox" in s.out)
    s.ok("the epoch is past all before", epoch(s, "ledger.db") > before)
    s.at("2026-11-20T14:00:00Z")
    s.t("run", "--once")
    s.at("2026-11-20T16:00:00Z")
    s.t("run", "--once")
    s.same("nothing leaves", len(s.mails()), 2)
    s.t("todo")
    s.ok("todo says so", "release outbox" in s.out and "restored" in s.out)
    s.t("status")
    s.ok("status too", "outbox is held" in s.out)
    s.same("what had left counts as handed over, the same decision waits", states(s), ["handed-over",
           "waiting"])
    s.t("release", "outbox", "--why", "looked at it")
    s.t("run", "--once")
    s.same("let go: what had left does not leave again", (states(s), len(s.mails())),
           (["handed-over", "held"], 2))
    s.t("explain", "2026-00002")
    s.ok("and explain says why", "left already" in s.out)


def lost(s):
    """The same without the ledger that was replaced: what waited may have left, and is held."""
    os.unlink(s.path("ledger.db"))
    for name in list(os.listdir(s.dir)):
        if name.startswith("ledger.db"):
            os.unlink(s.path(name))
    shutil.rmtree(s.path("spool"))
    s.same("restored where nothing is", s.t("restore", "ledger.bak", "--spool", "spool.bak"), 0)
    s.ok("the contents are back", sum(len(f) for _, _, f in os.walk(s.path("spool"))) == 1)
    s.t("release", "outbox")
    s.at("2026-11-20T18:00:00Z")
    s.t("run", "--once")
    s.same("what waited is held, one by one", states(s)[0], "held")
    s.t("release", "warning:2026-00001")
    s.at("2026-11-20T20:00:00Z")
    s.t("run", "--once")
    s.same("until a person lets it go", states(s)[0], "handed-over")
    s.t("explain", "2026-00001")
    s.ok("the doubt is kept", "may have left since" in s.out)
    s.write("broken.db", s.path("ledger.bak").encode() * 100)
    s.t("restore", "broken.db", "--yes")
    s.ok("what is no ledger is refused, and the ledger stays", s.code == 1 and states(s)[0] == "handed-over")


def test(s):
    begin(s)
    take(s)
    goes_on(s)
    put_back(s)
    lost(s)


scenario.main(test)
