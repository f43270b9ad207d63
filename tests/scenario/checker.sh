#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Our own plugins pass tocsin plugin check on their samples; sources for a second on what becomes of those.
set -u
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
n=0
check() { # PLUGIN ARGS...
	name=$1
	shift
	n=$((n + 1))
	if ! "$TOP_BUILDDIR/tocsin" plugin check --fuzz 1 "$@" >"$dir/out" 2>&1 </dev/null; then
		grep -v '^ok' "$dir/out" | sed 's/^/# /' | cut -c1-300
		printf 'not '
	fi
	echo "ok $n - $name"
}
p=$TOP_SRCDIR/plugins b=$TOP_BUILDDIR/plugins
for name in idf iodef n6 nmap nuclei researcher xarf; do
	check "$name" "$b/$name.so" "$p/$name/samples"
done
check csv "$b/csv.so" "$p/csv/samples/scan_ssh.csv"
check "csv, semicolons" --set delimiter=semicolon "$b/csv.so" "$p/csv/samples/researcher_list.csv"
for name in epss kev; do
	check "$name" "$b/$name.so" "$p/$name/samples/$name.csv"
done
check filter "$b/filter.so" "$p/filter/samples"
check warninglist "$b/warninglist.so" "$p/warninglist/samples"
check registry "$b/registry.so"
check maildir --set "path=$dir/mail" "$b/maildir.so"
check letter --set "path=$dir/letters" "$b/letter.so"
check callsheet --set "path=$dir/calls" "$b/callsheet.so" "$p/callsheet/samples/warning.json"
check smtp --set server=smtp://mail.example:25 "$b/smtp.so"
check webhook --set url=https://hook.example/ "$b/webhook.so"
check idf-out "$b/idf-out.so" "$p/callsheet/samples/warning.json"
check iodef-out "$b/iodef-out.so" "$p/iodef-out/samples/warning.json"
echo "1..$n"
