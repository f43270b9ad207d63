#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A web server for tests, with faults: what it does is said by the path.

usage: fetchd.py FOLDER [ADDRESS].  Prints the port, then serves until its standard input ends. Each request
is a line in FOLDER/log: path, If-None-Match, If-Modified-Since ("-" where absent).
"""
import gzip, http.server, os, socket, struct, sys, threading, time, urllib.parse

folder = sys.argv[1]
address = sys.argv[2] if len(sys.argv) > 2 else "127.0.0.1"
TEXT = b"".join(b"%d,192.0.2.%d\n" % (i, i % 256) for i in range(500))
DATE = "Fri, 20 Nov 2026 08:00:00 GMT"


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def answer(self, code=200, body=TEXT, length=None, **headers):
        self.send_response(code)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        if "Transfer_Encoding" not in headers:
            self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        self.wfile.write(body)

    def hang_up(self):
        self.wfile.flush()
        self.close_connection = True

    def slowly(self, pieces, pause):
        """Sends for as long as somebody listens."""
        try:
            for piece in pieces:
                self.wfile.write(piece)
                self.wfile.flush()
                time.sleep(pause)
        except OSError:
            pass
        self.close_connection = True

    def do_GET(self):
        asked = urllib.parse.urlsplit(self.path)
        match, since = self.headers.get("If-None-Match", "-"), self.headers.get("If-Modified-Since", "-")
        with open(os.path.join(folder, "log"), "a") as f:
            f.write("%s %s %s\n" % (asked.path, match, since))
        getattr(self, "get_" + asked.path.split("/")[1].replace("-", "_"), self.get_plain)(asked,
            match, since)

    def get_plain(self, asked, match, since):
        self.answer(Last_Modified=DATE)

    def get_etag(self, asked, match, since):
        if match == '"v1"':
            self.answer(304, b"", ETag='"v1"')
        else:
            self.answer(ETag='"v1"')

    def get_dated(self, asked, match, since):
        if since == DATE:
            self.answer(304, b"")
        else:
            self.answer(Last_Modified=DATE)

    def get_wild(self, asked, match, since):     # an ETag too long to remember
        self.answer(ETag='"' + 300 * "x" + '"')

    def get_named(self, asked, match, since):
        self.answer(Content_Disposition=urllib.parse.unquote(asked.query))

    def get_unasked(self, asked, match, since):
        self.answer(304, b"")

    def get_status(self, asked, match, since):
        self.answer(int(asked.path.split("/")[2]), b"<h1>no</h1>")

    def get_empty(self, asked, match, since):
        self.answer(body=b"")

    def get_gzip(self, asked, match, since):
        self.answer(body=gzip.compress(TEXT, mtime=0), Content_Encoding="gzip")

    def get_br(self, asked, match, since):
        self.answer(Content_Encoding="br")

    def get_cut(self, asked, match, since):
        self.answer(length=len(TEXT) + 100)
        self.hang_up()

    def get_long(self, asked, match, since):     # what follows the announced length is no part of the answer
        self.answer(length=100)
        self.hang_up()

    def get_chunk_cut(self, asked, match, since):
        self.answer(body=b"1000\r\n" + TEXT[:500], Transfer_Encoding="chunked")
        self.hang_up()

    def get_huge(self, asked, match, since):
        self.answer(length=1 << 40)
        self.hang_up()

    def get_endless(self, asked, match, since):
        self.answer(body=b"", Transfer_Encoding="chunked")
        self.slowly((b"1000\r\n" + 4096 * b"x" + b"\r\n" for _ in range(1 << 30)), 0)

    def get_headers(self, asked, match, since):
        self.slowly([b"HTTP/1.1 200 OK\r\n"] + 100000 * [b"X: " + 1000 * b"x" + b"\r\n"], 0)

    def get_slow_headers(self, asked, match, since):
        self.slowly([b"HTTP/1.1 200 OK\r\nX: "] + 1000 * [b"x"], 0.05)

    def get_stall(self, asked, match, since):
        self.answer(body=b"1,", length=1000)
        self.slowly(1000 * [b""], 0.05)

    def get_trickle(self, asked, match, since):
        self.answer(body=b"", length=100000)
        self.slowly((b"x" for _ in range(100000)), 0.05)

    def get_reset(self, asked, match, since):
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
        self.close_connection = True

    def get_garbage(self, asked, match, since):
        self.wfile.write(b"220 mail.example ESMTP\r\n")
        self.hang_up()

    def get_to(self, asked, match, since):       # /to?URL
        self.answer(302, b"elsewhere", Location=urllib.parse.unquote(asked.query))

    def get_hops(self, asked, match, since):     # /hops/N/NAME
        _, _, n, name = asked.path.split("/")
        if n == "0":
            self.answer()
        else:
            self.answer(307, b"", Location="/hops/%d/%s" % (int(n) - 1, name))


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *args):
        pass


server = Server((address, 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
print(server.server_port, flush=True)
sys.stdin.read()
os._exit(0)
