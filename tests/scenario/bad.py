#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Bad input through the whole job: each is in quarantine with a reason that names its place,
and nothing else of it is lost.

A table of inputs, all read by one run: the bytes, how many findings must come out of it, and what
must be said of the rest.
"""
import csv, email, email.policy, gzip, io, json, os, re, sys, zipfile
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.environ["TOP_SRCDIR"], "tests/lib"))
import scenario

CONF = """
identity = { name = "Example CERT"; from = "warn@cert.example"; language = "en";
	verify = "https://cert.example/verify"; };
ledger = "ledger.db"; spool = "spool"; allow_documentation = true;
sources = ( { name = "shadowserver"; plugin = "shadowserver"; from = "dir:in"; },
	{ name = "partner"; plugin = "iodef"; from = "dir:partner"; },
	{ name = "desk"; plugin = "researcher"; from = "dir:desk"; } );
match = ( { plugin = "registry"; } );
deliver = { most_per_recipient = 1000;
	notifiers = ( { name = "mail"; plugin = "maildir"; path = "mail"; for = "*"; } ); };
"""
HEAD = b'"timestamp","severity","ip","protocol","port","hostname","tag","asn","geo"\n'
DAY = "2026-11-20"
count = iter(range(1, 250))


def row(ip="192.0.2.%d", time="2026-11-20 06:00:00", port="3389", tag="x", end=b"\n"):
    if "%" in ip and "%e" not in ip:
        ip = ip % next(count)
    return f'"{time}","medium","{ip}","tcp",{port},"","{tag}",64496,"NL"'.encode() + end


def zipped(members):
    b = io.BytesIO()
    with zipfile.ZipFile(b, "w", zipfile.ZIP_DEFLATED) as z:
        for name, data in members:
            z.writestr(name, data)
    return b.getvalue()


def harm(data, marker, by):
    at = data.index(marker)
    return data[:at] + by + data[at + len(by):]


INCIDENT = """<Incident purpose="reporting"><IncidentID name="x.example">%d</IncidentID>
<GenerationTime>2026-11-20T06:00:00Z</GenerationTime>
<Assessment><IncidentCategory>malicious-code/infected-system</IncidentCategory>
</Assessment><EventData><DetectTime>2026-11-20T06:00:00Z</DetectTime><Flow><System category="source"><Node>
<Address category="ipv4-addr">%s</Address></Node></System></Flow></EventData></Incident>
"""


def iodef(*incidents, head='<?xml version="1.0" encoding="UTF-8"?>\n', encoding="utf-8"):
    return (head + '<IODEF-Document version="2.00" xmlns="urn:ietf:params:xml:ns:iodef-2.0">' +
            "".join(incidents) + "</IODEF-Document>\n").encode(encoding)


def incident(ip="192.0.2.%d"):
    n = next(count)
    return INCIDENT % (n, ip % n if "%" in ip else ip)


def desk(systems, **more):
    return json.dumps({"format": "researcher-report/1", "id": f"R-{next(count)}", "reporter": {"name": "R"},
                       "title": "T", "found": "2026-11-20T06:00:00Z", "tlp": "green", "systems": systems,
                       **more}, indent=1).encode()


def system(**more):
    return {"address": f"192.0.2.{next(count)}", "port": 443, "cves": ["CVE-2026-10017"], **more}


good_zip = zipped([("2026-11-20-scan_radmin-nl.csv", HEAD + row()),
    ("2026-11-20-scan_rsync-nl.csv", HEAD + row())])
# folder, name, bytes, findings, what is said: (line or None, text)
TABLE = [
    ("in", "scan_rdp", HEAD + row(), 1, []),
    ("in", "scan_ssh6x", HEAD + row(), 1, []),  # a type that nobody knows is kept
    ("in", "scan_telnet", b'"timestamp","ip","ports"\n"2026-11-20 06:00:00",192.0.2.1,1\n', 0,
     [(1, "column 'port' is not there")]),
    ("in", "scan_smb", b"port,ip,timestamp,new_thing\n3389,192.0.2.240,2026-11-20 06:00:00,odd\n", 1, []),
    ("in", "scan_vnc", HEAD + b'"2026-11-20 06:00:00","medium",192.0.2.241,tcp,5900\n' +
     row(end=b",more,still\n") + row(), 3, []),
    ("in", "scan_ftp", HEAD + row() + b'"2026-11-20 06:00:00","medium","192.0.2.1,tcp,3389\n' + row(), 1,
     [(3, "ip: not an address")]),
    ("in", "scan_imap", HEAD + row() + b'2026-11-20 06:00:00,medium,192.0.2.1,tcp,"3389\n' +
     b"192.0.2.1,x\n" * 9, 1, [(3, "quote never closed")]),
    ("in", "scan_mysql", HEAD + row() + row(ip="999.1.1.1") + row(), 2, [(3, "not an address")]),
    ("in", "scan_postgres", HEAD + row() + row(tag="a\0b") + row(), 3, []),
    ("in", "scan_redis", HEAD + row() + row(tag="x" * 1100000) + row(), 2, [(3, "too long")]),
    ("in", "scan_adb", HEAD + row() + row(tag="x" * 900000) + row(), 3, []),
    ("in", "scan_mongodb",
     b"\xef\xbb\xbf" + HEAD.replace(b"\n", b"\r\n") + row(end=b"\r\n") + row(end=b"\r\n"), 2, []),
    ("in", "scan_docker", HEAD + row().replace(b'"x"', b'"a\xff\xfe\xc0\xafb"') + row(), 2, []),
    ("in", "scan_ldap_tcp", (HEAD + row()).decode().encode("utf-16"), 1, []),
    ("in", "scan_amqp", b"\xff\xfe\0\0" + (HEAD + row()).decode().encode("utf-32-le"), 0, [(1, "UTF")]),
    ("in", "scan_ntp", HEAD, 0, []),
    ("in", "scan_sip", b"", 0, []),
    ("in", "scan_snmp", HEAD.rstrip(), 0, []),
    ("in", "scan_coap", b"\n\n\n", 0, []),
    ("in", "scan_cwmp", bytes(range(256)) * 40, 0, [(None, "")]),
    ("in", "scan_tftp", HEAD + b"".join(row(ip=a)
     for a in ("010.0.0.1", "fe80::1%eth0", "192.0.2.256", "192.0.2", "", "::ffff:192.0.2.242",
     "2001:DB8::1", "1.2.3.4.5", "0x7f.1", "3232235777", "[::1]", "192.0.2.1/32")) + row(), 4,
     [(n, "ip: not an address") for n in (2, 3, 4, 5, 9, 10, 11, 12, 13)]),
    ("in", "scan_xdmcp",
     HEAD + b"".join(row(port=p) for p in ("65536", "-1", "rdp", "99999999999999999999", "0", "80 ")) + row(),
     3, [(n, "port: not a port") for n in (2, 3, 4, 5)]),
    ("in", "scan_mdns",
     HEAD + b"".join(row(time=t) for t in ("yesterday", "2026-02-30 06:00:00", "2026-11-20 25:00:00", "",
     "0000-00-00 00:00:00", "99999-01-01 00:00:00", "2026-11-20T06:00:00+01:00", "1700000000")) + row(), 4,
     [(n, "timestamp") for n in (2, 3, 4, 6, 7)]),
    ("in", "scan_ipmi.gz", gzip.compress(HEAD + row() + row()), 2, []),
    ("in", "scan_qotd.gz", gzip.compress(HEAD + b"".join(row("203.0.113.%d") for _ in range(40)))[:-40], None,
     [(None, "gzip")]),
    ("in", "scan_chargen.gz", harm(gzip.compress(HEAD + row() + row()), b"\x1f\x8b\x08", b"\x1f\x8b\x07"), 0,
     [(None, "")]),
    ("in", "scan_portmapper.gz", gzip.compress(HEAD + row() + b"\n" * 40000000, 9), 1, [(None, "200 times")]),
    ("in", "scan_netbios.gz", gzip.compress(HEAD + row()) + b"trailing garbage", 1, [(None, "")]),
    ("in", "scan_afp.zip",
     zipped([(DAY + "-scan_afp-nl.csv", HEAD + row()), (DAY + "-scan_odd-nl.csv", HEAD + row()),
     (DAY + "-scan_ard-nl.csv", HEAD + row("010.1.1.1") + row())]), 3, [(2, "ip: not an address")]),
    ("in", "scan_db2.zip", good_zip[:-30], 0, [(None, "")]),
    ("in", "scan_epmd.zip", zipped([(DAY + "-scan_epmd-nl.csv", HEAD + row() + b"\n" * 60000000)]), None,
     [(None, "200 times")]),
    ("in", "scan_hadoop.zip", zipped([("../../../etc/2026-11-20-scan_hadoop-nl.csv", HEAD + row()),
     ("/abs/" + DAY + "-scan_ics-nl.csv", HEAD + row()),
     ("deep.zip", good_zip)]), None, [(None, "deep.zip")]),
    ("partner", "a.xml", iodef(incident(), incident()), 2, []),
    ("partner", "dtd.xml", iodef(incident(), head='<?xml version="1.0"?>\n'
     '<!DOCTYPE x [ <!ENTITY a "b"> ]>\n'), 0, [(None, "type")]),
    ("partner", "laughs.xml", iodef(incident("&c;"), head='<?xml version="1.0"?>\n'
     '<!DOCTYPE x [ <!ENTITY a "1.2"><!ENTITY b "&a;&a;&a;">'
     '<!ENTITY c "&b;&b;&b;"> ]>\n'), 0, [(None, "type")]),
    ("partner", "xxe.xml", iodef(incident("&x;"), head='<?xml version="1.0"?>\n'
     '<!DOCTYPE x [ <!ENTITY x SYSTEM "file:///etc/passwd"> ]>\n'),
     0, [(None, "type")]),
    ("partner", "deep.xml", iodef(incident(), "<AdditionalData>" * 3000 + "</AdditionalData>" * 3000), None,
     [(None, "deep")]),
    ("partner", "cut.xml", iodef(incident(), incident())[:-300], None, [(None, "")]),
    ("partner", "utf16.xml", iodef(incident(), head='<?xml version="1.0" encoding="UTF-16"?>\n',
     encoding="utf-16"), None, [(None, "")]),
    ("partner", "latin.xml", iodef(incident(), head='<?xml version="1.0" encoding="UTF-8"?>\n<!-- \xe9 -->',
     encoding="latin-1"), None, [(None, "")]),
    ("partner", "address.xml", iodef(incident("010.0.0.9"), incident()), 1, [(None, "address")]),
    ("partner", "other.xml", b"<html><body>404 not found</body></html>\n", None, [(None, "")]),
    ("partner", "empty.xml", b"", 0, [(1, "no incident")]),
    ("desk", "a.json", desk([system(), system()]), 2, []),
    ("desk", "address.json", desk([system(), system(address="010.0.0.1"), system(port=70000), system()]), 2,
     [(None, "address"), (None, "port")]),
    ("desk", "twice.json", desk([system(), system()]).replace(b'"title": "T"', b'"title": "T", "title": "U"'),
     None, [(None, "")]),
    ("desk", "inner.json", desk([system(), system()]).replace(b'"port": 443', b'"port": 443, "port": 444', 1),
     1, [(None, "port")]),
    ("desk", "deep.json", desk([system(), system(seen="@")]).replace(b'"@"', b"[" * 5000 + b"]" * 5000), None,
     [(None, "")]),
    ("desk", "nul.json", desk([system(seen="@"), system()]).replace(b"@", b"\\u0000"), None, [(None, "")]),
    ("desk", "rawnul.json", desk([system(seen="@"), system()]).replace(b"@", b"\0"), None, [(None, "")]),
    ("desk", "cut.json", desk([system(), system(), system()])[:-60], None, [(None, "")]),
    ("desk", "format.json", desk([system()]).replace(b"report/1", b"report/9"), 0, [(None, "format")]),
    ("desk", "array.json", b"[1,2,3]", 0, [(None, "")]),
    ("desk", "text.json", b"hello", 0, [(None, "")]),
    ("desk", "time.json", desk([system()], found="yesterday"), None, [(None, "")]),
]


def name_of(folder, name):
    stem, _, end = name.partition(".")
    return name if folder != "in" else f"{DAY}-{stem}-nl.csv" + ("." + end if end == "gz" else "") \
        if end != "zip" else f"{DAY}-{stem}-nl.zip"


def setup(s):
    for folder in ("partner", "desk"):
        os.mkdir(s.path(folder))
    s.at("2026-11-20T08:00:00Z")
    s.write("all.csv", "organisation,name,constituency,sector,language,email\n"
        "all,All,direct,,en,all@all.example\n")
    s.write("allassets.csv", "organisation,asset,verified,valid_from,valid_until\nall,192.0.2.0/24,yes,,\n"
        "all,2001:db8::/32,yes,,\n")
    s.t("org", "import", "all.csv", "allassets.csv")
    for folder, name, data, *_ in TABLE:
        s.write(f"{folder}/{name_of(folder, name)}", data)
        os.utime(s.path(folder, name_of(folder, name)), (1, 1))


def spans(s, q):
    """Each place of a quarantine, or none for a whole input."""
    return [r for r in s.rows("quarantine", "show", str(q["quarantine"])) if r["what"] == "record"]


def balanced(i):
    books = ("new", "repeated", "unmatched", "filtered", "quarantined", "conflict")
    return i["records"] == sum(i[k] for k in books) and \
        i["refused"] == i["quarantined"] and i["matched"] == i["new"] + i["repeated"]


def each_input(s):
    inputs, quarantine = s.rows("inputs"), s.rows("quarantine")
    told = {q["quarantine"]: spans(s, q) for q in quarantine}
    for folder, name, data, findings, said in TABLE:
        name = name_of(folder, name)
        mine = [i for i in inputs if i["name"] == name]
        entries = [q for q in quarantine if q["name"] == name]
        got = sum(i["matched"] + i["unmatched"] for i in mine)
        missing = [(line, text) for line, text in said if not any(
            text in q["reason"] + ": " + (q["detail"] or "") and
            (line is None or line in [x["line"] for x in told[q["quarantine"]]]
            or f"{name}:{line}: " in (q["detail"] or "")) for q in entries)]
        whole = [q for q in entries if not told[q["quarantine"]]]
        s.ok(f"{name}: {findings if findings is not None else 'what can be'} read, "
             f"{len(said) or 'nothing'} told",
             mine and (findings is None or got == findings) and not missing and
             bool(entries) == bool(said) and bool(whole) == any(i["state"] == "quarantined" for i in mine) and
             len(whole) <= max(1, len(mine) - 1), got, missing, entries)
    s.ok("the books of every input balance", all(balanced(i) for i in inputs),
        [i for i in inputs if not balanced(i)])
    s.same("every refused record is in quarantine, with its bytes", sum(i["refused"] for i in inputs),
           len([x for v in told.values() for x in v if x["bytes"]]))
    s.ok("no reason tells where we keep it", not [q for q in quarantine if "spool/" in (q["detail"] or "")])


def counted(s):
    sums = {"new": 0, "unmatched": 0, "quarantined": 0}
    for r in s.rows("report"):
        if r["count"] == "findings":
            sums[r["state"]] += r["n"]
    return sums


def settle(s):
    """replay and drop."""
    before = {i["input"]: i for i in s.rows("inputs")}
    listed = s.rows("quarantine")
    of = lambda name: [str(q["quarantine"]) for q in listed if q["name"] == name_of("in", name)]
    for q in listed:
        s.t("quarantine", "replay", str(q["quarantine"]))
    s.t("run", "--once")
    # how far a bomb is read, varies
    after = [i for i in s.rows("inputs") if i["name"] != name_of("in", "scan_portmapper.gz")]
    s.ok("replayed, all is as bad as it was",
         after and all({**i, "plugin": 0} == {**before[i["input"]], "plugin": 0} for i in after),
         [(i, before[i["input"]]) for i in after if i != before[i["input"]]])
    s.ok("and balances", all(balanced(i) for i in s.rows("inputs")))
    again = s.rows("quarantine", "--state", "open")
    s.same("and in quarantine again", sorted((q["name"], q["reason"]) for q in again),
        sorted((q["name"], q["reason"]) for q in listed))
    s.same("what was there before is settled",
        {q["state"] for q in s.rows("quarantine") if q["quarantine"] <= len(listed)}, {"replayed"})
    s.t("quarantine", "replay", of("scan_mysql")[0])
    s.ok("a second replay of it is refused", s.code == 1 and "settled already" in s.err, s.err)
    one = str(again[0]["quarantine"])
    s.same("drop", s.t("quarantine", "drop", one), 0)
    s.t("run", "--once")
    s.same("dropped", [q["state"] for q in s.rows("quarantine") if str(q["quarantine"]) == one], ["dropped"])
    for args in (["show", "99999"], ["drop", "99999"]):
        s.ok(" ".join(args) + ": exit 1", s.t("quarantine", *args) == 1 and "99999" in s.err)
    for args in (["show"], ["show", "x"], ["replay", "-1"], ["drop", "1", "2"], ["replya", "1"],
            ["show", "4294967297"]):
        s.ok(" ".join(args) + ": exit 2", s.t("quarantine", *args) == 2 and s.err)


def without_source(s):
    """A replay when its source is not configured any more."""
    q = [q for q in s.rows("quarantine", "--state", "open") if q["source"] == "desk"]
    s.t("quarantine", "replay", str(q[0]["quarantine"]))
    conf = s.read("tocsin.conf")
    s.write("tocsin.conf", re.sub(r",\s+\{ name = \"desk\".*?\}", "", conf))
    s.ok("a replay of a source that is gone does not crash", s.t("run", "--once") in (0, 1))
    s.ok("and is open still",
        q[0]["quarantine"] in [x["quarantine"] for x in s.rows("quarantine", "--state", "open")])
    s.write("tocsin.conf", conf)
    s.ok("it can be replayed when the source is back",
         s.t("quarantine", "replay", str(q[0]["quarantine"])) == 0 and s.t("run", "--once") in (0, 1) and
         q[0]["quarantine"] not in [x["quarantine"] for x in s.rows("quarantine", "--state", "open")])


def files(s):
    """What cannot be opened."""
    day = s.path("in", "2026-11-21-")
    os.symlink("/nonexistent/file", day + "scan_rdp-nl.csv")
    os.symlink("/etc/passwd", day + "scan_smb-nl.csv")
    os.mkfifo(day + "scan_vnc-nl.csv")
    os.mkdir(day + "scan_ftp-nl.csv")
    s.report("scan_ssh", "2026-11-21", [("192.0.2.250", 22)])
    s.ok("a link to nothing, one that leads out, a pipe, a folder: exit 1, each told",
         s.t("run", "--once") == 1 and all(t in s.err for t in ("scan_rdp-nl.csv: is a link",
         "scan_smb-nl.csv: is a link", "scan_vnc-nl.csv: is not a regular file")), s.err)
    s.ok("the file beside them is taken",
        [i for i in s.rows("inputs") if i["name"] == "2026-11-21-scan_ssh-nl.csv"])
    for kind in ("rdp", "smb", "vnc"):
        os.unlink(day + f"scan_{kind}-nl.csv")
    s.t("run", "--once")
    s.ok("taken away, the alarm is over",
        not [x for x in s.rows("status") if x["what"] == "alarm" and "fetch" in x["alarm"]])
    s.change("tocsin.conf", "dir:in", "file:gone.csv")
    s.ok("a file that is not there: exit 1", s.t("run", "--once") == 1 and "gone.csv" in s.err and
        "No such file" in s.err)
    s.change("tocsin.conf", "file:gone.csv", "dir:in")


ODD = "a\x1b[31mred\x07\r\nBcc: evil@evil.example\r\n\r\nbody\u202e\u2028\x9b2J\x7f"


def hostile(s):
    """Control characters and formulas in cells, names of organisations and of files."""
    out = io.StringIO(newline="")
    w = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n")
    w.writerow(["timestamp", "severity", "ip", "protocol", "port", "hostname", "tag", "asn", "geo",
        "=cmd|' /C calc'!A0"])
    for n, tag in enumerate(['=HYPERLINK("http://evil.example";"x")', "+1+1", "-1", "@SUM(1)", "\t=1",
            "\r=1", ODD]):
        w.writerow(["2026-11-20 06:00:00", "critical", f"2001:db8::{n + 1:x}", "tcp", 4000 + n, "=1+1", tag,
            64496, "NL", tag])
    s.write("odd.csv", "organisation,name,constituency,sector,language,email\n"
            f'odd,"Odd {ODD}",direct,,en,odd@odd.example\n'.replace("\r\n", " ") +
            "plain,Plain,direct,,en,plain@plain.example\n")
    s.write("oddassets.csv", "organisation,asset,verified,valid_from,valid_until\nodd,2001:db8::/64,yes,,\n"
        "plain,2001:db8:1::/64,yes,,\n")
    s.write("in/2026-11-22-scan_afp\x1b[2J\n\u202e-nl.csv", out.getvalue())
    s.write("in/2026-11-22-scan_afp-nl.csv", out.getvalue())
    for name in os.listdir(s.path("in")):
        if os.path.isfile(s.path("in", name)):
            os.utime(s.path("in", name), (1, 1))
    s.t("org", "import", "--partial", "odd.csv", "oddassets.csv")
    said = [s.out, s.err]
    s.t("run", "--once")
    said += [s.out, s.err]
    for args in (["cases"], ["inputs"], ["warnings"], ["quarantine"], ["org", "list"], ["org", "show", "odd"],
                 ["status"], ["todo"], ["report"], ["explain", "2001:db8::7"], ["search", "2001:db8::7"],
                 ["match", "2001:db8::7"], ["warnings", "show", "1"]):
        if args[0] != "warnings" or len(args) == 1:     # a mail is shown as it is, where it is no terminal
            s.t(*args)
            said += [s.out, s.err]
        s.t(*args, "--json")
        said += [s.err]
        s.ok(" ".join(args) + " --json is JSON", all(json.loads(line) for line in s.out.split("\n")
             if line) and not re.search("[\0-\x09\x0b-\x1f\x7f-\x9f]", s.out))
    wrong = [t for t in said
        if re.search("[\0-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u2028\u2029]", t)]
    s.ok("no control character reaches the terminal or a log", not wrong, *[repr(t) for t in wrong])
    mails = [m for m in s.mails() if m[0] in ("odd@odd.example", "all@all.example")]
    s.ok("it was warned", mails, s.to())
    for _, text in mails:
        m = email.message_from_string(text, policy=email.policy.default)
        head = text.replace("\r\n", "\n").split("\n\n")[0] + str(m["Subject"])
        s.ok("the mail's headers are clean",
             not re.search("[\0-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e]", head) and m["Bcc"] is None and
             "evil" not in str(m["To"]) and len([h for h in m.keys() if h.lower() == "subject"]) == 1, head)
        for part in m.walk():
            if part.get_content_maintype() != "text":
                continue
            body = part.get_content()
            s.ok(f"its {part.get_content_type()} too",
                 not re.search("[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028-\u202e]", body) and
                 not re.search("(?m)^Bcc:", body),
                 re.findall(".{0,30}[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f].{0,30}", body))
            if part.get_content_type() == "text/csv":
                cells = [c for line in csv.reader(io.StringIO(body)) for c in line]
                s.ok("formulas are defused",
                     not [c for c in cells if c[:1] in ("=", "+", "-", "@", "\t", "\r") and c != "-"],
                     [c for c in cells if c[:1] in ("=", "+", "-", "@", "\t", "\r")])


def tried(s):
    """The same files by tocsin try."""
    args = [a for f in ("in", "partner", "desk")
            for a in sorted(os.path.join(f, n) for n in os.listdir(s.path(f)) if n.isprintable())
            if os.path.isfile(s.path(a)) and not "2026-11-21" in a and not "2026-11-22" in a]
    s.t("try", "--organisations", "all.csv", "--assets", "allassets.csv", "--out", "tried", *args)
    s.ok("try: exit 1", s.code == 1)
    for folder, name, data, findings, said in TABLE:
        name = name_of(folder, name)
        lines = [x for x in s.err.splitlines() if f"{folder}/{name}" in x]
        s.ok(f"try, {name}: {len(said) or 'nothing'} told",
             all(any(text in x and (line is None or f":{line}: " in x)
             for x in lines) for line, text in said) and bool(lines) == bool(said), *lines)
    s.ok("and the rest is warned about", os.listdir(s.path("tried")) == ["all@all.example"] and
        re.search("5[567]  cases that are new", s.out), s.out)


def test(s):
    setup(s)
    s.t("run", "--once")
    s.ok("all in one run: exit 1", s.code == 1)
    each_input(s)
    s.same("report counts the same", counted(s),
        {k: sum(i[k] for i in s.rows("inputs")) for k in ("new", "unmatched", "quarantined")})
    settle(s)
    without_source(s)
    files(s)
    hostile(s)
    tried(s)


scenario.main(test, conf=CONF)
