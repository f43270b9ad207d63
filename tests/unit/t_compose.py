#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Composed warnings, read as their recipients' programs read them: mail, CSV, JSON (TAP)."""
import csv
import email
import email.policy
import html.parser
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

SAMPLE = os.path.join(os.environ.get("TOP_BUILDDIR", "."), "tests/unit/compose_sample")
TOP = os.environ.get("TOP_SRCDIR", ".")
count = bad = 0
FIXED = ("case ip port transport hostname url account asn problem identifier taxonomy type severity cves "
         "kind part observed source_port "
         "reported first_seen last_seen count episode source report asset rule state").split()
LAYOUT = ["warning", "message_id", "made", "tlp", "language", "organisation", "identity", "topic", "lane",
    "role", "systems"]
SYSTEM = ("case ip port transport hostname url account asn problem identifier taxonomy type severity "
          "cves kind part observed reported "
          "first_seen last_seen count episode source report asset rule state sightings columns").split()


def ok(good, what, *notes):
    global count, bad
    count += 1
    bad += not good
    print("%sok %d - %s" % ("" if good else "not ", count, what))
    if not good:
        for n in notes:
            print("# %s" % ascii(n)[:700])
    sys.stdout.flush()
    return good


class Warning:
    def __init__(self, kind, language="en", *columns):
        p = subprocess.run([SAMPLE, kind, language, *filter(None, columns)], stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, timeout=60)
        self.raw, self.err = p.stdout, p.stderr.decode()
        if not ok(p.returncode == 0, "%s %s: composed" % (kind, language), self.err):
            sys.exit(1)
        self.msg = email.message_from_bytes(self.raw, policy=email.policy.default)
        ok(not any(m.defects for m in self.msg.walk()) and max(map(len, self.raw.split(b"\r\n"))) <= 78,
            "%s: a sound mail" % kind)
        self.text = self.msg.get_body(("plain",)).get_content().replace("\r\n", "\n")
        self.flat = re.sub(r"\s+", " ", self.text)
        self.subject = str(self.msg["Subject"])
        self.files = {a.get_filename(): a.get_content() for a in self.msg.iter_attachments()}
        self.types = {a.get_filename(): a.get_content_type() for a in self.msg.iter_attachments()}
        body = self.msg.get_body(("html",))
        self.html = body.get_content() if body else ""
        if "2026-00417.json" in self.files:
            self.csv_text = self.files["2026-00417.csv"]
            self.csv = list(csv.DictReader(io.StringIO(self.csv_text, newline="")))
            self.json = json.loads(self.files["2026-00417.json"].decode(), object_pairs_hook=self.pairs)

    @staticmethod
    def pairs(items):
        if len({k for k, _ in items}) != len(items):
            raise ValueError("a key twice: %r" % items)
        return dict(items)

    def everywhere(self):
        return self.text + self.html + self.csv_text + json.dumps(self.json) + self.subject


class Tags(html.parser.HTMLParser):
    """HTML that closes what it opens, and its text."""

    def __init__(self, source):
        super().__init__()
        self.open, self.wrong, self.text, self.attributes = [], [], "", []
        self.feed(source)
        if self.open:
            self.wrong.append(self.open)

    def handle_starttag(self, tag, attrs):
        self.attributes += [a for a, _ in attrs]
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)

    def handle_data(self, data):
        self.text += data


def looks(w, what):
    t = Tags(w.html)
    ok(not t.wrong, what + ": HTML closes what it opens", t.wrong)
    ok(not {"src", "href", "background", "onload"} & set(t.attributes) and "url(" not in w.html,
        what + ": HTML refers to nothing outside")
    ok("{{" not in w.text + w.html, what + ": no tag left over")
    ok(all(len(line) <= 76 for line in w.text.split("\n")), what + ": text of at most 76 columns")
    flat = re.sub(r"\s+", " ", t.text)
    for word in ("192.0.2.10", "2026-00417", "https://cert.example/verify", "+31 70 555 0100", "TLP:AMBER"):
        ok(word in flat and word in w.flat, "%s: %s in text and HTML" % (what, word))


