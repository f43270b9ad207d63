#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The example of tocsin-plugin(7), cut from the page: it compiles against the installed headers alone, is
# listed, and rings.
. "$TOP_SRCDIR/tests/lib/scenario.sh"
scenario
at 2026-11-20T18:00:00Z
if [ "$SANITIZED" = yes ] || ! command -v cc >/dev/null 2>&1; then
	echo "1..0 # SKIP no compiler, or a worker with sanitizers: it loads no plugin built without them"
	exit 0
fi
mkdir plugins
sed -n '/^#include <tocsin/,/^\.fi/p' "$TOP_SRCDIR/man/tocsin-plugin.7" | sed '/^\.fi/d; s/\\-/-/g' >bell.c
code=0
cc -std=c11 -Wall -Wextra -Werror -I"$TOP_SRCDIR/include" -shared -fPIC -fvisibility=hidden -Wl,-z,defs \
	-o plugins/bell.so bell.c \
	>.out 2>.err || code=$?
out=$(cat .out)
err=$(cat .err)
exits "it compiles" 0
for so in "$TOP_BUILDDIR"/plugins/*.so; do
	ln -s "$so" plugins/
done
cp -R "$TOP_SRCDIR/etc/sample/." .
chmod -R u+w .
sed -i -e 's/"csirt-dsp"; plugin = "maildir"; path = "work.mail"/"csirt-dsp"; plugin = "bell"/' \
	-e '1i plugins = "plugins";' tocsin.conf
t check
exits "the configuration that names it is fine" 0
t plugin show bell
has "it is told of" "Rings a bell."
t org import organisations.csv assets.csv contacts.csv
t run --once
t warnings --json
pick notifier state
out=$(printf '%s\n' "$out" | sort -u | grep csirt-dsp)
is "it rang" "csirt-dsp handed-over"
finish
