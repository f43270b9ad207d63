#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A reports API as Shadowserver's, for tests, over TLS with a certificate of its own (FOLDER/ca.pem).

usage: shadowd.py FOLDER.  Prints the port, then serves until its standard input ends.  POST
/api2/reports/list answers FOLDER/DAY.list if key ("key") and HMAC2 (secret "secret", over the body's bytes)
are right; GET /dl/ID answers FOLDER/ID.report.  What FOLDER/fault says happens instead: "list 500", "dl 429",
"list garbage", "list error", "dl cut", "dl empty".  Each request is a line in FOLDER/log.
"""
import hashlib, hmac, http.server, json, os, ssl, subprocess, sys, threading

folder = sys.argv[1]


def certificate():
    key, crt = os.path.join(folder, "key.pem"), os.path.join(folder, "ca.pem")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
                    "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
                    "-keyout", key, "-out", crt], check=True, stderr=subprocess.DEVNULL)
    ctx = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    ctx.load_cert_chain(crt, key)
    return ctx


def read(name):
    try:
        with open(os.path.join(folder, name), "rb") as f:
            return f.read()
    except OSError:
        return None


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def note(self, line):
        with open(os.path.join(folder, "log"), "a", encoding="utf-8") as f:
            f.write(line + "\n")

    def answer(self, code, body, more=0):
        self.send_response(code)
        self.send_header("Content-Length", str(len(body) + more))
        self.end_headers()
        self.wfile.write(body)
        self.close_connection = more > 0

    def fault(self, what):
        """Whether it happened."""
        word = (read("fault") or b"").decode().split()
        if len(word) != 2 or word[0] != what:
            return False
        if word[1].isdigit():
            self.answer(int(word[1]), b'{"error":"no"}')
        elif word[1] == "cut":
            self.answer(200, b'"timestamp","ip"\n', 1000)
        else:
            self.answer(200, {"garbage": b"<html>", "error": b'{"error":"no such date"}',
                              "empty": b""}[word[1]])
        return True

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        told = json.loads(body)
        self.note(f"list {told.get('date')}")
        right = hmac.new(b"secret", body, hashlib.sha256).hexdigest()
        if self.path != "/api2/reports/list" or told.get("apikey") != "key" or \
                self.headers.get("HMAC2") != right:
            return self.answer(403, b'{"error":"access denied"}')
        if not self.fault("list"):
            self.answer(200, read(told["date"] + ".list") or b"[]")

    def do_GET(self):
        name = self.path.rsplit("/", 1)[-1]
        self.note(f"dl {name}")
        body = read(name + ".report")
        if not self.fault("dl"):
            self.answer(404 if body is None else 200, body or b"")


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
server.daemon_threads = True
server.socket = certificate().wrap_socket(server.socket, server_side=True)
threading.Thread(target=server.serve_forever, daemon=True).start()
print(server.server_address[1], flush=True)
sys.stdin.read()
