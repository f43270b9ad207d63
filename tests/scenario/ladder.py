#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Who is told where no owner is registered: rung by rung, by tables read offline; nobody by an upgrade."""
import gzip, json, os, sys
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.environ["TOP_SRCDIR"], "tests/lib"))
import scenario

RPSL = """% a split file, as registries publish them

inetnum:        198.51.100.0 - 198.51.100.127
netname:        EXAMPLE-ACCESS
country:        NL
org:            ORG-EA1-TEST
admin-c:        DUMY-TEST
source:         TEST

inetnum:        198.51.100.64 - 198.51.100.95
netname:        EXAMPLE-POOL
country:        NL
source:         TEST # filtered

inetnum:        198.51.100.128 - 198.51.100.191
netname:        EXAMPLE-SILENT
country:        NL
source:         TEST

organisation:   ORG-EA1-TEST
org-name:       Example Access
abuse-c:        AD1-TEST
source:         TEST

role:           Abuse Desk
nic-hdl:        AD1-TEST
abuse-mailbox:  abuse@access.example
source:         TEST
"""
RDAP = {"objectClassName": "ip network", "handle": "NET-203-0-113-0-1", "startAddress": "203.0.113.0",
        "endAddress": "203.0.113.127", "name": "HOSTING", "country": "DE",
        "events": [{"eventAction": "last update of RDAP database", "eventDate": "2026-11-15T00:00:00Z"}],
        "entities": [{"objectClassName": "entity", "handle": "ORG-H1", "roles": ["registrant"],
            "vcardArray": ["vcard", [["version", {}, "text", "4.0"], ["fn", {}, "text", "Example Hosting"]]],
            "entities": [{"objectClassName": "entity", "handle": "AB-H1", "roles": ["abuse"],
                "vcardArray": ["vcard", [["fn", {}, "text", "Abuse"],
                    ["email", {"type": "work"}, "text", "abuse@hosting.example"]]]}]}]}
SPLIT = """2|testreg|20261101|2|19830101|20261031|+0000
testreg|*|ipv4|*|2|summary
testreg|BE|ipv4|203.0.113.128|64|20200101|allocated|x
testreg|FR|ipv4|203.0.113.192|64|20200101|assigned|y
"""
CERTS = """country,name,address,language,channel
NL,National CERT NL,cert@nl.example,nl,email
BE,National CERT BE,cert@be.example,en,
"""
HEAD = "problem,feed,class,severity,constituency,warn,interval,lane,greatest_age,comment,rungs\n"
CLASS = "vulnerable/*"


def policy(s, *rows):
    s.write("policy.csv", HEAD + "".join(r + "\n" for r in rows) + ",,,,,yes,30d,digest,,all else,\n")


def begin(s):
    s.change("tocsin.conf", 'match = (', 'decide = { policy = "policy.csv"; };\nmatch = (')
    s.change("tocsin.conf", 'for = "direct"; }', 'for = "direct|network-owner|national-cert"; }')
    s.write("test.db.gz", gzip.compress(RPSL.encode()))
    s.write("hosting.json", json.dumps(RDAP))
    s.write("delegated-testreg", SPLIT)
    s.write("certs.csv", CERTS)
    s.write("organisations.csv", s.read("organisations.csv") +
            "access,Access Provider,direct,telecom,en,noc@provider.example\n")
    s.write("assets.csv", "organisation,asset,verified,valid_from,valid_until,role\n"
            "bakery,192.0.2.0/27,yes,,,owner\naccess,192.0.2.0/24,yes,,,operator\n")
    s.at("2026-11-20T08:00:00Z")
    policy(s)
    s.same("the registry", s.t("org", "import", "organisations.csv", "assets.csv"), 0)


