#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The Shadowserver reports API against a server of ours that checks the HMAC: lists and reports once, days
that were missed, faults that lose nothing, secrets that are not told (TAP)."""
import json, os, sys
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.environ["TOP_SRCDIR"], "tests/lib"))
import scenario

CONF = """
identity = { name = "Example CERT"; from = "warn@cert.example"; language = "en";
	verify = "https://cert.example/verify"; };
ledger = "ledger.db"; spool = "spool"; allow_documentation = true;
sources = ( { name = "ss"; plugin = "shadowserver"; from = "shadowserver-api:https://127.0.0.1:PORT/api2";
	downloads = "https://127.0.0.1:PORT/dl"; key = "@api.key"; secret = "@api.secret";
	ca = "api/ca.pem"; } );
match = ( { plugin = "registry"; } );
deliver = { notifiers = ( { name = "mail"; plugin = "maildir"; path = "mail"; for = "*"; } ); };
limits = { http_timeout = "20s"; };
"""
HEAD = '"timestamp","severity","ip","protocol","port","hostname","tag","asn","geo"\n'


def test(s):
    os.mkdir(s.path("api"))
    port, server = s.server("shadowd.py", s.path("api"))
    s.write("tocsin.conf", CONF.replace("PORT", port))
    s.write("api.key", "key\n")
    s.write("api.secret", "secret\n")
    s.write("api/log", "")

    def listed(day, *ids, kind="scan_rdp"):
        s.write(f"api/{day}.list", json.dumps([{"id": i, "type": kind, "timestamp": day,
                                                "file": f"{day}-{kind}-{i}.csv"} for i in ids]))
        for i in ids:
            s.write(f"api/{i}.report", HEAD + f'"{day} 04:00:00","high",192.0.2.{len(i) + 1},tcp,3389,,,,\n'
                    f'"{day} 04:00:01","high",192.0.2.{ord(i[-1])},tcp,3389,,,,\n')

    def once(fault=""):
        s.write("api/fault", fault)
        s.write("api/log", "")
        s.t("run", "--once")
        return s.read("api/log").splitlines()

    def names():
        return sorted(r["name"] for r in s.rows("inputs"))

    def alarm():
        return [x.get("text", "") for x in s.rows("status") if x["what"] == "alarm" and "fetch:ss" in str(x)]

    s.at("2026-11-20T08:00:00Z")
    listed("2026-11-18", "old-A")
    listed("2026-11-20", "today-A", "today-B")
    s.t("org", "import", "--partial", "organisations.csv", "assets.csv")
    s.t("check")
    s.ok("check is content", s.code == 0, s.out, s.err)

    for fault, said in (("list 500", "HTTP 500"), ("list garbage", "not JSON"),
                        ("list error", "no such date"),
                        ("list 429", "HTTP 429"), ("list 403", "not accepted")):
        log = once(fault)
        s.ok(f"{fault}: told", said in s.err and s.code != 0, s.err, log)
        s.ok(f"{fault}: an alarm", len(alarm()) == 1, s.rows("status"))
        s.ok(f"{fault}: nothing came", not names(), names())
        if fault[5:] in ("429", "403"):
            s.same(f"{fault}: is not asked again at once", len(log), 1)

    for fault, said in (("dl cut", ""), ("dl empty", "is empty"), ("dl 500", "HTTP 500")):
        log = once(fault)
        s.ok(f"{fault}: told by the file's name", "scan_rdp-today-A.csv" in s.err and said in s.err, s.err)
        s.ok(f"{fault}: only lists came", all(n.endswith("-reports.json") for n in names()), names())

    log = once()
    s.same("the days and their reports", log, ["list 2026-11-18", "dl old-A", "list 2026-11-19",
                                               "list 2026-11-20", "dl today-A", "dl today-B"])
    s.ok("the alarm is over", not alarm(), alarm())
    s.same("each is an input, and so are the lists", names(),
           ["2026-11-18-reports.json", "2026-11-18-scan_rdp-old-A.csv", "2026-11-19-reports.json",
            "2026-11-20-reports.json", "2026-11-20-scan_rdp-today-A.csv", "2026-11-20-scan_rdp-today-B.csv"])
    s.ok("nothing is in quarantine", not s.rows("quarantine"), s.rows("quarantine"))
    before = names()
    log = once()
    s.ok("a second time nothing is downloaded", not [x for x in log if x.startswith("dl")] and
         names() == before, log)
    listed("2026-11-20", "today-A", "today-B", "late-C")
    s.same("one report more is one download", [x for x in once() if x.startswith("dl")], ["dl late-C"])

    s.at("2026-11-27T08:00:00Z")
    listed("2026-11-23", "missed-A")
    log = once()
    s.same("the days that were missed are asked for", [x for x in log if x.startswith("list")],
           [f"list 2026-11-{d}" for d in range(18, 28)])
    s.same("and what came on them", [x for x in log if x.startswith("dl")], ["dl missed-A"])
    s.same("then only the last", [x for x in once() if x.startswith("list")],
           [f"list 2026-11-{d}" for d in range(25, 28)])

    s.write("api/2026-11-27.list", json.dumps([{"id": "../../etc/passwd", "type": "scan_rdp",
                                                "file": "x.csv"},
                                               {"id": "ok-A", "type": "scan_rdp",
                                                "file": "../2026-11-27-scan_rdp-ok.csv"}, 7]))
    s.write("api/ok-A.report", HEAD + '"2026-11-27 04:00:00","high",192.0.2.9,tcp,3389,,,,\n')
    log = once()
    s.same("an id that is none is not asked for", [x for x in log if x.startswith("dl")], ["dl ok-A"])
    s.ok("and told", "x.csv" in s.err and "without a proper id" in s.err, s.err)
    s.ok("a file is only a name", "2026-11-27-scan_rdp-ok.csv" in names(), names())

    s.write("api.secret", "wrong\n")
    log = once()
    s.ok("a wrong secret is told", "HTTP 403: key or secret are not accepted" in s.err and len(log) == 1,
         s.err)
    s.ok("nobody is told ids and secrets", not any(w in s.err + s.out for w in ("ok-A", "wrong")), s.err)
    for old, new, said in (('"@api.key"', '"key"', "@FILE"),
                           ("downloads = \"https", "downloads = \"http", "https"),
                           ('secret = "@api.secret";', "", "secret: expected"),
                           ("@api.key", "@gone", "gone")):
        conf = CONF.replace("PORT", port)
        s.write("tocsin.conf", conf.replace(old, new))
        s.t("check")
        s.ok(f"check tells: {said}", s.code != 0 and said in s.out + s.err, s.out, s.err)


scenario.main(test)
