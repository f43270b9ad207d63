#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# One thread a topic: a reminder answers the first warning and begins with what changed since the last letter,
# what is gone included; only of the same kind of problem.
. "$TOP_SRCDIR/tests/lib/scenario.sh"
scenario
at 2026-11-20T18:00:00Z
t org import organisations.csv assets.csv
report() {
	day=$1
	shift
	{
		echo '"timestamp","ip","protocol","port","severity"'
		for ip in "$@"; do echo "\"$day 03:00:00\",\"$ip\",\"tcp\",3389,\"high\""; done
	} >"in/$day-scan_rdp-nl.csv"
	touch -d '1 hour ago' "in/$day-scan_rdp-nl.csv"
}
report 2026-11-20 192.0.2.1 192.0.2.2 192.0.2.3
t run --once
first=$(tr -d '\r' <"$(ls mail/security@bakery.example/new/*)" | sed -n 's/^Message-ID: *//p')
out=$(grep -c '^In-Reply-To' mail/security@bakery.example/new/*)
is "the first warning follows nothing" 0
rm -f mail/security@bakery.example/new/*
for day in 22 23 24 25 26 27 28 29 30; do
	at "2026-11-${day}T18:00:00Z"
	report "2026-11-$day" 192.0.2.1
	t run --once
done
out=$(ls mail/security@bakery.example/new)
is "silence in between" ""
at 2026-12-21T18:00:00Z
report 2026-12-21 192.0.2.1 192.0.2.2 192.0.2.4
t run --once
out=$(python3 - <<'EOF'
import email, email.policy, glob
for name in sorted(glob.glob("mail/security@bakery.example/new/*")):
    m = email.message_from_binary_file(open(name, "rb"), policy=email.policy.default)
    print(m["In-Reply-To"], m["References"])
    text = m.get_body(("plain",)).get_content().replace("\r\n", "\n")
    print(text[text.index("WHAT CHANGED"):text.index("WHAT IT IS ABOUT")])
EOF
)
has "it answers the first" "$first $first"
has "and names the last letter" "number 2026-00001 of"
has "what is new" "  New           1"
has "what is back" "  Back again    1"
has "what is still there" "  Still there   1"
has "what is gone" "  Gone          1; thank you
                192.0.2.3 port 3389/tcp, last seen 2026-11-20"
finish
