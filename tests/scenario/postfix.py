#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The whole job with a real Postfix behind it: what arrives is what the ledger holds, from and to whom it
should be; put off, refused, sent again under the same Message-ID; many sessions at once."""
import email, email.policy, os, sqlite3, sys
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.environ["TOP_SRCDIR"], "tests/lib"))
import postfixd, scenario

CONF = """
identity = { name = "Example CERT, Überwachung"; from = "warn@cert.example"; bounce = "bounce@cert.example";
	language = "en"; verify = "https://cert.example/verify"; };
ledger = "ledger.db"; spool = "spool"; allow_documentation = true;
sources = ( { name = "shadowserver"; plugin = "shadowserver"; from = "dir:in"; } );
match = ( { plugin = "registry"; } );
deliver = { most_per_recipient = 1000;
	notifiers = ( { name = "mail"; plugin = "smtp"; server = "smtp://127.0.0.1:PORT"; tls = "never";
		for = "*"; sessions = 8; } ); };
"""
MANY = 60


def stored(s):
    """Message-ID -> bytes as the ledger has them."""
    with sqlite3.connect(f"file:{s.path('ledger.db')}?mode=ro", uri=True) as db:
        return {i: bytes(b) for i, b in db.execute("SELECT w.message_id, m.bytes FROM message m "
                                                   "JOIN warning w ON w.id = m.warning")}


def split(data):
    """What Postfix wrote before the mail, as a dictionary, and the mail itself."""
    text = data.replace(b"\r\n", b"\n")
    at = text.index(b"\nFrom: ") + 1
    head = {}
    for line in text[:at].decode().split("\n"):
        name, colon, value = line.partition(":")
        if colon and not line.startswith(("\t", " ")):
            head.setdefault(name, value.strip())
    return head, text[at:]


def arrived(s, p, n):
    """All mails, once n are there: Postfix takes first and delivers then."""
    s.until(lambda: len(p.mails()) >= n)
    return [split(m) for m in p.mails()]


def plain(s, p):
    s.report("scan_rdp", "2026-11-20", [("192.0.2.1", 3389)])
    s.same("delivered: exit 0", s.t("run", "--once"), 0)
    mails = arrived(s, p, 1)
    s.same("one mail", len(mails), 1)
    head, mail = mails[0]
    sender = head["X-Envelope-From"]
    s.ok("its envelope sender is the bounce address", sender.startswith("bounce") and
         sender.endswith("@cert.example"), head)
    s.same("to its recipient", head["X-Envelope-To"], "security@bakery.example")
    read = email.message_from_bytes(mail, policy=email.policy.default)
    s.ok("under the warning's Message-ID", read["Message-ID"] in stored(s), read["Message-ID"])
    s.same("byte for byte as the ledger has it", mail.rstrip(b"\n"),
        stored(s)[read["Message-ID"]].replace(b"\r\n", b"\n").rstrip(b"\n"))
    s.ok("it needs neither 8BITMIME nor SMTPUTF8", max(mail) < 0x80)
    s.ok("its lines are short", max(len(line) for line in mail.split(b"\n")) <= 998)
    s.ok("and says what it should", "Überwachung" in read["From"] and
         "3389" in read.get_body(("plain",)).get_content(), read["From"])


def put_off(s, p):
    p.recipients({"security@bakery.example": "450 4.2.1 the mailbox is busy"})
    s.at("2026-11-20T08:10:00Z")
    s.report("scan_telnet", "2026-11-20", [("192.0.2.1", 23)])
    s.same("4xx: exit 1", s.t("run", "--once"), 1)
    w = max(s.rows("warnings"), key=lambda w: w["warning"])
    s.same("it waits", w["state"], "waiting")
    p.recipients({})
    s.at("2026-11-20T08:30:00Z")
    s.same("later: exit 0", s.t("run", "--once"), 0)
    mails = arrived(s, p, 2)
    ids = [email.message_from_bytes(m)["Message-ID"] for _, m in mails]
    s.ok("it arrives once, under its Message-ID", len(ids) == 2 and ids.count(w["message_id"]) == 1, ids)


def refused(s, p):
    p.recipients({"security@mill.example": "550 5.1.1 no such mailbox"})
    s.at("2026-11-20T08:40:00Z")
    s.report("scan_rdp", "2026-11-20", [("192.0.2.33", 3389)])
    s.same("5xx: exit 1", s.t("run", "--once"), 1)
    w = max(s.rows("warnings"), key=lambda w: w["warning"])
    s.same("refused", w["state"], "refused")
    s.t("todo")
    s.ok("a person is told why", "no such mailbox" in s.out, s.out)
    p.recipients({})


def many(s, p):
    """As many organisations, each with one warning, over eight sessions."""
    before = len(p.mails())
    s.write("organisations.csv", s.read("organisations.csv") + "".join(
        f"o{i},Organisation {i},direct,,en,security@o{i}.example\n" for i in range(MANY)))
    s.write("assets.csv", s.read("assets.csv") + "".join(
        f"o{i},198.51.100.{i}/32,yes,,\n" for i in range(MANY)))
    s.t("org", "import", "--partial", "organisations.csv", "assets.csv")
    s.at("2026-11-20T09:00:00Z")
    s.report("scan_vnc", "2026-11-20", [(f"198.51.100.{i}", 5900) for i in range(MANY)])
    s.same("many at once: exit 0", s.t("run", "--once"), 0)
    mails = [m for m in arrived(s, p, before + MANY) if m[0]["X-Envelope-To"].startswith("security@o")]
    s.same("each arrives once", sorted(h["X-Envelope-To"] for h, _ in mails),
        sorted(f"security@o{i}.example" for i in range(MANY)))
    ids = [email.message_from_bytes(m)["Message-ID"] for _, m in mails]
    s.same("each under a Message-ID of its own", len(set(ids)), MANY)
    held = stored(s)
    s.ok("each byte for byte as the ledger has it", all(
        m.rstrip(b"\n") == held[i].replace(b"\r\n", b"\n").rstrip(b"\n") for i, (_, m) in zip(ids, mails)))


def test(s):
    os.chmod(s.dir, 0o755)
    p = postfixd.Postfix(s.path("postfix"))
    try:
        if not p.start():
            s.ok("postfix starts", False, p.log()[-600:])
            return
        s.write("tocsin.conf", CONF.replace("PORT", str(p.port)))
        s.at("2026-11-20T08:00:00Z")
        s.t("org", "import", "--partial", "organisations.csv", "assets.csv")
        for part in (plain, put_off, refused, many):
            part(s, p)
    finally:
        p.stop()


why = postfixd.missing()
if why is not None:
    print(f"1..0 # SKIP {why}")
    sys.exit(0)
scenario.main(test)
