#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""All 170 report types of Shadowserver, field by field (TAP).

An oracle of its own: rows are made for every column of every type from the schema that lies in
tests/shadowserver/schema.json, and what tocsin decode makes of them is held against what the rules say:
required, optional, constants, what nobody consumed; the conversions; what each field of IDF may hold. The
rules are written down here a second time, and nothing of the program is used.

What Tocsin does otherwise on purpose is not in the rows: needed values that cannot be read, numbers and times
that are none.
"""
import base64
import datetime
import email.utils
import gzip
import ipaddress
import json
import os
import re
import subprocess
import sys
import tempfile

TOP = os.environ["TOP_SRCDIR"]
TOCSIN = os.environ["TOP_BUILDDIR"] + "/tocsin"
ROWS = 16
DAY = "2026-11-20"

# ---- what a cell may be, by what its column becomes ----------------------------------------------------

TEXTS = ["plain text", "", "0", "unknown", "with,comma; and more", 'a "quoted" word', "üñí ☃", "UPPER lower",
         "-", "N/A", " spaces around ", "line\nbreak", "x" * 300, "false", "1", "'single'"]
NAMES = ["host.example", "HOST.Example", "host.example.", "under_score.example", "192.0.2.77", "", "-",
         "xn--bcher-kva.example", "a-1.sub.example", "0", "unknown", "b.example", "bücher.example",
         "c.example",
         "2001:db8::1", "localhost"]
NUMBERS = ["7", "", "0", "65535", "443", "12345", "1", "80", "00080", "8080", "22", "3389", "5", "6", "9",
           "10"]
REALS = ["1.5", "", "0", "2", "0.25", "10.0", "1e3", "3.14159", "100", "7.125", "0.1", "33", "4.5", "6",
         "7", "8"]
WORDS = ["Y", "n", "", "yes", "No", "true", "FALSE", "enabled", "disabled", "1", "0", "maybe", "t", "y",
         "N", "f"]
ADDRESSES = ["192.0.2.1", "2001:DB8::A", "198.51.100.7", "2001:0db8:0000:0000:0000:0000:0000:0001",
             "203.0.113.255", "192.0.2.2", "192.0.2.3", "2001:db8::ffff", "192.0.2.4", "192.0.2.5",
             "192.0.2.6",
             "192.0.2.7", "192.0.2.8", "192.0.2.9", "192.0.2.10", "192.0.2.11"]
MAYBE_ADDRESSES = ["192.0.2.1", "0.0.0.0", "", "999.1.2.3", "192.0.2.0/24", "2001:db8::1", "host.example",
                   "203.0.113.9", "-", "192.0.2.2", "192.0.2.3", "192.0.2.4", "148.81.111.11.12", "192.0.2.6",
                   "2001:DB8::B", "192.0.2.7"]
TIMES = ["2026-11-20 08:00:%02d" % i for i in range(ROWS)]
DATES = ["Wed, 10 Feb 2010 00:00:00 GMT", "", "Fri, 20 Nov 2026 08:00:01 GMT"] * 6
URLS = ["http://shop.example/a?b=c", "", "https://shop.example", "hxxp://bad.example/x", "/only/path",
        "GET /index.html HTTP/1.1", "ftp://files.example/f", "https://192.0.2.1:8443/",
        "POST /x HTTP/1.0", "/",
        "http://a.example/b c", "0", "http://b.example/", "http://c.example/", "/d/e", "GET / HTTP/1.1"]
COUNTRIES = ["NL", "", "nl", "NLD", "-", "ZZ", "US", "U1", "N", "DE", "BE", "FR", "GB", "IT", "ES", "PT"]
PROTOCOLS = ["tcp", "UDP", "", "icmp", "bogus", "Tcp", "sctp", "udp", "tcp", "tcp", "-", "ipv6-icmp", "0",
             "unknown",
             "tcp", "udp"]
TAGS = ["rdp;cve-2021-26855", "", "CVE-2019-1;cve-2018-22;cve-2018-22", "webshell;exchange", "0", "unknown",
        "cve-2021-1,cve-2022-2", "ssl,vpn", "xcve-2020-1;cve-2020-", "cve-2020-2", "a;b", "tag",
        "cve-1-1", "exchange",
        "iot;cve-2017-0143;eol", "webshell"]
SEVERITIES = ["critical", "high", "medium", "low", "info", "", "HIGH", "unknown", "0", "critical"] * 2
HASHES = ["d41d8cd98f00b204e9800998ecf8427e", "", "ABCDEF", "0", "unknown", "not a hash", "f" * 201,
          "ünicode"] * 2
NETWORKS = ["192.0.2.0/24", "", "192.0.2.1", "2001:db8::/32", "192.0.2.77/24", "0", "x/y", "10.0.0.0/8"] * 2


def pool(column, targets, convs):
    if column == "severity":
        return SEVERITIES
    if "category_or_detail" in convs:
        return [t for t in TEXTS if t not in IGNORED or t == ""]
    if "add_UTC_to_timestamp" in convs:
        return TIMES
    if "validate_ip" in convs:
        return ADDRESSES if targets & {"source.ip"} else MAYBE_ADDRESSES
    if "convert_date" in convs or "convert_date_utc" in convs:
        return DATES if column == "http_date" else [t if i % 5 else "" for i, t in enumerate(TIMES)]
    for conv, values in (("convert_int", NUMBERS), ("invalidate_zero", NUMBERS), ("convert_float", REALS),
                         ("convert_bool", WORDS), ("validate_fqdn", NAMES), ("validate_network", NETWORKS),
                         ("extract_cve_from_tag", TAGS), ("convert_http_host_and_url", URLS)):
        if conv in convs:
            return values
    for target, values in (("source.asn", NUMBERS), ("geolocation.cc", COUNTRIES), ("reverse_dns", NAMES),
                           ("protocol.transport", PROTOCOLS), (".fqdn", NAMES), (".url", URLS),
                           ("malware.hash", HASHES)):
        if any(target in t for t in targets):
            return values
    return TAGS if column == "tag" else TEXTS


# ---- conversions: value, or None for no value --------------------------------------------------------------

def to_utc(text):
    if text == "":
        return None
    if "," in text:
        t = email.utils.parsedate_to_datetime(text)
    else:
        t = datetime.datetime.strptime(text, "%Y-%m-%d %H:%M:%S")
    if t.tzinfo is None:
        t = t.replace(tzinfo=datetime.timezone.utc)
    return t.astimezone(datetime.timezone.utc).isoformat()


def known(text):
    return None if text in ("", "0", "unknown") else text


def address(text):
    if text == "0.0.0.0" or "/" in text:
        return None
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        return None


def network(text):
    try:
        return str(ipaddress.ip_network(text, strict=False)) if "/" in text else None
    except ValueError:
        return None


def truth(text):
    word = text.lower()
    return True if word in ("y", "yes", "true", "enabled", "1") else \
        False if word in ("n", "no", "false", "disabled", "0") else None


def cves(text):
    return ";".join(sorted({p.lower() for p in text.split(";") if re.match(r"^cve-\d+-\d+$", p,
    re.I)})) or None


def web(text, row):
    if text == "":
        return None
    host = next((row[c] for c in ("cc_dns", "http_host", "hostname", "ip") if row.get(c)), "")
    if not host or re.match(r"^[A-Za-z][A-Za-z0-9+.-]*://", text):
        return text
    scheme = row.get("application") if row.get("application") in ("http", "https") else "http"
    path = re.sub(r"\s.*", "", text[text.find("/"):], flags=re.S) if "/" in text else ""
    return f"{scheme}://{host}{path}"


def encoded(text):
    if text == "":
        return None
    if len(text) % 4 == 0 and re.fullmatch(r"[A-Za-z0-9+/]*={0,2}", text):
        return text
    return base64.b64encode(text.encode()).decode()


def convert(conv, text, row):
    number = int(text) if conv in ("convert_int", "invalidate_zero") and text != "" else None
    return {
        None: lambda: text, "validate_to_none": lambda: known(text), "convert_int": lambda: number,
        "invalidate_zero": lambda: number or None, "convert_bool": lambda: truth(text),
        "validate_ip": lambda: address(text), "add_UTC_to_timestamp": lambda: to_utc(text),
        "extract_cve_from_tag": lambda: cves(text), "convert_float": lambda: float(text) if text else None,
        "convert_date": lambda: to_utc(text), "convert_date_utc": lambda: to_utc(text),
        "convert_http_host_and_url": lambda: web(text, row), "validate_fqdn": lambda: fqdn(text),
        "validate_network": lambda: network(text), "force_base64": lambda: encoded(text),
        "category_or_detail": lambda: known(text) or known(row.get("detail", "")),
        "scan_exchange_taxonomy": lambda: "intrusions" if "webshell" in text else "vulnerable",
        "scan_exchange_type": lambda: "system-compromise" if "webshell" in text else "vulnerable-system",
        "scan_exchange_identifier": lambda: "exchange-server-webshell" if "webshell" in text else
        "vulnerable-exchange-server",
    }[conv]()


# ---- what a field may hold: its value, or None where it may not ----------------------------------

def fqdn(text):
    text = text.strip().rstrip(".").lower()
    try:
        ipaddress.ip_address(text)
        return None
    except ValueError:
        pass
    if not text or re.search(r"[:/\s]", text):
        return None
    return text if text.isascii() else text.encode("idna").decode()


def url(text):
    text = re.sub(r"^hxxp", "http", text)
    m = re.match(r"^[A-Za-z][A-Za-z0-9+.-]*://(?:[^/?#]*@)?([^/?#:]+|\[)", text)
    return text if m else None


TRANSPORTS = {"tcp", "udp", "icmp", "sctp", "ipv6-icmp"}
PRINTABLE = re.compile(r"^[ -~]+$")


def field(name, value):
    text = value.strip() if isinstance(value, str) else value
    if name == "source.ip" or name == "destination.ip":
        return address(text)
    if name.endswith("geolocation.cc"):
        return text.upper() if re.fullmatch(r"[A-Za-z0-9]{2}", text) else None
    if name.endswith(("reverse_dns", ".fqdn")):
        return fqdn(text)
    if name.endswith(".url"):
        return url(text)
    if name.endswith((".port", ".asn")):
        number = int(text)
        return number if number <= 4294967295 else None
    if name == "protocol.transport":
        return text.lower() if text.lower() in TRANSPORTS else None
    if name in ("malware.name", "protocol.application"):
        most = 100 if name == "protocol.application" else len(text)
        return text.lower() if PRINTABLE.match(text) and len(text) <= most else None
    if name == "product.vulnerabilities":
        return text.lower()
    if name.startswith("malware."):
        return text if PRINTABLE.match(text) and len(text) <= 200 else None
    if name == "source.network":
        return network(text)
    return text


IGNORED = ("", "-", "N/A")


def put(event, name, value):
    """False: the field may not hold it."""
    if isinstance(value, str) and value.strip() in IGNORED:
        return True
    good = field(name, value)
    if good is None:
        return False
    event[name] = good
    return True


def expect(report, row):
    event, extra, left = {}, {}, set(row)
    for name, column, *conv in report["required_fields"] + report["optional_fields"]:
        if column not in row:
            continue
        left.discard(column)
        raw = row[column]
        if not name.startswith("extra.") and raw.strip() in IGNORED and conv[:1] != ["category_or_detail"] \
                and not name.startswith("classification."):
            continue
        value = convert(conv[0] if conv else None, raw, row)
        if value is None or value == "":
            continue
        if name.startswith("extra."):
            extra.setdefault(name[6:] or column, value)
        elif not put(event, name, value):
            extra.setdefault(column, value)
    event.update({k: field(k, v) for k, v in report["constant_fields"].items()})
    for column in left:
        if row[column] != "":
            extra.setdefault(column, row[column])
    event.update({"extra." + k: v for k, v in extra.items()})
    event["feed.name"] = report["feed_name"]
    if report["url"]:
        event["feed.documentation"] = report["url"]
    event["feed.provider"] = "Shadowserver"
    return event


# ---- reports -------------------------------------------------------------------------------------

def cell(text, i):
    bare = text == "" or re.fullmatch(r"[0-9.]+", text)
    return text if bare and i % 2 else '"' + text.replace('"', '""') + '"'


def make(report):
    """The columns and rows: each column goes through its pool, each at another pace; the columns in another
    order than the schema's, with one that nobody knows."""
    by = {}
    for name, column, *conv in report["required_fields"] + report["optional_fields"]:
        by.setdefault(column, (set(), set()))
        by[column][0].add(name)
        by[column][1].update(c for c in conv if isinstance(c, str))
    columns = sorted(by, key=lambda c: (len(c) * 7 + ord(c[-1])) % 11) + ["zz_new_column"]
    rows = []
    for i in range(ROWS):
        row = {}
        for k, c in enumerate(columns):
            values = pool(c, *by[c]) if c in by else TEXTS
            row[c] = values[(i * (1 if k % 3 else 3) + k) % len(values)]
        for name, column, *conv in report["required_fields"]:
            if "convert_int" in conv:
                row[column] = NUMBERS[i] if NUMBERS[i] not in ("", "12345678") else "81"
            elif "validate_ip" in conv:
                row[column] = ADDRESSES[i]
            elif "add_UTC_to_timestamp" in conv:
                row[column] = TIMES[i]
        rows.append(row)
    return columns, rows


