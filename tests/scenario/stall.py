#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""tocsin run beside a web server that stands still: other sources are read, and what is urgent leaves
meanwhile."""
import os, signal, sys
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.environ["TOP_SRCDIR"], "tests/lib"))
import scenario

WEB = '{ name = "%s"; plugin = "csv"; feed = "web.feed"; from = "%s"; header = false; ' \
      'columns = ( "id", "address" ); every = "1s"; }'
CONF = """
identity = { name = "Example CERT"; from = "warn@cert.example"; language = "en";
	verify = "https://cert.example/verify"; };
ledger = "ledger.db"; spool = "spool"; allow_documentation = true;
sources = ( STILL,
	MOVED,
	{ name = "shadowserver"; plugin = "shadowserver"; from = "dir:in"; every = "1s"; } );
match = ( { plugin = "registry"; } );
deliver = { notifiers = ( { name = "mail"; plugin = "maildir"; path = "mail"; for = "*"; } ); };
limits = { http_timeout = "10m"; };
"""
FEED = """feed web
class     vulnerable/vulnerable-system  open-rdp
kind      service
need  id      extra.id
need  address source.ip
"""


def test(s):
    os.mkdir(s.path("web"))
    port, server = s.server("fetchd.py", s.path("web"))
    base = f"http://127.0.0.1:{port}/"
    s.write("web.feed", FEED)
    s.write("tocsin.conf", CONF.replace("STILL", WEB % ("still", base + "stall/a.csv")).replace(
        "MOVED", WEB % ("moved", base + "hops/2/2026-11-20-web.csv")))
    s.at("2026-11-20T08:00:00Z")
    s.t("org", "import", "--partial", "organisations.csv", "assets.csv")

    def asked(path):
        return os.path.exists(s.path("web/log")) and sum(
            line.startswith("/" + path) for line in s.read("web/log").splitlines())

    r = s.run()
    s.ok("it is asked", s.until(lambda: asked("stall/")))
    s.ok("another web server, that sends elsewhere, is read meanwhile",
        s.until(lambda: [i["source"] for i in s.rows("inputs") if i["state"] == "done"] == ["moved"]),
        s.rows("inputs"))
    s.arrives("scan_rdp", "2026-11-20", [("192.0.2.33", 3389)], severity="critical")
    s.ok("what is urgent leaves meanwhile", s.until(lambda: "security@mill.example" in s.to()), s.to())
    s.ok("the one that stands still is asked once", asked("stall/") == 1, asked("stall/"))
    s.ok("and is no trouble yet", not [x for x in s.rows("status") if x["what"] == "alarm"])
    n = len(r.lines)
    r.signal(signal.SIGHUP)
    s.ok("SIGHUP gives it up, and asks anew", r.says("read again", n) and
         s.until(lambda: asked("stall/") == 2))
    s.stop(server)
    s.ok("a server that goes is trouble",
        s.until(lambda: any("still" in str(x) for x in s.rows("status") if x["what"] == "alarm")),
        s.rows("status"))
    s.same("SIGTERM ends it", r.ends(signal.SIGTERM), 0)


scenario.main(test)
