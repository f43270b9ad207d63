#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# make bench: the whole job, from the spool to the last commit, on generated days.  Figures of a busy machine
# mean little.
#
#   ROWS=1000000 ORGS=20000 ASSETS=100000 MATCH=5    what is generated (tests/bench/gen.c)
#   FLOOR=N                                          fail below N findings a second
#   KEEP=FOLDER                                      work there, and leave it
set -eu
: "${ROWS:=1000000}" "${ORGS:=20000}" "${ASSETS:=100000}" "${MATCH:=5}" "${FLOOR:=0}"
tocsin=$TOP_BUILDDIR/tocsin
bench=$TOP_SRCDIR/tests/bench
work=${KEEP:-$(mktemp -d "${TMPDIR:-/tmp}/tocsin-bench-XXXXXX")}
[ -n "${KEEP:-}" ] || trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
mkdir -p "$work/gen" "$work/in"
cd "$work"

"$TOP_BUILDDIR/tests/bench/gen" rows="$ROWS" orgs="$ORGS" assets="$ASSETS" match="$MATCH" days=2 gen

# policy: what is warned; $1 is yes or no.
settings() {
	cat >tocsin.conf <<END
identity = { name = "Example CERT"; from = "warn@cert.example"; verify = "https://cert.example/verify"; };
ledger = "ledger.db";
spool = "spool";
sources = ( { name = "shadowserver"; plugin = "shadowserver"; from = "dir:in"; } );
match = ( { plugin = "registry"; } );
decide = { policy = "policy.csv"; };
deliver = {
	most_per_run = 100000000;
	most_per_recipient = 1000;
	notifiers = ( { name = "mail"; plugin = "maildir"; path = "mail"; for = "*"; } );
};
END
	echo 'problem,feed,class,severity,constituency,warn,interval,lane,greatest_age,comment' >policy.csv
	echo ",,,,,$1,30d,digest,," >>policy.csv
}

# day TITLE DATE NOW: its reports come in and are read.
day() {
	rm -f in/*
	mv gen/"$2"-* in/
	bytes=$(cat in/* | wc -c)
	python3 "$bench/measure.py" "$1" "$bytes" "$tocsin" -c tocsin.conf --now "$3" run --once --json |
		tee -a figures
	mv in/* gen/
}

settings no
"$tocsin" -c tocsin.conf org import gen/organisations.csv gen/assets.csv >import.out ||
	{ cat import.out; exit 1; }
day "a first day, all new" 2026-11-20 2026-11-21T00:00:00Z
day "the next day, most of it known" 2026-11-21 2026-11-22T00:00:00Z
rm -rf ledger.db* spool
settings yes
"$tocsin" -c tocsin.conf org import gen/organisations.csv gen/assets.csv >import.out
day "a first day, all warned by mail" 2026-11-20 2026-11-21T00:00:00Z
fast=$(awk '/findings\/s/ { n = $7; if (min == "" || n < min) min = n }
	END { print (min >= '"$FLOOR"') }' figures)
[ "$fast" = 1 ] || {
	echo "below $FLOOR findings a second"
	exit 1
}