def imports(s):
    s.same("RPSL, gz", s.t("net", "import", "--date", "2026-11-10", "test.db.gz"), 0)
    s.ok("it is called by its source, and told whole",
         "network table test: 3 networks (2 with nobody to tell)" in s.out, s.out)
    s.same("RDAP", s.t("net", "import", "hosting.json"), 0)
    s.same("statistics", s.t("net", "import", "delegated-testreg"), 0)
    s.same("CERTs", s.t("net", "import", "certs.csv", "--date", "2026-11-01"), 0)
    s.same("what the files say of their day", sorted((r["table"], r["dated"]) for r in s.rows("net", "list")),
           [("delegated-testreg", "2026-11-01"), ("national-certs", "2026-11-01"), ("rdap", "2026-11-15"),
            ("test", "2026-11-10")])
    s.write("nothing.txt", "hello\n")
    s.same("a file that is no table", s.t("net", "import", "nothing.txt"), 1)
    s.ok("says what was expected", "expected RDAP" in s.err, s.err)
    show = lambda a: [(r["rung"], r["party"]) for r in s.rows("net", "show", a)]
    s.same("a pool without a contact: the network around it", show("198.51.100.70"),
           [("network", "net:ORG-EA1-TEST"), ("country", "cert:NL")])
    s.same("a desk below the registrant", show("203.0.113.5"), [("network", "net:ORG-H1")])
    s.same("only a country", show("203.0.113.130"), [("country", "cert:BE")])
    s.same("a country whose CERT is not known", show("203.0.113.200"), [])


SEEN = [("192.0.2.1", 3389), ("192.0.2.130", 3389), ("198.51.100.70", 3389), ("203.0.113.5", 3389),
        ("203.0.113.130", 3389), ("198.51.100.130", 3389), ("203.0.113.200", 3389), ("100.64.9.9", 3389)]


def cases(s):
    return {c["ip"]: (c["organisation"], c["role"], c["told"]) for c in s.rows("cases")}


def quiet(s):
    s.report("scan_rdp", "2026-11-20", SEEN)
    s.t("run", "--once")
    s.same("tables alone tell nobody", s.to(), ["noc@provider.example", "security@bakery.example"])
    s.same("and open no case", len(cases(s)), 2)


def rungs(s):
    policy(s, ",," + CLASS + ",,,yes,30d,digest,,,operator|network|country")
    s.at("2026-11-21T08:00:00Z")
    s.report("scan_rdp", "2026-11-21", SEEN)
    s.t("run", "--once")
    s.same("each to the first rung that there is", s.to(), ["abuse@access.example", "abuse@hosting.example",
           "cert@be.example", "cert@nl.example", "noc@provider.example", "security@bakery.example"])
    got = cases(s)
    s.same("the party is the registry's handle", got["198.51.100.70"],
           ("net:ORG-EA1-TEST", "network-owner", "handed-over"))
    s.same("a network nobody answers for: its country", got["198.51.100.130"],
           ("cert:NL", "national-cert", "handed-over"))
    s.same("none: no case", "203.0.113.200" in got or "100.64.9.9" in got, False)
    text = dict(s.mails())
    s.ok("a network owner is asked to pass it on", "Please pass this on" in text["abuse@access.example"] and
         "198.51.100.0/25" in text["abuse@access.example"])
    s.ok("a national CERT in its language", "in uw land" in text["cert@nl.example"])
    s.same("unsolicited but for the owner", sorted(w["requested"] for w in s.rows("warnings")),
           [False, False, False, False, False, True])
    s.t("explain", "198.51.100.70")
    s.ok("explain names the table and its day", "network table test" in s.out and "2026-11-10" in s.out)


def events(s):
    policy(s, ",,malicious-code/*,,,yes,1d,digest,,,network")
    s.at("2026-11-21T08:30:00Z")
    s.write("in/2026-11-21-event4_sinkhole-nl.csv", '"timestamp","protocol","src_ip","src_port","src_asn",'
            '"src_geo","infection","family","tag","severity"\n' + "".join(
            f'"2026-11-21 0{h}:00:00","tcp","198.51.100.71",{port},64496,"NL","avalanche","avalanche",'
            '"avalanche","critical"\n' for h, port in ((1, 40001), (2, 40002))))
    os.utime(s.path("in/2026-11-21-event4_sinkhole-nl.csv"), (0, 0))
    before = len(s.mails())
    s.t("run", "--once")
    new = [t for a, t in s.mails() if a == "abuse@access.example" and "40002" in t]
    s.same("of an event a network owner gets every time and port", (len(s.mails()), len(new),
           bool(new) and "40001" in new[0]), (before + 1, 1, True))


