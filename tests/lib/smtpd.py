#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A mail server for tests: aiosmtpd on a free loopback port, or a scripted fault.

usage: smtpd.py MODE FOLDER.  Prints the port, then serves until its standard input ends.
MODE: tls (STARTTLS and AUTH, user tocsin, password bell), plain, or a fault on plain TCP: drop-before, drop-after, closed.
Mails lie in FOLDER as N.eml. rcpt later@... gets 450, refused@... gets 550; sender-less data of "reject-me" gets 554.
"""
import os, socket, ssl, subprocess, sys, threading

mode, folder = sys.argv[1:3]


def certificate():
    key, crt = os.path.join(folder, "key.pem"), os.path.join(folder, "ca.pem")
    if not os.path.exists(crt):
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
                        "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", key, "-out", crt],
                       check=True, stderr=subprocess.DEVNULL)
    ctx = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    ctx.load_cert_chain(crt, key)
    return ctx


class Handler:
    n = 0

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
        Handler.n += 1
        with open(os.path.join(folder, "%d.eml" % Handler.n), "wb") as f:
            f.write(b"X-Env: %s %s\r\n" % (envelope.mail_from.encode(), ",".join(envelope.rcpt_tos).encode()))
            f.write(envelope.content)
        return "250 2.0.0 queued as %d" % Handler.n


def real():
    from aiosmtpd.controller import Controller
    from aiosmtpd.smtp import AuthResult

    def login(server, session, envelope, mechanism, data):
        return AuthResult(success=(data.login, data.password) == (b"tocsin", b"bell"))

    extra = dict(tls_context=certificate(), require_starttls=True, authenticator=login, auth_required=True) if mode == "tls" else {}
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
    c = Controller(Handler(), hostname="127.0.0.1", port=port, **extra)
    c.start()
    print(port, flush=True)
    sys.stdin.read()
    c.stop()


def fault():
    srv = socket.create_server(("127.0.0.1", 0))
    print(srv.getsockname()[1], flush=True)
    if mode == "closed":
        srv.close()

    def serve():
        while True:
            conn, _ = srv.accept()
            with conn:
                f = conn.makefile("rwb", buffering=0)
                f.write(b"220 here\r\n")
                data = False
                for line in f:
                    if data:
                        if mode == "drop-before" or line == b".\r\n":
                            break
                        continue
                    data = line.upper().startswith(b"DATA")
                    f.write(b"354 go\r\n" if data else b"250 fine\r\n")

    if mode != "closed":
        threading.Thread(target=serve, daemon=True).start()
    sys.stdin.read()


real() if mode in ("tls", "plain") else fault()
