# SPDX-License-Identifier: Apache-2.0
# For scenario tests: the real program on a small folder of its own.  Sourced; speaks TAP.
#
#   scenario                  a fresh folder with the common configuration and registry; goes there
#   at TIME                   what time it is from now on
#   t COMMAND...              tocsin with that configuration; output in $out, errors in $err, exit in $code
#   is WHAT WANT              $out is WANT, line by line
#   has WHAT TEXT             $out or $err contains TEXT
#   pick FIELD... FILTER?     of JSON lines in $out the fields, a line each, sorted:  pick organisation told
#   finish                    the plan; removes the folder
tocsin=$TOP_BUILDDIR/tocsin
test_n=0
test_bad=0
dir=

scenario() {
	dir=$(mktemp -d "${TMPDIR:-/tmp}/tocsin-scenario-XXXXXX")
	trap 'rm -rf "$dir"' EXIT
	trap 'exit 1' HUP INT TERM
	cp -r "$TOP_SRCDIR/tests/scenario/common/." "$dir"
	chmod -R u+w "$dir"
	cd "$dir" || exit 1
	mkdir -p in
}

at() { TOCSIN_NOW=$1; export TOCSIN_NOW; }

t() {
	code=0
	"$tocsin" -c tocsin.conf "$@" >"$dir/.out" 2>"$dir/.err" </dev/null || code=$?
	out=$(cat "$dir/.out")
	err=$(cat "$dir/.err")
}

result() {
	test_n=$((test_n + 1))
	if [ "$1" = 0 ]; then
		echo "ok $test_n - $2"
	else
		test_bad=$((test_bad + 1))
		echo "not ok $test_n - $2"
		{ echo "wanted: $3"; echo "exit $code, output:"; echo "$out"; echo "errors:"; echo "$err"; } |
			head -60 | sed 's/^/# /'
	fi
}

is() { s=0; [ "$out" = "$2" ] || s=1; result $s "$1" "$2"; }
has() { s=1; case "$out
$err" in *"$2"*) s=0 ;; esac; result $s "$1" "$2"; }
hasnt() { s=0; case "$out
$err" in *"$2"*) s=1 ;; esac; result $s "$1" "no $2"; }
exits() { s=0; [ "$code" = "$2" ] || s=1; result $s "$1" "exit $2"; }

pick() {
	out=$(python3 -c '
import json, sys
for line in open(sys.argv[1]):
    o = json.loads(line)
    print(" ".join(str(o.get(k)) for k in sys.argv[2:]))
' "$dir/.out" "$@" | sort)
}

# Every mail that lies in a maildir, as "address count".
mails() {
	out=$(find mail -path '*/new/*' -type f 2>/dev/null | sed 's|^mail/||; s|/new/.*||' | sort | uniq -c |
		awk '{ print $2, $1 }')
}

# A Shadowserver report: report TYPE DAY, rows on standard input as: time,severity,ip,protocol,port,tag
report() {
	{
		echo '"timestamp","severity","ip","protocol","port","hostname","tag","asn","geo"'
		while IFS=, read -r time severity ip protocol port tag; do
			printf '"%s","%s","%s","%s",%s,"","%s",64496,"NL"\n' "$time" "$severity" "$ip" \
				"$protocol" "$port" "$tag"
		done
	} >"in/$2-$1-nl.csv"
	touch -d '1 hour ago' "in/$2-$1-nl.csv"		# whole, not still being written
}

finish() {
	echo "1..$test_n"
	[ "$test_bad" = 0 ]
}
