#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Holds what a run of the sample day left against etc/sample/expected.csv (TAP on stdout).

usage: sample_check.py EXPECTED.csv FOLDER      FOLDER holds cases.jsonl, warnings.jsonl, inputs.jsonl
"""
import csv
import json
import os
import sys

TOLD = {"warned": "handed-over", "held": "held", "recorded": "nothing-due"}
NUMBER = [0]


def ok(good, what, *notes):
    NUMBER[0] += 1
    print("%sok %d - %s" % ("" if good else "not ", NUMBER[0], what))
    for note in () if good else notes:
        print("# %s" % note)


def lines(folder, name):
    with open(os.path.join(folder, name), encoding="utf-8") as f:
        return [json.loads(line) for line in f if line.strip()]


def key(organisation, subject, port, problem):
    return (organisation or "", subject or "", str(port or ""), problem or "")


def check_case(want, case, warnings):
    wrong = []

    def same(what, got, expected):
        if (got if got is not None else "") != expected:
            wrong.append("%s: %r, expected %r" % (what, got, expected))
    same("told", case["told"], TOLD[want["outcome"]])
    same("sightings", str(case["sightings"]), want["sightings"])
    same("role", case["role"], want["role"])
    if want["outcome"] != "warned":
        same("reason", case["reason"], want["reason"])
        return wrong
    same("lane", case["lane"], want["lane"])
    mine = [w for w in warnings if case["case"] in w["cases"]]
    same("warnings", len(mine), 1)
    for w in mine:
        same("recipient", w["recipient"], want["recipient"])
        same("state", w["state"], "handed-over")
        same("lane of the warning", w["lane"], want["lane"])
        same("role of the warning", w["role"], want["role"])
    return wrong


def check_books(want, inputs):
    """Rows that came to nothing, by report: as many unmatched and refused as expected says."""
    for feed in sorted({w["input"] for w in want if w["outcome"] in ("nobody", "quarantined") and
            " " not in w["input"]}):
        mine = [i for i in inputs if feed in (i["feed"], i["source"]) or "-%s-" % feed in i["name"]]
        nobody = sum(int(w["sightings"]) for w in want if w["input"] == feed and w["outcome"] == "nobody")
        refused = sum(int(w["sightings"] or 0) for w in want if w["input"] == feed and
            w["outcome"] == "quarantined")
        got = sum(i["unmatched"] for i in mine), sum(i["refused"] for i in mine)
        ok(got == (nobody, refused), "%s: %d rows are nobody's, %d cannot be read" % (feed, nobody, refused),
           "got %d and %d" % got)


def main():
    with open(sys.argv[1], encoding="utf-8", newline="") as f:
        want = list(csv.DictReader(f))
    cases, warnings, inputs = (lines(sys.argv[2], n + ".jsonl") for n in ("cases", "warnings", "inputs"))
    found = {key(c["organisation"], c["subject"], c["port"], c["problem"]): c for c in cases}
    named = set()
    for w in want:
        if w["outcome"] not in TOLD:
            continue
        k = key(w["organisation"], w["subject"], w["port"], w["problem"])
        named.add(k)
        what = "%s %s %s %s" % (w["outcome"], w["organisation"] or "(conflict)",
                                w["subject"] + (":" + w["port"] if w["port"] else ""), w["problem"])
        if k not in found:
            ok(False, what, "there is no such case", "near: %s" % [c for c in found if c[1] == k[1]])
            continue
        wrong = check_case(w, found[k], warnings)
        ok(not wrong, what, *wrong)
    more = ["%s: %s" % (k, found[k]["told"]) for k in sorted(set(found) - named)]
    ok(not more, "no other case", *more)
    check_books(want, inputs)
    print("1..%d" % NUMBER[0])
    return 0


sys.exit(main())
