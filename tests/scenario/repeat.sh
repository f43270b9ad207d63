#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The life of a case by the calendar: told once, silent, reminded, gone, back; and the same file twice does
# nothing.
. "$TOP_SRCDIR/tests/lib/scenario.sh"
scenario
at 2026-11-01T08:00:00Z
t org import --partial organisations.csv assets.csv
report scan_rdp 2026-11-01 <<EOF
2026-11-01 06:00:00,medium,192.0.2.1,tcp,3389,rdp
2026-11-01 06:00:00,medium,203.0.113.1,tcp,3389,rdp
EOF
t run --once
exits "the first day" 0
mails
is "the owner is warned" "security@bakery.example 1"
t run --once
mails
is "running again warns nobody" "security@bakery.example 1"

for day in 02 03 15; do
	at "2026-11-${day}T08:00:00Z"
	echo "2026-11-$day 06:00:00,medium,192.0.2.1,tcp,3389,rdp" | report scan_rdp "2026-11-$day"
	t run --once
done
mails
is "seen again within thirty days: silence" "security@bakery.example 1"
t cases --json
pick organisation seen told episode last_seen
is "but counted" "bakery open handed-over 1 2026-11-15T06:00:00Z"

at 2026-12-01T09:00:00Z
echo "2026-12-01 06:00:00,medium,192.0.2.1,tcp,3389,rdp" | report scan_rdp 2026-12-01
t run --once
mails
is "still there after thirty days: a reminder" "security@bakery.example 2"

for day in 02 03 04 10; do
	at "2026-12-${day}T09:00:00Z"
	echo "2026-12-$day 06:00:00,medium,203.0.113.9,tcp,3389,rdp" | report scan_rdp "2026-12-$day"
	t run --once
done
t cases --json
pick organisation seen told episode
is "not seen on three later days and for a week: gone" "bakery gone handed-over 1"

echo "2026-11-20 06:00:00,medium,192.0.2.1,tcp,3389,rdp" | report scan_rdp 2026-11-20
t run --once
t cases --json
pick organisation seen told episode
is "an old report that comes late opens nothing" "bakery gone handed-over 1"

at 2026-12-11T09:00:00Z
echo "2026-12-11 06:00:00,medium,192.0.2.1,tcp,3389,rdp" | report scan_rdp 2026-12-11
t run --once
mails
is "it is back: told again" "security@bakery.example 3"
t cases --json
pick organisation seen told episode
is "as the second episode" "bakery open handed-over 2"
finish
