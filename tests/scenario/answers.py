#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What recipients answer, and what comes back, read from a maildir: words and their cases, tokens, machines,
bounces until the next contact is told, and that what is quiet for three days has been reached."""
import os, re, sqlite3, sys
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.environ["TOP_SRCDIR"], "tests/lib"))
from scenario import main

CONF = """
identity = { name = "Example CERT"; from = "warn@cert.example"; verify = "https://cert.example/verify";
	reply_to = "reply@cert.example"; bounce = "bounce@cert.example"; language = "en"; };
ledger = "ledger.db"; spool = "spool"; allow_documentation = true;
sources = ( { name = "shadowserver"; plugin = "shadowserver"; from = "dir:in"; tlp = "amber"; } );
match = ( { plugin = "registry"; } );
answers = ( { from = "maildir:back"; } );
contacts = { confirm_every = "365d"; };
deliver = { notifiers = ( { name = "mail"; plugin = "maildir"; path = "mail"; for = "direct"; } ); };
"""
CONTACTS = """organisation,role,channel,address,classes,language,tlp_max,confirmed,expires
bakery,security,email,first@bakery.example,,en,amber,2026-11-01,
bakery,office,email,second@bakery.example,,en,amber,2026-11-01,
mill,security,email,gone@mill.example,,en,amber,2024-01-01,2026-11-01
"""
FAIL = """From: MAILER-DAEMON@mx.example
To: {to}
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

