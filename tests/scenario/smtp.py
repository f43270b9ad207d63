#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The whole job with a mail server behind it: delivered, later, refused, unknown; STARTTLS, AUTH and its
secret."""
import glob, os, signal, sqlite3, sys
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.environ["TOP_SRCDIR"], "tests/lib"))
import scenario

CONF = """
identity = { name = "Example CERT"; from = "warn@cert.example"; language = "en";
	verify = "https://cert.example/verify"; };
ledger = "ledger.db"; spool = "spool"; allow_documentation = true;
sources = ( { name = "shadowserver"; plugin = "shadowserver"; from = "dir:in"; } );
match = ( { plugin = "registry"; } );
deliver = { most_per_recipient = 100;
	notifiers = ( { name = "mail"; plugin = "smtp"; server = "smtp://localhost:PORT"; timeout = "20s";
		for = "*"; EXTRA } ); };
"""
LOGIN = 'ca = "box/ca.pem"; user = "tocsin"; password = "@secret";'
kinds = iter("rdp telnet smb vnc ftp mysql redis adb mongodb elasticsearch couchdb docker".split())
clock = iter(f"2026-11-20T{h:02}:{m:02}:00Z" for h in range(8, 24)
              for m in (0, 20, 40))


def server(s, mode, extra=LOGIN):
    """The one that the configuration names from now on."""
    port, p = s.server("smtpd.py", mode, s.path("box"))
    s.write("tocsin.conf", CONF.replace("PORT", port).replace("EXTRA",
        extra.replace("box/", s.path("box") + "/").replace("@secret", "@" + s.path("secret"))))
    return p


def finding(s, ip):
    kind = next(kinds)
    s.report("scan_" + kind, "2026-11-20", [(ip, 1000)])


def once(s):
    s.at(next(clock))
    return s.t("run", "--once")


def got(s, pattern="[0-9]*.eml"):
    return [s.read(p) for p in sorted(glob.glob(s.path("box", pattern)), key=os.path.getmtime)]


def header(mail, name):
    for line in mail.replace("\r\n", "\n").split("\n\n")[0].split("\n"):
        if line.lower().startswith(name.lower() + ":"):
            return line.split(":", 1)[1].strip()
    return None


def plain(text):
    """Without the server's own line, and by lines."""
    lines = text.replace("\r\n", "\n").splitlines()
    return lines[1:] if lines[0].startswith("X-Env:") else lines


def stored(s, message_id):
    with sqlite3.connect(f"file:{s.path('ledger.db')}?mode=ro", uri=True) as db:
        (data,) = db.execute("SELECT m.bytes FROM message m JOIN warning w ON w.id = m.warning "
                             "WHERE w.message_id = ?", (message_id,)).fetchone()
    return plain(bytes(data).decode())


def newest(s):
    return max(s.rows("warnings"), key=lambda w: w["warning"])


def delivered(s):
    p = server(s, "tls")
    finding(s, "192.0.2.1")
    s.same("delivered: exit 0", once(s), 0)
    mails = got(s)
    w = newest(s)
    s.ok("one mail, through TLS, from and to whom it should be", len(mails) == 1 and
         mails[0].startswith("X-Env: warn@cert.example security@bakery.example tls"), mails)
    s.same("under the warning's Message-ID", header(mails[0], "Message-ID"), w["message_id"])
    s.same("handed over", w["state"], "handed-over")
    s.same("again: nothing", (once(s), len(got(s))), (0, 1))
    s.stop(p)


def later(s):
    p = server(s, "closing", 'tls = "never";')
    finding(s, "192.0.2.2")
    s.same("4xx: exit 1", once(s), 1)
    w = newest(s)
    s.same("it waits", w["state"], "waiting")
    s.ok("and its case is due", [c["told"] for c in s.rows("cases") if c["ip"] == "192.0.2.2"] == ["due"])
    tried = got(s, "dot-*.eml")
    s.stop(p)
    p = server(s, "tls")
    s.same("taken at a later run: exit 0", once(s), 0)
    mails = got(s)
    s.same("under the same Message-ID", header(mails[-1], "Message-ID"), w["message_id"])
    s.ok("with the same bytes as at first, and as the ledger has", len(mails) == 2 and len(tried) == 1 and
         plain(mails[-1]) == plain(tried[0]) == stored(s, w["message_id"]))
    s.same("handed over", newest(s)["state"], "handed-over")
    s.stop(p)


def refused(s):
    s.change("organisations.csv", "security@mill.example", "refused@mill.example")
    s.t("org", "import", "--partial", "organisations.csv", "assets.csv")
    p = server(s, "tls")
    finding(s, "192.0.2.33")
    s.same("5xx: exit 1", once(s), 1)
    w = newest(s)
    s.same("refused", (w["state"], w["recipient"]), ("refused", "refused@mill.example"))
    case = [c for c in s.rows("cases") if c["ip"] == "192.0.2.33"]
    s.same("its case is held", [c["told"] for c in case], ["held"])
    s.t("explain", str(case[0]["case"]))
    s.ok("explain says why", "550" in s.out and "no such mailbox" in s.out, s.out)
    s.t("todo")
    s.ok("todo has it", "refused" in s.out, s.out)
    s.t("status")
    s.ok("and status an alarm", "no such mailbox" in s.out, s.out)
    s.same("it is not tried again", (once(s), newest(s)["warning"]), (0, w["warning"]))
    s.change("organisations.csv", "refused@mill.example", "office@mill.example")
    s.t("org", "import", "--partial", "organisations.csv", "assets.csv")
    s.t("release", f"case:{case[0]['case']}")
    s.same("with another address, released, it goes out", once(s), 0)
    s.ok("to that", "office@mill.example" in got(s)[-1].splitlines()[0])
    s.stop(p)


