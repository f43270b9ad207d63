#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A source behind HTTP with faults: read once for its ETag, trouble told and alarmed, and over when the
server is well."""
import os, sys
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.environ["TOP_SRCDIR"], "tests/lib"))
import scenario

CONF = """
identity = { name = "Example CERT"; from = "warn@cert.example"; language = "en";
	verify = "https://cert.example/verify"; };
ledger = "ledger.db"; spool = "spool"; allow_documentation = true;
sources = ( { name = "web"; plugin = "csv"; feed = "web.feed"; from = "URL"; header = false;
	columns = ( "id", "address" ); every = "1s"; } );
match = ( { plugin = "registry"; } );
deliver = { notifiers = ( { name = "mail"; plugin = "maildir"; path = "mail"; for = "*"; } ); };
limits = { http_timeout = "TIMEOUT"; fetch_size = SIZE; };
"""
FEED = """feed web
class     vulnerable/vulnerable-system  open-rdp
kind      service
need  id      extra.id
need  address source.ip
"""
# path, what is said of it
FAULTS = [("status/404", "404"), ("status/500", "500"), ("status/403", "403"), ("cut/a.csv", "a.csv"),
          ("chunk-cut/a.csv", "a.csv"), ("reset/a.csv", "a.csv"), ("garbage/a.csv", "a.csv"),
          ("stall/a.csv", "a.csv"), ("trickle/a.csv", "a.csv"), ("huge/a.csv", "a.csv"),
          ("endless/a.csv", "a.csv"), ("headers/a.csv", "a.csv"), ("br/a.csv", "a.csv"),
          ("unasked/a.csv", "a.csv"), ("hops/40/a.csv", "a.csv"), ("to?file:///etc/passwd", "")]


def test(s):
    os.mkdir(s.path("web"))
    port, server = s.server("fetchd.py", s.path("web"))
    base = f"http://127.0.0.1:{port}/"

    def conf(path, timeout="1s", size=100000, server=base):
        s.write("tocsin.conf",
            CONF.replace("URL", server + path).replace("TIMEOUT", timeout).replace("SIZE", str(size)))

    def once():
        return s.t("run", "--once")

    def asked():
        return s.read("web/log").splitlines()

    def alarms():
        return [x for x in s.rows("status") if x["what"] == "alarm"]

    s.write("web.feed", FEED)
    s.at("2026-11-20T08:00:00Z")
    conf("etag/2026-11-20-web.csv", "20s")
    s.t("org", "import", "--partial", "organisations.csv", "assets.csv")

    s.same("a report by HTTP: exit 0", once(), 0)
    got = s.rows("inputs")
    s.ok("is one input, under its name", len(got) == 1 and got[0]["name"] == "2026-11-20-web.csv" and
        got[0]["records"] == 500, got)
    s.ok("and warned about", "security@bakery.example" in s.to(), s.to())
    s.same("again: exit 0", once(), 0)
    s.ok("asked with its ETag", len(asked()) == 2 and '"v1"' in asked()[1], asked())
    s.same("and not read twice", len(s.rows("inputs")), 1)
    conf("dated/2026-11-20-web.csv", "20s")
    s.same("the same bytes under another URL: exit 0", (once(), once()), (0, 0))
    s.ok("asked by date", "GMT" in asked()[-1], asked()[-1])
    mails = len(s.mails())

    for path, said in FAULTS:
        conf(path)
        code, err = once(), s.err
        one = alarms()
        s.ok(f"{path}: exit 1 and an alarm that says so",
             code == 1 and len(one) == 1 and said in one[0]["text"] and base in err, one)
        s.ok(f"{path}: nothing is taken", not [i for i in s.rows("inputs") if i["state"] != "done"])
    conf("etag/2026-11-20-web.csv", size=100)
    s.ok("larger than fetch_size: exit 1, and says the limit", once() == 1 and "100" in s.err, s.err)
    s.stop(server)
    s.ok("nobody there: exit 1", once() == 1 and len(alarms()) == 1)

    port, server = s.server("fetchd.py", s.path("web"))
    conf("etag/2026-11-21-web.csv", "20s", server=f"http://127.0.0.1:{port}/")
    s.same("well again: exit 0", once(), 0)
    s.same("the alarm is over", alarms(), [])
    s.same("nobody was warned twice", len(s.mails()), mails)
    s.same("every input is whole", {i["records"] for i in s.rows("inputs")}, {500})
    conf("status/404", server=f"http://127.0.0.1:{port}/")
    r = s.run()
    s.ok("staying, it tells of trouble", r.says("404"))
    s.ok("and looks again", r.says("404", len(r.lines)))
    s.same("and ends", r.ends(15), 0)
    conf("stall/a.csv", "60s", server=f"http://127.0.0.1:{port}/")
    n = len(asked())
    r = s.run()
    s.ok("in the middle of a transfer", s.until(lambda: len(asked()) > n))
    s.same("SIGTERM ends it", r.ends(15), 0)
    s.same("without an alarm of it", [x for x in alarms() if "stall" in x["text"]], [])


scenario.main(test)
