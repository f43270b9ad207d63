#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The contract holds between versions: plugins built with plugin.h of 1.0, and with a pretended later one
# whose structs have grown, work in this host; what is frozen has not moved; C++ needs nothing but the header.
set -u
command -v cc >/dev/null && command -v make >/dev/null ||
	{ echo "1..0 # SKIP no C compiler or no make"; exit 0; }
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
unset MAKEFLAGS MAKELEVEL MFLAGS CFLAGS CPPFLAGS LDFLAGS
cd "$dir" || exit 99
tocsin=$TOP_BUILDDIR/tocsin
n=0
result() { # STATUS TEXT
	n=$((n + 1))
	[ "$1" -eq 0 ] || { tail -25 out | sed 's/^/# /' | cut -c1-200; printf 'not '; }
	echo "ok $n - $2"
}
for v in old today later; do
	mkdir -p "$v/tocsin"
	cp "$TOP_SRCDIR"/include/tocsin/*.h "$v/tocsin"
	chmod u+w "$v"/tocsin/*
done
cp "$TOP_SRCDIR/tests/abi/plugin-1.0.h" old/tocsin/plugin.h
chmod u+w old/tocsin/plugin.h
# Appended members, set, so that who reads them by mistake is seen.
awk '/^#define TCS_ABI_MINOR/ { print "#define TCS_ABI_MINOR 99"; next }
	/^struct tcs_(plugin|source|stage|notifier) \{/ { grows = 1 }
	/^};/ && grows { print "\tconst char *later;"; print "\tint (*much_later)(void *);"; grows = 0 }
	{ print }' "$TOP_SRCDIR/include/tocsin/plugin.h" >later/tocsin/plugin.h
[ "$(grep -c much_later later/tocsin/plugin.h)" -eq 4 ]
result $? "a later header that has grown in four places"

case $(getconf LONG_BIT) in
64)
	for v in old today later; do
		cc -std=c11 -fsyntax-only "-I$v" "$TOP_SRCDIR/tests/abi/frozen.c" >out 2>&1
		result $? "what is frozen, $v"
	done ;;
esac

cat >tocsin.conf <<END
identity = { name = "Example CERT"; from = "warn@cert.example";
	verify = "https://cert.example/v"; language = "en"; };
ledger = "ledger.db"; spool = "spool"; plugins = "plugins"; allow_documentation = true;
sources = ( { name = "x"; plugin = "a-source"; from = "dir:in"; tlp = "amber"; } );
match = ( { plugin = "a-stage"; list = "list.txt"; }, { plugin = "registry"; } );
deliver = { notifiers = ( { name = "n"; plugin = "a-notifier"; path = "out"; for = "direct"; } ); };
END
printf '64500\n' >list.txt
for kind in source stage notifier; do
	"$tocsin" plugin new "a-$kind" --kind $kind >/dev/null
done
for v in old later; do
	rm -rf plugins ledger.db spool in
	mkdir plugins in
	cp "$TOP_BUILDDIR/plugins/registry.so" plugins
	for kind in source stage notifier; do
		(cd "a-$kind" && make -B TOCSIN_INCLUDE="$dir/$v" && make install PLUGINDIR="$dir/plugins" &&
			"$tocsin" plugin check "a-$kind.so") >out 2>&1
		result $? "$v: the checker has nothing against the $kind"
	done
	cp a-source/samples/day.log in
	touch -d '1 hour ago' in/day.log
	"$tocsin" -c tocsin.conf check >out 2>&1
	result $? "$v: the host takes all three"
	"$tocsin" -c tocsin.conf run --once >out 2>&1
	"$tocsin" -c tocsin.conf inputs >out 2>&1
	grep -q 'done  *4' out
	result $? "$v: and runs them"
done

if command -v g++ >/dev/null; then
	mkdir samples
	printf '192.0.2.1\n\n2001:db8::1\n198.51.100.7' >samples/a.list
	g++ -std=c++20 -O2 -Wall -Wextra -fno-exceptions -fno-rtti -fPIC -fvisibility=hidden -shared \
		-nodefaultlibs \
		-I"$TOP_SRCDIR/include" -Wl,-z,noexecstack -o lines.so \
		"$TOP_SRCDIR/tests/abi/lines.cc" -lc >out 2>&1
	result $? "a source in C++, linked with libc only"
	"$tocsin" plugin check --accept lines.so >out 2>&1 &&
		"$tocsin" plugin check --fuzz 1 lines.so >out 2>&1
	result $? "and checked"
fi
echo "1..$n"
