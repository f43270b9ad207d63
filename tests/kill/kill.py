#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The ledger's promise: kill the whole process tree at many points, start again, and all
is as if nothing had happened.

A folder with reports is run once undisturbed, with every call that changes a disk counted
(tests/kill/shim.c).  Then, for points spread over that count, a fresh copy is run, killed at the point
(before or after the call), run again to its end, and compared: the same inputs done, the same books, the same
cases, the same warnings, each mail exactly once.  A warning may have been handed over twice only under one
Message-ID, which a maildir shows as one file.
"""
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile

build = os.environ.get("TOP_BUILDDIR", ".")
points_wanted = int(os.environ.get("KILL_POINTS", "40"))
tocsin = os.path.join(build, "tocsin")
shim = os.path.join(build, "tests/kill/shim.so")
now = "2026-11-20T18:00:00Z"

CONF = """
identity = { name = "Example CERT"; from = "warn@cert.example"; language = "en";
	verify = "https://cert.example/verify"; };
ledger = "ledger.db"; spool = "spool"; allow_documentation = true;
sources = ( { name = "shadowserver"; plugin = "shadowserver"; from = "dir:in"; } );
match = ( { plugin = "registry"; } );
deliver = { notifiers = ( { name = "mail"; plugin = "maildir"; path = "mail"; for = "*"; } ); };
"""


def make(folder):
    os.makedirs(os.path.join(folder, "in"))
    with open(os.path.join(folder, "tocsin.conf"), "w") as f:
        f.write(CONF)
    with open(os.path.join(folder, "organisations.csv"), "w") as f:
        f.write("organisation,name,constituency,sector,language,email\n")
        for i in range(8):
            f.write(f"org{i},Organisation {i},direct,,en,security@org{i}.example\n")
    with open(os.path.join(folder, "assets.csv"), "w") as f:
        f.write("organisation,asset,verified,valid_from,valid_until\n")
        for i in range(8):
            f.write(f"org{i},192.0.2.{i * 32}/27,yes,,\n")
    for kind, port, text in (("scan_rdp", 3389, "rdp"), ("scan_telnet", 23, "telnet"),
            ("scan_smb", 445, "smb")):
        with open(os.path.join(folder, "in", f"2026-11-20-{kind}-nl.csv"), "w") as f:
            f.write('"timestamp","severity","ip","protocol","port","hostname","tag","asn","geo"\n')
            for i in range(120):
                ip = f"192.0.2.{i * 2}" if i % 3 else f"198.51.100.{i}"
                f.write(f'"2026-11-20 0{i % 8}:00:{i % 60:02}","medium","{ip}","tcp",{port},"","{text}",'
                    f'64496,"NL"\n')
            f.write('"2026-11-20 09:00:00","medium","010.0.0.1","tcp",1,"","x",64496,"NL"\n')
        os.utime(f.name, (1, 1))        # whole, not still being written


def run(folder, *args, env=None, group=False):
    e = dict(os.environ, TOCSIN_NOW=now)
    e.update(env or {})
    p = subprocess.Popen([tocsin, "-c", "tocsin.conf", *args], cwd=folder, env=e, stdin=subprocess.DEVNULL,
                         stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=group)
    out, err = p.communicate()
    return p.returncode, out.decode(), err.decode()


def rows(folder, *args):
    code, out, err = run(folder, *args, "--json")
    if code != 0:
        raise RuntimeError(f"{args}: {code} {err}")
    return [json.loads(line) for line in out.splitlines()]


def state(folder):
    """What must be the same, without the numbers that may differ."""
    mails = []
    for where, _, names in os.walk(os.path.join(folder, "mail")):
        if os.path.basename(where) == "new":
            for name in names:
                with open(os.path.join(where, name), "rb") as f:
                    text = f.read()
                head = text.split(b"\r\n\r\n")[0].split(b"\r\n")
                get = lambda k: [h.split(b":", 1)[1].strip() for h in head if h.lower().startswith(k)]
                mails.append((get(b"to:")[0].decode(), get(b"message-id:")[0].decode()))
    ids = [m for _, m in mails]
    return {
        "inputs": sorted((i["name"], i["state"], i["records"]) for i in rows(folder, "inputs")),
        "cases":
        sorted((c["organisation"], c["problem"], c["ip"], c["port"], c["told"], c["episode"], c["last_seen"])
                        for c in rows(folder, "cases")),
        "warnings":
        sorted((w["organisation"], w["state"], len(w["cases"])) for w in rows(folder, "warnings")),
        "quarantine": sorted(str(q["reason"]) for q in rows(folder, "quarantine")),
        "mails": sorted(t for t, _ in mails),
        "mail twice": len(ids) - len(set(ids)),
    }


def main():
    if os.environ.get("SANITIZED") == "yes":
        print("1..0 # SKIP a preloaded library and the sanitizers do not go together")
        return 0
    top = tempfile.mkdtemp(prefix="tocsin-kill-")
    bad = 0
    try:
        seed = os.path.join(top, "seed")
        make(seed)
        code, out, err = run(seed, "org", "import", "organisations.csv", "assets.csv")
        if code != 0:
            print(f"Bail out! import: {err}")
            return 1
        count = os.path.join(top, "count")
        env = {"LD_PRELOAD": shim, "KILL_COUNT": count}

        def zero():
            with open(count, "wb") as f:
                f.write(bytes(8))

        def copy(name):
            folder = os.path.join(top, name)
            shutil.copytree(seed, folder)
            return folder

        zero()
        whole = copy("whole")
        run(whole, "run", "--once", env=env, group=True)
        with open(count, "rb") as f:
            total = int.from_bytes(f.read(8), "little")
        want = state(whole)
        print(f"# {total} points, {len(want['cases'])} cases, {len(want['mails'])} mails")
        n = 1
        print(f"{'ok' if want['mails'] and want['mail twice'] == 0 else 'not ok'} {n} - undisturbed, "
            f"everybody is warned once")
        steps = sorted({1 + i * (total - 1) // max(1, points_wanted - 1) for i in range(points_wanted)})
        for i, at in enumerate(steps):
            n += 1
            zero()
            folder = copy(f"at{at}")
            e = dict(env, KILL_AT=str(at))
            if i % 2:
                e["KILL_AFTER"] = "1"
            code, _, _ = run(folder, "run", "--once", env=e, group=True)
            killed = code == -signal.SIGKILL
            again, _, err = run(folder, "run", "--once")
            got = state(folder)
            good = got == want and again in (0, 1)
            bad += not good
            print(f"{'ok' if good else 'not ok'} {n} - {'killed' if killed else 'ended'} "
                f"{'after' if i % 2 else 'before'} point {at}")
            if not good:
                for k in want:
                    if got[k] != want[k]:
                        print(f"# {k}: {str(got[k])[:300]}\n#   want {str(want[k])[:300]}")
                print(f"# {err[:300]}")
            shutil.rmtree(folder)
        print(f"1..{n}")
    finally:
        shutil.rmtree(top, ignore_errors=True)
    return 1 if bad else 0


sys.exit(main())
