#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Telephone and post: who has no mail address is called or gets a letter; the first notifier for whose channel
# there is a contact tells.
. "$TOP_SRCDIR/tests/lib/scenario.sh"
scenario
at 2026-11-20T18:00:00Z
cat >tocsin.conf <<EOF
identity = { name = "Example CERT"; from = "warn@cert.example"; verify = "https://cert.example/verify";
	phone = "+31 70 555 0100"; language = "en"; };
ledger = "ledger.db";
spool = "spool";
allow_documentation = true;
sources = ( { name = "shadowserver"; plugin = "shadowserver"; from = "dir:in"; tlp = "amber"; } );
match = ( { plugin = "registry"; } );
deliver = {
	notifiers = (
		{ name = "mail"; plugin = "maildir"; path = "mail"; for = "direct"; },
		{ name = "calls"; plugin = "callsheet"; path = "paper/calls"; for = "direct|vital"; },
		{ name = "letters"; plugin = "letter"; path = "paper/letters"; for = "direct"; }
	);
};
EOF
cat >contacts.csv <<EOF
organisation,role,channel,address,classes,language
silent,director,phone,+31 70 555 0199,,nl
water,desk,phone,0800 555,,en
bakery,office,post,"Dorpsstraat 1; 1234 AB Zilverdijk",,nl
mill,director,phone,+31 70 555 0111,,en
EOF
sed 's/,security@bakery.example$/,/' organisations.csv >all.csv
t org import all.csv assets.csv contacts.csv
report() {
	{
		echo '"timestamp","ip","protocol","port","severity"'
		for ip in "$@"; do echo "\"$1 03:00:00\",\"$ip\",\"tcp\",3389,\"high\""; done | sed 1d
	} >"in/$1-scan_rdp-nl.csv"
	touch -d '1 hour ago' "in/$1-scan_rdp-nl.csv"
}
report 2026-11-20 192.0.2.1 192.0.2.33 192.0.2.65 192.0.2.66 192.0.2.129
t run --once
exits "a day" 0
out=$(find paper mail -type f | sed 's/new\/.*/new/' | sort)
is "one letter, two calls, one mail" "mail/security@mill.example/new
paper/calls/2026-11-20/2026-00003.call
paper/calls/2026-11-20/2026-00004.call
paper/calls/2026-11-20/calls.csv
paper/calls/2026-11-20/calls.html
paper/letters/2026-00001-bakery.html"
out=$(python3 - <<'EOF'
import csv
for r in csv.DictReader(open("paper/calls/2026-11-20/calls.csv", newline="", encoding="utf-8")):
    print(r["warning"], r["name"], r["telephone"], r["language"], r["systems"], r["remarks"] or "-")
    print(r["which"])
EOF
)
is "the list of calls" "2026-00003 Water Works 0800 555 en 2 -
192.0.2.65 3389/tcp open-rdp; 192.0.2.66 3389/tcp open-rdp
2026-00004 Silent Shop '+31 70 555 0199 nl 1 -
192.0.2.129 3389/tcp open-rdp"
out=$(sed 's/<[^>]*>//g' paper/calls/2026-11-20/calls.html)
has "what to say, in English" "Good day, I am calling from Example CERT"
has "and in Dutch" "Goedendag, ik bel namens Example CERT"
has "boxes for how it went" "&#9744; verholpen"
out=$(sed 's/<br>/\n/g; s/<[^>]*>//g' paper/letters/*.html)
has "a letter has an address" "Bakery
Dorpsstraat 1
1234 AB Zilverdijk"
has "and is in Dutch" "Geachte heer, mevrouw,"
has "with the system" "192.0.2.1"
t warnings
has "all are handed over" "handed-over"
hasnt "and none waits" "waiting"
t run --once
out=$(find paper -type f | wc -l | tr -d ' ')
is "nothing twice" 5
at 2026-12-21T18:00:00Z
report 2026-12-21 192.0.2.129 192.0.2.130
t run --once
out=$(sed 's/<[^>]*>//g' paper/calls/2026-12-21/calls.html)
has "a further call says what was before" "Ons laatste bericht hierover was nummer 2026-00004"
t plugin show callsheet
has "it says whom it serves" "phone"
finish
