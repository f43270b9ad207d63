#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Organisations by the real program: import with its refusals and modes, export and back, check, list, show,
# match.
set -u
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir" && mkdir desk || exit 99
tocsin="$TOP_BUILDDIR/tocsin -c $dir/tocsin.conf"
TOCSIN_NOW=2026-11-20T18:00:00Z
export TOCSIN_NOW
n=0

t() {
	n=$((n + 1))
	if [ "$1" = 0 ]; then
		echo "ok $n - $2"
	else
		sed 's/^/# /' out err
		echo "not ok $n - $2"
	fi
}
# run STATUS ARGUMENT...: the program ends with that status
run() {
	want=$1; shift
	$tocsin "$@" >out 2>err; got=$?
	[ $got = "$want" ] || { echo "# status $got" >>err; false; }
}
has() { grep -qF -e "$2" "$1"; }

cat >tocsin.conf <<X
identity = { name = "Example CERT"; from = "warnings@cert.example"; verify = "https://cert.example/verify"; };
ledger = "state/here/ledger.db";
spool = "spool";
allow_documentation = true;
sources = ( { name = "desk"; plugin = "researcher"; from = "dir:desk"; } );
match = ( { plugin = "registry"; } );
deliver = { notifiers = ( { name = "mail"; plugin = "maildir"; path = "mail"; for = "direct"; } ); };
X
cat >o.csv <<X
organisation,name,constituency,sector,language,email,parent
bakery,"The ""Old"" Bakery, Ltd",direct,food,nl,info@bakery.example,
shop,Shop,vital,retail,en,,bakery
isp,ISP,direct,telecom,nl,abuse@isp.example,
X
cat >a.csv <<X
organisation,asset,verified,valid_from,valid_until,role,use,verified_by,verified_on
bakery,192.0.2.0/24,yes,,,owner,static,RIPE,2026-01-01
bakery,bäcker.example,yes,,,,,,
shop,192.0.2.16/28,yes,,,,,,
shop,shop.example,no,,,,,,
shop,203.0.113.5-203.0.113.9,yes,2026-01-01,2026-12-31,,,,
isp,AS64496,yes,,,operator,dynamic,,
isp,198.51.100.0/24,yes,,,operator,dynamic,,
isp,2001:db8::/32,yes,,,operator,cgnat,,
X
mkdir keys && openssl req -x509 -newkey rsa:2048 -nodes -days 3000 -subj /CN=soc -keyout keys/soc.key \
	-addext subjectAltName=email:soc@bakery.example -addext extendedKeyUsage=emailProtection \
	-out keys/soc.pem 2>/dev/null
