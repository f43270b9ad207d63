#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Owner and operator apart: the access provider hears what no owner claims, on dynamic networks daily with
# every sighting.
. "$TOP_SRCDIR/tests/lib/scenario.sh"
scenario
at 2026-11-20T18:00:00Z
echo "access,Access Provider,direct,telecom,en,abuse@access.example" >>organisations.csv
cat >assets.csv <<EOF
organisation,asset,verified,valid_from,valid_until,role,use
bakery,192.0.2.0/27,yes,,,owner,static
access,192.0.2.0/24,yes,,,operator,dynamic
EOF
t org import organisations.csv assets.csv
event() {
	{
		echo '"timestamp","protocol","src_ip","src_port","src_asn","src_geo",'\
'"infection","family","tag","severity"'
		while IFS=, read -r time ip port; do
			echo "\"$time\",\"tcp\",\"$ip\",$port,64496,\"NL\","\
'"avalanche","avalanche","avalanche","critical"'
		done
	} >"in/$1-event4_sinkhole-nl.csv"
	touch -d '1 hour ago' "in/$1-event4_sinkhole-nl.csv"
}
event 2026-11-20 <<EOF
2026-11-20 01:00:00,192.0.2.1,40001
2026-11-20 02:00:00,192.0.2.201,40002
2026-11-20 03:00:00,192.0.2.201,40003
EOF
t run --once
mails
is "the owner where there is one, else the operator" "abuse@access.example 1
security@bakery.example 1"
t warnings show 2026-00002
has "the operator gets the first source port" "40002"
has "and every other" "40003"
at 2026-11-21T18:30:00Z
event 2026-11-21 <<EOF
2026-11-21 01:00:00,192.0.2.1,40011
2026-11-21 02:00:00,192.0.2.201,40012
EOF
t run --once
mails
is "daily, where the owner is told after the interval" "abuse@access.example 2
security@bakery.example 1"
finish
