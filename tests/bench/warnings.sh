#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# make bench, its second half: a year of warnings in one run, decided, composed and handed by SMTP to a server
# that takes everything (tests/bench/sink.c), every one in the ledger.  Figures of a busy machine mean little;
# processor time means more than the clock.
#
#   ROWS=430000 ORGS=100000 ASSETS=143000    what is generated: some 140,000 warnings of one to three cases
#   SESSIONS=16                              of the notifier
#   SERVER=smtp://HOST:PORT                  another mail server than the sink
#   MOST=SECONDS                             fail when the run took longer
#   KEEP=FOLDER                              work there, and leave it
set -eu
: "${ROWS:=430000}" "${ORGS:=100000}" "${ASSETS:=143000}" "${SESSIONS:=16}" "${MOST:=0}" "${SERVER:=}"
tocsin=$TOP_BUILDDIR/tocsin
bench=$TOP_SRCDIR/tests/bench
work=${KEEP:-$(mktemp -d "${TMPDIR:-/tmp}/tocsin-bench-XXXXXX")}
sink=
ended() {
	exec 7>&- || :
	[ -z "$sink" ] || wait "$sink" || :
	[ -n "${KEEP:-}" ] || rm -rf "$work"
}
trap ended EXIT
trap 'exit 1' HUP INT TERM
mkdir -p "$work/gen" "$work/in"
cd "$work"

"$TOP_BUILDDIR/tests/bench/gen" rows="$ROWS" orgs="$ORGS" assets="$ASSETS" match=100 days=1 gen
bytes=$(cat gen/2026-* | wc -c)
mv gen/2026-* in/
mkfifo go told
"$TOP_BUILDDIR/tests/bench/sink" <go >told &
sink=$!
exec 7>go 8<told
read -r port <&8
cat >tocsin.conf <<END2
identity = { name = "Example CERT"; from = "warn@cert.example"; verify = "https://cert.example/verify"; };
ledger = "ledger.db";
spool = "spool";
sources = ( { name = "shadowserver"; plugin = "shadowserver"; from = "dir:in"; } );
match = ( { plugin = "registry"; } );
decide = { policy = "policy.csv"; };
deliver = {
	most_per_run = 100000000;
	most_per_recipient = 1000;
	notifiers = ( { name = "mail"; plugin = "smtp"; server = "${SERVER:-smtp://127.0.0.1:$port}";
		tls = "never"; for = "*"; sessions = $SESSIONS; } );
};
END2
echo 'problem,feed,class,severity,constituency,warn,interval,lane,greatest_age,comment' >policy.csv
echo ',,,,,yes,30d,digest,,' >>policy.csv
"$tocsin" -c tocsin.conf org import gen/organisations.csv gen/assets.csv >import.out ||
	{ cat import.out; exit 1; }
begin=$(date +%s)
python3 "$bench/measure.py" "a year of warnings, $SESSIONS sessions" "$bytes" \
	"$tocsin" -c tocsin.conf --now 2026-11-21T00:00:00Z run --once --json
took=$(($(date +%s) - begin))
exec 7>&-
cat <&8
[ "$MOST" = 0 ] || [ "$took" -le "$MOST" ] || {
	echo "took $took s, more than $MOST"
	exit 1
}
