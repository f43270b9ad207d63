#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Constituencies handed to partners: IDF and CSV with receipts; who may not have it; who refuses."""
import csv, email, email.policy, io, json, os, sys
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.environ["TOP_SRCDIR"], "tests/lib"))
import scenario

NOTIFIERS = """
		{ name = "mail"; plugin = "maildir"; path = "mail"; for = "direct"; },
		{ name = "ncsc"; plugin = "idf-out"; via = "mail";
		  to = "intake@ncsc.example"; for = "vital"; },
		{ name = "sector"; plugin = "idf-out"; form = "csv"; via = "mail";
		  to = "intake@sector.example"; for = "municipality"; },
"""


def attached(text, ending):
    m = email.message_from_string(text, policy=email.policy.default)
    return next(p.get_content() for p in m.iter_attachments() if p.get_filename().endswith(ending))


def test(s):
    conf = s.read("tocsin.conf")
    i, j = conf.index("notifiers = (") + len("notifiers = ("), conf.index(");", conf.index("notifiers = ("))
    s.write("tocsin.conf", conf[:i] + NOTIFIERS.rstrip().rstrip(",") + conf[j:])
    s.write("deliver.conf", "")
    s.at("2026-11-20T12:00:00Z")
    s.t("org", "import", "--partial", "organisations.csv", "assets.csv")
    s.report("scan_rdp", "2026-11-20", [("192.0.2.65", 3389), ("192.0.2.66", 3389), ("192.0.2.97", 3389)])
    s.t("run", "--once")
    mails = dict(s.mails())
    s.same("each body gets its own", sorted(mails), ["intake@ncsc.example", "intake@sector.example"])
    got = attached(mails["intake@ncsc.example"], ".json")
    lines = [json.loads(x) for x in (got.decode() if isinstance(got, bytes) else got).splitlines()]
    s.same("IDF: a line a case, to match further", [(x["source.ip"], x["source.port"], x["time.source"][:19],
           x["protocol.transport"], x["feed.code"], x["extra.tocsin.organisation"]) for x in lines],
           [(ip, 3389, "2026-11-20T06:00:00", "tcp", "scan_rdp", "water")
            for ip in ("192.0.2.65", "192.0.2.66")])
    got = attached(mails["intake@sector.example"], ".csv")
    rows = list(csv.DictReader(io.StringIO(got.decode() if isinstance(got, bytes) else got)))
    s.same("CSV: a row a case", [r["ip"] for r in rows], ["192.0.2.97"])
    s.ok("the receipt is kept", all(w["reply"].startswith("filed as ") for w in s.rows("warnings")), s.out)
    s.t("explain", "2026-00001")
    s.ok("and told", "filed as " in s.out)

    s.change("tocsin.conf", 'tlp = "amber"', 'tlp = "red"')
    s.at("2026-11-21T12:00:00Z")
    s.report("scan_vnc", "2026-11-21", [("192.0.2.65", 5900)])
    s.t("run", "--once")
    s.same("a label the body may not have: held", [(c["told"], c["reason"]) for c in s.rows("cases")
           if c["port"] == 5900], [("held", "tlp")])
    s.change("tocsin.conf", 'tlp = "red"', 'tlp = "amber"; share = "owner"')
    s.report("scan_ftp", "2026-11-21", [("192.0.2.65", 21)])
    s.t("run", "--once")
    s.same("terms without partners: held", [(c["told"], c["reason"]) for c in s.rows("cases")
           if c["port"] == 21], [("held", "sharing-terms")])
    s.change("tocsin.conf", '; share = "owner"', '')

    os.mkdir(s.path("box"))
    port, p = s.server("smtpd.py", "gone", s.path("box"))
    s.change("tocsin.conf", 'plugin = "maildir"; path = "mail"',
             f'plugin = "smtp"; tls = "never"; server = "smtp://127.0.0.1:{port}"')
    s.report("scan_telnet", "2026-11-22", [("192.0.2.65", 23)])
    s.at("2026-11-22T12:00:00Z")
    s.t("run", "--once")
    s.same("a body that refuses: held", [(c["told"], c["reason"]) for c in s.rows("cases")
           if c["port"] == 23], [("held", "refused")])
    s.t("todo")
    s.ok("with an alarm", "refused:" in s.out, s.out)
    s.stop(p)


scenario.main(test)
