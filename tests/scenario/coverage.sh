#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Four weeks of a daily source: whole days, empty, shrunken and missing ones, and a Monday that comes on
# Wednesday.  Which cases are gone and when; which alarms ring, are told, and are over; what a monitor sees.
. "$TOP_SRCDIR/tests/lib/scenario.sh"
scenario
cat >tocsin.conf <<'EOF'
identity = { name = "Example CERT"; from = "warn@cert.example"; verify = "https://cert.example/verify"; };
ledger = "ledger.db";
spool = "spool";
allow_documentation = true;
sources = ( { name = "shadowserver"; plugin = "shadowserver"; from = "dir:in"; expect = "daily";
	deadline = "12:00"; silence = "26h"; } );
decide = { gone_after = "7d"; };
alarms = { free_space = 0; hearers = ( { notifier = "mail"; to = "duty@cert.example"; hears = "wake"; },
	{ notifier = "mail"; to = "desk@cert.example"; hears = "all"; } ); };
deliver = { notifiers = ( { name = "mail"; plugin = "maildir"; path = "mail"; } ); };
EOF

# day DAY ROWS MINE: a report of that day with so many rows of others, and mine.
day() {
	{
		i=1
		while [ $i -le "$2" ]; do
			echo "2026-11-$1 06:00:00,medium,198.51.100.$i,tcp,3389,rdp"
			i=$((i + 1))
		done
		[ -z "$3" ] || echo "2026-11-$1 06:00:00,medium,$3,tcp,3389,rdp"
	} | report scan_rdp "2026-11-$1"
}
at_day() { at "2026-11-${1}T13:00:00Z"; }
alarms() {
	t status --json
	out=$(grep '"what":"alarm"' "$dir/.out" | sed 's/.*"alarm":"\([^"]*\)".*/\1/' | sort | tr '\n' ' ')
}

at_day 01
t org import --partial organisations.csv assets.csv
for d in 01 02 03 04 05 06 07; do
	at_day $d
	day $d 12 192.0.2.1
	t run --once
done
mails
is "told once" "security@bakery.example 1"
t status --monitor
exits "all is well" 0
has "in one line" "TOCSIN OK - no alarm | alarms=0"

at_day 08
day 08 0
t run --once
alarms
is "an empty day rings" "coverage:shadowserver:2026-11-08 "
mails
is "it is told to who hears all, and wakes nobody" "desk@cert.example 1
security@bakery.example 1"
t status --monitor
exits "a monitor warns" 1
has "and says what" "scan_rdp empty (usually 13)"
t run --once
mails
is "once" "desk@cert.example 1
security@bakery.example 1"

at_day 09
day 09 2
t run --once
at "2026-11-10T11:00:00Z"
t inputs --coverage --days 3 --json
pick day state inputs records usual
is "by source-days" "2026-11-08 empty 1 0 13
2026-11-09 shrunken 1 2 13
2026-11-10 waiting 0 0 13"
at_day 10
t run --once
alarms
is "shrunken and late days ring" \
	"coverage:shadowserver:2026-11-08 coverage:shadowserver:2026-11-09 coverage:shadowserver:2026-11-10 "
at "2026-11-10T16:00:00Z"
t run --once
alarms
has "nothing for 26 hours" "silent:shadowserver"
t status --monitor
exits "a monitor is alarmed" 2
mails
has "that wakes somebody" "duty@cert.example 1"

for d in 11 12; do
	at_day $d
	day $d 12
	t run --once
done
mails
has "and is told to be over" "duty@cert.example 2"
out=$(cat mail/duty@cert.example/new/*)
has "in a mail of its own" "OVER"
t inputs --coverage --json
pick day state
has "the tenth is missing for good" "2026-11-10 missing"
at_day 13
day 13 0
t run --once
at_day 14
day 14 1
t run --once
t cases --json
pick organisation seen told
is "a week is over, but only two days covered: not gone" "bakery open handed-over"

at_day 15
day 15 12
t run --once
t cases --json
pick organisation seen told
is "the third covering day: gone" "bakery gone handed-over"

at_day 17
day 17 12
t run --once
at_day 18
day 18 12
day 16 12 192.0.2.1
t run --once
t cases --json
pick organisation seen episode last_seen
is "Monday's report after Tuesday's reopens nothing" "bakery gone 1 2026-11-16T06:00:00Z"
alarms
is "Monday is whole, and what is older than a week rings no more" \
	"coverage:shadowserver:2026-11-13 coverage:shadowserver:2026-11-14 "
at_day 19
day 19 12 192.0.2.1
t run --once
t cases --json
pick organisation seen episode told
is "seen after the last look: it is back" "bakery open 2 handed-over"

for d in 20 21 22; do
	at_day $d
	day $d 12
	t run --once
done
alarms
is "all is over" ""
t status --monitor
exits "and the monitor is calm" 0

# ---- the source's own list
sed -i 's/silence = "26h";/silence = "26h"; list = "*.list";/' tocsin.conf
for d in 23 24 25 26 27; do
	at_day $d
	[ $d != 25 ] || echo scan_ssl >>in/2026-11-$d.list
	echo scan_telnet >>in/2026-11-$d.list
	touch -d '1 hour ago' in/2026-11-$d.list
	echo "2026-11-$d 06:00:00,medium,198.51.100.1,tcp,23,telnet" | report scan_telnet "2026-11-$d"
	t run --once
done
t inputs --coverage --days 5 --json
pick day state reports listed
is "its list says what there is" "2026-11-23 complete 1 1
2026-11-24 complete 1 1
2026-11-25 missing 1 2
2026-11-26 complete 1 1
2026-11-27 complete 1 1"
t cases --json
pick organisation seen
is "unlisted days cover: looked for, and nothing found" "bakery gone"
alarms
is "what is listed and does not come rings" "coverage:shadowserver:2026-11-25 "
echo '{"error":"no"}' >in/2026-11-28.list
touch -d '1 hour ago' in/2026-11-28.list
at_day 28
t run --once
t quarantine --json
has "a list that is none is told" "the list of reports cannot be read"

# ---- a report that no feed knows
printf 'a,b\n1,2\n' >in/2026-11-28-scan_nothing-nl.csv
printf 'a,b\n1,3\n' >in/2026-11-28-scan_nothing-be.csv
touch -d '1 hour ago' in/2026-11-28-scan_nothing-*.csv
t run --once
alarms
has "rings by its name" "scan_nothing"
finish