def in_clear(s):
    before = len(got(s))
    p = server(s, "plain", "")
    finding(s, "192.0.2.3")
    s.same("a server without STARTTLS: exit 1", once(s), 1)
    s.same("not sent in clear", len(got(s)), before)
    s.same("but later", newest(s)["state"], "waiting")
    s.t("explain", newest(s)["message_id"])
    s.ok("explain says why", "offers no STARTTLS" in s.out, s.out)
    s.stop(p)
    p = server(s, "tls")
    s.same("by TLS it goes: exit 0", once(s), 0)
    s.same("once", len(got(s)), before + 1)
    s.stop(p)


def unknown(s):
    before, lost = len(got(s)), len(got(s, "dot-*.eml"))
    p = server(s, "drop-after", 'tls = "never";')
    finding(s, "192.0.2.4")
    s.same("cut after the final dot: exit 1", once(s), 1)
    w = newest(s)
    s.same("nobody knows: it waits", w["state"], "waiting")
    tried = got(s, "dot-*.eml")[lost:]
    s.stop(p)
    p = server(s, "tls")
    s.same("sent again: exit 0", once(s), 0)
    mails = got(s)[before:]
    s.ok("under the same Message-ID, the same bytes", len(mails) == 1 and tried and
         all(plain(t) == plain(mails[0]) for t in tried) and
         header(mails[0], "Message-ID") == w["message_id"])
    s.stop(p)


def unknown_and_stale(s):
    """It may have arrived: then its cases must not be told again under another Message-ID."""
    p = server(s, "drop-after", 'tls = "never";')
    finding(s, "192.0.2.14")
    s.same("cut again: exit 1", once(s), 1)
    w, n, sent = newest(s), len(s.rows("warnings")), len(got(s))
    s.stop(p)
    was = s.read("organisations.csv")
    s.write("organisations.csv", was.replace("security@bakery", "other@bakery"))
    s.t("org", "import", "--partial", "organisations.csv", "assets.csv")
    p = server(s, "tls")
    once(s)
    s.same("the address has changed meanwhile: a person decides", (newest(s)["warning"], newest(s)["state"],
           len(s.rows("warnings")), len(got(s))), (w["warning"], "held", n, sent))
    s.write("organisations.csv", was)
    s.t("org", "import", "--partial", "organisations.csv", "assets.csv")
    s.t("release", f"warning:{w['id']}")
    once(s)
    s.ok("put right and released, it goes as it was", len(got(s)) == sent + 1 and
         header(got(s)[-1], "Message-ID") == w["message_id"])
    s.stop(p)


def wrong_password(s):
    before = len(got(s))
    s.write("secret", "wrong\n")
    p = server(s, "tls")
    finding(s, "192.0.2.5")
    s.same("a wrong password: exit 1", once(s), 1)
    s.same("ours to mend: it waits", newest(s)["state"], "waiting")
    s.write("secret", "v3sper7\n")
    s.same("mended, it goes", (once(s), len(got(s))), (0, before + 1))
    s.stop(p)


def at_work(s):
    """A signal comes while the server has the mail and has not answered."""
    os.mkfifo(s.path("box", "go"))
    for number, what in ((signal.SIGHUP, "SIGHUP"), (signal.SIGTERM, "SIGTERM")):
        before = len(got(s, "dot-*.eml"))
        p = server(s, "wait", 'tls = "never"; password = "@secret";')
        s.report("scan_" + next(kinds), "2026-11-20", [("192.0.2.6", 1000)], severity="critical")
        s.at(next(clock))
        r = s.run()
        s.ok("being handed over", s.until(lambda: len(got(s, "dot-*.eml")) == before + 1))
        words = b""
        for name in glob.glob("/proc/[0-9]*/cmdline"):
            try:
                with open(name, "rb") as f:
                    words += f.read()
            except OSError:
                pass
        s.ok("the secret is in no command line", b"v3sper7" not in words and b"tocsin-worker" in words)
        n = len(r.lines)
        r.signal(number)
        with open(s.path("box", "go"), "wb"):
            pass
        if number == signal.SIGHUP:
            s.ok(what + ": read again", r.says("read again", n))
        s.ok(what + " meanwhile: its answer is taken", s.until(lambda: newest(s)["state"] == "handed-over"))
        s.same("it ends", r.ends(signal.SIGTERM), 0)
        s.ok("and was not sent twice", len(got(s, "dot-*.eml")) == before + 1)
        s.same("nor is it later", (once(s), len(got(s, "dot-*.eml"))), (0, before + 1))
        s.stop(p)
    return r


def secrets(s, said):
    everything = b""
    for where, _, names in os.walk(s.dir):
        for name in names:
            if where.endswith("box") or name == "secret":
                continue
            with open(os.path.join(where, name), "rb") as f:
                everything += f.read()
    s.ok("the secret is in no ledger, spool or log", b"v3sper7" not in everything and "v3sper7" not in said)


def test(s):
    os.mkdir(s.path("box"))
    s.write("secret", "v3sper7\n")
    os.chmod(s.path("secret"), 0o600)
    s.write("tocsin.conf", CONF.replace("EXTRA", ""))
    s.at("2026-11-20T07:00:00Z")
    s.t("org", "import", "--partial", "organisations.csv", "assets.csv")
    said = ""
    for part in (delivered, later, refused, in_clear, unknown, unknown_and_stale, wrong_password, at_work):
        r = part(s)
        said += s.out + s.err + ("\n".join(r.lines) if r else "")
    secrets(s, said)


try:
    import aiosmtpd
except ImportError:
    print("1..0 # SKIP python3-aiosmtpd is not there")
    sys.exit(0)
scenario.main(test)
