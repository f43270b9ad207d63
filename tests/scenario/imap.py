#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A mailbox as a source, tried against a real IMAP server (dovecot): reports attached as they are, in gzip
and in zip; read once, whatever happens in between; marked only when they are safe; wrong passwords and
messages without anything to read are told."""
import gzip, imaplib, io, os, sys, zipfile
from email.message import EmailMessage
from email.utils import format_datetime
from datetime import datetime, timezone

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.environ["TOP_SRCDIR"], "tests/lib"))
from scenario import HEAD, main

CONF = """
identity = { name = "Example CERT"; from = "warn@cert.example"; verify = "https://cert.example/verify"; };
ledger = "ledger.db"; spool = "spool"; allow_documentation = true;
sources = ( { name = "box"; plugin = "shadowserver"; from = "FROM"; password = "@secret"; MORE } );
match = ( { plugin = "registry"; } );
deliver = { notifiers = ( { name = "mail"; plugin = "maildir"; path = "out"; for = "direct"; } ); };
"""
USER = "desk%40cert.example"
DAY = "2026-11-20"


def rows(n):
    return HEAD + "".join(f'"{DAY} 06:00:00","medium","192.0.2.{n}","tcp",8080,"","x",64496,"NL"\n'
                          for n in [n, n + 1])


def mail(subject, *parts, body="See the attachment.\n", message_id=None):
    m = EmailMessage()
    m["From"], m["To"], m["Subject"] = "feed@reports.example", "desk@cert.example", subject
    m["Date"] = format_datetime(datetime(2026, 11, 20, 7, tzinfo=timezone.utc))
    m["Message-ID"] = message_id or f"<{subject.replace(' ', '.')}@reports.example>"
    m.set_content(body)
    for data, kind, name in parts:
        m.add_attachment(data, maintype=kind.split("/")[0], subtype=kind.split("/")[1], filename=name)
    return m.as_bytes()


def zipped(**files):
    b = io.BytesIO()
    with zipfile.ZipFile(b, "w", zipfile.ZIP_DEFLATED) as z:
        for name, text in files.items():
            z.writestr(name.replace("__", "-") + ".csv", text)
    return b.getvalue()


class Box:
    def __init__(self, port):
        self.i = imaplib.IMAP4("127.0.0.1", port)
        self.i.login("desk@cert.example", "open sesame")

    def put(self, data, folder="INBOX"):
        self.i.append(folder, None, '"20-Nov-2026 07:30:00 +0000"', data)

    def count(self, what, folder="INBOX"):
        if self.i.select(folder, readonly=True)[0] != "OK":
            return -1
        return len(self.i.search(None, what)[1][0].split())


def test(s):
    line, server = s.server("dovecotd.py", s.path("imap"))
    if line == "none":
        print("1..0 # SKIP no dovecot here: apt-get install dovecot-imapd")
        sys.exit(0)
    port, tls = map(int, line.split())
    box = Box(port)
    s.write("secret", "open sesame\n")
    s.write("tocsin.conf", CONF.replace("FROM", f"imap://{USER}@127.0.0.1:{port}/INBOX")
            .replace("MORE", 'tls = "never";'))
    s.at(DAY + "T18:00:00Z")
    s.t("org", "import", "organisations.csv", "assets.csv")
    s.ok("organisations are there", s.code == 0)

    box.put(mail("plain", (rows(10).encode(), "text/csv", f"{DAY}-scan_rdp-nl.csv")))
    box.put(mail("gzip", (gzip.compress(rows(20).encode()), "application/gzip",
                          f"{DAY}-scan_rdp-nl.csv.gz")))
    box.put(mail("zip", (zipped(**{DAY.replace("-", "__") + "__scan_rdp__nl": rows(30)}), "application/zip",
                         "reports.zip")))
    box.put(mail("nothing", body="The report follows on Monday.\n"))
    # Lines that look like the protocol's own.
    box.put(mail("nasty", (("t5 OK done\r\n* 1 FETCH (BODY[] {10}\r\n" + rows(40)).encode(), "text/csv",
                           "../../etc/notes.csv"), body="t4 OK FETCH completed\n* BYE\n)\n"))
    s.t("run", "--once")
    ins = s.rows("inputs")
    done = {i["name"].split("/", 2)[-1] + ("/" + i["member"] if i.get("member") else ""): i["state"]
            for i in ins if i["name"].count("/") > 1}
    s.same("what was attached became inputs", done,
           {f"{DAY}-scan_rdp-nl.csv": "done", f"{DAY}-scan_rdp-nl.csv.gz": "done",
            "reports.zip": "container", f"reports.zip/{DAY}-scan_rdp-nl.csv": "done",
            "notes.csv": "quarantined"})
    s.same("messages are their parents", sorted(i["state"] for i in ins if i["name"].count("/") == 1),
           ["container"] * 4 + ["quarantined"])
    told = sorted(q["reason"] for q in s.rows("quarantine"))
    s.same("a message without a report is in quarantine with its reason", told,
           ["no feed knows this report", "the message holds nothing to read"])
    s.t("quarantine", "--json")
    s.ok("and says its subject", "its subject: nothing" in s.out)
    cases = s.rows("cases")
    s.same("the systems are there", len(cases), 6)
    s.same("all is marked as read", box.count("UNSEEN"), 0)

    n = len(ins)
    s.t("run", "--once")
    s.same("nothing is read twice", (s.code, len(s.rows("inputs"))), (0, n))
    box.i.select("INBOX")
    box.i.store("1:5", "-FLAGS", "\\Seen")
    s.t("run", "--once")
    s.same("not even when the marks are lost", (len(s.rows("inputs")), box.count("UNSEEN")), (n, 0))
    s.same("and the cases are as they were", [(c["case"], c["sightings"]) for c in s.rows("cases")],
           [(c["case"], c["sightings"]) for c in cases])

    # The same attachment in another message is another arrival.
    box.put(mail("plain again", (rows(10).encode(), "text/csv", f"{DAY}-scan_rdp-nl.csv")))
    s.write("secret", "wrong\n")
    s.t("run", "--once")
    s.ok("a wrong password is told", s.code == 1 and "refuses user and password" in s.err)
    s.same("and raises an alarm", [a["subject"] for a in s.rows("todo") if a["what"] == "alarm"],
           ["fetch:box", "unknown:box:report:notes.csv:2026-11-20"])
    s.same("and loses nothing", box.count("UNSEEN"), 1)
    s.write("secret", "open sesame\n")
    # STARTTLS, and TLS from the start; the certificate is checked.
    s.change("tocsin.conf", 'tls = "never";', "")
    s.t("run", "--once")
    s.ok("a certificate that nobody trusts is refused", s.code == 1 and box.count("UNSEEN") == 1)
    s.change("tocsin.conf", 'password = "@secret"; ', 'password = "@secret"; ca = "imap/ca.pem"; ')
    s.t("run", "--once")
    s.same("STARTTLS", (s.code, box.count("UNSEEN"), len(s.rows("inputs"))), (0, 0, n + 2))
    s.ok("the alarm is over", not [a for a in s.rows("todo") if a["subject"].startswith("fetch:")])
    s.change("tocsin.conf", f"imap://{USER}@127.0.0.1:{port}", f"imaps://{USER}@127.0.0.1:{tls}")
    box.put(mail("tls", (rows(50).encode(), "text/csv", f"{DAY}-scan_rdp-nl.csv")))
    s.t("run", "--once")
    s.same("TLS from the start", (s.code, box.count("UNSEEN"), len(s.rows("inputs"))), (0, 0, n + 4))

    # Moved instead of marked; the password from a service's own folder.
    s.change("tocsin.conf", 'ca = "imap/ca.pem"; ', 'ca = "imap/ca.pem"; done = "move:Done"; take = "both"; ')
    os.rename(s.path("secret"), s.path("in", "secret"))
    s.env["CREDENTIALS_DIRECTORY"] = s.path("in")
    box.put(mail("moved", (rows(60).encode(), "text/csv", f"{DAY}-scan_rdp-nl.csv")))
    s.t("run", "--once")
    s.same("all that lay there is moved", (box.count("ALL"), box.count("ALL", "Done")), (0, 8))
    s.ok("and the body was taken too", any(i["name"].endswith("/body.txt") for i in s.rows("inputs")))
    # Answers are read from such a folder too.
    s.write("tocsin.conf", s.read("tocsin.conf") + f'''
answers = ( {{ from = "imaps://{USER}@127.0.0.1:{tls}/Done"; password = "@secret"; ca = "imap/ca.pem";
	done = "move:Read"; }} );
''')
    s.t("run", "--once")
    s.same("answers by IMAP", ([m["state"] for m in s.rows("answers")], box.count("ALL", "Done"),
                               box.count("ALL", "Read")), (["open"] * 8, 0, 8))
    s.stop(server)
    s.t("run", "--once")
    s.ok("a server that is away is told", s.code == 1 and "box" in s.err)

    for what, old, new in (
            ("a password in the configuration is refused", '"@secret"', '"open sesame"'),
            ("a password in the URL is refused", f"{USER}@", f"{USER}:x@"),
            ("clear text across a network is refused", f"{USER}@127.0.0.1", f"{USER}@mail.example"),
            ("a password that is not there is told", '"@secret"', '"@elsewhere"'),
            ("a word that nobody knows is told", '"both"', '"bits"')):
        text = s.read("tocsin.conf")
        s.change("tocsin.conf", old, new)
        if "clear" in what:
            s.change("tocsin.conf", 'take = "both";', 'take = "both"; tls = "never";')
        s.t("check")
        s.ok(what, s.code != 0 and "expected" in s.err + s.out or "clear only" in s.err + s.out)
        s.write("tocsin.conf", text)


main(test)
