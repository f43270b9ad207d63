#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Runs one command of `tocsin run --once --json`, and says what it cost.

usage: measure.py TITLE BYTES COMMAND...

Prints findings and bytes a second from the spool to the last commit (decode, match, decide, commit), the
same for all of the job, processor time of all processes, and peak memory. Memory is the sum of what each
process holds for itself plus what they share, counted once (Pss), looked at ten times a second: a peak
shorter than that can be missed; so can the last tenth of a second of a worker's processor time.
"""
import json, os, subprocess, sys, threading, time

title, size, command = sys.argv[1], int(sys.argv[2]), sys.argv[3:]


def family(pid):
    found, todo = [], [pid]
    while todo:
        pid = todo.pop()
        found.append(pid)
        try:
            with open("/proc/%d/task/%d/children" % (pid, pid)) as f:
                todo += [int(x) for x in f.read().split()]
        except OSError:
            pass
    return found


def resident(pid):
    try:
        with open("/proc/%d/smaps_rollup" % pid) as f:
            return sum(int(line.split()[1]) for line in f if line.startswith("Pss:"))
    except OSError:
        return 0


def used_by(pid):
    """Its name and its processor time so far; workers are killed, and nobody is told what they used."""
    try:
        with open("/proc/%d/stat" % pid) as f:
            text = f.read()
    except OSError:
        return "", 0.0
    word = text[text.rindex(")") + 2:].split()
    seconds = (int(word[11]) + int(word[12])) / os.sysconf("SC_CLK_TCK")
    return text[text.index("(") + 1:text.rindex(")")], seconds


def watch(pid, done, peak):
    while not done.wait(0.1):
        all_of_it = family(pid)
        peak[0] = max(peak[0], sum(resident(p) for p in all_of_it))
        for p in all_of_it:
            name, seconds = used_by(p)
            if name.startswith("tocsin-worker"):
                workers[p] = max(workers.get(p, 0.0), seconds)


child = subprocess.Popen(command, stdout=subprocess.PIPE)
workers = {}
done, peak = threading.Event(), [0]
threading.Thread(target=watch, args=(child.pid, done, peak), daemon=True).start()
begin = time.monotonic()
out = child.stdout.read()
_, status, used = os.wait4(child.pid, 0)
wall = time.monotonic() - begin
done.set()
try:
    s = json.loads(out)
except ValueError:
    sys.exit("%s: exit %d, no summary" % (title, os.waitstatus_to_exitcode(status)))

cpu = used.ru_utime + used.ru_stime
elsewhere = sum(s[verb + "_cpu_ms"] for verb in ("fetch", "round", "deliver")) / 1000
job = s["intake_ms"] / 1000
rate = s["records"] / job if job else 0
print("%s: %d findings, %d matched, %d cases new, %d warnings" %
      (title, s["records"], s["matched"], s["cases"], s["warnings"]))
print("  spool to last commit  %8.2f s %10.0f findings/s %8.1f MB/s" %
    (job, rate, size / job / 1e6 if job else 0), end="")
if s["warnings"] == 0:      # else the notifiers' time would be in it
    print(", processor %.2f s (%.0f ns a finding)" %
        (cpu - elsewhere, (cpu - elsewhere) * 1e9 / max(1, s["records"])), end="")
print()
print("  fetch %.2f s, compose %.2f s, deliver %.2f s; whole run %.2f s" %
      (s["fetch_ms"] / 1000, s["round_ms"] / 1000, s["deliver_ms"] / 1000, wall))
print("  processor %.2f s user, %.2f s system; peak memory %.0f MB, all processes" %
      (used.ru_utime, used.ru_stime, peak[0] / 1024))
if s["handed_over"]:
    n = s["handed_over"]
    print("  processor of the host: compose %.2f s, %.0f us a warning; deliver %.2f s, %.0f us" %
          (s["round_cpu_ms"] / 1000, s["round_cpu_ms"] * 1000 / n, s["deliver_cpu_ms"] / 1000,
           s["deliver_cpu_ms"] * 1000 / n))
    print("  processor of %d workers: %.2f s, %.0f us a warning" %
          (len(workers), sum(workers.values()), sum(workers.values()) * 1e6 / n))
sys.exit(os.waitstatus_to_exitcode(status))
