#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What of a report nobody knows, its type or a column: kept, told once, shown by inputs, warned to nobody.
. "$TOP_SRCDIR/tests/lib/scenario.sh"
scenario
at 2026-11-20T09:00:00Z
t org import organisations.csv assets.csv
head='"timestamp","ip","port","protocol","severity"'
row='"2026-11-20 08:00:00",192.0.2.10,3389,"tcp","high"'
printf '%s,"new_thing"\n%s,"x"\n' "$head" "$row" >in/2026-11-20-scan_brandnew-nl.csv
printf '%s,"another"\n%s,"y"\n' "$head" "$row" >in/2026-11-20-scan_rdp-nl.csv
t run --once
exits "both are read" 0
t inputs --json
has "the type" '"state":"done"'
has "what is told of it" 'report type nobody knows: kept as it is'
has "the column" '1 column nobody knows: another'
t status
has "one alarm for the type" 'report scan_brandnew of 2026-11-20'
has "one for the column" 'report scan_rdp of 2026-11-20: 1 column nobody knows: another'
printf '%s,"new_thing"\n%s,"z"\n' "$head" "$row" >in/2026-11-20-scan_brandnew-be.csv
t run --once
t status --json
out=$(printf '%s\n' "$out" | grep -o 'report scan_brandnew of' | wc -l)
is "still one" 1
t warnings --json
hasnt "nobody is warned of it" unknown-report
t cases --json
has "it is on record" unknown-report
at 2026-11-29T09:00:00Z
t run --once
t status
hasnt "a week later the alarm is over" 'report scan_brandnew'
finish