def owner():
    for lang, words in (("en", ("no payment, no log-in and no password",
                                "Seen 2026-11-20 04:12:33 UTC", "2026-11-20 05:12 CET", "1. Close port 3389",
                                "which is registered with us as yours; last verified on 2026-02-11",
                                "daily scans of the internet")),
                        ("nl", ("geen betaling, geen inloggegevens en geen wachtwoord",
                                "Gezien 2026-11-20 04:12:33 UTC", "1. Sluit poort 3389",
                                "staat als van u; het laatst nagegaan op 2026-02-11",
                                "ons telefoonnummer zelf op"))):
        w = Warning("owner", lang)
        looks(w, "owner " + lang)
        for word in words:
            ok(word in w.flat, "owner %s: %s" % (lang, word), w.flat)
        name = {"en": "Remote desktop open to the internet: 3 systems",
            "nl": "Extern bureaublad open naar het internet: 3 systemen"}[lang]
        ok(w.subject == "[TLP:AMBER] [2026-00417] %s (Acme Bakery & Sons B.V.)" % name, "its subject",
            w.subject)
        ok(w.msg["Content-Language"] == lang and w.json["language"] == lang, "its language")
        ok(w.msg["X-Tocsin-Warning"] == "2026-00417" and w.msg["X-Tocsin-TLP"] == "amber", "for filters")
        ok(w.raw == Warning("owner", lang).raw, "the same job, the same bytes")
    ok(Warning("owner", "nl-BE").msg["Content-Language"] == "nl", "nl-BE is nl")
    ok(Warning("owner", "xx").msg["Content-Language"] == "en", "an unknown language is English")
    ok(w.types == {"2026-00417.csv": "text/csv", "2026-00417.json": "application/json"}, "attachments",
        w.types)


def machine_parts():
    w = Warning("owner")
    ok(list(w.json) == LAYOUT and all(list(s) == SYSTEM for s in w.json["systems"]), "JSON as laid down",
        list(w.json["systems"][0]))
    s = w.json["systems"][0]
    ok(s["case"] == 17 and s["ip"] == "192.0.2.10" and s["port"] == 3389 and s["transport"] == "tcp" and
        s["asn"] == 64496, "a system", s)
    ok(s["cves"] == ["CVE-2026-0001", "CVE-2026-0002"] and s["severity"] == "high" and s["state"] == "new",
        "what of it")
    ok(s["observed"] == "2026-11-20T04:12:33Z" and s["reported"] == "2026-11-20T06:00:00Z" and
        s["url"] == "", "when; not known is empty")
    ok(s["sightings"] == [{"observed": "2026-11-20T04:12:33Z", "source_port": None}], "its sightings",
        s["sightings"])
    ok(w.json["organisation"] == {"id": "acme", "name": "Acme Bakery & Sons B.V.", "constituency": "direct"},
        "whom it is about")
    ok(w.json["topic"] == {"taxonomy": "vulnerable", "type": "potentially-unwanted-accessible"} and
        w.json["role"] == "owner", "topic")
    ok(w.csv_text.count("\r\n") == 4 and "\n" not in w.csv_text.replace("\r\n", ""),
        "CSV lines end with CRLF")
    ok(list(w.csv[0]) == FIXED + ["extra.cert_issue_date", "extra.version"], "CSV columns", list(w.csv[0]))
    ok([r["ip"] for r in w.csv] == [s["ip"] for s in w.json["systems"]],
        "CSV and JSON have the same systems in the same order")
    ok(w.csv[0]["cves"] == "CVE-2026-0001 CVE-2026-0002" and w.csv[0]["port"] == "3389" and
        w.csv[0]["source_port"] == "", "CSV values")
    with open(os.path.join(TOP, "docs/columns.md"), encoding="utf-8") as f:
        page = f.read()
    ok(not [c for c in FIXED if "`%s`" % c not in page], "every column is documented",
        [c for c in FIXED if "`%s`" % c not in page])
    b = Warning("bare")
    ok(b.json["systems"][0]["ip"] == "192.0.2.10" and b.json["systems"][0]["columns"] == {} and
       "192.0.2.10" in b.text, "without its bytes a system is still named")


