#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A warning taken back: before it left, and after."""
import os, sys
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.environ["TOP_SRCDIR"], "tests/lib"))
import scenario


def header(mail, name):
    head = mail.split("\n\n")[0].split("\n")
    return [line[len(name) + 2:] for line in head if line.startswith(name + ": ")]


def begin(s):
    s.at("2026-11-20T08:00:00Z")
    s.t("org", "import", "--partial", "organisations.csv", "assets.csv")


def before(s):
    s.write("deliver.conf", 'most_per_recipient = 100; delay = "1h";\n')
    s.report("scan_rdp", "2026-11-20", [("192.0.2.1", 3389), ("192.0.2.40", 3389)])
    s.t("run", "--once")
    s.same("two wait", [w["state"] for w in s.rows("warnings")], ["waiting", "waiting"])
    s.t("cancel", "2026-99999")
    s.ok("what is not there is said", s.code == 2 and "there is no warning 2026-99999" in s.err)
    s.ok("cancelled", s.t("cancel", "2026-00001", "--why", "wrong list") == 0)
    s.at("2026-11-20T10:00:00Z")
    s.ok("the run is fine", s.t("run", "--once") == 0)
    s.same("only the other one left", s.to(), ["security@mill.example"])
    s.same("its case is held", [(c["told"], c["reason"]) for c in s.rows("cases", "--state", "held")] or
           [(c["told"], c.get("reason")) for c in s.rows("cases") if c["organisation"] == "bakery"],
           [("held", "cancelled")])
    s.t("todo")
    s.ok("and waits for a person", "cancelled by hand" in s.out or "cancelled" in s.out)
    s.t("explain", "2026-00001")
    s.ok("explain tells who and why", "cancelled by hand before it left" in s.out and "wrong list" in s.out)
    s.report("scan_rdp", "2026-11-21", [("192.0.2.1", 3389)])
    s.at("2026-11-21T10:00:00Z")
    s.t("run", "--once")
    s.same("seen again, it is still held", s.to(), ["security@mill.example"])
    s.t("cancel", "2026-00001")
    s.t("run", "--once")
    s.t("explain", "order:3")
    s.ok("cancelled twice is refused", "cancelled already" in s.out)
    s.t("release", "organisation:bakery")
    s.t("run", "--once")
    s.at("2026-11-21T12:00:00Z")
    s.t("run", "--once")
    s.same("released, it goes as a warning of its own", s.to(), ["security@bakery.example",
           "security@mill.example"])


def after(s):
    s.write("deliver.conf", "most_per_recipient = 100;\n")
    s.report("scan_telnet", "2026-11-22", [("192.0.2.3", 23)])
    s.at("2026-11-22T08:00:00Z")
    s.t("run", "--once")
    one = max(s.rows("warnings"), key=lambda w: w["warning"])
    s.same("it left", one["state"], "handed-over")
    s.t("cancel", one["number"] if "number" in one else one["warning"], "--why", "not theirs",
        "--tell", "The list was old.")
    s.t("run", "--once")
    mails = [m for a, m in s.mails() if a == "security@bakery.example" and "Correction" in m]
    s.ok("one correction follows", len(mails) == 1, len(mails))
    id = [header(m, "Message-ID") for a, m in s.mails() if "Correction" not in m and "scan_telnet" in m
          or header(m, "X-Tocsin-Warning") == [str(one["warning"])]]
    s.ok("in the thread of what it takes back", id and header(mails[0], "In-Reply-To") == id[0], id,
         header(mails[0], "In-Reply-To"))
    s.ok("to the same recipient, with what it is to be told", "not theirs" not in mails[0] and
         "The list was old." in mails[0])
    s.same("the case is held", [c["reason"] for c in s.rows("cases") if c["ip"] == "192.0.2.3"],
           ["cancelled"])
    s.t("cancel", str(one["warning"]))
    s.t("run", "--once")
    s.ok("and only one", len([m for a, m in s.mails() if "Correction" in m]) == 1)
    fix = max(s.rows("warnings"), key=lambda w: w["warning"])
    s.t("cancel", str(fix["warning"]))
    s.t("run", "--once")
    n = len(s.mails())
    s.ok("a correction cannot be cancelled", n == len(s.mails()) and
         any("correction itself" in str(o) for o in [s.t("explain", "order:7"), s.out]), s.out)


def answers(s):
    """Lets the server accept one mail."""
    with open(s.path("box", "go"), "wb"):
        pass


def race(s):
    """Ordered while the mail is on its way: it counts as left, and is corrected when its answer is there."""
    os.mkdir(s.path("box"))
    os.mkfifo(s.path("box", "go"))
    port, p = s.server("smtpd.py", "wait", s.path("box"))
    s.change("tocsin.conf", 'plugin = "maildir"; path = "mail"; for = "direct"',
             f'plugin = "smtp"; server = "smtp://127.0.0.1:{port}"; tls = "never"; for = "direct"')
    dots = lambda: len([n for n in os.listdir(s.path("box")) if n.startswith("dot-")])
    s.report("scan_vnc", "2026-11-23", [("192.0.2.4", 5900)], severity="critical")
    s.at("2026-11-23T08:00:00Z")
    r = s.run()
    s.ok("being handed over", s.until(lambda: dots() == 1))
    one = max(s.rows("warnings"), key=lambda w: w["warning"])
    s.same("as the ledger says", one["state"], "attempting")
    s.t("cancel", str(one["warning"]), "--why", "too late")
    s.ok("the order is applied meanwhile", s.until(lambda: s.t("explain", str(one["warning"])) == 0 and
                                                   "while it was being handed over" in s.out))
    answers(s)
    s.ok("its answer is taken, and the correction goes", s.until(lambda: dots() == 2))
    answers(s)
    states = lambda: [w["state"] for w in sorted(s.rows("warnings"), key=lambda w: w["warning"])][-2:]
    s.ok("both left", s.until(lambda: states() == ["handed-over", "handed-over"]), states())
    s.ok("which it corrects is told", s.t("explain", str(one["warning"])) == 0 and
         "after it had left" in s.out and "correction" in s.out)
    s.same("it ends", r.ends(15), 0)
    s.same("held, not reminded", [c["reason"] for c in s.rows("cases") if c["ip"] == "192.0.2.4"],
           ["cancelled"])


def test(s):
    begin(s)
    before(s)
    after(s)
    race(s)


scenario.main(test)
