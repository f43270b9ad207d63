#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# tocsin try, as README's five minutes have it: reports at hand, no configuration; what cannot be read is
# told.
. "$TOP_SRCDIR/tests/lib/scenario.sh"
scenario
inputs=$TOP_SRCDIR/etc/sample/inputs
unset TOCSIN_NOW
try() {
	code=0
	"$tocsin" try "$@" >"$dir/.out" 2>"$dir/.err" </dev/null || code=$?
	out=$(cat "$dir/.out")
	err=$(cat "$dir/.err")
}
printf '%s\n' 'organisation,name,constituency,sector,language,email' \
	'acme,Acme Bakery,direct,food,en,it@acme.example' >orgs.csv
printf '%s\n' 'organisation,asset,verified,valid_from,valid_until' acme,192.0.2.0/24,yes,, \
	acme,acme.example,yes,, >assets.csv

try --out mails --organisations orgs.csv --assets assets.csv "$inputs"/shadowserver/*scan_rdp*
exits "a report, organisations and assets" 0
has "who was warned" it@acme.example
out=$(ls mails/it@acme.example/new | wc -l | tr -d ' ')
is "one mail" 1
try --out again --json --organisations orgs.csv --assets assets.csv "$inputs"/shadowserver/*scan_rdp*
pick organisation recipient state
is "as JSON lines" "acme it@acme.example handed-over"

try "$inputs"/shadowserver/*scan_rdp* "$inputs"/partner/*.xml "$inputs"/desk/*vpn.json
exits "three kinds of source without organisations" 0
has "by class" "vulnerable/vulnerable-system"
has "by AS" AS64501
has "nothing was refused" "20 findings, 0 records refused, 0 inputs not read to the end"
try "$inputs"/shadowserver/*scan_snmp* "$inputs"/shadowserver/*scan_rpd* "$inputs"/shadowserver/*mongodb*
exits "bad rows and bad inputs" 1
has "a bad address, with its line" "scan_snmp-nederland.csv:3: ip: not an address"
has "a report type that nobody knows" "2  other/undetermined"
has "a file that was cut off" "gzip ends too soon"
has "and how many" "9 findings, 3 records refused, 1 inputs not read to the end"
try "$dir/nothing.csv"
exits "a file that is not there" 1
has "is named" nothing.csv
printf 'hello\n' >letter.txt
try letter.txt
exits "a file that nothing reads" 1
has "says what could be" "known are"
finish
