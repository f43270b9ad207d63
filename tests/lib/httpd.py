#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A web server that things are posted to, for tests, with faults: what it does is said by the path.

usage: httpd.py FOLDER [tls].  Prints the port, then serves until its standard input ends. Each request is a
JSON line in FOLDER/log (method, path, headers in lower case, body), written before it is answered. With tls
the certificate is FOLDER/ca.pem, for localhost and 127.0.0.1.

/status/CODE[/RETRY-AFTER]  that answer        /moved       a redirect to /status/200
/reset    cut before the body is read          /cut         cut after it was read
/hang     read, and then nothing               /half        cut in the midst of an answer of 200
/endless  an answer of 200 without end         /control     an answer with control characters
"""
import http.server, json, os, socket, ssl, struct, subprocess, sys, threading

folder = sys.argv[1]


def certificate():
    key, crt = os.path.join(folder, "key.pem"), os.path.join(folder, "ca.pem")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
                    "-subj", "/CN=localhost",
                    "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", key, "-out", crt],
                    check=True, stderr=subprocess.DEVNULL)
    ctx = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    ctx.load_cert_chain(crt, key)
    return ctx


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def cut(self):
        """An abrupt end: the other side gets a reset."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
        self.close_connection = True

    def answer(self, code, body=b"as you say", **headers):
        self.send_response(code)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        if "Content_Length" not in headers:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def do_POST(self):
        word = self.path.split("/")
        if word[1] == "reset":
            return self.cut()
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        line = json.dumps({"method": self.command, "path": self.path, "body": body.decode("utf-8", "replace"),
                           "headers": {k.lower(): v for k, v in self.headers.items()}})
        with open(os.path.join(folder, "log"), "a") as f:
            f.write(line + "\n")
        try:
            getattr(self, "on_" + word[1], self.on_status)(word)
        except OSError:
            self.close_connection = True

    do_HEAD = do_POST

    def on_status(self, word):
        more = {"Retry_After": word[3]} if len(word) > 3 else {}
        self.answer(int(word[2]), **more)

    def on_moved(self, word):
        self.answer(307, Location="/status/200")

    def on_cut(self, word):
        self.cut()

    def on_hang(self, word):
        threading.Event().wait()

    def on_half(self, word):
        self.answer(200, b"half", Content_Length="1000")
        self.wfile.flush()
        self.cut()

    def on_endless(self, word):
        self.answer(200, b"", Content_Length=str(1 << 40))
        while True:
            self.wfile.write(b"x" * 65536)

    def on_control(self, word):
        self.answer(404, b"\x1b[31mred\r\nX: y\x07")


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
if sys.argv[2:] == ["tls"]:
    server.socket = certificate().wrap_socket(server.socket, server_side=True)
server.daemon_threads = True
print(server.server_address[1], flush=True)
threading.Thread(target=server.serve_forever, daemon=True).start()
sys.stdin.read()
