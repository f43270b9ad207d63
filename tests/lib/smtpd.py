#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A mail server for tests: aiosmtpd on a free loopback port, or a scripted fault.

usage: smtpd.py MODE FOLDER.  Prints the port, then serves until its standard input ends.  MODE: tls (STARTTLS
and AUTH, user tocsin, password v3sper7), plain, or a script on plain TCP (see SCRIPTS), or closed: nobody.
Mails lie in FOLDER as N.eml, what a script got up to the dot as dot-N.eml. rcpt later@... gets 450,
refused@... gets 550; data with "reject-me" gets 554, "defer-me" 451.
"""
import asyncio, os, socket, ssl, subprocess, sys, threading

mode, folder = sys.argv[1:3]

# What the script says to a command, by the command's first four letters; DOT: to the final dot. None: the
# connection is cut. BODY: what it says to the first line of the mail. Before "wait" accepts, somebody must
# have opened the FIFO FOLDER/go.
SCRIPTS = {
    "drop-greeting": {"": None},
    "drop-before": {"BODY": None},
    "drop-after": {"DOT": None},
    "busy": {"": "421 4.3.2 not now"},
    "unwelcome": {"": "554 5.7.1 no service for you"},
    "bad-sender": {"MAIL": "550 5.1.8 sender unknown"},
    "too-large": {"MAIL": "552 5.3.4 too large"},
    "auth-first": {"RCPT": "530 5.7.0 log in first"},
    "closing": {"DOT": "421 4.3.2 going down, nothing kept"},
    "wait": {},
    "gone": {"RCPT": "550-5.1.1 two lines\r\n550 5.1.1 no such mailbox"},
}


def certificate():
    key, crt = os.path.join(folder, "key.pem"), os.path.join(folder, "ca.pem")
    if not os.path.exists(crt):
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
                        "-subj", "/CN=localhost",
                        "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", key, "-out", crt],
                        check=True, stderr=subprocess.DEVNULL)
    ctx = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    ctx.load_cert_chain(crt, key)
    return ctx


class Handler:
    # of an earlier server's mails none is written over
    n = sum(name.endswith(".eml") for name in os.listdir(folder))

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("later@"):
            return "450 4.2.1 try again"
        if address.startswith("refused@"):
            return "550 5.1.1 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if b"reject-me" in envelope.content:
            return "554 5.7.1 not wanted"
        if b"defer-me" in envelope.content:
            return "451 4.3.0 not now"
        Handler.n += 1
        with open(os.path.join(folder, "%d.eml" % Handler.n), "wb") as f:
            f.write(b"X-Env: %s %s %s\r\n" % (envelope.mail_from.encode(),
                                             ",".join(envelope.rcpt_tos).encode(),
                                             b"tls" if session.ssl else b"clear"))
            f.write(envelope.content)
        return "250 2.0.0 queued as %d" % Handler.n


async def real():
    from aiosmtpd.smtp import SMTP, AuthResult

    def login(server, session, envelope, mechanism, data):
        # handled: whether the reply was sent already; its default is yes, and then a
        # wrong password is never answered.
        return AuthResult(success=(data.login, data.password) == (b"tocsin", b"v3sper7"), handled=False)

    extra = {}
    if mode == "tls":
        extra = dict(tls_context=certificate(), require_starttls=True, authenticator=login,
            auth_required=True)
    loop = asyncio.get_running_loop()
    srv = await loop.create_server(lambda: SMTP(Handler(), hostname="localhost", loop=loop, **extra),
        "127.0.0.1", 0)
    print(srv.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.buffer.read)


def keep(mail):
    Handler.n += 1
    with open(os.path.join(folder, "dot-%d.eml" % Handler.n), "wb") as f:
        f.write(mail)
    if mode == "wait":
        with open(os.path.join(folder, "go"), "rb") as f:
            f.read()


def talk(f, script):
    """One connection; the caller closes it, since a file object that lives on would keep it open."""
    f.write((script.get("", "220 here") or "").encode() + b"\r\n" if script.get("", "") is not None else b"")
    if "" in script:
        return
    data, mail = False, b""
    for line in f:
        word = ("DOT" if line == b".\r\n" else "BODY") if data else line[:4].decode().upper()
        if word == "DOT":
            keep(mail)
        mail = mail + line if word == "BODY" else b""
        said = script.get(word, {"DATA": "354 go", "BODY": ""}.get(word, "250 fine"))
        if said is None:
            return
        if said:
            f.write(said.encode() + b"\r\n")
        data = word == "DATA" and said.startswith("354") or data and word == "BODY"
        if word == "QUIT":
            return


def scripted():
    srv = socket.create_server(("127.0.0.1", 0))
    print(srv.getsockname()[1], flush=True)
    if mode == "closed":
        srv.close()

    def serve():
        while True:
            conn, _ = srv.accept()
            with conn, conn.makefile("rwb", buffering=0) as f:
                try:
                    talk(f, SCRIPTS[mode])
                    conn.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass

    if mode != "closed":
        threading.Thread(target=serve, daemon=True).start()
    sys.stdin.buffer.read()


asyncio.run(real()) if mode in ("tls", "plain") else scripted()
os._exit(0)
