#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""IMAP servers that misbehave: told, bounded, and over when the server is well; nothing is taken twice."""
import os, sys
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.environ["TOP_SRCDIR"], "tests/lib"))
from scenario import main

CONF = """
identity = { name = "Example CERT"; from = "warn@cert.example"; verify = "https://cert.example/verify"; };
ledger = "ledger.db"; spool = "spool"; allow_documentation = true;
sources = ( { name = "box"; plugin = "shadowserver"; from = "imap://desk@127.0.0.1:PORT/INBOX";
	password = "@secret"; tls = "never"; take = "body"; } );
match = ( { plugin = "registry"; } );
deliver = { notifiers = ( { name = "mail"; plugin = "maildir"; path = "out"; for = "direct"; } ); };
limits = { http_timeout = "2s"; };
"""
# the fault, whether the look fails, a word of what is said, whether the message was taken
FAULTS = [("greeting", True, "", False), ("no-select", True, "no such folder", False),
          ("bye", True, "", False),
          ("cut", True, "", False),
          ("no-tag", True, "", False), ("long-line", True, "line of more than", False),
          ("endless", True, "", False), ("large", True, "the most that a message may have", False),
          ("lies", True, "a message may have", False), ("short", True, "", False),
          ("no-body", True, "does not give it", False), ("nil", True, "does not give it", False),
          ("gone", False, "", False),
          ("search-garbage", False, "", True), ("read-only", True, "read-only", True)]


def test(s):
    s.write("secret", "x\n")
    s.at("2026-11-20T18:00:00Z")
    taken = False
    for fault, fails, word, takes in FAULTS:
        port, server = s.server("badimap.py", fault)
        s.write("tocsin.conf", CONF.replace("PORT", port))
        s.t("run", "--once", "--quiet")
        known = [i["name"] for i in s.rows("inputs") if i["name"].count("/") == 1]
        if not takes and not taken:
            s.same(f"{fault}: nothing is taken", known, [])
        elif takes:
            taken = True
            s.same(f"{fault}: it is taken, once", known, ["INBOX/v7-u1"])
        told = [t["why"] for t in s.rows("todo") if t["subject"] == "fetch:box"]
        s.ok(f"{fault}: {'told' if fails else 'no trouble'}", bool(told) == fails and
             (not fails or word in told[0]), told)
        s.stop(server)


main(test)
