#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What would go out, and what other rules would change; nothing of it is written."""
import hashlib, os, sys
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.environ["TOP_SRCDIR"], "tests/lib"))
import scenario

POLICY = "problem,feed,class,severity,constituency,warn,interval,lane,greatest_age,comment\n"


def everything(s):
    """Every file but the configurations, by its bytes."""
    got = {}
    for where, _, names in os.walk(s.dir):
        for n in names:
            if not n.endswith((".conf", ".csv")) and not n.endswith("-shm"):
                with open(os.path.join(where, n), "rb") as f:
                    got[os.path.relpath(os.path.join(where, n), s.dir)] = hashlib.sha256(f.read()).hexdigest()
    return got


def other(s, name, policy, more=""):
    s.write(name + ".csv", POLICY + policy + ",,,info|low,,no,,,,\n,,,,,yes,,,,\n")
    text = s.read("tocsin.conf").replace("deliver = {",
                                         f'decide = {{ policy = "{name}.csv"; {more} }};\ndeliver = {{')
    s.write(name + ".conf", text)
    return name + ".conf"


def sums(s, *args):
    rows = s.rows("simulate", *args)
    return sorted((r["change"], r["recipient"], r["cases"], r["told"], r.get("told_today"), r.get("why"))
                  for r in rows)


def begin(s):
    s.env["TMPDIR"] = s.path("copies")
    os.mkdir(s.env["TMPDIR"])
    s.write("deliver.conf", "most_per_recipient = 100;\n")
    s.at("2026-11-20T08:00:00Z")
    s.t("org", "import", "--partial", "organisations.csv", "assets.csv")
    for day in ("20", "21", "22"):
        s.at(f"2026-11-{day}T08:00:00Z")
        s.report("scan_rdp", f"2026-11-{day}", [("192.0.2.1", 3389), ("192.0.2.40", 3389)])
        s.report("scan_telnet", f"2026-11-{day}", [("192.0.2.2", 23)])
        s.t("run", "--once")


def now(s):
    s.same("nothing is due", sums(s), [])
    s.report("scan_smb", "2026-11-23", [("192.0.2.3", 445), ("192.0.2.4", 445)])
    s.at("2026-11-23T08:00:00Z")
    s.change("tocsin.conf", 'from = "dir:in"', 'from = "dir:none"')
    os.mkdir(s.path("none"))
    s.t("hold", "outbox")
    s.t("run", "--once")
    s.change("tocsin.conf", 'from = "dir:none"', 'from = "dir:in"')
    s.t("hold", "all")
    s.t("simulate")
    s.ok("an order that waits counts", s.code == 0 and "would go out now: 0 warnings" in s.out)


def rules(s):
    before = everything(s)
    quiet = other(s, "quiet", "*rdp*,,,,,no,,,,\n")
    s.same("recorded only: gone, with the reason", sums(s, "--since", "2026-11-20", "--config", quiet),
           [("gone", "security@bakery.example", 1, 0, 1, "policy-record"),
            ("gone", "security@mill.example", 1, 0, 1, "policy-record")])
    loud = other(s, "loud", "*rdp*,,,,direct,yes,1d,,,\n*telnet*,,,,,yes,,priority,,\n")
    s.same("daily, and by the priority lane: louder", sums(s, "--since", "2026-11-20", "--config", loud),
           [("louder", "security@bakery.example", 2, 4, 2, None), ("louder", "security@mill.example", 1, 3, 1,
            None)])
    s.t("-c", "loud.conf", "simulate", "--since", "2026-11-20", "--config", "tocsin.conf")
    s.ok("and the other way round: quieter", "3 quieter" in s.out and "0 louder" in s.out)
    s.change("quiet.conf", 'for = "direct"; }', 'for = "direct"; to = "one@partner.example"; }')
    got = sums(s, "--since", "2026-11-20", "--config", quiet)
    s.ok("another recipient: gone there, new here", ("new", "one@partner.example", 1, 1, 0, None) in got, got)
    s.same("nobody is told otherwise by the same rules", sums(s, "--since", "2026-11-20", "--config",
           "tocsin.conf"), [])
    s.same("without others: who is told", sums(s, "--since", "2026-11-21"),
           [("due", "security@bakery.example", 2, 2, None, None), ("due", "security@mill.example", 1, 1, None,
            None)])
    s.t("simulate", "--config", "nowhere.conf")
    s.ok("rules that are not there", s.code != 0 and "nowhere.conf" in s.err)
    s.ok("every byte is as it was", everything(s) == before,
         {k for k in before if everything(s).get(k) != before[k]}, set(everything(s)) ^ set(before))
    s.same("the temporary copies are gone", os.listdir(s.env["TMPDIR"]), [])


def beside(s):
    s.t("release", "all")
    r = s.run()
    s.ok("a decider runs", r.says("ready"))
    s.same("beside it", sums(s, "--since", "2026-11-20", "--config", "quiet.conf") != [], True)
    s.same("which goes on", r.ends(15), 0)


def test(s):
    begin(s)
    now(s)
    rules(s)
    beside(s)


scenario.main(test)
