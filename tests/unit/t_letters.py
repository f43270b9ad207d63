#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The letters as people read them: whole texts held against tests/golden, and that every class and every
identifier of the feeds that come with Tocsin has advice in every language (TAP).

t_letters.py --write writes the golden texts anew; read them before they are committed.
"""
import csv
import difflib
import email
import email.policy
import os
import subprocess
import sys

TOP = os.environ.get("TOP_SRCDIR", ".")
SAMPLE = os.path.join(os.environ.get("TOP_BUILDDIR", "."), "tests/unit/compose_sample")
GOLDEN = os.path.join(TOP, "tests/golden")
# Their class says all there is to say.
BY_CLASS = {"special", "blacklisted-ip", "open-port", "unknown-report"}
count = bad = 0


def ok(good, what, *notes):
    global count, bad
    count += 1
    bad += not good
    print("%sok %d - %s" % ("" if good else "not ", count, what))
    if not good:
        for n in notes:
            print("# %s" % ascii(n)[:700])
    sys.stdout.flush()
    return good


def letter(kind, language):
    raw = subprocess.run([SAMPLE, kind, language], stdout=subprocess.PIPE, timeout=60, check=True).stdout
    if not raw.startswith(b"From:"):
        return raw.decode()
    mail = email.message_from_bytes(raw, policy=email.policy.default)
    head = "".join("%s: %s\n" % (h, mail[h]) for h in ("Subject", "In-Reply-To") if mail[h])
    return head + "\n" + mail.get_body(("plain",)).get_content().replace("\r\n", "\n")


def names():
    for role in ("owner", "operator", "network", "national", "partner"):
        for state in ("first", "reminder", "relapse"):
            yield "%s-%s" % (role, state), role if state == "first" else "%s/%s" % (role, state), "txt"
    yield "thread", "thread", "txt"
    yield "correction", "correct", "txt"
    yield "phone", "phone", "html"
    yield "post", "post", "html"


def golden(write):
    for name, kind, ending in names():
        for language in ("en", "nl"):
            path = os.path.join(GOLDEN, "%s-%s.%s" % (name, language, ending))
            got = letter(kind, language)
            if write:
                with open(path, "w", encoding="utf-8") as f:
                    f.write(got)
            with open(path, encoding="utf-8") as f:
                want = f.read()
            ok(got == want, "%s in %s is as written down" % (name, language),
                *list(difflib.unified_diff(want.split("\n"), got.split("\n"), lineterm="", n=1))[:20])


def first_differs():
    for role in ("owner", "operator", "network"):
        for language in ("en", "nl"):
            texts = [letter(k, language).split("\n\n")[3:5] for k in (role, role + "/reminder",
                role + "/relapse")]
            ok(texts[0] != texts[1] != texts[2] != texts[0], "%s %s: a first warning, a reminder and a "
                "relapse begin differently" % (role, language), *texts)


def classes():
    """(identifier, type) of every class that a feed gives."""
    for where, _, files in sorted(os.walk(os.path.join(TOP, "etc/feeds"))):
        for name in sorted(f for f in files if f.endswith(".feed")):
            with open(os.path.join(where, name), encoding="utf-8") as f:
                for words in (line.split() for line in f):
                    if words and words[0] == "class" and words[1] != "-":
                        yield words[2] if len(words) > 2 and words[2] not in ("when", "-") else "-", \
                            words[1].split("/")[1]


def advice():
    with open(os.path.join(TOP, "etc/problems.csv"), encoding="utf-8") as f:
        alias = {r[0]: r[1] for r in csv.reader(x for x in f if not x.startswith("#"))}
    pairs = sorted(set(classes()))
    pairs += [(p, "vulnerable-system") for p in sorted(set(alias.values()) - {"problem"})]
    asked = "".join("%s %s %s\n" % (alias.get(i, i), i, t) for i, t in pairs)
    for language in ("en", "nl"):
        got = subprocess.run([SAMPLE, "advice", language], stdout=subprocess.PIPE, timeout=60, check=True,
            input=asked.encode()).stdout.decode().split()
        ok(len(got) == len(pairs) and len(pairs) > 100, "%s: %d classes and identifiers asked" % (language,
            len(pairs)))
        none = [p for p, a in zip(pairs, got) if a == "other" and p != ("-", "other")]
        ok(not none, "%s: each has advice" % language, none)
        general = [p for p, a in zip(pairs, got) if a == p[1] and p[0] not in ("-", p[1]) and
            p[0] not in BY_CLASS and not (p[0].startswith("honeypot-") and p[1] == "scanner")]
        ok(not general, "%s: each identifier has one of its own, not that of its class" % language, general)
    both = [{f[:-7] for f in os.listdir(os.path.join(TOP, "etc/advice", lang)) if f.endswith(".advice")}
        for lang in ("en", "nl")]
    ok(both[0] == both[1], "what is there in English is there in Dutch", both[0] ^ both[1])
    served = [sorted(line for name in sorted(both[0]) for line in
        open(os.path.join(TOP, "etc/advice", lang, name + ".advice"), encoding="utf-8")
        if line.startswith(("for:",))) for lang in ("en", "nl")]
    ok(served[0] == served[1], "and serves the same", served)


def main():
    golden("--write" in sys.argv[1:])
    first_differs()
    advice()
    print("1..%d" % count)
    return bad != 0


sys.exit(main())
