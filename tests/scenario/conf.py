#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Wrong configurations: exit 2 and file:line: what is wrong, what was expected, did you mean; from every
command alike."""
import os, re, sys
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.environ["TOP_SRCDIR"], "tests/lib"))
import scenario

CONF = """identity = { name = "Example CERT"; from = "warn@cert.example"; \
verify = "https://cert.example/verify"; language = "en"; };
ledger = "ledger.db";
spool = "spool";
allow_documentation = true;
sources = (
	{ name = "shadowserver"; plugin = "shadowserver"; from = "dir:in"; tlp = "amber"; },
	{ name = "own"; plugin = "csv"; feed = "own.feed"; from = "file:own.csv"; every = "1h"; \
share = "owner"; }
);
match = ( { plugin = "registry"; } );
decide = { digest = "07:00"; policy = "policy.csv"; problems = "problems.csv"; \
repeat = { compromised = "7d"; other = "30d"; };
	greatest_age = "14d"; };
compose = { templates = "templates"; advice = "advice"; columns = "columns.csv"; };
deliver = {
	most_per_run = 500;
	notifiers = (
		{ name = "mail"; plugin = "maildir"; path = "mail"; for = "direct"; },
		{ name = "ncsc"; plugin = "iodef-out"; via = "mail"; to = "intake@ncsc.example"; \
for = "vital"; tlp_max = "amber"; }
	);
};
limits = { ratio = 200; http_timeout = "5m"; };
"""
FEED = """feed own
class     vulnerable/vulnerable-system  open-rdp
kind      service
files     own.csv
need  address  source.ip
may   port     source.port
"""
# what is changed in the configuration: from, to; where it is said; what is said
TABLE = [
    ("ledger =", "legder =", "tocsin.conf:2", ["legder", 'did you mean "ledger"']),
    ("allow_documentation = true", 'allow_documentation = "yes"', "tocsin.conf:4",
     ["allow_documentation", "true or false"]),
    ("most_per_run = 500", 'most_per_run = "many"', "tocsin.conf:14", ["most_per_run", "whole number"]),
    ("most_per_run = 500", "most_per_run = -1", "tocsin.conf:14", ["most_per_run", "whole number"]),
    ("most_per_run = 500", "most_per_run = 1.5", "tocsin.conf:14", ["most_per_run", "whole number"]),
    ('ledger = "ledger.db"', "ledger = 5", "tocsin.conf:2", ["ledger", "text"]),
    ('ledger = "ledger.db"', 'ledger = ""', "tocsin.conf:2", ["ledger"]),
    ('ledger = "ledger.db"', 'ledger = ( "a" )', "tocsin.conf:2", ["ledger", "text"]),
    ('spool = "spool";', "", "tocsin.conf", ['"spool" is missing']),
    ("sources = (", "sourcse = (", "tocsin.conf:5", ['did you mean "sources"']),
    ("sources = (", "sources = { };\nsorces = (", "tocsin.conf:6", ['did you mean "sources"']),
    ("sources = (\n", "sources = { a = (\n", "tocsin.conf:21", ["syntax error"]),
    ("deliver = {", "deliver = { }; limits = {", "tocsin.conf:", []),
    ("deliver = {\n", "deliver = { notifiers = (); };\nlimits2 = {\n", "tocsin.conf", []),
    ("notifiers = (", "notifier = (", "tocsin.conf:15", ['did you mean "notifiers"']),
    ('name = "Example CERT"; ', "", "tocsin.conf:1", ['"name" is missing']),
    ('name = "Example CERT"', 'name = "Example CERT', "tocsin.conf:", []),
    ("match = (", "match (", "tocsin.conf:9", ["syntax error"]),
    ("spool = \"spool\";\n", "spool = \"spool\";\nspool = \"spool\";\n", "tocsin.conf:4", ["duplicate"]),
    ('plugin = "shadowserver"', 'plugin = "shadowsever"', "tocsin.conf:6",
     ["shadowsever", 'did you mean "shadowserver"']),
    ('plugin = "shadowserver"', 'plugin = "maildir"', "tocsin.conf:6", ["maildir"]),
    ('plugin = "shadowserver"; ', "", "tocsin.conf:6", ['"plugin" is missing']),
    ('tlp = "amber"; }', 'tlp = "orange"; }', "tocsin.conf:6", ["tlp", "amber+strict"]),
    ('tlp = "amber"; }', 'tpl = "amber"; }', "tocsin.conf:6", ["tpl", "tlp"]),
    ('from = "dir:in"', 'from = "in"', "tocsin.conf:6", ["dir:FOLDER"]),
    ('from = "dir:in"', 'from = "ftp://x.example/y"', "tocsin.conf:6", ["dir:FOLDER"]),
    ('from = "dir:in"', 'from = "https://"', "tocsin.conf:6", []),
    ('from = "dir:in"', 'from = "dir:"', "tocsin.conf:6", []),
    ('name = "own"', 'name = "shadowserver"', "tocsin.conf:7", ["already defined on line 6"]),
    ('name = "own"', 'name = ""', "tocsin.conf:7", ["name"]),
    ('name = "own"', 'name = "o/wn"', "tocsin.conf:7", ["name"]),
    ('every = "1h"', 'every = "soon"', "tocsin.conf:7", ["every", "duration"]),
    ('every = "1h"', "every = 3600", "tocsin.conf:7", ["every", "duration"]),
    ('every = "1h"', 'every = "0s"', "tocsin.conf:7", ["every"]),
    ('share = "owner"', 'share = "onwer"', "tocsin.conf:7", ["share", "owner, operator or partner"]),
    ('feed = "own.feed"', 'feed = "none.feed"', "none.feed", ["No such file"]),
    ('feed = "own.feed"', 'feed = "own.feed"; delimiter = "pip"', "tocsin.conf:7", ["delimiter", "pipe"]),
    ('feed = "own.feed"', 'feed = "own.feed"; delimter = "pipe"', "tocsin.conf:7", ["delimter", "delimiter"]),
    ('plugin = "registry"', 'plugin = "regisrty"', "tocsin.conf:9", ["regisrty", "registry"]),
    ('plugin = "registry"', 'plugin = "registry"; colour = "red"', "tocsin.conf:9", ["colour"]),
    ('digest = "07:00"', 'digest = "25:00"', "tocsin.conf:10", ["digest", "time of day"]),
    ('digest = "07:00"', 'digset = "07:00"', "tocsin.conf:10", ['did you mean "digest"']),
    ('other = "30d"', 'others = "30d"', "tocsin.conf:10", ['did you mean "other"']),
    ('greatest_age = "14d"', 'greatest_age = "14 fortnights"', "tocsin.conf:11",
     ["greatest_age", "duration"]),
    ('policy = "policy.csv"', 'policy = "polcy.csv"', "polcy.csv", ["No such file"]),
    ('problems = "problems.csv"', 'problems = "none.csv"', "none.csv", ["No such file"]),
    ('templates = "templates"', 'templates = "none"', "none", []),
    ('advice = "advice"', 'advice = "none"', "none", []),
    ('columns = "columns.csv"', 'columns = "none.csv"', "none.csv", ["No such file"]),
    ('language = "en"', 'language = "xx"', "tocsin.conf:1", ["xx"]),
    ('language = "en"', 'zone = "Europe/Nowhere"', "tocsin.conf:1", ["Europe/Nowhere"]),
    ('from = "warn@cert.example"', 'from = "warn"', "tocsin.conf:1", ["from", "address"]),
    ("most_per_run = 500", 'redirect = "nobody"', "tocsin.conf:1", ["redirect", "address"]),
    ('plugin = "maildir"', 'plugin = "maildri"', "tocsin.conf:16", ["maildri", "maildir"]),
    ('path = "mail"', 'paht = "mail"', "tocsin.conf:16", ["paht", "path"]),
    ('path = "mail"; ', "", "tocsin.conf:16", ["path"]),
    ('via = "mail"', 'via = "maill"', "tocsin.conf:17", ["maill", 'did you mean "mail"']),
    ('via = "mail"; ', "", "tocsin.conf:17", ["via"]),
    ('via = "mail"', 'via = "ncsc"', "tocsin.conf:17", ["ncsc"]),
    ('path = "mail"; for', 'path = "mail"; via = "ncsc"; for', "tocsin.conf:16", ["via"]),
    ('name = "ncsc"', 'name = "mail"', "tocsin.conf:17", ["already defined on line 16"]),
    ('tlp_max = "amber"', 'tlp_max = "withe"', "tocsin.conf:17", ["tlp_max", "clear"]),
    ("ratio = 200", "ratoi = 200", "tocsin.conf:20", ['did you mean "ratio"']),
    ("ratio = 200", "ratio = 0", "tocsin.conf:20", ["ratio"]),
    ('http_timeout = "5m"', "http_timeout = 5", "tocsin.conf:20", ["http_timeout", "duration"]),
    ("limits =", '@include "none.conf"\nlimits =', "tocsin.conf:20", []),
]
# of the files that it names: file, from, to, said at, what
FILES = [
    ("policy.csv", "yes,7d,priority", "yes,7d,urgent", "policy.csv:4", ["urgent", "priority"]),
    ("policy.csv", "yes,7d,priority", "maybe,7d,priority", "policy.csv:4", ["maybe", "hold"]),
    ("policy.csv", "yes,7d,priority", "yes,week,priority", "policy.csv:4", ["week"]),
    ("policy.csv", "problem,feed", "problem,fed", "policy.csv:1", ["fed", "feed"]),
    ("policy.csv", ",,other/*,,,no", ",,other/*,,no", "policy.csv:6", []),
    ("policy.csv", ",,other/*,,,no", ",,other/*,seldom,,no", "policy.csv:6", ["seldom"]),
    ("problems.csv", "problem", "porblem", "problems.csv:1", []),
    ("columns.csv", "feed,report", "fede,report", "columns.csv:1", []),
    ("own.feed", "source.ip", "source.ipp", "own.feed:5", ["source.ipp", "source.ip"]),
    ("own.feed", "kind      service", "kind      servcie", "own.feed:3", ["servcie", "service"]),
    ("own.feed", "vulnerable/vulnerable-system", "vulnerable/nonsense", "own.feed:2", ["nonsense"]),
]


def fresh(s):
    s.write("tocsin.conf", CONF)
    s.write("own.feed", FEED)
    for name in ("policy.csv", "problems.csv", "columns.csv"):
        with open(os.path.join(scenario.SRC, "etc", name)) as f:
            s.write(name, f.read())


def test(s):
    s.at("2026-11-20T08:00:00Z")
    for name in ("templates", "advice"):
        os.symlink(os.path.abspath(os.path.join(scenario.SRC, "etc", name)), s.path(name))
    fresh(s)
    s.write("own.csv", "address,port\n192.0.2.1,3389\n")
    s.same("it is good as it is", (s.t("check"), s.t("run", "--once")), (0, 0))
    os.unlink(s.path("ledger.db"))
    for name, old, new, where, said in [("tocsin.conf", *row) for row in TABLE] + FILES:
        fresh(s)
        s.change(name, old, new)
        for args in (["check"], ["run", "--once"]):
            s.t(*args)
            text = s.err if args[0] == "run" else s.out + s.err
            what = new.strip().replace("\n", " ") or "without " + old.strip()
            s.ok(f"{args[0]}: {what}", s.code == 2 and where in text and all(t in text for t in said),
                where, said)


    fresh(s)
    elsewhere(s)


def elsewhere(s):
    """Every command that reads the configuration says the same; without one at all, too."""
    commands = [["run"], ["inputs"], ["cases"], ["warnings"], ["quarantine"], ["status"], ["todo"],
                ["report"], ["search", "192.0.2.1"], ["explain", "192.0.2.1"], ["hold", "all"],
                ["release", "all"], ["org", "list"], ["org", "check"], ["match", "192.0.2.1"]]
    s.change("tocsin.conf", "ledger =", "legder =")
    for args in commands:
        s.ok(" ".join(args),
            s.t(*args) == 2 and 'tocsin.conf:2: unknown setting "legder", did you mean "ledger"?' in s.err)
    os.unlink(s.path("tocsin.conf"))
    for args in commands:
        s.ok(" ".join(args) + " without", s.t(*args) == 2 and "tocsin.conf: cannot be read" in s.err)


scenario.main(test)