def roles():
    w = Warning("operator", "nl")
    looks(w, "operator")
    ok("in uw netwerk" in w.subject and "een netwerk dat u beheert" in w.flat and
       "Wat de gebruiker van het systeem kan doen" in w.flat, "the operator is told as one", w.subject)
    ok("AS64496" in w.flat and "door u beheerd" in w.flat, "why")
    ok("2026-11-19 08:00:00, 50123" in w.flat and "10 keer meer gezien" in w.flat,
        "each sighting with its port, up to twenty")
    ok(len(w.csv) == 34 and w.csv[0]["source_port"] == "50123" and w.csv[0]["observed"] ==
       "2026-11-19T08:00:00Z" and w.csv[2]["source_port"] == "", "CSV: a line a sighting", len(w.csv))
    ok(w.json["role"] == "operator" and [len(s["sightings"]) for s in w.json["systems"]] == [3, 30, 1],
        "JSON: all of them")
    ok(w.json["systems"][2]["sightings"] == [{"observed": "2026-11-20T04:12:33Z", "source_port": 51515}],
        "one has its port too")
    w = Warning("partner")
    looks(w, "partner")
    ok("belongs to your constituency (vital)" in w.flat and
       "We have not told the organisation ourselves" in w.flat and "WHY THIS ORGANISATION" in w.flat and
       "stands in the name of Acme Bakery & Sons B.V. in our register; last verified on 2026-02-11." in
       w.flat,
       "a partner is told as one", w.flat)
    ok(w.msg["To"] == "intake@ncsc.example" and w.json["role"] == "partner" and "as yours" not in w.flat,
        "and nobody else")
    for kind, lang, words, subject in (
            ("network", "en", ("Please pass this on to whoever does", "lists you as contact in the public "
                               "registers (RIPE inetnum)"), " in your network"),
            ("network", "nl", ("Geef dit alstublieft door", "in de openbare registers u als contact noemt "
                               "(RIPE inetnum)"), " in uw netwerk"),
            ("national", "en", ("in your country: ", "outside our own constituency"), " in your country"),
            ("national", "nl", ("in uw land: ", "buiten onze eigen doelgroep"), " in uw land")):
        w = Warning(kind, lang)
        looks(w, kind)
        ok(not [x for x in words if x not in w.flat] and subject in w.subject and w.json["role"] == kind,
            "%s %s has its own text" % (kind, lang), w.subject, w.flat)
    w = Warning("carry", "nl")
    ok(list(w.files) == ["2026-00417.xml"] and w.files["2026-00417.xml"] == b"<x/>\n" and not w.html and
       len(w.text) < 2500, "what another notifier rendered travels in a short mail", w.files)
    ok("2026-00417.xml" in w.flat and "Wie wij zijn" not in w.flat and "+31 70 555 0100" in w.flat,
        "that says what it is")
    w = Warning("redirected")
    ok(w.msg["To"] == "pilot@cert.example" and
        "Trial: this message was made for security@acme.example" in w.flat, "a trial says so")


def states():
    for kind, lang, subject, text in (("reminder", "en", "Reminder: ",
                                       "This is a reminder: by the newest reports"),
                                      ("reminder", "nl", "Herinnering: ", "Dit is een herinnering:"),
                                      ("relapse", "en", "Back again: ",
                                       "was gone for a while and is back."),
                                      ("relapse", "nl", "Opnieuw: ", "was een tijd weg en is terug."),
                                      ("worse", "en", "More serious: ", "has become more serious"),
                                      ("worse", "nl", "Ernstiger: ", "is ernstiger geworden"),
                                      ("mixed", "en", "", "some of it you know"),
                                       ("mixed", "nl", "", "een deel ervan kent u")):
        w = Warning(kind, lang)
        ok(("] " + subject + ("Remote" if lang == "en" else "Extern")) in w.subject and text in w.flat and
           text in re.sub(r"\s+", " ", Tags(w.html).text), "%s %s says so" % (kind, lang), w.subject, w.flat)
        if kind == "reminder":
            ok(w.msg["In-Reply-To"] == w.msg["References"] == "<w.first@cert.example>",
                "in the thread of the first")
            ok({s["state"] for s in w.json["systems"]} == {"reminder"}, "to machines too")
    ok([s["state"] for s in w.json["systems"]] == ["worse", "reminder", "new"], "each its own",
        w.json["systems"])


