#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""tocsin feed import: a schema against a copy of the Shadowserver set; what it says, what it writes (TAP)."""
import json
import os
import shutil
import subprocess
import sys
import tempfile

TOP = os.environ["TOP_SRCDIR"]
TOCSIN = os.environ["TOP_BUILDDIR"] + "/tocsin"
n = bad = 0


def ok(good, what, text=""):
    global n, bad
    n += 1
    bad += not good
    print("%sok %d - %s" % ("" if good else "not ", n, what))
    if not good:
        for line in text.splitlines()[:12]:
            print("# " + line[:300])


def t(*args):
    p = subprocess.run([TOCSIN, *args], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    return p.stdout, p.stderr, p.returncode


def files(folder):
    return {f: open(f"{folder}/{f}", encoding="utf-8").read() for f in sorted(os.listdir(folder))}


def changed_schema():
    with open(f"{TOP}/tests/shadowserver/schema.json", encoding="utf-8") as f:
        s = json.load(f)
    s["scan_rdp"]["optional_fields"].append(["extra.", "brand_new_column", "validate_to_none"])
    s["scan_rdp"]["optional_fields"].append(["not.a.field", "odd_column"])
    s["scan_rdp"]["constant_fields"]["classification.type"] = "potentially-unwanted-accessible"
    s["scan_ssh"]["constant_fields"]["classification.identifier"] = "accessible-ssh"
    s["scan_exchange"]["optional_fields"] = [f for f in s["scan_exchange"]["optional_fields"]
                                             if f[1] != "servername"]
    s["scan_brandnew"] = {"constant_fields": {"classification.taxonomy": "vulnerable",
                                              "classification.type": "vulnerable-system",
                                              "classification.identifier": "open-brandnew",
                                              "protocol.application": "brand new"},
                          "feed_name": "Brand New", "file_name": "scan_brandnew",
                          "url": "https://example.org/",
                          "required_fields": [["time.source", "timestamp", "add_UTC_to_timestamp"],
                                              ["source.ip", "ip", "validate_ip"],
                                              ["source.port", "port", "convert_int"]],
                          "optional_fields": [["extra.", "thing", "validate_to_none"],
                                              [False, "useless"]]}
    del s["scan_vnc"]
    return s


def wrong_schemas(folder, set_file):
    good = changed_schema()["scan_brandnew"]
    for what, change, said in (
            ("a conversion", {"optional_fields": [["extra.", "x", "do_magic"]]}, "do_magic"),
            ("a class", {"constant_fields": {"classification.type": "nonsense"}}, "nonsense"),
            ("a file name that leaves the folder", {"file_name": "../../etc/x"}, "file_name"),
            ("a name of two lines", {"feed_name": "a\nneed x source.ip"}, "feed_name"),
            ("a column of two words", {"optional_fields": [["extra.", "a b"]]}, "a b"),
            ("no file name", {"file_name": None}, "file_name")):
        with open(f"{folder}/wrong.json", "w", encoding="utf-8") as f:
            json.dump({"scan_x": {**good, **change}}, f)
        out, err, code = t("feed", "import", set_file, f"{folder}/wrong.json", "--yes")
        ok(code == 2 and said in err and out == "", f"refused: {what}", out + err)
    for what, text in (("no JSON", "{"), ("a list", "[]"), ("nothing", "{}")):
        with open(f"{folder}/wrong.json", "w", encoding="utf-8") as f:
            f.write(text)
        out, err, code = t("feed", "import", set_file, f"{folder}/wrong.json")
        ok(code == 2 and "wrong.json" in err, f"refused: {what}", out + err)


def test(folder):
    shutil.copytree(f"{TOP}/etc/feeds", f"{folder}/feeds")
    subprocess.run(["chmod", "-R", "u+w", f"{folder}/feeds"], check=True)
    set_file, feeds = f"{folder}/feeds/shadowserver.set", f"{folder}/feeds/shadowserver"
    before = files(feeds)
    out, err, code = t("feed", "import", set_file, f"{TOP}/tests/shadowserver/schema.json", "--yes")
    ok(code == 0 and "nothing to install" in out and files(feeds) == before, "it is its schema", out + err)
    with open(f"{folder}/schema.json", "w", encoding="utf-8") as f:
        json.dump(changed_schema(), f)
    out, err, code = t("feed", "import", set_file, f"{folder}/schema.json")
    ok(code == 0 and err == "", "a look", err)
    new, old = "vulnerable/potentially-unwanted-accessible", "vulnerable/vulnerable-system"
    for said in ("may brand_new_column extra.brand_new_column known", "may odd_column extra.not.a.field text",
                 f"{old}  open-rdp -> {new}  open-rdp",
                 "problems.csv needs the line accessible-ssh,open-ssh",
                 "-       may servername extra.servername known",
                 "new     vulnerable/vulnerable-system  open-brandnew, 5 columns",
                 "scan_vnc\n    not in the schema any more", "1 new, 3 changed, 1 gone", "--yes installs it"):
        ok(said in out, "said: " + said.split("\n")[0], out)
    ok(files(feeds) == before, "nothing was written")
    out, err, code = t("feed", "import", set_file, f"{folder}/schema.json", "--yes")
    now = files(feeds)
    ok(code == 0 and "; installed" in out, "installed", out + err)
    ok(sorted(f for f in now if now[f] != before.get(f)) ==
       ["scan_brandnew.feed", "scan_exchange.feed", "scan_rdp.feed", "scan_ssh.feed"],
       "what changed is written")
    ok("when tag has webshell" in now["scan_exchange.feed"], "conditions stay")
    ok("severity  critical" in now["scan_exchange.feed"], "severities stay")
    out, err, code = t("feed", "import", set_file, f"{folder}/schema.json")
    ok(code == 0 and "0 new, 0 changed, 1 gone" in out, "and is the schema now", out + err)
    report = f"{folder}/2026-11-20-scan_brandnew-nl.csv"
    with open(report, "w", encoding="utf-8") as f:
        f.write('timestamp,ip,port,thing,useless\n2026-11-20 08:00:00,192.0.2.1,80,x,y\n')
    out, err, code = t("decode", "--feed", set_file, "csv", report)
    event = json.loads(out or "{}")
    ok(code == 0 and event.get("classification.identifier") == "open-brandnew" and
       event.get("extra.thing") == "x" and "extra.useless" not in event, "a report of the new type is read",
       out + err)
    wrong_schemas(folder, set_file)
    ok(files(feeds) == now, "what is refused changes nothing")
    ok(t("feed", "improt", set_file, report)[2] == 2, "another word than import")


def main():
    with tempfile.TemporaryDirectory() as folder:
        test(folder)
    print("1..%d" % n)
    return 0


sys.exit(main())
