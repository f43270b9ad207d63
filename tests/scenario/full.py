#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The disk is full: an error that says so, exit 1, and a later run with room
ends as an undisturbed one would.

Twice: by a limit on the size of files (each file is full at another moment), and, where this may be done, on
a file system of a few hundred kilobytes (all is full at once).
"""
import json, os, resource, shutil, signal, subprocess, sys
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.environ["TOP_SRCDIR"], "tests/lib"))
import scenario
from scenario import TOCSIN

CONF = """
identity = { name = "Example CERT"; from = "warn@cert.example"; language = "en";
	verify = "https://cert.example/verify"; };
ledger = "ledger.db"; spool = "spool"; allow_documentation = true;
sources = ( { name = "shadowserver"; plugin = "shadowserver"; from = "dir:in"; } );
match = ( { plugin = "registry"; } );
deliver = { most_per_run = 5000;
	notifiers = ( { name = "mail"; plugin = "maildir"; path = "mail"; for = "*"; } ); };
"""
SAYS = ("full", "space", "too large", "disk")


def state(s):
    """What must be the same however often it was tried."""
    ids = [m.split("\nMessage-ID: ")[1].splitlines()[0] for _, m in s.mails()]
    return {"inputs": sorted((i["name"], i["state"], i["records"], i["new"], i["unmatched"], i["quarantined"])
        for i in s.rows("inputs")),
            "cases": sorted((c["organisation"], c["problem"], c["ip"], c["told"], c["episode"],
            c["last_seen"]) for c in s.rows("cases")),
            "warned": sorted((w["organisation"], w["state"], len(w["cases"])) for w in s.rows("warnings")),
            "quarantine": sorted(str(q["reason"]) for q in s.rows("quarantine")),
            "mails": s.to(), "twice": len(ids) - len(set(ids))}


def copy(s, name):
    """A scenario on a copy of the seed."""
    t = scenario.Scenario.__new__(scenario.Scenario)
    t.__dict__.update(s.__dict__)
    t.dir, t.running, t.servers = s.path(name), [], []
    shutil.copytree(s.path("seed"), t.dir)
    return t


def limited(t, bytes_):
    resource_limit = lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (bytes_, bytes_))
    return t.t("run", "--once", preexec_fn=resource_limit)


def small(t, kib):
    """The same on a file system of this size, of its own; what is there afterwards is copied back."""
    script = """set -e