def answers():
    for lang, words in (("en", ("fixed", "not mine", "false positive", "wrong contact")),
                        ("nl", ("verholpen", "niet van ons", "vals alarm", "verkeerd adres"))):
        w = Warning("token", lang)
        ok("desk+k3y@cert.example" in w.msg["Reply-To"], "a reply goes to the warning's own address",
            w.msg["Reply-To"])
        ok(not [x for x in words if "\n  %s\n" % x not in w.text or "<b>%s</b>" % x not in w.html],
            "the words of an answer, each on a line, in " + lang, w.text[-1800:])
    ok("desk@cert.example" in Warning("owner").msg["Reply-To"], "without a token: identity.reply_to")


def correction():
    for lang, words in (("en", ("We take back warning 2026-00398", "Please disregard it")),
                        ("nl", ("Wij trekken waarschuwing 2026-00398 in", "niet verzonden"))):
        w = Warning("correct", lang)
        ok(not [x for x in words if x not in w.flat] and "registered to the wrong organisation" in w.flat and
            "2026-00398" in w.subject and "2026-00417" in w.subject and "{{" not in w.text,
            "a correction says what it takes back and why, in " + lang, w.subject, w.flat)
        ok(w.msg["In-Reply-To"] == "<w.wrong@cert.example>" and not w.files and "+31 70 555 0100" in w.flat,
            "in its thread, with nothing attached")


def several():
    w = Warning("several")
    ok(w.subject == "[TLP:AMBER] [2026-00417] Service open to the internet: 4 systems (Acme Bakery & "
       "Sons B.V.)", "named by its class", w.subject)
    heads = [n for n in ("Windows file sharing open to the internet (1)",
                         "Remote desktop open to the internet (3)",
                         "MongoDB database open to the internet (1)") if n in w.flat]
    ok(len(heads) == 3, "advice for each problem", heads)
    ok([s["severity"] for s in w.json["systems"]] == ["critical", "high", "medium", "medium", "low"],
        "the worst first")
    ok(w.text.count("\n192.0.2.10 (") == 1, "the systems of a host together")


def many():
    w = Warning("many", "nl")
    ok("Extern bureaublad open naar het internet: 250 systemen" in w.subject, "counts subjects", w.subject)
    ok(len(w.csv) == len(w.json["systems"]) == 500, "all in the attachments")
    ok(w.text.count("  Probleem ") == 10 and w.text.count("/tcp  ") == 40 and
       w.html.count("poort ") >= 50 and w.html.count("<tr>") <= 53,
        "fifty shown, ten of them in full")
    ok("Nog 450 bevindingen staan hier niet; alle 500 staan in de bijgevoegde lijsten." in w.flat,
        "and it says so")
    ok("U hoeft ook geen link of bijlage te openen" not in w.flat,
        "and no longer that the attachment is not needed")
    ok(w.json["systems"][0]["ip"] == "192.0.2.166" and "192.0.2.166" in w.text, "the critical one is shown")
    ok(len(w.raw) < 1500000, "of bearable size", len(w.raw))


def huge():
    w = Warning("huge", "en", None)
    ok(list(w.files) == ["2026-00417.csv"] and
       len(list(csv.DictReader(io.StringIO(w.files["2026-00417.csv"])))) == 6000,
       "too large for a mail: the list for spreadsheets alone", list(w.files))
    ok("2026-00417.json" not in w.flat and "2026-00417.csv (all 6000 findings)" in w.flat,
        "and it says only what is there")
    ok(len(w.raw) < 10 << 20, "a mail of %d KB" % (len(w.raw) >> 10))


