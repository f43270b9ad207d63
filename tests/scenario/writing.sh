#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# docs/writing-plugins.md does what it says: its blocks of commands, in order, in one shell, as somebody
# would type them who has Tocsin in the PATH. And what its commands say to who mistypes.
set -u
command -v cc >/dev/null && command -v make >/dev/null ||
	{ echo "1..0 # SKIP no C compiler or no make"; exit 0; }
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
unset MAKEFLAGS MAKELEVEL MFLAGS CFLAGS CPPFLAGS LDFLAGS
mkdir "$dir/bin" "$dir/plugins" "$dir/work"
ln -s "$TOP_BUILDDIR/tocsin" "$dir/bin/tocsin"
cp "$TOP_BUILDDIR"/plugins/*.so "$dir/plugins"
PATH=$dir/bin:$PATH TOCSIN_INCLUDE=$TOP_SRCDIR/include PLUGINDIR=$dir/plugins
export PATH TOCSIN_INCLUDE PLUGINDIR
cd "$dir/work" || exit 99
n=0
result() { # STATUS TEXT
	n=$((n + 1))
	[ "$1" -eq 0 ] || { tail -25 out | sed 's/^/# /' | cut -c1-200; printf 'not '; }
	echo "ok $n - $2"
}
page() { # the page's blocks, from heading $1 to the next one of its rank
	awk -v from="## $1" '/^## / { on = $0 == from } on && /^```sh$/ { code = 1; next }
		/^```$/ { code = 0 }
		on && code' "$TOP_SRCDIR/docs/writing-plugins.md"
}
# The commands that have no configuration yet look for plugins in the installed folder; here it is this one.
cat >"$dir/plugins.conf" <<END
identity = { name = "Example CERT"; from = "warn@cert.example";
	verify = "https://cert.example/v"; language = "en"; };
ledger = "ledger.db"; spool = "spool"; plugins = "$dir/plugins";
sources = ( { name = "x"; plugin = "csv"; from = "dir:in"; tlp = "amber"; } );
match = ( { plugin = "registry"; } );
deliver = { notifiers = ( { name = "mail"; plugin = "maildir"; path = "mail"; for = "direct"; } ); };
END
{
	echo 'set -e'
	page "A feed in ten minutes" | sed "s|^tocsin plugin show|tocsin -c $dir/plugins.conf plugin show|
		s|^tocsin decode|tocsin -c $dir/plugins.conf decode|
		s|^ledger = |plugins = \"$dir/plugins\";\n&|"
} >steps
[ "$(wc -l <steps)" -gt 30 ]
result $? "the page has its steps"
sh -e steps >out 2>&1 </dev/null
result $? "the steps of a feed"
grep -q '^ok .* - fuzz' out
result $? "with a fuzz run"
grep -q '"classification.identifier":"open-telnet"' out
result $? "and its findings"

for kind in stage notifier; do
	{
		echo "set -e"
		page "A $kind" | sed "s;^tocsin plugin show;tocsin -c $dir/plugins.conf plugin show;"
	} >steps
	sh -e steps >out 2>&1 </dev/null
	result $? "the steps of a $kind"
done

tocsin -c "$dir/plugins.conf" plugin show csv --schema >out 2>&1 && python3 -c 'import json, sys
s = json.load(sys.stdin)
p = s["properties"]
assert "comma" in p["delimiter"]["enum"] and p["skip-lines"]["maximum"] == 1000, p
assert p["columns"]["type"] == "array" and s["required"] == [], s' <out 2>>out
result $? "the schema of a plugin's options"
tocsin -c "$dir/plugins.conf" plugin show text-files --man >out 2>&1 &&
	grep -qx '.B path' out && grep -qF 'text, without it warnings.' out && ! grep -q '^\.[^A-Za-z]' out
result $? "the manual page of a plugin"

for kind in source stage notifier; do
	lines=$(wc -l <"$TOP_SRCDIR/kit/skeleton/$kind/NAME.c")
	[ "$lines" -lt 80 ]
	result $? "the skeleton of a $kind has under 80 lines ($lines)"
done
mkdir taken
! tocsin plugin new taken >out 2>&1 && grep -q 'is there already' out
result $? "a folder that is there is left alone"
! tocsin plugin new Big_Name >out 2>&1 && grep -q 'small letters, digits and - only' out
result $? "a name that is none"
! tocsin plugin new some --kind sorce >out 2>&1 && grep -q "did you mean source?" out
result $? "a kind that is none"
! tocsin plugin check nothing.so >out 2>&1 && grep -q 'No such file' out
result $? "a plugin that is not there"
if command -v autoreconf >/dev/null && command -v pkg-config >/dev/null; then
	tocsin plugin new with-auto >out 2>&1
	(cd with-auto && autoreconf -i && mkdir b && cd b && ../configure && make &&
		tocsin plugin check with-auto.so ../samples) >out 2>&1
	result $? "the folder with autotools"
fi
echo "1..$n"
