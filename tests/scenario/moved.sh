#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A subject that becomes another organisation's: an owner registers under an operator (superseded), a network
# changes hands (moved).  And the alarms that wake: a cap on the priority lane, what is held too long, what
# does not get out.
. "$TOP_SRCDIR/tests/lib/scenario.sh"
scenario
cat >orgs.csv <<'EOF'
organisation,name,constituency,sector,language,email
isp,Example ISP,direct,,en,abuse@isp.example
shop,Example Shop,direct,,en,it@shop.example
farm,Example Farm,direct,,en,it@farm.example
EOF
cat >assets.csv <<'EOF'
organisation,asset,role,verified,valid_from,valid_until
isp,192.0.2.0/25,operator,yes,,
shop,192.0.2.128/26,owner,yes,,2026-11-21
farm,192.0.2.128/25,owner,yes,,
EOF
at 2026-11-20T08:00:00Z
t org import --partial orgs.csv assets.csv
exits "three organisations" 0
report scan_rdp 2026-11-20 <<EOF
2026-11-20 06:00:00,medium,192.0.2.1,tcp,3389,rdp
2026-11-20 06:00:00,medium,192.0.2.130,tcp,3389,rdp
EOF
t run --once
mails
is "operator and owner are told" "abuse@isp.example 1
it@shop.example 1"

echo 'shop,192.0.2.0/28,owner,yes,,' >>assets.csv
at 2026-11-20T12:00:00Z
t org import --partial orgs.csv assets.csv
t run --once
t cases --json
pick organisation subject seen told
is "the owner has registered: the operator's case is superseded, the owner's told at once" \
	"isp 192.0.2.1 superseded handed-over
shop 192.0.2.1 open handed-over
shop 192.0.2.130 open handed-over"
mails
is "by a warning of its own" "abuse@isp.example 1
it@shop.example 2"

at 2026-11-22T08:00:00Z
t run --once
t cases --json
pick organisation subject seen told
is "the network is another's since today: moved, and he is told" "farm 192.0.2.130 open handed-over
isp 192.0.2.1 superseded handed-over
shop 192.0.2.1 open handed-over
shop 192.0.2.130 moved handed-over"
t run --once
mails
is "once" "abuse@isp.example 1
it@farm.example 1
it@shop.example 2"
t explain 192.0.2.130
has "explain tells it" "moved"

# ---- what wakes
echo 'most_per_run = 1;' >deliver.conf
cat >>tocsin.conf <<'EOF'
alarms = { free_space = 0; hearers = ( { notifier = "mail"; to = "duty@cert.example"; } ); };
EOF
at 2026-11-23T08:00:00Z
report scan_rdp 2026-11-23 <<EOF
2026-11-23 06:00:00,critical,192.0.2.2,tcp,3389,rdp
2026-11-23 06:00:00,critical,192.0.2.20,tcp,3389,rdp
EOF
t run --once
t status --monitor
exits "a cap holds the priority lane" 2
has "which wakes" "a cap holds 1 cases of the priority lane"
out=$(cat mail/duty@cert.example/new/*)
has "and is told" "a cap holds 1 cases of the priority lane"
at 2026-11-23T10:30:00Z
t status --monitor
has "held for two hours: that too" "1 cases of the priority lane are held, the oldest for 2h30m"
t todo
has "todo says how old it is" "2h30m"
at 2026-11-24T09:00:00Z
: >deliver.conf
t release all
t run --once
t status --monitor
exits "released: calm" 0
out=$(cat mail/duty@cert.example/new/*)
has "it is over" "OVER"

mkdir gone
sed 's|path = "mail"|path = "/dev/null/mail"|' tocsin.conf >broken.conf
cp tocsin.conf good.conf
cp broken.conf tocsin.conf
at 2026-11-25T08:00:00Z
echo "2026-11-25 06:00:00,critical,192.0.2.4,tcp,3389,rdp" | report scan_rdp 2026-11-25
t run --once
at 2026-11-25T09:00:00Z
t status --monitor
hasnt "an hour is not yet too long" "priority cases are due"
at 2026-11-25T10:30:00Z
t status --monitor
exits "due, and nothing is handed over for two hours: told though no run is there" 2
has "with its age" "1 priority cases are due, the oldest for 2h30m, and nothing was handed over since"
cp good.conf tocsin.conf
at 2026-11-25T12:30:00Z
t run --once
t status --monitor
exits "it got out" 0
finish