def allow_list(tmp):
    w = Warning("owner")
    every = w.everywhere()
    for secret in ("session=secret", "set_cookie", "jan", "the raw record"):
        ok(secret not in every.replace("2026-01", ""), "does not leave: " + secret)
    ok("10.0.19041" in w.text and "10.0.19041" in w.html and
        w.json["systems"][0]["columns"]["extra.version"] == "10.0.19041", "leaves: version")
    path = os.path.join(tmp, "columns.csv")

    def load(text, kind="owner"):
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)
        return subprocess.run([SAMPLE, kind, "en", path], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            timeout=60)
    head = "feed,report,column,defang,comment\n"
    for text, want in (("feed,report,colum,defang,comment\n",
                        ":1: expected the header feed,report,column,defang,comment"),
                       (head + "\n# note\n,,malware.nam,,\n",
                        ':4: column "malware.nam" is not a field, expected one of IDF or extra.NAME; '
                        'did you mean "malware.name"?'),
                       (head + ",,extra.x\n", ":2: 3 columns, expected feed,report,column,defang,comment"),
                       (head + ",,,,\n", ":2: no column, expected the name of one"),
                        (head + ",,extra.a|,,\n", ":2: no column"),
                       (head + ',,"extra.x",,\n', ":2: a quote"),
                        (head + ",,extra.x,no,\n", ':2: defang "no": expected yes, or nothing'),
                       ("", "empty, expected the header")):
        p = load(text)
        ok(p.returncode == 1 and path.encode() in p.stderr and want.encode() in p.stderr,
            "error: " + want[:50], p.stderr)
    p = subprocess.run([SAMPLE, "owner", "en", path + ".not"], stderr=subprocess.PIPE, timeout=60)
    ok(b"cannot be opened" in p.stderr, "no such file", p.stderr)
    ok("version" not in Warning("owner", "en", (load(head), path)[1]).everywhere(),
        "an empty list lets nothing out")
    w = Warning("owner", "en",
        (load(head + "other,,extra.*,,\nshadow*,scan_x|scan_r*,extra.v?rsion,yes,\n"), path)[1])
    ok(w.json["systems"][0]["columns"] == {"extra.version": "10.0.19041"} and "10[.]0[.]19041" in w.text,
        "globs, and defanged for people")
    w = Warning("account")
    ok("jan@acme.example" in w.text and w.json["systems"][0]["account"] == "jan@acme.example",
        "an account that is the subject is named")


def labels(tmp):
    """What columns are called, and what is said of a table that is wrong."""
    w = Warning("event", "nl")
    ok("  bestemming: 203[.]0[.]113[.]7\n" in w.text and "  versie: 10.0.19041\n" in w.text and
       "versie: 10.0.19041" in w.html, "columns have Dutch names", w.text)
    ok("  destination: 203[.]0[.]113[.]7\n" in Warning("event").text, "and English ones")
    shutil.copytree(os.path.join(TOP, "etc"), os.path.join(tmp, "etc"))
    path = os.path.join(tmp, "etc/templates/en/labels.csv")
    os.chmod(path, 0o644)
    for text, want in (("colum,label\n", "/labels.csv:1: expected the header column,label"),
                       ("column,label\n\nextra.version\n", "/labels.csv:3: expected column,label"),
                       ("column,label\nextra.version, \n", "/labels.csv:2: expected column,label"),
                       ("column,label\nmalware.nam,x\n",
                        '/labels.csv:2: column "malware.nam" is not a field'),
                       ("column,label\nextra.a,x\nextra.a,y\n",
                        '/labels.csv:3: column "extra.a" has a label')):
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)
        p = subprocess.run([SAMPLE, "owner", "en"], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            timeout=60, env={**os.environ, "TOP_SRCDIR": tmp})
        ok(p.returncode == 1 and want.encode() in p.stderr, "labels: " + want[12:], p.stderr)
    os.remove(path)
    p = subprocess.run([SAMPLE, "event", "en"], stdout=subprocess.PIPE, timeout=60,
        env={**os.environ, "TOP_SRCDIR": tmp})
    ok(b"destination ip: 203[.]0" in p.stdout, "without a table each has its own name")


def shipped_list():
    """No column of any feed that comes with Tocsin, and is of that kind, may leave by the list that comes
    with it."""
    secret = re.compile(r"cookie|(?<!has_)passw|user_?name|usernames|account|postdata|body|"
                        r"report(er|ed)|secret$|session|referer|raw|email|"
                        r"_info$|contact|given_name|surname|essid|community|sensor")
    seen = leaves = 0
    wrong, defanged = [], set()
    for where, _, names in os.walk(os.path.join(TOP, "etc/feeds")):
        for name in sorted(n for n in names if n.endswith(".feed")):
            columns, report = set(), name[:-5]
            with open(os.path.join(where, name), encoding="utf-8") as f:
                for words in (line.split() for line in f):
                    if words and words[0] in ("need", "may") and len(words) > 2:
                        columns.add(words[2] + words[1] if words[2] == "extra." else words[2])
            columns |= {"extra.reporter_name", "extra.reporter_contact", "raw", "extra.contacts"}
            p = subprocess.run([SAMPLE, "may", report, os.path.join(TOP, "etc/columns.csv")],
                               stdout=subprocess.PIPE, timeout=60,
                               input="".join(c + "\n" for c in sorted(columns)).encode())
            seen += len(columns)
            for line in p.stdout.decode().splitlines():
                leaves += 1
                if "honeypot" in report and line.startswith("destination.ip"):
                    wrong.append("%s: where the trap is" % report)
                if secret.search(line.split()[0]):
                    wrong.append("%s %s" % (report, line))
                defanged |= {line.split()[0]} if line.endswith(" defanged") else set()
    ok(seen > 3000 and leaves > 500,
        "the list is for the feeds that there are: %d of %d columns may leave" % (leaves, seen))
    ok(not wrong, "cookies, accounts, passwords, bodies and reporters do not", *wrong)
    ok({"destination.ip", "destination.url", "extra.cc_url", "extra.payload_url"} <= defanged,
        "attackers' objects are defanged", defanged)


