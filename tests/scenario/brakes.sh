#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Nobody points a first version at real recipients without these: redirect, hold, caps.
. "$TOP_SRCDIR/tests/lib/scenario.sh"
scenario
at 2026-11-20T08:00:00Z
t org import --partial organisations.csv assets.csv
echo 'redirect = "rehearsal@cert.example";' >deliver.conf
echo "2026-11-20 06:00:00,medium,192.0.2.1,tcp,3389,rdp" | report scan_rdp 2026-11-20
t run --once
mails
is "everything goes to the redirect" "rehearsal@cert.example 1"
out=$(cat mail/rehearsal@cert.example/new/*)
has "and says for whom it is" "security@bakery.example"
: >deliver.conf
at 2026-11-21T08:00:00Z
echo "2026-11-21 06:00:00,medium,192.0.2.1,tcp,3389,rdp" | report scan_rdp 2026-11-21
t run --once
mails
is "without it, the owner is told at the next sighting" "rehearsal@cert.example 1
security@bakery.example 1"

t hold all
at 2026-11-22T08:00:00Z
echo "2026-11-22 06:00:00,medium,192.0.2.2,tcp,23,telnet" | report scan_telnet 2026-11-22
t run --once
mails
is "held: nothing leaves" "rehearsal@cert.example 1
security@bakery.example 1"
t release all
t run --once
mails
is "released: it leaves" "rehearsal@cert.example 1
security@bakery.example 2"

echo 'most_per_run = 1;' >deliver.conf
at 2026-11-23T08:00:00Z
report scan_smb 2026-11-23 <<EOF
2026-11-23 06:00:00,medium,192.0.2.3,tcp,445,smb
2026-11-23 06:00:00,medium,192.0.2.35,tcp,445,smb
EOF
t run --once
t cases --json
pick told
out=$(echo "$out" | grep -c held)
is "past the cap of a run the rest is held" "1"
finish
