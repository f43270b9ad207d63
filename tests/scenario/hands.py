#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Every command with operands that nobody should give: an answer, no crash, nothing raw printed."""
import itertools, os, re, sys
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.environ["TOP_SRCDIR"], "tests/lib"))
import scenario

LONG = "a" * 100000
WORDS = """- -- -1 0 1 4294967295 4294967296 18446744073709551616 1e9 0x1 nobody 192.0.2.1 192.0.2.0/24
    192.0.2.0/33 010.0.0.1 2001:db8::1 ::ffff:192.0.2.1 2001:db8::/129 fe80::1%eth0 AS64496 AS0
    AS4294967296 bakery BAKERY shop.example SHOP.EXAMPLE. .example .. xn--a a@b.example <x@cert.example>
    < case:1 warning:1 input:1 2026-00001 2026-99999 ../../etc/passwd /dev/null %s%n%p * organisation:
    organisation:nobody organisation:bakery problem: problem:open-rpd problem:open-rdp feed:shadowserver
    feed:shadowserver/scan_rpd case:x case:99999 warning:99999 all ALL""".split() + [
    "", " ", "caf\u00e9.example", "'; DROP TABLE cases; --", "a\nb", "\x1b[31mred", "\u202ex",
                          "\udcff\udcfe", LONG, "1" * 5000, "a." * 3000]
ONE = ["search", "explain", "match", "hold", "release", "org show", "quarantine show", "quarantine replay",
       "quarantine drop", "warnings show", "plugin show", "decode shadowserver", "decode csv", "try", "help",
       "org import", "org frobnicate", "inputs", "cases"]
FILTERS = ["--since", "--until", "--organisation", "--source", "--state"]
LISTS = ["inputs", "cases", "warnings", "quarantine", "report", "search 192.0.2.1"]
TIMES = """x 2026-11-20 2026-13-01 2026-11-20T08:00:00Z 9999-12-31 -1 99999999999999 yesterday 1d 7d bakery
    shadowserver open held handed-over opne""".split() + ["", LONG[:5000], "\x1b[2J"]
FRAMES = [[], ["frobnicate"], ["-c"], ["-c", "", "status"], ["-c", "/", "status"], ["-c", LONG, "status"],
          ["-c", "ledger.db", "status"], ["--version"], ["-h"], ["--help"], ["--", "status"],
          ["status", "-c", "x"], ["status"] * 50, ["status", *["--json"] * 50], ["search",
          *["192.0.2.1"] * 500]]
RAW = re.compile("[\0-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def test(s):
    s.at("2026-11-20T08:00:00Z")
    s.t("org", "import", "--partial", "organisations.csv", "assets.csv")
    s.report("scan_rdp", "2026-11-20", [("192.0.2.1", 1), ("192.0.2.40", 2), ("192.0.2.161", 3),
                                        ("010.0.0.1", 1)])
    s.report("scan_odd", "2026-11-20", [("192.0.2.1", 3389)])
    s.t("run", "--once")
    s.t("hold", "all")
    s.t("run", "--once")
    wrong, n, step = [], 0, int(os.environ.get("HANDS_STEP", "11"))   # all of them take a minute

    def look(args):
        nonlocal n
        n += 1
        if n % step:
            return
        code = s.t(*args, timeout=60)
        text = s.out + s.err
        told = s.err or args[0] == "match"              # which answers each query, in its place
        if args[:2] == ["warnings", "show"]:
            text = s.err                                # a mail as it is
        if (code not in (0, 1, 2) or (code != 0 and not told) or RAW.search(text) or len(s.err) > 8000
                or "Sanitizer" in s.err):
            wrong.append((str(args)[:300], code, s.err[:99] or s.out[:100]))

    for command, word in itertools.product(ONE, WORDS):
        if "\0" not in word:
            look([*command.split(), word])
    for command, word in itertools.product(ONE, WORDS[::7]):
        look([*command.split(), word, word])
        look([*command.split(), "--json", word])
    for command, option, value in itertools.product(LISTS, FILTERS, TIMES):
        look([*command.split(), option, value])
    for args in FRAMES:
        look(args)
    s.ok(f"{n // step} commands: each an answer, none a crash", not wrong, *wrong[:25])
    for bad in ("x", "2026-11-20", "2026-02-30T00:00:00Z", LONG):
        s.env["TOCSIN_NOW"] = bad
        s.ok("TOCSIN_NOW=" + bad[:30], s.t("status") in (0, 2))


scenario.main(test)