cat >c.csv <<X
organisation,role,channel,address,classes,language,tlp_max,confirmed,expires,key
bakery,security,email,soc@bakery.example,intrusions/*|malicious-code/*,nl,red,2026-01-01,,keys/soc.pem
isp,abuse,email,abuse@isp.example,,,,,2026-06-01,
X

run 0 org import --dry-run o.csv a.csv c.csv && has out 'added' && has out '192.0.2.16/28' && [ ! -e state ]
t $? "a dry run shows what would be, and makes no ledger"
run 0 org import o.csv a.csv c.csv && has out '3 organisations added, 8 assets added, 2 contacts added'
t $? "the first import makes the ledger, folders and all"
run 0 org import o.csv a.csv c.csv && has out 'no difference'
t $? "the same again is no difference"

# ---- refusals
sed -e 's/^shop,192.0.2.16.28,yes/shop,192.0.2.17\/28,yes/' \
	-e 's/^bakery,192.0.2.0.24,yes/bakery,192.0.2.0\/24,no/' a.csv >bad.csv
run 1 org import o.csv bad.csv &&
	has err 'bad.csv:4: asset: "192.0.2.17/28" has host bits set' && has err '--partial'
t $? "a refused line is told by file and line, and nothing is taken"
run 0 match 192.0.2.200 &&
	has out '"winner":{"organisation":"bakery","asset":"192.0.2.0/24","rule":"network"}'
t $? "the good line was not taken either"
run 1 org import --partial o.csv bad.csv && has out '1 asset changed'
t $? "--partial takes it"
run 0 match 192.0.2.200 192.0.2.17 && has out '"winner":null' && has out '"why":"not verified"' &&
	has out '"asset":"192.0.2.16/28"'
t $? "and the refused one is as it was"
run 0 org import o.csv a.csv && has out '1 asset changed'
t $? "and back"
sed 1s/asset/adress/ a.csv >bad.csv
run 1 org import o.csv bad.csv && has err 'bad.csv:1: there is no column "adress"'
t $? "an unknown column"
sed 1s/verified_by/verifed_by/ a.csv >bad.csv
run 1 org import o.csv bad.csv && has err 'did you mean "verified_by"?'
t $? "names the nearest"
run 1 org import o.csv nosuch.csv && has err 'nosuch.csv: cannot be read'
t $? "a file that is not there"
run 2 org import o.csv && run 2 org improt o.csv a.csv && has err 'did you mean "import"?' &&
	run 2 org list --replace
t $? "wrong usage"
printf '%s\n' 'organisation,asset,verified,valid_from,valid_until' bakery,10.0.0.0/8,yes,, \
	bakery,192.0.2.0/25,yes,, >bad.csv
run 1 org import --json --dry-run o.csv bad.csv &&
	has out '{"did":"refused","kind":"asset","organisation":null,"what":null,'\
'"detail":"asset: 10.0.0.0/8 is' &&
	has out '{"did":"added","kind":"asset","organisation":"bakery","what":"192.0.2.0/25"'
t $? "all of it as JSON lines"

# ---- replace
grep -v '^isp' o.csv >o2.csv; grep -v '^isp' a.csv >a2.csv
run 1 org import --replace o2.csv a2.csv && has out removed &&
	has err '1 of 3 organisations would go, more than one in twenty' &&
	run 0 org show isp
t $? "--replace shows what would go, and stops"
run 0 org import --replace --dry-run --yes o2.csv a2.csv && run 0 org show isp
t $? "a dry run with --yes writes nothing"
run 0 org import --replace --yes o2.csv a2.csv &&
	has out '1 organisation removed, 3 assets removed, 1 contact removed' && run 1 org show isp
t $? "--yes does it"
run 0 org import o.csv a.csv c.csv && has out '1 organisation added, 3 assets added, 1 contact added'
t $? "and it can come again"

# ---- beside a decider at work
mkfifo said
$tocsin run 2>said & decider=$!
trap 'kill $decider 2>/dev/null; rm -rf "$dir"' EXIT
exec 3<said
while read -r line <&3; do case $line in *ready*) break ;; esac; done
sed 's/^shop,Shop,/shop,The Shop,/' o.csv >o2.csv
run 0 org import o2.csv a.csv && has err "tocsin run (pid $decider) applies it" &&
	has out '1 organisation changed' && run 0 org show shop && has out 'The Shop'
t $? "where tocsin run is at work, it applies the import"
run 1 org import --partial o2.csv bad.csv && run 0 org import --replace --yes o.csv a.csv c.csv &&
	has out '1 organisation changed, 1 asset removed'
t $? "again and again"
kill $decider; wait $decider; exec 3<&-
run 0 org import o.csv a.csv && has out 'no difference'
t $? "and when it has ended, all is there"
trap 'rm -rf "$dir"' EXIT

# ---- export, and back
run 0 org export . && mkdir e1 e2 e3 && run 0 org export e1 && cmp -s e1/assets.csv assets.csv &&
	has e1/assets.csv 'bakery,xn--bcker-gra.example,yes' &&
	has e1/contacts.csv ',2026-01-01,,keys/soc.pem'
t $? "export"
run 1 org export e1 && has err 'is there already' && run 0 org export --force e1
t $? "never over files, unless --force"
run 0 org import --replace e1/organisations.csv e1/assets.csv e1/contacts.csv && has out 'no difference'
t $? "an export imported is no difference"
sed 's|state/here|state/other|' tocsin.conf >other.conf
tocsin="$TOP_BUILDDIR/tocsin -c $dir/other.conf"
run 0 org import e1/organisations.csv e1/assets.csv e1/contacts.csv &&
	run 0 org export e2 && diff -r e1 e2 >out
t $? "nor in another ledger"
tocsin="$TOP_BUILDDIR/tocsin -c $dir/tocsin.conf"

# ---- list, show, check
run 0 org list --json && [ "$(grep -c . out)" = 3 ] &&
	has out '"organisation":"bakery","name":"The \"Old\" Bakery, Ltd","constituency":"direct"'
t $? "list"
run 0 org show shop --json &&
	has out '"parent":"bakery","assets":[{"asset":"192.0.2.16/28","verified":true' &&
	has out '"valid_until":"2026-12-31"'
t $? "show"
run 1 org show shp && has err 'did you mean "shop"?'
t $? "one that is not there"
run 1 org check --json && has out '{"trouble":"no-contact","organisation":"shop"' &&
	has out '{"trouble":"unverified","organisation":"shop","what":"shop.example"' &&
	has out '{"trouble":"contact-expired","organisation":"isp"' && ! has out conflict
t $? "check"

# ---- match
run 0 match 192.0.2.20 2001:DB8::1 BÄCKER.example. https://www.xn--bcker-gra.example:8443/x as64496 &&
	sed -e :a -e '$!N; s/\n\t//; ta' -e 'P; D' >want <<X
{"query":"192.0.2.20",
	"winner":{"organisation":"shop","asset":"192.0.2.16/28","rule":"network"},
	"others":[{"organisation":"bakery","asset":"192.0.2.0/24","rule":"network",
	"why":"less specific than the one that won"}]}
{"query":"2001:DB8::1","winner":{"organisation":"isp","asset":"2001:db8::/32","rule":"network"},"others":[]}
{"query":"BÄCKER.example.",
	"winner":{"organisation":"bakery","asset":"xn--bcker-gra.example","rule":"domain"},"others":[]}
{"query":"https://www.xn--bcker-gra.example:8443/x",
	"winner":{"organisation":"bakery","asset":"xn--bcker-gra.example","rule":"domain"},"others":[]}
{"query":"as64496","winner":{"organisation":"isp","asset":"AS64496","rule":"asn"},"others":[]}
X
diff out want >err
t $? "addresses, names, URLs, AS numbers"
run 0 match shop.example &&
	has out '"winner":null,"others":[{"organisation":"shop","asset":"shop.example","rule":"domain",'\
'"why":"not verified"}]'
t $? "unverified does not count, and says so"
TOCSIN_NOW=2027-01-01T00:00:00Z; run 0 match 203.0.113.7 && has out '"why":"not valid now"'
t $? "nor what has ended"
TOCSIN_NOW=2026-11-20T18:00:00Z
printf 'organisation,name,constituency,sector,language,email\nx,X,,,,\ny,Y,,,,\n' >o3.csv
printf '%s\n' 'organisation,asset,verified,valid_from,valid_until' x,192.0.2.0/24,yes,, \
	y,192.0.2.0/24,yes,, x,junk,yes,, >a3.csv
cd "$dir/e3" &&
	"$TOP_BUILDDIR/tocsin" match --organisations ../o3.csv --assets ../a3.csv 192.0.2.1 >../out 2>../err
got=$?; cd "$dir" || exit 99
[ $got = 1 ] && has out '"winner":null,"held":"conflict","others":[{"organisation":"x"' &&
	has err 'a3.csv:4: asset: "junk"'
t $? "two files need no configuration; a conflict is held, a refused line told"
run 2 match --assets a3.csv 192.0.2.1 && has err '--organisations is missing'
t $? "one file alone is wrong usage"
{ printf '192.0.2.1\r\n\nno such thing\n10.0.0.0/8\n300.1.1.1\n192.0.2.2'; } | run 1 match - &&
	[ "$(grep -c . out)" = 6 ] &&
	[ "$(grep -c '"error":' out)" = 4 ] && [ "$(sed -n '$p' out | cut -c1-20)" = '{"query":"192.0.2.2"' ]
t $? "what cannot be read is answered in its place"
i=0; while [ $i -lt 3000 ]; do echo "192.0.2.$((i % 256))"; i=$((i + 1)); done >q
run 0 match - <q && sed 's/{"query":"\([^"]*\)".*/\1/' out | cmp -s - q
t $? "batches keep the order"
echo "1..$n"