mkdir small; mount -t tmpfs -o size=%dk none small; cp -r seedling/. small/; cd small
set +e; "$0" -c tocsin.conf run --once; code=$?; cd ..; cp -r small/. after/; exit $code""" % kib
    t.dir, seed = os.path.dirname(t.dir), t.dir
    os.rename(seed, t.path("seedling"))
    os.mkdir(t.path("after"))
    p = subprocess.run(["unshare", "-rm", "sh", "-c", script, TOCSIN], cwd=t.dir, env=t.env,
        capture_output=True)
    t.code, t.out, t.err = p.returncode, p.stdout.decode(), p.stderr.decode()
    shutil.rmtree(t.path("seedling"))
    os.rename(t.path("after"), seed)
    os.rmdir(t.path("small"))
    t.dir = seed


def ends_well(s, what, t, want):
    code, err = t.code, t.err
    s.ok(f"{what}: exit {code}, and says it", code == 0 or (code == 1 and any(w in err for w in SAYS)),
        code, err)
    t.t("run", "--once")
    again, err = t.code, t.err
    got = state(t)
    s.ok(f"{what}: the next run ends as an undisturbed one", got == want and again in (0, 1),
         again, err, *[(k, got[k][:5] if isinstance(got[k], list) else got[k],
         want[k][:5] if isinstance(want[k], list) else want[k]) for k in want if got[k] != want[k]])
    shutil.rmtree(t.dir)
    return code


def test(s):
    s.at("2026-11-20T18:00:00Z")
    os.mkdir(s.path("seed"))
    seed = scenario.Scenario.__new__(scenario.Scenario)
    seed.__dict__.update(s.__dict__)
    seed.dir = s.path("seed")
    os.mkdir(seed.path("in"))
    seed.write("tocsin.conf", CONF)
    orgs = [f"org{i},Organisation {i},direct,,en,security@org{i}.example\n" for i in range(16)]
    nets = [f"org{i},192.0.2.{i * 16}/28,yes,,\n" for i in range(16)]
    seed.write("organisations.csv", "organisation,name,constituency,sector,language,email\n" + "".join(orgs))
    seed.write("assets.csv", "organisation,asset,verified,valid_from,valid_until\n" + "".join(nets))
    for kind in ("rdp", "telnet", "smb", "vnc"):
        seed.report("scan_" + kind, "2026-11-20", [(f"192.0.2.{i}" if i % 2 else f"203.0.113.{i}", 1000 + i)
                    for i in range(256)] + [("010.0.0.1", 1)] + [("203.0.113.7", 7)] * 500)
    seed.t("org", "import", "organisations.csv", "assets.csv")
    whole = copy(s, "whole")
    whole.t("run", "--once")
    want = state(whole)
    s.ok("undisturbed, all are warned", len(want["mails"]) == 16 and want["twice"] == 0 and
        len(want["cases"]) == 512, want["mails"])
    top = max(os.path.getsize(whole.path(n)) for n in os.listdir(whole.dir) if n.startswith("ledger.db"))
    codes = [ends_well(s, f"no file beyond {limit} bytes", t, want)
             for limit in (0, 20000, 60000, 120000, 300000, top + 4000000)
             for t in [copy(s, f"at{limit}")] if limited(t, limit) is not None]
    s.ok("some failed, the last had room", 1 in codes[:-1], codes)
    if subprocess.run(["unshare", "-rm", "sh", "-c", "mount -t tmpfs -o size=64k none /mnt"],
            capture_output=True).returncode != 0:
        s.ok("on a small file system # SKIP nothing may be mounted here", True)
    else:
        need = sum(os.path.getsize(os.path.join(w, n)) for w, _, names in os.walk(s.path("seed"))
            for n in names) // 1024
        for more in (40, 220, 500, 1200):
            t = copy(s, f"disk{more}")
            small(t, need + more)
            ends_well(s, f"a disk with {more} KiB left", t, want)
    staying(s, want)
    by_hand(s)


def staying(s, want):
    """A run that stays says it, goes on trying, and is well when there is room."""
    t = copy(s, "stay")
    os.rename(t.path("in"), t.path("away"))
    os.mkdir(t.path("in"))
    r = t.run()
    s.running.append(r)         # to be ended whatever happens
    s.ok("a run that stays", r.says("ready"))
    resource.prlimit(r.p.pid, resource.RLIMIT_FSIZE, (60000, resource.RLIM_INFINITY))
    for name in os.listdir(t.path("away")):
        os.rename(t.path("away", name), t.path("in", name))
    s.ok("says that the disk is full", r.says("error: "), r.lines)
    s.ok("and goes on", r.p.poll() is None)
    resource.prlimit(r.p.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    r.signal(signal.SIGHUP)
    s.ok("with room again it reads what came", s.until(lambda: len(t.rows("cases")) == 512),
        len(t.rows("cases")), r.lines[-5:])
    s.same("and ends", r.ends(signal.SIGTERM), 0)
    t.t("run", "--once")
    got = state(t)
    s.ok("as an undisturbed one", got == want, *[(k, got[k], want[k]) for k in want if got[k] != want[k]])


def by_hand(s):
    t = copy(s, "hand")
    for args in (["hold", "all"], ["org", "import", "organisations.csv", "assets.csv"]):
        t.t(*args, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096)))
        s.ok(" ".join(args[:2]) + " on a full disk: exit 1, and says it",
            t.code == 1 and any(w in t.err for w in SAYS), t.code, t.err)
    t.t("hold", "all")
    s.ok("with room it works", t.code == 0)


scenario.main(test)
