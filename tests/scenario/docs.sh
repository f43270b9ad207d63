#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The documents hold together: what they link to is there, what is there is in the index and in the tarball.
set -u
cd "$TOP_SRCDIR" || exit 99
n=0
check() {	# WHAT WRONG: passes when WRONG is empty
	n=$((n + 1))
	[ -z "$2" ] || { printf '%s\n' "$2" | sed 's/^/# /'; printf 'not '; }
	echo "ok $n - $1"
}

wrong=
for page in README.md HACKING.md docs/*.md docs/internals/*.md plugins/*/README.md etc/sample/README.md; do
	# [text](file#part): files only, seen from the page
	# shellcheck disable=SC2013
	for link in $(grep -o '](\([^)]*\))' "$page" | sed 's/^](//; s/)$//; s/#.*//'); do
		case $link in http:* | https:* | mailto:*) continue ;; esac
		[ -e "$(dirname "$page")/$link" ] || wrong="$wrong$page: $link is not there
"
	done
done
check "links between documents" "$wrong"

wrong=
for page in docs/internals/*.md; do
	name=$(basename "$page")
	[ "$name" = README.md ] || grep -qF "]($name)" docs/internals/README.md || wrong="$wrong$page
"
done
check "docs/internals/README.md lists every page there" "$wrong"

wrong=
for page in docs/*.md docs/internals/*.md; do
	grep -qF "$page" docs/docs.am || wrong="$wrong$page
"
done
check "docs/docs.am ships every document" "$wrong"

wrong=
for folder in plugins/*/; do
	[ -e "$folder/README.md" ] || wrong="$wrong$folder
"
done
check "every plugin has a README.md" "$wrong"

# Of a checkout: what git has is what must be shipped. A tarball has nothing else.
files() { git ls-files "$1" 2>/dev/null | grep -v '\.am$'; }
wrong=
for f in $(files etc); do
	grep -qF "$f" etc/*.am || wrong="$wrong$f
"
done
check "etc/*.am ships every file of etc/" "$wrong"

wrong=
for f in $(files tests); do
	grep -qF "$f" tests/*.am tests/*/*.am 2>/dev/null || wrong="$wrong$f
"
done
check "tests/*.am ships every file of tests/" "$wrong"
echo "1..$n"
