#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# tocsin plugin check finds each of the faulty plugins of tests/bad-plugins/bad_check.c, by the words here,
# and finds nothing in the one without a fault.
set -u
command -v "${CC:-cc}" >/dev/null || { echo "1..0 # SKIP no C compiler"; exit 0; }
[ "${SANITIZED:-no}" = no ] || { echo "1..0 # SKIP memory and addresses are the sanitizer's"; exit 0; }
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir" || exit 99
mkdir samples
printf '192.0.2.1 rdp\n\n198.51.100.2 telnet\nnonsense\n203.0.113.9 smb' >samples/a.txt
printf '192.0.2.7 one\n192.0.2.8 two\n192.0.2.9 three\n' >samples/b.txt
n=0
result() { # STATUS TEXT
	n=$((n + 1))
	[ "$1" -eq 0 ] || { sed 's/^/# /' out | cut -c1-200; printf 'not '; }
	echo "ok $n - $2"
}
try() { # FAULT NUMBER ARGS...: builds it, checks it; the status is in $code
	fault=$1
	shift
	"${CC:-cc}" -w -O1 -std=c11 -D_GNU_SOURCE -fno-delete-null-pointer-checks -DFAULT="$fault" \
		-I"$TOP_SRCDIR/include" -fPIC -fvisibility=hidden -shared -Wl,-z,noexecstack -o bad.so \
		"$TOP_SRCDIR/tests/bad-plugins/bad_check.c" || exit 99
	code=0
	"$TOP_BUILDDIR/tocsin" plugin check "$@" bad.so >out 2>&1 </dev/null || code=$?
}
number=0
finds() { # NAME WORDS ARGS...
	name=$1 words=$2
	shift 2
	number=$(grep -o '\b[A-Z_]*\b' names | grep -nx "$name" | cut -d: -f1)
	try "$((number - 1))" "$@"
	[ "$code" -eq 1 ] && grep '^not ok' out | grep -qF -- "$words"
	result $? "$name: $words"
}
sed -n '/^enum fault {/,/};/p' "$TOP_SRCDIR/tests/bad-plugins/bad_check.c" |
	tr -d '\n' | sed 's/enum fault//' >names

try 0 --accept
try 0
[ "$code" -eq 0 ]
result $? "the one without a fault passes"
try 0 --fuzz 1
[ "$code" -eq 0 ]
result $? "and so it does when its samples are changed"
finds CUT 'follows a NULL pointer'
finds BEYOND 'reads beyond the bytes it was fed'
finds KEEPS 'uses bytes of an earlier call'
finds STATIC 'two instances'
finds LEAK 'instances'
finds INPUT_LEAK 'grows by'
finds NOMEM 'without memory'
finds NOMEM_QUIET 'gives other rows'
finds GAP 'BAD'
finds PIECES 'byte by byte'
finds COLUMNS 'fewer columns'
finds DEFAULT '70000 of option "most" is outside of its range 1..65535'
finds CHOICE '"long" of option "form" is none of its choices'
finds HELP 'option "most" has no help'
finds ORDER 'BAD SPAN'
finds LOOP 'does not come back'
finds WRITES 'writes to the bytes it was fed'
finds PRINTS 'prints'
finds EXITS 'ended the process with status 0'
finds NOT_ALONE 'claims TCS_S_ALONE'
finds ADDRESS 'another process gives other rows'
finds TIME 'asks for the time'
finds EMPTY 'an input of no bytes'
finds LEFT_OVER 'BAD USE'
finds RANDOM 'draws random numbers'
finds BEGIN 'one input after another'
finds EXPORTS 'exports other'
finds OPENS 'opens files'
finds ABORTS 'crashed: Aborted'
finds DEEP 'seed 1' --fuzz 5
finds TOO_MUCH 'BAD USE'
finds BROKEN 'plugin broken'
finds TWICE 'BAD SPAN'
rm -f "${TMPDIR:-/tmp}"/tocsin-fuzz-1-??????
echo "1..$n"