def write(path, columns, rows, end):
    with open(path, "w", encoding="utf-8", newline="") as f:
        f.write(",".join('"%s"' % c for c in columns) + end)
        for i, row in enumerate(rows):
            f.write(",".join(cell(row[c], i) for c in columns) + end)


def decode(*args):
    p = subprocess.run([TOCSIN, "decode", *args], stdin=subprocess.DEVNULL, capture_output=True, check=False)
    return [json.loads(line) for line in p.stdout.decode().splitlines()], p.stderr.decode(), p.returncode


def difference(got, want):
    out = []
    for k in sorted(set(got) | set(want)):
        a, b = got.get(k), want.get(k)
        if a != b or isinstance(a, bool) != isinstance(b, bool) or isinstance(a, float) != isinstance(b,
        float):
            out.append("%s: got %s, want %s" % (k, json.dumps(a), json.dumps(b)))
    return out


n = bad = 0


def ok(good, what, lines=()):
    global n, bad
    n += 1
    bad += not good
    print("%sok %d - %s" % ("" if good else "not ", n, what))
    for line in () if good else lines:
        print("# " + line[:300])


def all_types(schema, folder):
    reports = sorted((r for k, r in schema.items() if k != "_meta"), key=lambda r: r["file_name"])
    files, wanted, wrong = [], [], {}
    for number, report in enumerate(reports):
        columns, rows = make(report)
        files.append(f"{folder}/{DAY}-{report['file_name']}-test.csv")
        write(files[-1], columns, rows, "\r\n" if number % 4 == 3 else "\n")
        wanted += [(report["file_name"], i, expect(report, row)) for i, row in enumerate(rows)]
    got, err, status = decode("shadowserver", *files)
    ok(status == 0 and err == "", "no row is refused", err.splitlines()[:5])
    ok(len(got) == len(wanted), f"{len(wanted)} findings of {len(reports)} types", [f"got {len(got)}"])
    for (name, i, want), event in zip(wanted, got):
        lines = difference(event, want)
        if lines:
            wrong.setdefault(name, []).extend(f"row {i}: {line}" for line in lines)
    for report in reports:
        name = report["file_name"]
        ok(name not in wrong, name, wrong.get(name, [])[:6])


