#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What stages on matched findings add: known exploited vulnerabilities and probabilities from files, which
make a warning urgent; a new version of the list breaks the silence of a case; a broken one is refused."""
import json, os, shutil, sys
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.environ["TOP_SRCDIR"], "tests/lib"))
from scenario import main, SRC

CONF = """
identity = { name = "Example CERT"; from = "warn@cert.example"; verify = "https://cert.example/verify";
	language = "en"; };
ledger = "ledger.db"; spool = "spool"; allow_documentation = true;
sources = ( { name = "scans"; plugin = "idf"; from = "dir:in"; tlp = "amber"; } );
match = ( { plugin = "registry"; }, { plugin = "kev"; list = "kev.json"; }, { plugin = "epss"; scores =
    "epss.csv"; } );
decide = { policy = "policy.csv"; };
deliver = { notifiers = ( { name = "mail"; plugin = "maildir"; path = "mail"; for = "direct"; } ); };
"""
FILTERS = CONF.replace("""{ plugin = "registry"; },""", """{ plugin = "registry"; },
	{ plugin = "filter"; rules = "sample.rules"; },
	{ plugin = "warninglist"; lists = "resolvers.json, hosts.json"; },""")
POLICY = """problem,feed,class,severity,constituency,warn,interval,lane,greatest_age,comment,least,exploited
,,vulnerable/*,,,yes,7d,priority,,exploited,,yes|epss>=0.5
,,,,,yes,30d,digest,,all else,,
"""


def finding(ip, cve, day, **more):
    return json.dumps({"time.source": f"2026-11-{day}T06:00:00Z", "source.ip": ip, "source.port": 443,
                       "protocol.transport": "tcp", "classification.type": "vulnerable-system",
                       "classification.taxonomy": "vulnerable", "product.vulnerabilities": cve,
                       "classification.identifier": "open-gateway", "severity": "medium", **more}) + "\n"


def kev(version, *entries):
    return json.dumps({"catalogVersion": version, "vulnerabilities": [
        {"cveID": c, "dateAdded": d, "knownRansomwareCampaignUse": r} for c, d, r in entries]})


def test(s):
    s.write("tocsin.conf", CONF)
    s.write("policy.csv", POLICY)
    for name, where in (("kev.json", "kev"), ("epss.csv", "epss")):
        shutil.copy(os.path.join(SRC, "plugins", where, "samples", name), s.path(name))
    s.at("2026-11-20T08:00:00Z")
    s.t("check")
    s.ok("the configuration is fine", s.code == 0, s.out, s.err)
    s.t("org", "import", "organisations.csv", "assets.csv")

    s.write("in/a.jsonl", finding("192.0.2.1", "CVE-2026-1001", 20) + finding("192.0.2.2", "CVE-2026-1003",
    20) +
            finding("192.0.2.3", "CVE-2026-1004", 20, **{"extra.known_exploited": "2026-01-01"}))
    s.t("run", "--once")
    cases = {c["ip"]: c for c in s.rows("cases")}
    number = {ip: c["case"] for ip, c in cases.items()}
    s.same("all are told", [cases[f"192.0.2.{i}"]["told"] for i in (1, 2, 3)], ["handed-over"] * 3)
    s.t("explain", f"case:{number['192.0.2.1']}")
    s.ok("explain says which version of the list says so", "vulnerabilities 2026.11.20 says CVE-2026-1001 "
    "is exploited, "
         "since 2026-11-18" in s.out, s.out)
    s.ok("and that it goes by the priority lane", "lane priority" in s.out, s.out)
    s.ok("and how probable it is", "97 %" in s.out, s.out)
    s.t("explain", f"case:{number['192.0.2.2']}")
    s.ok("a probability makes it urgent too", "lane priority" in s.out and "is exploited" not in s.out, s.out)
    s.t("explain", f"case:{number['192.0.2.3']}")
    s.ok("what a feed says of itself does not", "lane digest" in s.out and "is exploited" not in s.out, s.out)
    texts = [m for _, m in s.mails()]
    s.same("the mail that is about it says so, and no other",
           ["known to be "
           "exploited" in m for m in texts if "192.0.2.1" in m or "192.0.2.3" in m].count(True), 1)

    # A broken list: nothing is read with it, and it is said what is wrong.
    s.at("2026-11-21T08:00:00Z")
    s.write("kev.json", '{"catalogVersion": "2026.11.21", "vulnerabilities": [{"cveID": "what"}]}')
    s.t("run", "--once")
    s.ok("a broken list at start is an error that says why", s.code != 0 and 'entry 1: "what"' in s.err,
    s.err)

    # Known to be exploited since it was told: it is told again, once, with the version that says so.
    s.at("2026-11-22T08:00:00Z")
    s.write("kev.json", kev("2026.11.22", ("CVE-2026-1001", "2026-11-18", "Unknown"),
                            ("CVE-2026-1004", "2026-11-22", "Unknown")))
    n = [m for _, m in s.mails()]
    s.write("in/c.jsonl", finding("192.0.2.1", "CVE-2026-1001", 22) + finding("192.0.2.2", "CVE-2026-1003",
    22) +
            finding("192.0.2.3", "CVE-2026-1004", 22))
    s.t("run", "--once")
    fresh = [m for _, m in s.mails() if m not in n]
    s.same("newly exploited breaks the silence, and only that", len(fresh), 1)
    s.ok("of that case", "192.0.2.3" in fresh[0] and "known to be exploited" in fresh[0], fresh[0])
    s.t("explain", f"case:{number['192.0.2.3']}")
    s.ok("explain tells why", "it is now known to be exploited" in s.out and
         "vulnerabilities 2026.11.22 says CVE-2026-1004" in s.out, s.out)
    s.at("2026-11-23T08:00:00Z")
    s.write("in/d.jsonl", finding("192.0.2.3", "CVE-2026-1004", 23))
    s.t("run", "--once")
    s.same("once", len(s.mails()) - len(n), 1)

    # Filters: what they take out is counted by its reason.
    s.write("tocsin.conf", FILTERS)
    for name, where in (("sample.rules", "filter"), ("resolvers.json", "warninglist"), ("hosts.json",
    "warninglist")):
        shutil.copy(os.path.join(SRC, "plugins", where, "samples", name), s.path(name))
    s.at("2026-11-24T08:00:00Z")
    s.write("in/e.jsonl", "".join(finding(f"192.0.2.{i}", "CVE-2026-7", 24, **more) for i, more in (
        (1, {"source.port": 25}), (2, {"source.port": 25}), (9, {}), (20, {}), (21, {"severity": "high"}),
        (5, {}))))
    s.t("run", "--once")
    number = max(i["input"] for i in s.rows("inputs"))
    books = [i for i in s.rows("inputs") if i["input"] == number][0]
    s.same("the books tell what was filtered", (books["records"], books["filtered"], books["matched"]), (6,
    4, 2))
    s.same("the others have cases",
    sorted(c["ip"] for c in s.rows("cases") if c["last_seen"].startswith("2026-11-24")),
           ["192.0.2.21", "192.0.2.5"])
    s.t("explain", f"input:{number}")
    s.ok("counted by reason", "2 taken out by the stage filter: mail is looked at elsewhere" in s.out and
         "1 taken out by the stage filter: the lab" in s.out, s.out)
    s.ok("and by list and version", "1 taken out by the stage warninglist: in "
    "warning list Sample of public resolvers "
         "version 7" in s.out, s.out)
    s.write("sample.rules", "drop if source.prt == 25\n")
    s.t("run", "--once")
    s.ok("a mistake is told with its line and place", s.code != 0 and
         'rules: line 1, at 9 ("source.prt == 25"): there is no such field' in s.err, s.err)


main(test)
