#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What must not be sent is held with its reason, and goes out when the reason is over.
. "$TOP_SRCDIR/tests/lib/scenario.sh"
scenario
at 2026-11-20T08:00:00Z
t org import --partial organisations.csv assets.csv
report scan_rdp 2026-11-20 <<EOF
2026-11-20 06:00:00,medium,192.0.2.65,tcp,3389,rdp
2026-11-20 06:00:00,medium,192.0.2.97,tcp,3389,rdp
2026-11-20 06:00:00,medium,192.0.2.129,tcp,3389,rdp
2026-11-20 06:00:00,medium,192.0.2.161,tcp,3389,rdp
2026-11-20 06:00:00,medium,192.0.2.193,tcp,3389,rdp
2026-11-01 06:00:00,medium,192.0.2.33,tcp,3389,rdp
2026-12-20 06:00:00,medium,192.0.2.34,tcp,3389,rdp
EOF
t run --once
mails
is "only the partner gets anything" "intake@partner.example 1"
t cases --json
pick organisation ip told
is "each has its reason" "None 192.0.2.161 held
mill 192.0.2.33 held
mill 192.0.2.34 held
silent 192.0.2.129 held
town 192.0.2.97 held
water 192.0.2.65 handed-over"
t todo
has "todo names the constituency without a partner" "partner"
has "and the organisation without a contact" "contact"
has "and the conflict" "claim"
t hold organisation:mill
exits "an order is taken" 0
t run --once
t release organisation:mill
t run --once
mails
is "released by hand, old and future observations go out" "intake@partner.example 1
security@mill.example 1"

sed -i '/^mill,192.0.2.160/d' assets.csv
sed -i 's/^silent,.*/silent,Silent Shop,direct,retail,en,owner@silent.example/' organisations.csv
t org import --replace --yes organisations.csv assets.csv
exits "the registry is mended" 0
t run --once
mails
is "what it held goes out by itself" "intake@partner.example 1
owner@silent.example 1
security@bakery.example 1
security@mill.example 1"
finish