def rows_of(text, name="scan_rdp", *args, end=".csv"):
    with tempfile.TemporaryDirectory() as folder:
        path = f"{folder}/{DAY}-{name}-x{end}"
        with open(path, "wb") as f:
            f.write(text)
        return decode(*args, "shadowserver", path)


HEAD = b'"timestamp","ip","port","protocol","hostname","tag","sector"\n'
LINE = b'"2026-11-20 08:00:00",192.0.2.1,3389,tcp,"a.example","rdp","x"\n'


def dialect():
    plain = rows_of(HEAD + LINE)[0]
    ok(len(plain) == 1, "a row")
    ok(rows_of(b"\xef\xbb\xbf" + HEAD + LINE)[0] == plain, "a byte order mark")
    ok(rows_of((HEAD + LINE).replace(b"\n", b"\r\n"))[0] == plain, "CRLF")
    ok(rows_of(HEAD + LINE[:-1])[0] == plain, "no newline at the end")
    ok(rows_of(HEAD) == ([], "", 0), "a header alone")
    ok(rows_of(b"")[0] == [], "an empty file")
    ok(rows_of(gzip.compress(HEAD + LINE), end=".csv.gz")[0] == plain, "gzip")
    nul = rows_of(HEAD + LINE.replace(b"rdp", b"r\0dp"))[0]
    ok(len(nul) == 1 and nul[0].get("extra.tag") == "rdp", "NUL bytes fall out", [json.dumps(nul)])
    short = rows_of(HEAD + b'"2026-11-20 08:00:00",192.0.2.1,3389\n')[0]
    ok(len(short) == 1 and "extra.tag" not in short[0], "a short row: what is missing is empty")
    ok(rows_of(HEAD + LINE[:-1] + b",1,2\n")[0] == plain, "a long row: what is too much is left out")
    quoted = rows_of(HEAD + b'"2026-11-20 08:00:00",192.0.2.1,3389,tcp,,"a \\"b\\" c","y"\n')[0]
    ok(len(quoted) == 1 and quoted[0].get("extra.tag") == 'a \\b\\" c"', "the lenient quote rule",
       [json.dumps(quoted)])
    raw = rows_of(HEAD + LINE, "scan_rdp", "--raw")[0]
    want = base64.b64encode(HEAD + LINE.rstrip(b"\n")).decode()
    ok(len(raw) == 1 and raw[0].get("raw") == want, "raw is the header and the line", [json.dumps(raw)])
    ok([{k: v for k, v in r.items() if k != "raw"} for r in raw] == plain, "and nothing else is")


def main():
    with open(f"{TOP}/tests/shadowserver/schema.json", encoding="utf-8") as f:
        schema = json.load(f)
    dialect()
    with tempfile.TemporaryDirectory() as folder:
        all_types(schema, folder)
    print("1..%d" % n)
    return 0


sys.exit(main())