It could not be delivered.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; x@bakery.example
Action: {action}
Status: {status}
--b--
"""


class Back:
    """The mailbox that mail comes back to."""

    def __init__(self, s):
        self.s, self.n = s, 0
        for name in ("cur", "new", "tmp"):
            os.makedirs(s.path("back", name))

    def put(self, text):
        self.n += 1
        name = f"{self.n:04}.test"
        self.s.write("back/tmp/" + name, text)      # whole before it is seen, as every maildir has it
        os.rename(self.s.path("back", "tmp", name), self.s.path("back", "new", name))

    def answer(self, to, text, more=""):
        self.put(f"From: Ann <ann@bakery.example>\nTo: {to}\nSubject: Re: Warning\n{more}\n{text}\n")


def test(s):
    s.write("tocsin.conf", CONF)
    s.write("contacts.csv", CONTACTS)
    back = Back(s)
    s.at("2026-11-20T08:00:00Z")
    s.t("org", "import", "organisations.csv", "assets.csv", "contacts.csv")
    s.report("scan_rdp", "2026-11-20", [("192.0.2.1", 3389), ("192.0.2.2", 3389), ("192.0.2.33", 3389)])
    s.t("run", "--once")

    mails = dict(s.mails())
    s.same("the first contact is told; of the one past its date the organisation is", sorted(mails),
           ["first@bakery.example", "security@mill.example"])

    def reply_to(address):
        newest = [m for a, m in s.mails() if a == address][-1]
        return re.search(r"^Reply-To:[^<]*<?([^>\s]+)", newest, re.M).group(1)

    token = reply_to("first@bakery.example")
    s.ok("its address to answer to has a token", re.fullmatch(r"reply\+2026-\d{5}-[a-z2-7]{16}@cert.example",
                                                              token), token)
    mill = reply_to("security@mill.example")
    number = token[6:16]
    cases = {c["ip"]: c["case"] for c in s.rows("cases")}

    def state(ip):
        c = [c for c in s.rows("cases") if c["ip"] == ip][0]
        return c["told"], c["answer"]

    def ailing(address):
        return [t for t in s.rows("todo") if t["what"] == "contact" and address in t["subject"]]

    def mail(n=-1):
        m = s.rows("answers")[n]
        return m["kind"], m["state"]

    # A machine, a forged token, one of somebody else, something nobody understands.
    back.answer(token, "I am away.", "Auto-Submitted: auto-replied\n")
    back.answer(token[:-20] + "aaaa" + token[-16:], "fixed")
    back.answer("reply@cert.example", "hello, who are you?")
    back.answer(token, "We will look at it on Monday.")
    back.answer(token, f"fixed: {cases['192.0.2.33']}")
    s.t("run", "--once")
    s.same("sorted", [(m["kind"], m["state"]) for m in s.rows("answers")],
           [("auto-reply", "taken")] + [("answer", "open")] * 4)
    whys = [m["why"] for m in s.rows("answers")]
    s.ok("a forged token is refused and listed", "token" in whys[1], whys)
    s.ok("a case of somebody else's warning is not answered", "not about" in whys[4], whys)
    s.same("and nothing happened to the cases", {state(ip)[1] for ip in cases}, {"none"})
    s.same("what is not understood waits", len([t for t in s.rows("todo") if t["what"] == "answer"]), 4)
    s.t("answers", "show", "4")
    s.ok("and can be read", "look at it on Monday" in s.out)
    s.t("answers", "close", "4")
    s.t("run", "--once")
    s.same("closed by hand", s.rows("answers")[3]["state"], "closed")
    s.ok("all of it is marked", not os.listdir(s.path("back", "new")) and
         len(os.listdir(s.path("back", "cur"))) == 5)

    # Answers that are understood are orders.
    back.answer(token, f"Fixed: #{cases['192.0.2.1']}\n\nAnn\n> fixed")
    back.answer(mill, "vals alarm")
    s.t("run", "--once")
    order = max(m["order"] or 0 for m in s.rows("answers"))
    s.t("explain", f"order:{order}")
    if "does not know" not in s.out:
        s.same("fixed, of one case", (state("192.0.2.1")[1], state("192.0.2.2")[1]), ("says-fixed", "none"))
        s.same("a false alarm, of all", state("192.0.2.33")[1], "false-positive")
    with sqlite3.connect("file:" + s.path("ledger.db") + "?mode=ro", uri=True) as db:
        args = [a for a, in db.execute("SELECT args FROM audit WHERE who = 'recipient'")]
    s.ok("orders of recipients hold no address", len(args) == 2 and not [a for a in args if "@" in a], args)
    s.same("who answers has been reached", [w["state"] for w in s.rows("warnings")],
           ["reached", "reached"])
    # The mark of one is lost, as if the program had been killed before it was set.
    last = sorted(os.listdir(s.path("back/cur")))[-1]
    os.rename(s.path("back/cur", last), s.path("back/new", last.split(":")[0]))
    n = len(s.rows("answers"))
    s.t("run", "--once")
    s.same("a message is taken once", (len(s.rows("answers")), os.listdir(s.path("back/new"))), (n, []))

    # Bounces: on two days, then the next contact is told.
    bounce = reply_to("first@bakery.example")
    s.at("2026-11-21T08:00:00Z")
    back.put(FAIL.format(to=bounce.replace("reply+", "bounce+"), action="delayed", status="4.4.1"))
    s.t("run", "--once")
    s.same("bounces need their own token", mail(), ("delayed", "taken"))
    back.put(FAIL.format(to=bounce, action="failed", status="5.1.1"))
    s.t("run", "--once")
    s.same("a bounce", mail(), ("bounce", "taken"))
    s.same("its case waits for another day", state("192.0.2.2")[0], "held")
    s.ok("and the warning reached nobody", "unreached" in [w["state"] for w in s.rows("warnings")])
    s.ok("the contact may still be right", not ailing("first@"))
    s.at("2026-11-22T08:00:00Z")
    s.t("run", "--once")
    s.same("told again, to the same", (state("192.0.2.2")[0], s.to().count("first@bakery.example")),
           ("handed-over", 2))
    bounce = [m for a, m in s.mails() if a == "first@bakery.example"]
    tokens = {re.search(r"^Reply-To:[^<]*<?([^>\s]+)", m, re.M).group(1) for m in bounce} - {token}
    back.put(FAIL.format(to=tokens.pop(), action="failed", status="5.1.1"))
    s.t("run", "--once")
    s.same("a bounce on a second day: the next contact",
           (state("192.0.2.2")[0], s.to().count("second@bakery.example")), ("handed-over", 1))
    s.ok("and it is in todo", ailing("first@"))
    s.same("the list of contacts says so", {c["address"]: c["state"] for c in s.rows("contact")
                                            if c["organisation"] in ("bakery", "mill")},
           {"first@bakery.example": "bounces", "second@bakery.example": "good",
            "gone@mill.example": "expired",
            "security@bakery.example": "unconfirmed", "security@mill.example": "unconfirmed"})
    s.t("contact", "confirm", "bakery", "nobody@bakery.example")
    s.ok("an address that is none is refused", s.code == 1)
    s.t("contact", "confirm", "bakery", "first@bakery.example")
    s.t("run", "--once")
    s.same("confirmed", [c["state"] for c in s.rows("contact") if c["address"] == "first@bakery.example"],
           ["good"])

    # The wrong contact.
    second = reply_to("second@bakery.example")
    back.answer(second, "wrong contact")
    s.t("run", "--once")
    s.same("the wrong contact: told to another", (mail(), s.to().count("first@bakery.example")),
           (("answer", "taken"), 3))
    s.same("and not used again", [c["state"] for c in s.rows("contact") if c["address"] ==
                                  "second@bakery.example"], ["wrong"])

    # Reached, after the window.
    states = lambda: [w["state"] for w in s.rows("warnings")][-1]
    s.same("handed over", states(), "handed-over")
    s.at("2026-11-26T08:00:00Z")
    s.t("run", "--once")
    s.same("reached after three quiet days", states(), "reached")
    s.same("the log holds together", s.t("explain", f"warning:{number}"), 0)
    # While it stays.
    s.write("tocsin.conf", CONF.replace('"maildir:back"; }', '"maildir:back"; every = "1s"; }'))
    r = s.run()
    s.ok("tocsin run begins", r.says("ready"))
    back.answer("reply@cert.example", "Are you there?")
    s.ok("and reads what comes", r.says("about no warning that we know"))
    s.same("and ends", r.ends(15), 0)
    s.write("tocsin.conf", CONF.replace("maildir:back", "maildir:nowhere"))
    s.t("run", "--once")
    s.ok("a mailbox that is not there is told", s.code == 1 and "nowhere" in s.err and
         [t for t in s.rows("todo") if t["subject"].startswith("answers:")])


main(test)
