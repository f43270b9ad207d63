#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Reports against figures made by hand: counts, effect, the sentence, CSV, and the manifest.

A daily feed from 1 to 20 November about five systems, each open-rdp; the report of a day is read at noon.
"""
import csv, hashlib, io, json, os, sys
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.environ["TOP_SRCDIR"], "tests/lib"))
import scenario

# the last day that each is reported for
BAKERY = {"192.0.2.1": 1, "192.0.2.2": 3, "192.0.2.3": 6, "192.0.2.4": 20}
SILENT = {"192.0.2.129": 4, "192.0.2.130": 20}      # it has no contact: held, never warned
NOBODY = ["203.0.113.%d" % i for i in range(1, 21)]


def day(s, d, rows):
    date = "2026-11-%02d" % d
    s.at(date + "T12:00:00Z")
    s.report("scan_rdp", date, [(ip, 3389) for ip in rows + NOBODY])
    s.t("run", "--once")


def effect(s, *args):
    return {(r["organisation"], r["told"]): r for r in s.rows("report", "--only", "effect", *args)}


def test(s):
    s.at("2026-11-01T08:00:00Z")
    s.t("org", "import", "organisations.csv", "assets.csv")
    for d in range(1, 21):
        day(s, d, [ip for ip, last in {**BAKERY, **SILENT}.items() if d <= last])
    s.same("one warning, of four cases", len(s.mails()), 1)

    rows = s.rows("report")
    of = lambda name, **by: sum(r["n"] for r in rows if r["count"] == name and
                                all(r[k] == v for k, v in by.items()))
    # 1 + 3 + 6 + 20 of the bakery and 4 + 20 of the silent shop, six of them first; 20 a day of nobody
    s.same("findings", (of("findings", state="new"), of("findings", state="repeated"),
                        of("findings", state="unmatched")), (6, 48, 400))
    s.same("cases and episodes", (of("cases"), of("cases", state="gone"), of("episodes")), (6, 4, 6))
    s.same("warnings, recipients, organisations", (of("warnings", requested="requested"),
           of("recipients"), of("organisations")), (1, 1, 1))
    s.same("each says what it counts", [r for r in rows if not r["means"]], [])
    s.same("divided by two", sorted((r["month"], r["organisation"], r["source"], r["n"]) for r in
           s.rows("report", "--only", "cases", "--by", "month,organisation") if r["state"] == "gone"),
           [("2026-11", "bakery", None, 3), ("2026-11", "silent", None, 1)])

    # Gone on days 1, 3, 6 after the warning of day 1; the fourth was followed for 19 days.
    e = effect(s, "--by", "organisation")
    b, q = e["bakery", "warned"], e["silent", "unwarned"]
    s.same("warned: how many", (b["n"], b["gone"], b["relapsed"]), (4, 3, 0))
    s.same("warned: 1 of 4 after a day, 3 of 4 after a week", (b["gone_1"], b["gone_7"], b["gone_14"]),
           (25.0, 75.0, 75.0))
    s.same("nobody was followed for 30 days", (b["gone_30"], b["gone_90"]), (None, None))
    s.same("half after three days", b["median"], 3)
    # The baseline: one of two is gone on day 4; half, exactly.
    s.same("unwarned", (q["n"], q["gone"], q["gone_1"], q["gone_7"], q["median"]), (2, 1, 0.0, 50.0, 4))
    s.same("there are no others", len(e), 2)

    # 192.0.2.2 comes back on 21 November, its second episode, and is told again
    day(s, 21, ["192.0.2.2", "192.0.2.4", "192.0.2.130"])
    b = effect(s, "--by", "organisation")["bakery", "warned"]
    s.same("a relapse is counted with what was gone", (b["n"], b["gone"], b["relapsed"]), (5, 3, 1))
    s.same("and is an episode", [(r["state"], r["n"]) for r in s.rows("report", "--only", "episodes",
           "--by", "month")], [("first", 6), ("relapse", 1)])
    s.same("a period: only what was warned of in it", [(r["told"], r["n"]) for r in
           s.rows("report", "--only", "effect", "--since", "2026-11-10")], [("warned", 1)])

    s.t("report", "--sentence", "en")
    s.same("the sentence", s.out, "Since November 2026 Example CERT has sent 2 warnings, "
           "from these sources: shadowserver.\n")
    s.at("2027-02-01T12:00:00Z")
    s.t("report", "--sentence", "nl")
    s.same("in Dutch, of a later year", s.out, "Sinds november 2026 heeft Example CERT 2 waarschuwingen "
           "verstuurd, waarvan 0 in 2027, uit deze bronnen: shadowserver.\n")

    s.t("report", "--csv", "--only", "warnings,recipients", "--by", "month")
    table = list(csv.DictReader(io.StringIO(s.out)))
    s.same("CSV", [(r["count"], r["month"], r["n"]) for r in table],
           [("warnings", "2026-11", "2"), ("recipients", "2026-11", "1")])

    ask = ("report", "--until", "2026-11-05", "--by", "month,class", "--manifest", "m.json")
    s.t(*ask)
    m = json.loads(s.read("m.json"))
    s.same("the manifest: inputs", [i["sha256"] for i in m["inputs"]],
           [hashlib.sha256(s.read("in/2026-11-%02d-scan_rdp-nl.csv" % d).encode()).hexdigest()
            for d in range(1, 6)])
    s.same("and the rest", (m["query"], m["until"], m["config_sha256"]), ({"until": "2026-11-05",
           "by": "month,class"}, "2026-11-06T00:00:00Z",
           hashlib.sha256(s.read("tocsin.conf").encode()).hexdigest()))
    s.t(*ask, "--json")
    again = json.loads(s.read("m.json"))
    s.same("the same rows have the same hash", (again["rows"], again["rows_sha256"]),
           (m["rows"], m["rows_sha256"]))
    s.ok("and there are some", m["rows"] > 5)


scenario.main(test)