def attackers():
    w = Warning("event")
    ok("203[.]0[.]113[.]7" in w.text and "hxxp://c2[.]evil[.]example/gate.php" in w.flat,
        "people see it defanged", w.flat)
    ok("203.0.113.7" not in w.text + w.html and "evil.example" not in w.text + w.html, "and only so")
    s = w.json["systems"][0]
    ok(s["columns"]["destination.url"] == "http://c2.evil.example/gate.php" and
        w.csv[0]["destination.ip"] == "203.0.113.7", "machines as it is")
    ok("Source port 40404" in w.flat and s["sightings"][0]["source_port"] == 40404,
        "the source port of an event")
    w = Warning("name")
    ok("https://www.shop.example/wp/x.php" in w.flat, "the recipient's own stays as it is")
    ok("hxxp://drop[.]evil[.]example/kit" in w.flat and "drop.evil.example" not in w.flat,
        "a URL elsewhere does not")
    ok("hxxps://evil[.]example/land" in w.flat, "nor what a page leads to")
    ok(w.json["systems"][0]["hostname"] == "shop.example" and w.json["systems"][0]["ip"] == "192.0.2.80" and
       "shop.example (192.0.2.80)" in w.text, "a name with its address", w.json["systems"][0])


def evil():
    w = Warning("evil")
    ok(w.msg["Bcc"] is None and "\n" not in w.subject and "\u202e" not in w.subject,
        "no header comes from a name", w.subject)
    ok(not re.search(r"(?m)^Bcc", w.text), "no line comes from a feed")
    t = Tags(w.html)
    ok(not t.wrong and "<script" not in w.html and "src" not in t.attributes, "no tag comes from a feed",
        t.wrong)
    ok("http://evil" not in w.text + w.html and "hxxps://evil[.]example/a" in w.flat,
        "no link comes from a feed")
    loose = [v for row in w.csv for v in row.values() if re.search(r"(^|[;\t])[\s\"]*[=+\-@\uff1d]", v)]
    ok(not loose, "no cell is a formula", loose)
    tags = [r["extra.tag"] for r in w.csv][1:]
    ok(tags[:4] == ["'=cmd|' /C calc'!A0", "'+1+1", "'-2+3", "'@SUM(1)"], "an apostrophe in front", tags)
    ok(tags[4].startswith("'") and tags[5].startswith("'") and tags[6] == " '=1+1" and tags[7] == "\"'=1+1",
        "behind a blank, a quote, a tab", tags)
    ok(tags[8] == "a;'=1+1", "and behind what Dutch spreadsheets take for the end of a cell", tags[8])
    ok(tags[12] == "'\uff1d1+1" and tags[9] == "a Bcc: x@y.example",
        "full-width too; a record is one line", tags)
    ok(w.csv_text.count("\r\n") == len(w.csv) + 1 and "\ufffd" in tags[11], "bad UTF-8 is repaired", tags[11])
    ok([s["columns"]["extra.tag"] for s in w.json["systems"]][2] == "+1+1", "JSON has what was said")


def main():
    with tempfile.TemporaryDirectory() as tmp:
        owner()
        machine_parts()
        roles()
        states()
        answers()
        correction()
        several()
        many()
        huge()
        allow_list(tmp)
        labels(tmp)
        shipped_list()
        attackers()
        evil()
    print("1..%d" % count)
    return bad != 0


sys.exit(main())
