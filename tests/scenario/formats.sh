#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Formats of other tools through the real worker: what tocsin decode makes of the plugins' samples, and that
# tocsin try knows each of them by name and first bytes.
set -u
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
tocsin=$TOP_BUILDDIR/tocsin
cd "$TOP_SRCDIR/plugins" || exit 99
n=0
result() { # STATUS TEXT
	n=$((n + 1))
	[ "$1" -eq 0 ] || { sed 's/^/# /' "$dir/out" "$dir/err" | cut -c1-300 | head -8; printf 'not '; }
	echo "ok $n - $2"
}
decode() { "$tocsin" decode "$@" >"$dir/out" 2>"$dir/err" </dev/null; }
gives() { grep -qF -- "$1" "$dir/out"; result $? "a finding with $1"; }
lacks() { ! grep -qF -- "$1" "$dir/out"; result $? "nothing with $1"; }
says() { grep -qF -- "$1" "$dir/err"; result $? "stderr: $1"; }
lines() { [ "$(wc -l <"$dir/out")" -eq "$1" ]; result $? "$1 findings"; }
known() { # FILE FINDINGS
	"$tocsin" try "$1" >"$dir/out" 2>"$dir/err" </dev/null
	grep -q "^$2 findings\?," "$dir/out"; result $? "try knows who reads $1"
}

decode idf idf/samples/events.jsonl; result $? 'idf: flat events'
lines 3
gives '"extra.naics":517311,"extra.tag":"rdp","extra.tls":{"v1":true}'
gives '"classification.type":"infected-system"'
lacks '"raw"'
decode --raw idf idf/samples/events.jsonl; result $? 'with raw'
gives '"raw":"Y29scwpyb3c="'
cp "$dir/out" "$dir/again.json"
decode --raw idf "$dir/again.json"; result $? 'what decode writes'
cmp -s "$dir/out" "$dir/again.json"; result $? 'comes back the same'
decode idf idf/samples/nested.json; result $? 'idf: nested events in a list and one after another'
lines 4
gives '"extra.source.naics":1,"source.geolocation.cc":"NL","source.geolocation.latitude":52.1'
! decode idf idf/samples/mistakes.jsonl; result $? 'idf: mistakes cost themselves'
lines 3
says 'mistakes.jsonl:6: a report, not an event'
known idf/samples/events.jsonl 3

decode n6 n6/samples/events.json; result $? 'n6: a list'
lines 4
gives '"destination.fqdn":"control.example"'
gives '"source.ip":"2001:db8::1","source.port":123'
gives '"tlp":"AMBER"'
! decode n6 n6/samples/stream.sjson; result $? 'n6: a stream with mistakes'
lines 3
known n6/samples/events.json 4

! decode nuclei nuclei/samples/results.jsonl; result $? "nuclei: results, two of them no finding"
lines 4
gives '"source.ip":"192.0.2.10","source.port":8443,"source.url":"https://shop.example:8443/cms?x=1"'
lacks SECRET
lacks hunter2
! decode --set secrets=yes nuclei nuclei/samples/results.jsonl; result $? "nuclei: secrets are asked for"
gives SECRET-TOKEN
decode nuclei nuclei/samples/list.json; result $? "nuclei: a list"
lines 2
known nuclei/samples/list.json 2

! decode xarf xarf/samples/v4.jsonl; result $? "xarf: version 4"
lines 4
gives '"classification.identifier":"open-rdp"'
lacks U0VDUkVU
lacks SECRET
! decode xarf xarf/samples/v3.json; result $? "xarf: version 3"
lines 3
lacks SECRET
known xarf/samples/v4.jsonl 4

decode nmap nmap/samples/scan.xml; result $? "nmap: a scan"
lines 5
gives '"classification.identifier":"open-rdp","classification.taxonomy":"vulnerable"'
gives '"classification.identifier":"smb-vuln-ms17-010"'
gives '"product.vulnerabilities":"cve-2026-0001"'
lacks SECRET
known nmap/samples/scan.xml 5
! decode nmap nmap/samples/cut.xml; result $? "nmap: a scan that was cut off"
lines 3
says "cut off: the scan was not finished"
! decode nmap nmap/samples/grepable.gnmap; result $? "nmap: not XML"
says "expected its XML (-oX)"

echo "1..$n"
