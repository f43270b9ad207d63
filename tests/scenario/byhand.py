#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Lists by hand: a mapping on the command line, preview, refused rows, the feed file, try (TAP)."""
import csv
import json
import os
import shutil
import subprocess
import tempfile

TOCSIN = os.environ["TOP_BUILDDIR"] + "/tocsin"
n = bad = 0
VULNERABLE = ("--const", "classification.type=vulnerable-system")
TABLE = ("seen;address;port;what;owner\n"
         "03-04-2026 08:00;192.0.2.17;3389;rdp;Müller\n"
         "3-4-2026 8:05;198.51.100.4;44x;smb;Café\n"
         "yesterday;192.0.2.1;445;smb;\n"
         "03-11-2026 23:59;2001:db8::7;445;\"a;b\";x\n")


def ok(good, what, text=""):
    global n, bad
    n += 1
    bad += not good
    print("%sok %d - %s" % ("" if good else "not ", n, what))
    if not good:
        for line in str(text).splitlines()[:12]:
            print("# " + line[:300])


def t(*args):
    p = subprocess.run([TOCSIN, *args], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    return p.stdout, p.stderr, p.returncode


def rows(out):
    return [json.loads(line) for line in out.splitlines()]


def table(d):
    mapping = ("--map", "source.ip=ip|address,source.port=port,time.source=seen,extra.holder?=owner",
               *VULNERABLE, "--const", "classification.identifier=open-x",
               "--const", "feed.provider=A Partner",
               "--time-format", "DD-MM-YYYY HH:mm", "--zone", "Europe/Amsterdam", "--delimiter", ";")
    for name, encoding, said in (("utf8", "utf-8", ()), ("latin", "iso-8859-1", ("--encoding", "iso-8859-1")),
                                 ("windows", "cp1252", ("--encoding", "auto")), ("wide", "utf-16", ()),
                                 ("big", "utf-16-be", ())):
        f = f"{d}/{name}.csv"
        with open(f, "wb") as out:
            out.write(TABLE.encode(encoding))
        out, err, code = t("decode", "csv", f, *mapping, *said)
        got = rows(out)
        ok(code == 1 and [r["source.ip"] for r in got] == ["192.0.2.17", "2001:db8::7"] and
           got[0]["extra.holder"] == "Müller" and got[0]["time.source"] == "2026-04-03T06:00:00+00:00" and
           got[1]["time.source"] == "2026-11-03T22:59:00+00:00" and got[1]["extra.what"] == "a;b" and
           got[0]["feed.provider"] == "A Partner", f"{name}: rows, times in their zone, letters", out + err)
        ok('port: not a port, 0 to 65535: "44x"' in err and
           ':4: seen: not a time, expected DD-MM-YYYY HH:mm: "yesterday"' in err,
           f"{name}: what is refused says which value", err)
    out, err, code = t("decode", "csv", f"{d}/utf8.csv", *mapping, "--preview",
                       "--refused", f"{d}/refused.csv", "--write-feed", f"{d}/partner.feed")
    ok(code == 1 and "line 2: service, about 192.0.2.17" in out and "2 rows can be read, 2 are refused" in out
       and        "1 × port: not a port" in out and "(every row)" in out and "extra.what" in out,
       "the preview", out + err)
    with open(f"{d}/refused.csv", newline="", encoding="utf-8") as f:
        refused = list(csv.DictReader(f))
    ok([(r["line"], r["detail"], r["row"]) for r in refused] ==
       [("3", '"44x"', "3-4-2026 8:05;198.51.100.4;44x;smb;Café"),
        ("4", '"yesterday"', "yesterday;192.0.2.1;445;smb;")],
       "the refused rows as they were", refused)
    by_feed = t("decode", "csv", f"{d}/utf8.csv", "--feed", f"{d}/partner.feed")
    by_hand = t("decode", "csv", f"{d}/utf8.csv", *mapping)
    ok([{k: v for k, v in r.items() if k != "feed.name"} for r in rows(by_feed[0])] ==
       [{k: v for k, v in r.items() if k != "feed.name"} for r in rows(by_hand[0])] and by_feed[0] != "",
       "the feed file that was written reads the same", by_feed[1])
    ok(t("decode", "csv", f"{d}/utf8.csv", *mapping, "--write-feed", f"{d}/partner.feed")[2] == 2,
       "and is not written over")
    out, err, code = t("try", "--feed", f"{d}/partner.feed", f"{d}/utf8.csv", f"{d}/wide.csv")
    ok("4 findings, 4 records refused" in out, "try reads by it", out + err)


def the_list(d):
    with open(f"{d}/list.txt", "w", encoding="utf-8") as f:
        f.write("# found this week\n192.0.2.1\n  2001:DB8::5 # a camera\n\nWWW.example.org\n"
                "https://shop.example.net/x\n"
                "192.0.2.0/24\nnot a name\n\"198.51.100.9\",\n")
    out, err, code = t("decode", "csv", f"{d}/list.txt", "--list",
                       "--const", "classification.type=infected-system")
    got = [r.get("source.ip") or r.get("source.fqdn") or r.get("source.url") for r in rows(out)]
    ok(code == 1 and got == ["192.0.2.1", "2001:db8::5", "www.example.org", "https://shop.example.net/x",
                             "198.51.100.9"], "a list of addresses, names and URLs", out)
    ok(':7: address: not an address: "192.0.2.0/24"' in err
       and ':8: name: not a host name: "not a name"' in err,
       "what is neither is refused with its value", err)
    out, err, code = t("decode", "csv", f"{d}/list.txt", "--columns", "a", "--map", "source.ip=a",
                       *VULNERABLE, "--set", "comment=#")
    ok(len(rows(out)) == 2, "a table without a header", out + err)


def mistakes(d):
    f = f"{d}/utf8.csv"
    for args, said in (
            (("--map", "source.ipp=address,source.ip=address", *VULNERABLE), "source.ipp=address: unknown"),
            (("--map", "source.ip", *VULNERABLE), "expected FIELD=COLUMN"),
            (("--map", "source.ip=address"), "classification.type"),
            (("--map", "source.ip=address", "--const", "classification.type=vulnerable"), "a type of RSIT"),
            (("--map", "source.ip=addres", *VULNERABLE), "the nearest is 'address'"),
            (("--map", "source.ip=address", *VULNERABLE, "--zone", "Europe/Nowhere"), "Nowhere: unknown"),
            (("--map", "source.ip=address", *VULNERABLE, "--time-format", "DD-MM"), "--time-format DD-MM: "),
            (("--map", "source.ip=address", *VULNERABLE, "--delimiter", "x"), "delimiter"),
            (("--map", "extra.x=address", *VULNERABLE), "which columns are what the rows are about"),
            (("--map", "source.ip=address", *VULNERABLE, "--feed", "x.feed"), "expected one of them"),
            (("--map", "source.ip=address", *VULNERABLE, "--write-feed", "x.txt"), "ends in .feed")):
        out, err, code = t("decode", "csv", f, *args)
        ok(code != 0 and said in err and out == "", f"a mistake says: {said}", err)


folder = tempfile.mkdtemp()
try:
    table(folder)
    the_list(folder)
    mistakes(folder)
finally:
    shutil.rmtree(folder)
print(f"1..{n}")
raise SystemExit(bad > 0)
