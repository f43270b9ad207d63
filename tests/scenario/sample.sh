#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The sample day, run by the real program in a folder of its own, against etc/sample/expected.csv. Run again,
# it warns nobody.
set -u
dir=$(mktemp -d)
trap 'chmod -R u+w "$dir"; rm -rf "$dir"' EXIT
cp -R "$TOP_SRCDIR/etc/sample/." "$dir/" && chmod -R u+w "$dir" && cd "$dir" || exit 99
tocsin="$TOP_BUILDDIR/tocsin -c tocsin.conf"
TOCSIN_NOW=2026-11-20T18:00:00Z
export TOCSIN_NOW
mkdir -p made

die() { sed 's/^/# /' "$dir/err"; echo "Bail out! $1"; exit 1; }
# shellcheck disable=SC2086
{
	$tocsin org import organisations.csv assets.csv contacts.csv >out 2>err || die "org import"
	$tocsin run --once >out 2>err
	[ $? -le 1 ] || die "run --once"
	for list in cases warnings inputs; do
		$tocsin $list --json >$list.jsonl 2>err || die "$list"
	done
	find made/mail -type f | sort >mails
	/usr/bin/python3 "$TOP_SRCDIR/tests/scenario/sample_check.py" expected.csv . >tap
	grep -v '^1\.\.' tap
	n=$(grep -c '^\(not \)\{0,1\}ok ' tap)

	n=$((n + 1))
	if [ "$(grep -c . warnings.jsonl)" = "$(grep -c . mails)" ] && [ -s mails ]; then
		echo "ok $n - each warning is one mail"
	else
		echo "not ok $n - each warning is one mail"
		echo "# $(grep -c . warnings.jsonl) warnings, $(grep -c . mails) mails"
	fi
	$tocsin run --once >out 2>err
	[ $? -le 1 ] || die "run --once, again"
	find made/mail -type f | sort >again
	n=$((n + 1))
	if cmp -s mails again; then
		echo "ok $n - run again, it warns nobody"
	else
		diff mails again | sed 's/^/# /'
		echo "not ok $n - run again, it warns nobody"
	fi
	echo "1..$n"
}
