#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Quarantine: grouped by reason, the value at fault for each record, and replay after the feed file was
corrected: records and a whole input, once each (TAP)."""
import os, sys
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.environ["TOP_SRCDIR"], "tests/lib"))
import scenario

CONF = """
identity = { name = "Example CERT"; from = "warn@cert.example"; language = "en";
	verify = "https://cert.example/verify"; };
ledger = "ledger.db"; spool = "spool"; allow_documentation = true;
sources = ( { name = "list"; plugin = "csv"; feed = "list.feed"; from = "dir:in"; } );
match = ( { plugin = "registry"; } );
deliver = { notifiers = ( { name = "mail"; plugin = "maildir"; path = "mail"; for = "*"; } ); };
"""
FEED = """feed list
class vulnerable/vulnerable-system open-x
kind service
need address source.ip
need port source.port
need seen time.source
"""


def test(s):
    s.write("tocsin.conf", CONF)
    s.write("list.feed", FEED)
    s.at("2026-11-20T08:00:00Z")
    s.t("org", "import", "--partial", "organisations.csv", "assets.csv")
    os.makedirs(s.path("in"), exist_ok=True)
    s.write("in/a.csv", "seen,address,port\n" + "".join(
        f"20.11.2026 07:0{i},192.0.2.{i + 1},3389\n" for i in range(5)) +
        "2026-11-20 07:00:00,192.0.2.99,99999\n2026-11-20 07:00:00,192.0.2.77,3389\n")
    s.write("in/b.csv", "seen,ip,port\n2026-11-20 07:00:00,192.0.2.8,445\n")
    for name in ("a", "b"):
        os.utime(s.path(f"in/{name}.csv"), (1, 1))
    s.t("run", "--once")
    held = s.rows("quarantine")
    s.same("three reasons", len(held), 3)
    times = [q for q in held if "not a time" in q["reason"]][0]
    whole = [q for q in held if not q.get("records")][0]
    s.t("quarantine")
    s.ok("grouped by reason", "5 × seen: not a time" in s.out and "1 × port: not a port" in s.out, s.out)
    s.t("quarantine", "show", str(times["quarantine"]))
    s.ok("each with its value", all(f'"20.11.2026 07:0{i}"' in s.out for i in range(5)), s.out)

    s.t("quarantine", "replay", str(times["quarantine"]))
    s.t("run", "--once")
    again = [q for q in s.rows("quarantine") if q["state"] == "open" and "not a time" in q["reason"]]
    s.same("a replay without a correction puts them back, once", [q["records"] for q in again], [5])
    before = len(s.rows("cases"))
    s.write("list.feed", FEED.replace("address source", "address|ip source") +
            "time-format DD.MM.YYYY HH:mm\n")
    for q in (again[0]["quarantine"], whole["quarantine"]):
        s.t("quarantine", "replay", str(q))
    s.t("run", "--once")
    s.same("the records come in, and nothing else", len(s.rows("cases")), before + 5)
    s.write("list.feed", FEED.replace("address source", "address|ip source"))
    last = [q for q in s.rows("quarantine") if q["state"] == "open" and "not a port" not in q["reason"]]
    for q in last:
        s.t("quarantine", "replay", str(q["quarantine"]))
    s.t("run", "--once")
    s.same("a whole input too", len(s.rows("cases")), before + 6)
    s.t("quarantine", "replay", str(again[0]["quarantine"]))
    s.ok("a second replay is refused", s.code != 0 and "settled already" in s.err, s.err)
    s.t("run", "--once")
    s.same("and changes nothing", len(s.rows("cases")), before + 6)
    s.same("what is left is what cannot be a port", [(q["records"], q["reason"]) for q in s.rows("quarantine")
                                                     if q["state"] == "open"],
           [(1, "port: not a port, 0 to 65535")])


scenario.main(test)
