#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A case that two sources see is told by the terms of the sighting that would be told, whoever opened it."""
import os, sys
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.environ["TOP_SRCDIR"], "tests/lib"))
import scenario


def test(s):
    conf = s.read("tocsin.conf")
    s.write("tocsin.conf", conf.replace('tlp = "amber"; } );', 'tlp = "amber"; },\n'
            '{ name = "closed"; plugin = "shadowserver"; from = "dir:in2"; share = "partner"; } );'))
    os.mkdir(s.path("in2"))
    s.at("2026-11-18T12:00:00Z")
    s.t("org", "import", "--partial", "organisations.csv", "assets.csv")
    s.report("scan_rdp", "2026-11-18", [("192.0.2.129", 3389)])
    s.t("run", "--once")
    held = lambda: [(c["told"], c["reason"]) for c in s.rows("cases")]
    s.same("opened by a source whose terms are wide; nobody to tell", held(), [("held", "no-contact")])
    s.at("2026-11-19T12:00:00Z")
    s.report("scan_rdp", "2026-11-19", [("192.0.2.129", 3389)], folder="in2")
    s.t("run", "--once")
    s.write("organisations.csv", s.read("organisations.csv").replace("retail,en,",
            "retail,en,it@silent.example"))
    s.t("org", "import", "--partial", "organisations.csv", "assets.csv")
    s.t("run", "--once")
    s.same("now there is somebody, but the newest sighting may not go there", (s.to(), held()[0][0]),
           ([], "held"))
    s.at("2026-11-20T12:00:00Z")
    s.report("scan_rdp", "2026-11-20", [("192.0.2.129", 3389)])
    s.t("run", "--once")
    s.same("one that may is told", (s.to(), held()[0][0]), (["it@silent.example"], "handed-over"))

    # between composing and leaving the terms become narrower
    s.write("deliver.conf", 'delay = "1h";\n')
    s.report("scan_vnc", "2026-11-20", [("192.0.2.129", 5900)])
    s.t("run", "--once")
    s.change("tocsin.conf", 'from = "dir:in"; tlp = "amber"; }',
             'from = "dir:in"; tlp = "amber"; share = "partner"; }')
    s.at("2026-11-20T14:00:00Z")
    s.t("run", "--once")
    s.same("what waits is withdrawn, and held for the terms", (len(s.to()), sorted(held())),
           (1, [("handed-over", "silent-until"), ("held", "sharing-terms")]))


scenario.main(test)
