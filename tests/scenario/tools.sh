#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# tools/check-includes and tools/checksrc say what is wrong: a small tree that breaks each rule once.
set -u
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
n=0
mkdir -p "$dir/base" "$dir/core" "$dir/cmd" "$dir/plugins/iodef" "$dir/plugins/csv" \
	"$dir/include/tocsin" "$dir/worker"
spdx='/* SPDX-License-Identifier: Apache-2.0 */'
for f in base/mem.h core/err.h cmd/cmd.h worker/wire.h worker/answer.h include/tocsin/plugin.h; do
	echo "$spdx" >"$dir/$f"
done

# says TEXT TOOL: the tool fails on the tree and says TEXT; then the files made for it are removed.
says() {
	n=$((n + 1))
	if "$TOP_SRCDIR/tools/$2" "$dir" >"$dir/out" 2>&1 || ! grep -qF "$1" "$dir/out"; then
		sed 's/^/# /' "$dir/out"
		echo "not ok $n - $2: $1"
	else
		echo "ok $n - $2: $1"
	fi
	rm -f "$dir"/*/bad.c "$dir"/*/*/bad.c
}
# bad FILE LINE...: a file with a licence and these lines
bad() { f=$dir/$1; shift; printf '%s\n' "$spdx" "$@" >"$f"; }
quiet() {
	n=$((n + 1))
	if "$TOP_SRCDIR/tools/$1" "$dir" >"$dir/out" 2>&1; then
		echo "ok $n - $1: $2"
	else
		sed 's/^/# /' "$dir/out"
		echo "not ok $n - $1: $2"
	fi
	rm -f "$dir"/*/bad.c "$dir"/*/*/bad.c
}

bad base/bad.c '#include "err.h"'
says 'base may not include core/err.h' check-includes
bad core/bad.c '#include "cmd/cmd.h"'
says 'core/bad.c:2: core may not include cmd/cmd.h' check-includes
bad core/bad.c '#include "worker/answer.h"'
says 'core may not include worker/answer.h' check-includes
bad plugins/csv/bad.c '#include "base/mem.h"'
says 'plugins may not include base/mem.h' check-includes
bad core/bad.c '#include <libxml/parser.h>'
says '<libxml/parser.h> may be included in plugins/iodef/ only' check-includes
bad cmd/bad.c '#include <glib.h>'
says '<glib.h> is in no table' check-includes
bad core/bad.c 'int f(void) {' 'strcpy(a, b); }'
says 'core/bad.c:3: strcpy() is not used here' check-includes
echo 'int x;' >"$dir/core/bad.c"
says 'core/bad.c:1: the first line must name the licence' check-includes
bad core/bad.c '#include "worker/wire.h"' '#include "mem.h"' '#include <tocsin/plugin.h>' \
	'/* strcpy(a, b) */' 'char s[] = "atoi(x)";'
quiet check-includes 'the wire, what lies below, and words in comments are fine'
bad plugins/iodef/bad.c '#include <libxml/parser.h>' '#include <tocsin/plugin.h>' '#include <string.h>'
quiet check-includes 'a plugin may include its one library'

bad core/bad.c 'int' 'f(void)' '{' "$(yes '	x();' | head -101)" '}'
says 'a function of 101 lines, at most 100' checksrc
bad core/bad.c "$(yes 'int x;' | head -1000)"
says 'core/bad.c: 1001 lines, at most 1000' checksrc
bad core/bad.c '        int x;'
says 'core/bad.c:2: indent with tabs' checksrc
bad core/bad.c 'int x; '
says 'core/bad.c:2: blanks at the end' checksrc
bad core/bad.c "$(printf '\t/*%*s*/' 99 '')"
says 'core/bad.c:2: 111 columns' checksrc
bad core/bad.c "$(printf '\t/*%*s*/' 98 '')"
quiet checksrc 'a line of 110 columns is fine'
mkdir "$dir/tools"
printf '#!/bin/sh\n#%*s.\n' 110 '' >"$dir/tools/longer"
says 'tools/longer:2: 112 columns' checksrc
rm -r "$dir/tools"
bad core/bad.c 'int' 'f(void)' '{' "$(yes '	x();' | head -100)" '}'
quiet checksrc 'a function of 100 lines is fine'
rm -rf "${dir:?}"/*/
says 'no C file under' checksrc
echo "1..$n"
