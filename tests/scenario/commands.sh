#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# After a real run: the lists agree with each other, search finds what matched nobody, explain says why,
# orders are applied.
. "$TOP_SRCDIR/tests/lib/scenario.sh"
scenario
at 2026-11-20T08:00:00Z
t org import --partial organisations.csv assets.csv
report scan_rdp 2026-11-20 <<ROWS
2026-11-20 06:00:00,medium,192.0.2.1,tcp,3389,rdp
2026-11-20 06:00:00,medium,192.0.2.161,tcp,3389,rdp
2026-11-20 06:00:00,medium,203.0.113.9,tcp,3389,rdp
2026-11-20 06:00:00,medium,010.0.0.1,tcp,3389,rdp
ROWS
t run --once

# Every record of every input is booked once, and the report counts the same.
t inputs --json
cp .out inputs.jsonl
t report --json
out=$(python3 - inputs.jsonl .out <<'PY'
import json, sys
inputs = [json.loads(line) for line in open(sys.argv[1])]
counts = [json.loads(line) for line in open(sys.argv[2])]
outcomes = ("new", "repeated", "unmatched", "filtered", "quarantined", "conflict")
print(all(i["records"] == sum(i[o] for o in outcomes) for i in inputs), sum(i["records"] for i in inputs))
print(*(sum(c["n"] for c in counts if c["count"] == what) for what in ("findings", "warnings")))
PY
)
is "the books balance, and the report counts them" "True 4
4 1"
t warnings --json
pick warning state
is "one warning" "2026-00001 handed-over"
t warnings show 2026-00001
has "shown as it was sent" "Message-ID:"

t search 203.0.113.9 --json
pick line case quarantine
is "search finds what matched nobody" "4 None None"
t search 192.0.2.1 --json
pick line organisation
is "and what matched, but no address that only begins so" "2 bakery"
t search 010.0.0.1 --json
pick line quarantine
is "and what could not be read" "5 1"
t explain 203.0.113.9
has "explain: nobody has it" "no network covers it"
has "explain: but it was read" "it matched nobody then"
t explain 192.0.2.161
has "explain: a conflict and its claims" "equal claims of two organisations"
has "explain: and what to do" "then tocsin release case:"
t explain 192.0.2.1
has "explain: back to the bytes" '"2026-11-20 06:00:00","medium","192.0.2.1","tcp",3389'

t quarantine show 1
has "the record that cannot be read" '"010.0.0.1"'
t quarantine drop 1 --why "a slip in the feed"
exits "an order is taken" 0
t todo
has "todo: nobody applies it yet" "start tocsin run"
t run --once
t quarantine --json
pick quarantine state
is "the next run applies it" "1 dropped"
t explain order:2
has "and explain tells what came of it" "dropped"
t quarantine drop 1
exits "and it is settled" 1

t hold all
t run --once
t status
has "status tells of the hold" "all is held since"
report scan_rdp 2026-11-21 <<ROWS
2026-11-20 07:00:00,medium,192.0.2.2,tcp,3389,rdp
ROWS
t run --once
t cases --state held --organisation bakery --json
pick ip reason
is "what comes meanwhile is held" "192.0.2.2 by-hand"
t todo
has "todo tells of the hold" "tocsin release all"
t release all
t run --once
t warnings --json
pick warning state
is "released, it goes out" "2026-00001 handed-over
2026-00002 handed-over"
t status --json
hasnt "no hold is left" '"what":"hold"'
finish
