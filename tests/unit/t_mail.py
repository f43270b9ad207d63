#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Mails as we write them, read by somebody else: Python's email package must find what went in, and nothing
more (TAP)."""
import email
from email.header import decode_header, make_header
import email.policy
import os
import re
import subprocess
import sys
import tempfile

GEN = os.path.join(os.environ.get("TOP_BUILDDIR", "."), "tests/unit/mailgen")
BASE = {"from_name": "Example CERT", "from": "warnings@cert.example", "to": "security@acme.example",
        "subject": "A subject", "message_id": "<abc.123@cert.example>", "language": "en", "text": "Hello.\n"}
count = bad = 0


def ok(good, what, *notes):
    global count, bad
    count += 1
    bad += not good
    print("%sok %d - %s" % ("" if good else "not ", count, what))
    if not good:
        for n in notes:
            print("# %r" % (n,))
    sys.stdout.flush()


def run(**kw):
    d = dict(BASE, **kw)
    args = [os.fsencode(k) + b"=" + (v if isinstance(v, bytes) else v.encode("utf-8", "surrogateescape"))
            for k, v in d.items() if v is not None]
    return subprocess.run([GEN] + args, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60)


def write(**kw):
    p = run(**kw)
    if p.returncode != 0:
        ok(False, "written", p.stderr)
        return b"", email.message_from_bytes(b"", policy=email.policy.default)
    return p.stdout, email.message_from_bytes(p.stdout, policy=email.policy.default)


def text_of(part):
    return part.get_content().replace("\r\n", "\n")


def one_line(s):
    """What a header may keep of a text: one line, without control characters and those that hide or
    turn text."""
    s = re.sub("[\u200b-\u200f\u2028-\u202e\u2060-\u206f]", "", s)
    return re.sub("[\x00-\x20\x7f-\xa0]+", " ", s).strip()


def sound(raw, msg, what):
    lines = raw.split(b"\r\n")
    ok(raw.endswith(b"\r\n") and b"\n" not in b"".join(lines) and b"\r" not in b"".join(lines),
        what + ": lines end with CRLF")
    ok(max(map(len, lines)) <= 78, what + ": no line over 78", max(lines, key=len))
    ok(max(raw) < 128, what + ": ASCII on the wire")
    ok(not msg.defects and not any(p.defects for p in msg.walk()), what + ": no defects", msg.defects)
    for name, value in msg.items():
        ok(not getattr(value, "defects", ()), what + ": header " + name, value, getattr(value, "defects", ()))


def headers():
    raw, msg = write(reply_to="desk@cert.example", answers="<first@cert.example>", more="2026-00417")
    sound(raw, msg, "a plain mail")
    ok(msg["From"] == '"Example CERT" <warnings@cert.example>' or
       msg["From"] == "Example CERT <warnings@cert.example>", "From", msg["From"])
    ok(msg["To"] == "security@acme.example" and msg["Subject"] == "A subject", "To and Subject")
    ok(msg["Message-ID"] == "<abc.123@cert.example>", "Message-ID")
    ok(msg["In-Reply-To"] == msg["References"] == "<first@cert.example>", "the thread", msg["References"])
    ok(msg["Date"].datetime.isoformat() == "2026-11-20T08:00:00+00:00", "Date", msg["Date"])
    ok(msg["Auto-Submitted"] == "auto-generated" and msg["X-Auto-Response-Suppress"] == "All",
        "nobody's machine answers")
    ok(msg["Precedence"] is None and msg["List-Id"] is None, "a letter, not a list")
    ok(msg["Content-Language"] == "en" and msg["MIME-Version"] == "1.0", "language and MIME")
    ok(msg["Reply-To"].addresses[0].addr_spec == "desk@cert.example" and
        msg["X-Tocsin-Test"] == "2026-00417", "the others")
    ok(msg.get_content_type() == "text/plain" and text_of(msg) == "Hello.\n", "the text")
    raw, msg = write(to="https://hook.acme.example/x?a=b@c")
    ok(not msg["To"].addresses and b"hook" not in raw, "an address that is no mail address is not named")
    raw, msg = write(message_id="<%s@cert.example>" % ("m" * 120))
    ok(msg["Message-ID"].strip() == "<%s@cert.example>" % ("m" * 120), "a long Message-ID", msg["Message-ID"])


def subjects():
    cases = ["x" * 60 + " " + "y" * 60 + " end", "z" * 300,
             "Caf\u00e9 \u201copen\u201d naar het internet: 3 systemen (Bakkerij Zo\u00eb B.V.)",
             "[TLP:AMBER] [2026-00417] plain words " * 5, "\U0001f512" * 40, "looks =?utf-8?q?like?= a word",
             "a_b = c ? d", "\u65e5\u672c\u8a9e\u306e\u4ef6\u540d " * 12, "ends with \u00e9", "\u00e9",
             "e\u0301 decomposed " * 8, "tab\tand  two blanks",
             "word " * 40 + "\u00e9" * 30 + " tail " * 20, "x" * 70 + " \u00e9", "a" * 71]
    for s in cases:
        raw, msg = write(subject=s, more=s)
        ok(msg["Subject"] == one_line(s), "subject: %.30s" % ascii(s), msg["Subject"], one_line(s))
        ok(msg["X-Tocsin-Test"] == one_line(s), "any field: %.30s" % ascii(s), msg["X-Tocsin-Test"])
        words = re.findall(rb"=\?[^?]*\?[^?]*\?[^?]*\?=", raw)
        ok(all(len(w) <= 75 for w in words), "encoded words of at most 75")
        for w in words:
            text = re.sub(rb"=([0-9A-F]{2})", lambda m: bytes([int(m.group(1), 16)]), w.split(b"?")[3])
            try:
                text.decode("utf-8")
            except UnicodeDecodeError:
                ok(False, "a character was split", w)
        sound(raw, msg, "that mail")


def injection():
    evil = "Acme\r\nBcc: everyone@world.example\r\n\r\n<html>"
    for key in ("subject", "from_name", "more", "language"):
        for text in (evil, "a\nBcc: x@y.example", "a\rBcc: x@y.example", "a\x0bBcc: x@y.example\x85\u2028b",
                     "\r\n\r\nbody", "a\u202eb\u200bc"):
            raw, msg = write(**{key: text})
            ok(msg["Bcc"] is None and len(msg.keys()) <= 14 and text_of(msg) == "Hello.\n",
               "%s: %s" % (key, ascii(text)), raw[:600])
            ok(not re.search(rb"(?m)^Bcc", raw) and "\u202e" not in str(msg["Subject"]),
                "nothing stands at a line's begin")
    raw, msg = write(subject=b"bad \xff\xfe utf-8")
    ok(msg["Subject"] == "bad \ufffd\ufffd utf-8" or "\ufffd" in msg["Subject"],
        "what is not UTF-8 is repaired", msg["Subject"])
    for name in ('Quote " and \\ slash', "Comma, Inc.", "a <b@c.example>", "Zo\u00eb, \"B.V.\" <x@y.example>",
            "x" * 200, "\u00e9" * 80):
        raw, msg = write(from_name=name)
        a = msg["From"].addresses
        ok(len(a) == 1 and a[0].addr_spec == "warnings@cert.example", "one sender: %.30s" % ascii(name),
            msg["From"])
        # Python before 3.13 puts blanks between the encoded words of a name; its older decoder does not
        raw_name = re.search(rb"^From: (.*?)\s*<warnings@", raw, re.S).group(1).decode()
        said = str(make_header(decode_header(re.sub(r"\r\n ", " ",
            raw_name)))) if "=?" in raw_name else a[0].display_name
        ok(said == one_line(name), "with its name", said)
        sound(raw, msg, "that mail") if len(name) < 100 else None
    for key, text in (("to", "a@b.example\r\nBcc: c@d.example"), ("to", "a b@c.example"),
                      ("to", "a@b@c.example"), ("to", "a,b@c.example"), ("to", "z\u00f6e@acme.example"),
                      ("from", "no address"), ("message_id", "<a@b>\r\nX: y"), ("message_id", "a@b"),
                      ("answers", "<a b@c>"), ("reply_to", "x@y.example, z@y.example"),
                      ("to", "a@b.example>")):
        p = run(**{key: text})
        ok(p.returncode == 1 and b"expected" in p.stderr and not p.stdout,
            "refused: %s %s" % (key, ascii(text)), p.stderr)


def bodies():
    texts = ["line\n" * 3, "no end", "", "\n\n", "=" * 200 + "\n", "trailing blank \n\ttab\t\n",
             ".\n..\n.dot\n", "From me\nFrom you\n", "\u00e9" * 100 + "\n",
             "x" * 74 + ".\n" + "y" * 75 + ".y\n" + "z" * 76 + "\n", "a\r\nb\r\n", "--=_boundary\n--\n"]
    for t in texts:
        raw, msg = write(text=t)
        want = t.replace("\r\n", "\n")
        ok(text_of(msg).rstrip("\n") == want.rstrip("\n"), "text: %.40s" % ascii(t), msg.get_content(), want)
        ok(not re.search(rb"(?m)^\.", raw) and not re.search(rb"(?m)^From ", raw.split(b"\r\n\r\n", 1)[1]),
           "no line begins with a dot or From")
        ok(max(len(x) for x in raw.split(b"\r\n")) <= 76, "short lines")


def attachments(tmp):
    names = ["2026-00417.csv", "na\u00efve bestand \u2013 lijst.csv", 'quote".csv', "a\r\nX-Evil: 1.csv",
             "long" * 60 + ".csv", "\u00e9" * 120 + ".json", "../../etc/passwd", "semi;colon=x.csv"]
    path = os.path.join(tmp, "bytes")
    data = bytes(range(256)) * 40
    with open(path, "wb") as f:
        f.write(data)
    for name in names:
        raw, msg = write(html="<p>Hello</p>\n", attach=name.encode() + b"=" + os.fsencode(path))
        sound(raw, msg, "with %.30s" % ascii(name))
        ok(msg.get_content_type() == "multipart/mixed", "mixed")
        kids = list(msg.iter_parts())
        ok([k.get_content_type() for k in kids] == ["multipart/alternative", "application/octet-stream"],
            "its parts")
        ok([k.get_content_type() for k in kids[0].iter_parts()] == ["text/plain", "text/html"],
            "text first, then HTML")
        ok(kids[1].get_filename() == one_line(name), "its name", kids[1].get_filename(), one_line(name))
        ok(kids[1].get_content() == data and kids[1].get_content_disposition() == "attachment", "its bytes")
        ok(text_of(msg.get_body(("plain",))) == "Hello.\n" and
            text_of(msg.get_body(("html",))) == "<p>Hello</p>\n", "bodies")
        again, _ = write(html="<p>Hello</p>\n", attach=name.encode() + b"=" + os.fsencode(path))
        ok(raw == again, "the same job, the same bytes")
    raw, msg = write(html="<p>Hello</p>\n")
    ok(msg.get_content_type() == "multipart/alternative", "without attachments")
    boundary = msg.get_boundary()
    ok(boundary.startswith("=_"), "a boundary that no encoded body can hold", boundary)
    raw, msg = write(html="<p>x</p>", text="--%s\n--%s--\n" % (boundary, boundary))
    ok(len(list(msg.iter_parts())) == 2 and msg.get_body(("plain",)).get_content().count(boundary) == 2,
       "not even by one who knows it")


def main():
    with tempfile.TemporaryDirectory() as tmp:
        headers()
        subjects()
        injection()
        bodies()
        attachments(tmp)
    print("1..%d" % count)
    return bad != 0


sys.exit(main())