def off(s):
    policy(s, ",shadowserver/scan_vnc," + CLASS + ",,,yes,30d,digest,,no rungs,", ",," + CLASS +
           ",,,yes,30d,digest,,,network|country|hold")
    s.at("2026-11-21T09:00:00Z")
    s.report("scan_vnc", "2026-11-21", [("203.0.113.5", 5900)])
    before = len(cases(s))
    s.t("run", "--once")
    s.same("a rung that is off for a feed", len(cases(s)), before)
    s.report("scan_ftp", "2026-11-21", [("192.0.2.131", 21), ("100.64.9.9", 21)])
    s.t("run", "--once")
    got = cases(s)
    s.same("no operator, nobody below: a person", (got["192.0.2.131"], got["100.64.9.9"]),
           (("nobody", "network-owner", "held"),) * 2)
    s.t("todo")
    s.ok("it stands in todo", "nobody registered it" in s.out)


def terms(s):
    policy(s, ",," + CLASS + ",,,yes,30d,digest,,,operator|network|country")
    s.change("tocsin.conf", 'tlp = "amber"; }', 'tlp = "amber"; share = "owner, partner"; }')
    s.at("2026-11-21T10:00:00Z")
    s.report("scan_telnet", "2026-11-21", [("198.51.100.70", 23), ("192.0.2.132", 23)])
    s.t("run", "--once")
    got = {(c["ip"], c["port"]): (c["organisation"], c["told"], c["reason"]) for c in s.rows("cases")}
    s.same("terms without operators: past the network owner to the country", got["198.51.100.70", 23],
           ("cert:NL", "handed-over", "silent-until"))
    s.same("nobody below may have it: held for the terms", got["192.0.2.132", 23],
           ("access", "held", "sharing-terms"))
    s.change("tocsin.conf", 'share = "owner, partner"; ', '')


def stale(s):
    s.at("2027-02-10T08:00:00Z")        # the table of 10 November is 92 days old, that of the 15th is not
    s.report("scan_ipmi", "2027-02-10", [("198.51.100.70", 623), ("203.0.113.5", 623)])
    s.t("run", "--once")
    got = {(c["ip"], c["port"]): c["organisation"] for c in s.rows("cases")}
    s.same("a stale table says nothing", ("198.51.100.70", 623) in got, False)
    s.same("one that is not, does", got.get(("203.0.113.5", 623)), "net:ORG-H1")
    s.t("todo")
    s.ok("it stands in todo", "networks:test" in s.out and "older than decide.table_age" in s.out)
    s.t("net", "import", "--date", "2027-02-09", "test.db.gz")
    s.report("scan_ipmi", "2027-02-11", [("198.51.100.70", 623)])
    s.at("2027-02-11T08:00:00Z")
    s.t("run", "--once")
    got = {(c["ip"], c["port"]): c["organisation"] for c in s.rows("cases")}
    s.same("a newer one does again", got.get(("198.51.100.70", 623)), "net:ORG-EA1-TEST")
    s.t("todo")
    s.ok("and todo is rid of it", "networks:test" not in s.out)


def registers(s):
    told = s.to().count("security@mill.example")
    s.write("assets.csv", s.read("assets.csv") + "mill,203.0.113.0/25,yes,,,owner\n")
    s.t("org", "import", "organisations.csv", "assets.csv")
    s.t("run", "--once")
    got = {(c["organisation"], c["port"]): (c["seen"], c["told"]) for c in s.rows("cases") if c["ip"] ==
           "203.0.113.5"}
    s.same("the network owner's case closes", got["net:ORG-H1", 623][0], "superseded")
    s.same("the owner's is told at once", got["mill", 623], ("open", "handed-over"))
    s.same("by mail", s.to().count("security@mill.example"), told + 1)


def test(s):
    begin(s)
    imports(s)
    quiet(s)
    rungs(s)
    events(s)
    off(s)
    terms(s)
    stale(s)
    registers(s)


scenario.main(test)
