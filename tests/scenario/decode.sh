#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# tocsin decode, the real program with its worker, on small reports: what comes of them, and what is said of
# bad ones.
set -u
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir" || exit 1
tocsin=$TOP_BUILDDIR/tocsin
n=0

result() { # STATUS TEXT
	n=$((n + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $n - $2"
	else
		echo "not ok $n - $2"
		sed 's/^/# out: /' out | head -5
		sed 's/^/# err: /' err | cut -c1-300 | head -5
	fi
}
# decode STATUS TEXT ARGUMENT...: runs it; the exit status must be this one
decode() {
	want=$1; text=$2; shift 2
	"$tocsin" decode "$@" >out 2>err </dev/null
	got=$?
	[ "$got" -eq "$want" ]; result $? "$text: exit $want"
}
says() { grep -qF -- "$1" err; result $? "stderr: $1"; }
# exactly LINE...: all of stderr
quiet() { [ ! -s err ]; result $? 'nothing on stderr'; }
exactly() { printf '%s\n' "$@" | cmp -s - err; result $? "stderr is: $1"; }
gives() { grep -qF -- "$1" out; result $? "a finding with $1"; }
lines() { [ "$(wc -l <out)" -eq "$1" ]; result $? "$1 findings"; }
head_='"timestamp","ip","port","protocol","hostname","asn","geo","tag","severity"'
row='"2026-11-20 08:00:00",192.0.2.1,3389,tcp,"a.isp.example",64496,"NL","rdp","high"'
f=2026-11-20-scan_rdp-nl.csv

echo >newline
printf '%s\n' "$head_" "$row" >$f
decode 0 'a report' shadowserver $f
quiet
printf '%s' '{"classification.identifier":"open-rdp","classification.taxonomy":"vulnerable",' \
	'"classification.type":"vulnerable-system","extra.tag":"rdp",' \
	'"feed.documentation":"https://www.shadowserver.org/what-we-do/' \
	'network-reporting/accessible-rdp-report/",' \
	'"feed.name":"Accessible-RDP","feed.provider":"Shadowserver","protocol.application":"rdp",' \
	'"protocol.transport":"tcp","severity":"high","source.asn":64496,"source.geolocation.cc":"NL",' \
	'"source.ip":"192.0.2.1","source.port":3389,"source.reverse_dns":"a.isp.example",' \
	'"time.source":"2026-11-20T08:00:00+00:00"}' | cat - newline | cmp -s - out
result $? 'IDF, keys in order'
decode 0 'its bytes too' --raw shadowserver $f
gives "\"raw\":\"$(printf '%s\n%s' "$head_" "$row" | base64 -w0)\""

# columns
printf '%s\n' '"timestamp","ip","ports"' '"2026-11-20 08:00:00",192.0.2.1,1' >$f
decode 1 'a needed column is missing' shadowserver $f
exactly "$f:1: column 'port' is not there, which scan_rdp needs; the nearest is 'ports'"
printf '%s\n' 'port,IP,timestamp,new_thing' '3389,192.0.2.1,2026-11-20 08:00:00,odd' >$f
decode 0 'columns in another order, some missing, one unknown' shadowserver $f
gives '"extra.new_thing":"odd"'
printf '%s\n' "$head_" '"2026-11-20 08:00:00",192.0.2.1,3389' "$row,more,still" "$row" >$f
decode 0 'rows too short and too long' shadowserver $f
lines 3
printf '%s\n' 'timestamp,ip,ip,port' >$f
decode 1 'two columns of one name' shadowserver $f
says "$f:1: two columns of one name"
: >$f
decode 0 'an empty file' shadowserver $f
lines 0
printf '%s\n' "$head_" >$f
decode 0 'a header alone' shadowserver $f
lines 0

# bytes
printf '%s\n' "$head_" "$row" '2026-11-20 08:00:00,192.0.2.2,3389,tcp,"never closed' \
	'2026-11-20 08:00:00,192.0.2.3,3389,tcp' >$f
decode 1 'a quote that is never closed' shadowserver $f
says "$f:3: quote never closed"
lines 1
{ printf '%s\n' "$head_"; printf '"2026-11-20 08:00:00",192.0.2.2,3389,t\0cp\n'; printf '%s\n' "$row"; } >$f
decode 1 'NUL: refused where the set does not drop it' --set nul=refuse shadowserver $f
exactly "$f:2: NUL byte"
lines 1
decode 0 "NUL bytes fall out of Shadowserver reports" shadowserver $f
lines 2
{
	printf '%s\n"2026-11-20 08:00:00",192.0.2.2,3389,tcp,"' "$head_"
	head -c 1100000 /dev/zero | tr '\0' x
	printf '"\n%s\n' "$row"
} >$f
decode 1 'a line of more than 1 MiB' shadowserver $f
says "$f:2: record too long"
lines 1
{
	printf '%s\n"2026-11-20 08:00:00",192.0.2.2,3389,tcp,,,,"' "$head_"
	head -c 1000000 /dev/zero | tr '\0' x
	printf '"\n'
} >$f
decode 0 'a line of nearly 1 MiB' shadowserver $f
lines 1
{ printf '\357\273\277%s\r\n' "$head_"; printf '%s\r\n' "$row"; } >$f
decode 0 'BOM and CRLF' shadowserver $f
gives '"severity":"high","source.asn":64496'
printf '%s\n"2026-11-20 08:00:00",192.0.2.1,3389,tcp,,,,"a\377\200\033[31m\302\233b"\n' "$head_" >$f
decode 0 'bad UTF-8 and control characters' shadowserver $f
gives "$(printf '"extra.tag":"a\357\277\275\357\277\275\\u001b[31m\\u009bb"')"
printf '%s\n%s\n' "$head_" "$row" | iconv -t UTF-16 >$f
decode 0 'UTF-16, as a spreadsheet writes it' shadowserver $f
lines 1

# values
t='"2026-11-20 08:00:00"'
printf '%s\n' "$head_" "$t,010.0.0.1,3389" "$t,fe80::1%eth0,3389" "$t,192.0.2.256,3389" \
	"$t,::ffff:192.0.2.7,3389" "$t,2001:DB8::1,3389" "$t,192.0.2.1,65536" "$t,192.0.2.1,-1" \
	"$t,192.0.2.1,rdp" 'yesterday,192.0.2.1,3389' \
	'"2026-02-30 08:00:00",192.0.2.1,3389' "$t,192.0.2.1,3389,nonsense,-,0,NLD,0,unknown" >$f
decode 1 'bad addresses, ports and times' shadowserver $f
port='port: not a port, 0 to 65535'
exactly "$f:2: ip: not an address: \"010.0.0.1\"" "$f:3: ip: not an address: \"fe80::1%eth0\"" \
	"$f:4: ip: not an address: \"192.0.2.256\"" "$f:7: $port: \"65536\"" "$f:8: $port: \"-1\"" \
	"$f:9: $port: \"rdp\"" "$f:10: timestamp: not a time: \"yesterday\"" \
	"$f:11: timestamp: not a time: \"2026-02-30 08:00:00\""
lines 3
gives '"source.ip":"192.0.2.7"'
gives '"source.ip":"2001:db8::1"'
gives '"extra.geo":"NLD","extra.protocol":"nonsense","feed.documentation"'

# names
g=2026-11-20-compromised_website-nl.csv
printf '%s\n' 'timestamp,ip,port,http_host,url,application' "$t,192.0.2.1,443,Shop.Example,/x.php,https" >$g
decode 0 'a web site' shadowserver $g
gives '"source.fqdn":"shop.example","source.ip":"192.0.2.1","source.port":443,'\
'"source.url":"https://Shop.Example/x.php"'
printf '%s\n%s\n' "$head_" "$row" >2026-11-20-scan6_rdp-nl.csv
decode 0 'the type of the file name' shadowserver 2026-11-20-scan6_rdp-nl.csv
gives '"feed.name":"IPv6-Accessible-RDP"'
printf '%s\n%s\n' "$head_,new_one" "$row,seven" >2026-11-20-scan_rpd-nl.csv
decode 0 'a type that nobody knows, of a day' shadowserver 2026-11-20-scan_rpd-nl.csv
exactly "2026-11-20-scan_rpd-nl.csv: report type that nobody knows, scan_rpd: kept as extras: new_one"
gives '"classification.taxonomy":"other","classification.type":"undetermined","extra.new_one":"seven"'
cp 2026-11-20-scan_rpd-nl.csv scan_rpd.csv
decode 1 'a name that says no day may be anything' shadowserver scan_rpd.csv
exactly "scan_rpd.csv:1: shadowserver has no feed for report type 'scan_rpd'; did you mean 'scan_rdp'?"
decode 1 'a file that is not there' shadowserver 2026-11-20-scan_ssh-nl.csv $f
says '2026-11-20-scan_ssh-nl.csv: No such file or directory'
lines 3

# packed
printf '%s\n%s\n' "$head_" "$row" >$f
gzip -kn $f
decode 0 'gzip' shadowserver $f.gz
lines 1
{ printf '%s\n' "$head_"; for i in 1 2 3 4 5 6 7 8 9; do echo "$row,$i"; done; } |
	gzip -n | head -c 120 >$f.gz
decode 1 'a gzip that ends too soon' shadowserver $f.gz
says "$f.gz:"
{ printf '%s\n' "$head_"; head -c 400000000 /dev/zero | tr '\0' '\n'; } | gzip -n1 >$f.gz
decode 1 'a gzip that unpacks to too much' shadowserver $f.gz
says 'unpacks to more than 200 times its size'
[ "$(wc -l <err)" -eq 1 ]; result $? 'and that is said once'
python3 - "$head_" "$row" <<'EOF'
import sys, zipfile
with zipfile.ZipFile("reports.zip", "w", zipfile.ZIP_DEFLATED) as z:
    z.writestr("day/2026-11-20-scan_rdp-nl.csv", "\n".join(sys.argv[1:]) + "\n")
    z.writestr("2026-11-20-scan_ssh-nl.csv", "timestamp,ip,port\n2026-11-20 08:00:00,192.0.2.1,x\n")
    z.writestr("evil\x1b[2J.csv", "a,b\n")
with zipfile.ZipFile("bomb.zip", "w", zipfile.ZIP_DEFLATED) as z:
    z.writestr("2026-11-20-scan_rdp-nl.csv", sys.argv[1] + "\n" + "\n" * 300000000)
EOF
decode 1 'a zip with three members' shadowserver reports.zip
lines 1
says 'reports.zip/2026-11-20-scan_ssh-nl.csv:2: port: not a port, 0 to 65535'
says 'reports.zip/evil\x1b[2J.csv:1: '
[ "$(tr -d '\n\040-\176' <err | wc -c)" -eq 0 ]; result $? 'no control character reaches the terminal'
decode 1 'a zip that unpacks to too much' shadowserver bomb.zip
says 'unpacks to more than 200 times its size'

# plugins, feeds and options
cat >mine.feed <<'EOF'
feed      mine
class     vulnerable/vulnerable-system  exposed-service
class     vulnerable/vulnerable-system  open-rdp  when what is rdp
kind      service
files     exposed-{day}.csv
delimiter semicolon
zone      Europe/Amsterdam
need  seen      time.source
need  address   source.ip
need  port      source.port
may   score     extra.score  real
EOF
printf '%s\n' 'seen;address;port;what;score' '2026-11-20 08:00:00;192.0.2.17;3389;rdp;7.5' \
	'2026-11-20 08:00:03;198.51.100.4;445;smb;9' >exposed-20261120.csv
decode 0 'a feed of one own' --feed mine.feed csv exposed-20261120.csv
gives '"classification.identifier":"open-rdp"'
gives '"extra.score":7.5,"extra.what":"rdp","feed.name":"mine"'
gives '"time.source":"2026-11-20T07:00:03+00:00"'
decode 1 'a name that the feed does not take' --feed mine.feed csv $f
says "$f:1: '$f' is not named like a file of mine; expected exposed-{day}.csv"
echo 'need what protocol.transprot' >>mine.feed
decode 2 'a feed with a slip' --feed mine.feed csv exposed-20261120.csv
says "mine.feed:12: unknown field 'protocol.transprot'; did you mean 'protocol.transport'?"
printf '%s\n' 'source.ip|source.port|classification.type|odd' '192.0.2.1|22|vulnerable-system|x' >idf.csv
decode 0 'columns that mean themselves, with an option' --set delimiter=pipe csv idf.csv
gives '"classification.taxonomy":"vulnerable","classification.type":"vulnerable-system","extra.odd":"x",'\
'"source.ip":"192.0.2.1","source.port":22}'
decode 2 'an option that is none' --set delimter=pipe csv idf.csv
says "delimter"
says "delimiter"
decode 2 'a value that is none' --set delimiter=pip csv idf.csv
says 'pipe'
decode 2 'a set without =' --set delimiter csv idf.csv
says '--set delimiter: expected OPTION=VALUE'
decode 2 'a plugin that is none' shadowservr $f
says 'there is no source plugin or feed set "shadowservr"; did you mean "shadowserver"?'
decode 2 'a plugin of another kind' maildir $f
says 'maildir'
decode 2 'no file' shadowserver

# many rows, from a report larger than the window of a worker
python3 - "$head_" <<'EOF'
import sys
with open("2026-11-20-scan_ssh-nl.csv", "w") as f:
    f.write(sys.argv[1] + "\n")
    for i in range(120000):
        f.write('"2026-11-20 08:%02d:%02d",192.0.2.%d,22,tcp,"h%d.isp.example",64496,"NL","ssh",\n' %
                (i // 60 % 60, i % 60, i % 256, i))
EOF
decode 0 'a report of 120,000 rows' shadowserver 2026-11-20-scan_ssh-nl.csv
lines 120000
tail -1 out >last && mv last out && gives '"source.reverse_dns":"h119999.isp.example"'
echo "1..$n"
