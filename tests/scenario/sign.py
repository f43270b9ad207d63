#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Mails signed and encrypted, held against the real `openssl cms` and `gpg`, as they arrive in a maildir."""
import email, email.policy, glob, os, re, sqlite3, subprocess, sys
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.environ["TOP_SRCDIR"], "tests/lib"))
import scenario

CONF = """
identity = { name = "Example CERT"; from = "warn@cert.example"; language = "en";
	verify = "https://cert.example/verify"; phone = "+31 70 000 0000"; };
ledger = "ledger.db"; spool = "spool"; allow_documentation = true;
sources = ( { name = "shadowserver"; plugin = "shadowserver"; from = "dir:in"; tlp = "LABEL"; } );
match = ( { plugin = "registry"; } );
SIGN
deliver = { most_per_recipient = 100; notifiers = (
	{ name = "mail"; plugin = "maildir"; path = "mail"; for = "*"; } ); };
"""
SMIME = 'smime = { certificate = "own.crt"; key = "@own.key"; chain = "ca.crt"; };'
kinds = iter("rdp telnet smb vnc ftp mysql redis adb mongodb elasticsearch couchdb docker ldap mssql "
             "rsync snmp portmapper netbios ipmi tftp".split())
CA = """
[ca]
default_ca = one
[one]
database = index.txt
new_certs_dir = .
serial = serial
default_md = sha256
policy = any
unique_subject = no
copy_extensions = none
[any]
commonName = supplied
[req]
distinguished_name = dn
[dn]
"""
REGISTRY = """organisation,role,channel,address,classes,language,tlp_max,confirmed,expires,key
"""


def sh(s, *args, data=None, **more):
    return subprocess.run(args, cwd=s.dir, input=data, capture_output=True, **more)


def certificate(s, name, address, until="20400101000000Z", kind="rsa", ku="digitalSignature,keyEncipherment"):
    """Made by a CA of the test's own, whatever day it really is."""
    s.write(name + ".ext", f"subjectAltName=email:{address}\nkeyUsage={ku}\n"
            "extendedKeyUsage=emailProtection\n")
    new = ["rsa:2048"] if kind == "rsa" else ["ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"]
    for command in (["openssl", "req", "-new", "-newkey", *new, "-nodes", "-keyout", name + ".key", "-out",
                     name + ".csr", "-subj", "/CN=" + name, "-config", "ca.conf"],
                    ["openssl", "ca", "-batch", "-notext", "-config", "ca.conf", "-cert", "ca.crt",
                     "-keyfile", "ca.key", "-startdate", "20250101000000Z", "-enddate", until, "-in",
                     name + ".csr", "-out", name + ".crt", "-extfile", name + ".ext"]):
        done = sh(s, *command)
        assert done.returncode == 0, done.stderr.decode()
    os.chmod(s.path(name + ".key"), 0o600)


def authority(s):
    s.write("ca.conf", CA)
    s.write("index.txt", "")
    s.write("serial", "01\n")
    done = sh(s, "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "ca.key", "-out",
        "ca0.crt", "-subj", "/CN=Test CA", "-days", "9000", "-config", "ca.conf")
    assert done.returncode == 0, done.stderr.decode()
    s.write("ca.ext", "basicConstraints=critical,CA:TRUE\n")
    sh(s, "openssl", "req", "-new", "-key", "ca.key", "-out", "ca.csr", "-subj", "/CN=Test CA", "-config",
        "ca.conf")
    done = sh(s, "openssl", "ca", "-batch", "-notext", "-selfsign", "-config", "ca.conf", "-keyfile",
        "ca.key", "-startdate", "20240101000000Z", "-enddate", "20450101000000Z", "-in", "ca.csr", "-out",
        "ca.crt", "-extfile", "ca.ext")
    assert done.returncode == 0, done.stderr.decode()


class Gpg:
    def __init__(self, s, name):
        self.s, self.home = s, s.path(name)
        os.mkdir(self.home, 0o700)

    def __call__(self, *args, data=None, real=False):
        clock = [] if real else ["--faked-system-time", "20250601T000000!"]
        return sh(self.s, "gpg", "--homedir", self.home, "--batch", "--no-tty", "--passphrase", "", *clock,
                  "--pinentry-mode", "loopback", *args, data=data)

    def make(self, address, expire="never"):
        done = self("--quick-generate-key", address, "ed25519", "sign", expire)
        assert done.returncode == 0, done.stderr.decode()
        listed = self("--list-keys", "--with-colons", address, real=True).stdout.decode()
        fpr = next(line.split(":")[9] for line in listed.splitlines() if line.startswith("fpr"))
        done = self("--quick-add-key", fpr, "cv25519", "encr", expire)
        assert done.returncode == 0, done.stderr.decode()
        return fpr

    def end(self):
        sh(self.s, "gpgconf", "--homedir", self.home, "--kill", "all")


def configure(s, sign, label="green"):
    s.write("tocsin.conf", CONF.replace("SIGN", sign).replace("LABEL", label))


def contact(s, key, org="bakery", tlp="red"):
    s.write("contacts.csv", REGISTRY + f"{org},security,email,security@{org}.example,,,{tlp},,,{key}\n")
    s.t("org", "import", "--partial", "organisations.csv", "assets.csv", "contacts.csv")


def mails(s):
    found = sorted(glob.glob(s.path("mail", "*", "new", "*")), key=lambda p: (os.path.getmtime(p), p))
    out = []
    for p in found:
        with open(p, "rb") as f:
            out.append(re.sub(rb"\r?\n", b"\r\n", f.read()))
    return out


def warn(s, ip="192.0.2.1", day=20):
    """One more finding, one more run: the mails that are new."""
    before = mails(s)
    s.at(f"2026-11-{day}T08:00:00Z")
    s.report("scan_" + next(kinds), f"2026-11-{day}", [(ip, 1000)])
    s.t("run", "--once")
    return [m for m in mails(s) if m not in before]


def header(mail, name):
    return email.message_from_bytes(mail, policy=email.policy.SMTP)[name] or ""


def cms(s, mail, *args):
    return sh(s, "openssl", "cms", *args, "-CAfile", "ca.crt", data=mail)


def signed_smime(s):
    configure(s, "sign = { " + SMIME + " };")
    s.same("check takes it", s.t("check"), 0)
    s.ok("and says until when it can sign", "signs, " in s.out and "until 2040-01-01" in s.out, s.out)
    (mail,) = warn(s)
    s.ok("signed: multipart/signed", header(mail, "Content-Type").startswith("multipart/signed"), mail)
    done = cms(s, mail, "-verify")
    s.ok("openssl cms verifies it", done.returncode == 0, done.stderr.decode())
    s.ok("and shows what was warned", b"192.0.2.1" in done.stdout)
    done = cms(s, mail.replace(b"Bakery", b"Bakeri"), "-verify")
    s.ok("a changed byte fails", done.returncode != 0)
    m = email.message_from_bytes(mail, policy=email.policy.SMTP)
    content, signature = m.iter_parts()
    s.same("Python reads the structure", (m.defects, content.get_content_type(),
           signature.get_content_type(), m.get_param("micalg"), m.get_param("protocol")),
           ([], "multipart/mixed", "application/pkcs7-signature", "sha-256", "application/pkcs7-signature"))
    s.ok("7 bit, no blanks at the end of a line", all(c < 128 for c in mail) and
         not re.search(rb"[ \t]\r\n", mail) and max(map(len, mail.split(b"\r\n"))) <= 998)
    s.ok("no file nor list has the private key", all(b"PRIVATE KEY" not in open(p, "rb").read()
         for p in glob.glob(s.path("ledger.db*"))))
    certificate(s, "ec", "warn@cert.example", kind="ec", ku="digitalSignature")
    configure(s, "sign = { " + SMIME.replace("own.", "ec.") + " };")
    (mail,) = warn(s)
    done = cms(s, mail, "-verify")
    s.ok("EC as well", done.returncode == 0, done.stderr.decode())


def wrong_smime(s):
    certificate(s, "other", "someone@cert.example")
    certificate(s, "old", "warn@cert.example", until="20260601000000Z")
    for what, change, says in (
            ("a key that is another's", ("@own.key", "@other.key"), "is not the key of the certificate"),
            ("a certificate for another address", ("own.", "other."), "someone@cert.example"),
            ("one that has expired", ("own.", "old."), "expired on 2026-06-01"),
            ("a key that is none", ("@own.key", "@own.crt"), ".crt"),
            ("a key in the configuration", ("@own.key", "own.key"), "@FILE"),
            ("a cipher that is none", ("chain", 'cipher = "rot13"; chain'), "aes-256-cbc or aes-256-gcm")):
        configure(s, "sign = { " + SMIME.replace(*change) + " };")
        s.same(what + ": check says no", s.t("check"), 2)
        s.ok("and why", says in s.out + s.err, s.out, s.err)
    configure(s, "sign = { " + SMIME + " };")
    os.chmod(s.path("own.key"), 0o644)
    s.t("check")
    s.ok("a key that others may read is refused", "0644" in s.out and "0600" in s.out, s.out)
    os.chmod(s.path("own.key"), 0o600)
    configure(s, "sign = { " + SMIME.replace("own.", "old.") + " };")
    s.same("what an expired certificate signs does not leave", warn(s), [])
    s.t("todo")
    s.ok("and todo says so", "expired on 2026-06-01" in s.out, s.out)
    configure(s, "sign = { " + SMIME + " };")
    s.at("2026-11-20T09:00:00Z")
    before = len(mails(s))
    s.t("run", "--once")
    s.same("with a good one it does", len(mails(s)) - before, 1)


def secret_smime(s):
    certificate(s, "bakery", "security@bakery.example")
    certificate(s, "late", "security@bakery.example", until="20260601000000Z")
    configure(s, "sign = { " + SMIME + " };", "amber")
    contact(s, "bakery.crt")
    (mail,) = warn(s)
    s.ok("encrypted: enveloped-data", "enveloped-data" in header(mail, "Content-Type"), mail)
    s.ok("the subject outside says nothing", "encrypted message" in header(mail, "Subject") and
         "Bakery" not in header(mail, "Subject") and not header(mail, "X-Tocsin-Topic"), mail[:900])
    s.ok("who files it finds what he needs", header(mail, "Message-ID") and
         header(mail, "Auto-Submitted") == "auto-generated")
    s.ok("and nothing of it in clear", b"192.0.2.1" not in mail)
    done = sh(s, "openssl", "cms", "-decrypt", "-recip", "bakery.crt", "-inkey", "bakery.key", data=mail)
    s.ok("openssl cms decrypts it", done.returncode == 0, done.stderr.decode())
    inner = done.stdout
    done = cms(s, inner, "-verify")
    s.ok("inside it is signed", done.returncode == 0 and b"192.0.2.1" in done.stdout, done.stderr.decode())
    content = next(email.message_from_bytes(inner, policy=email.policy.SMTP).iter_parts())
    s.ok("the true subject stands inside", "Bakery" in (content["Subject"] or "") and
         content.get_param("protected-headers") == "v1", inner[:600])
    contact(s, "late.crt")
    sent = warn(s)
    s.same("an expired certificate: a notice", len(sent), 1)
    (mail,) = sent
    s.ok("that is signed", cms(s, mail, "-verify").returncode == 0)
    s.ok("and says when, and nothing else", b"expired on 2026-06-01" in mail and b"192.0.2.1" not in mail and
         b"RDP" not in mail and b"TLP:CLEAR" not in mail, mail)
    held = [c for c in s.rows("cases") if c["told"] == "held"]
    s.same("the case is held and not told", [c.get("reason") for c in held], ["key-expired"])
    s.t("todo")
    s.ok("todo says what to do", "new key" in s.out, s.out)
    s.same("no second notice", warn(s), [])
    contact(s, "bakery.crt")
    s.at("2026-11-20T10:00:00Z")
    before = mails(s)
    s.t("run", "--once")
    sent = [m for m in mails(s) if m not in before]
    s.ok("with a new key they go by themselves", sent and all("enveloped-data" in header(m, "Content-Type")
         for m in sent), sent)
    configure(s, "sign = { " + SMIME.replace("chain", 'cipher = "aes-256-gcm"; chain') + " };", "amber")
    (mail,) = warn(s)
    done = sh(s, "openssl", "cms", "-decrypt", "-recip", "bakery.crt", "-inkey", "bakery.key", data=mail)
    s.ok("with GCM too", done.returncode == 0 and "authEnveloped-data" in header(mail, "Content-Type"))


def red(s):
    configure(s, "sign = { " + SMIME + " };", "red")
    contact(s, "")
    s.same("TLP:RED without a key: nothing leaves", warn(s), [])
    held = [c.get("reason") for c in s.rows("cases") if c["told"] == "held"]
    s.same("it is held", held, ["no-key"])
    s.write("gone.crt", s.read("bakery.crt"))
    contact(s, "gone.crt")
    os.unlink(s.path("gone.crt"))
    s.at("2026-11-20T11:00:00Z")
    s.t("run", "--once")
    s.ok("nor with one that cannot be read", [c.get("reason") for c in s.rows("cases")
         if c["told"] == "held"] == ["key-unusable"], s.out)


def pgp(s):
    ours, theirs, third = Gpg(s, "gnupg"), Gpg(s, "theirs"), Gpg(s, "third")
    try:
        fpr = ours.make("warn@cert.example")
        key = theirs.make("security@bakery.example")
        s.write("bakery.asc", theirs("--armor", "--export", key, real=True).stdout)
        s.write("ours.asc", ours("--armor", "--export", fpr, real=True).stdout)
        theirs("--import", "ours.asc", real=True)
        sign = 'sign = { pgp = { key = "%s"; home = "gnupg"; }; keys = "."; };' % fpr
        configure(s, sign)
        s.same("gpg: check takes it", s.t("check"), 0)
        s.ok("and says by which key", "does not expire" in s.out, s.out)
        contact(s, "")
        (mail,) = warn(s)
        m = email.message_from_bytes(mail, policy=email.policy.SMTP)
        s.ok("PGP/MIME, signed", m.get_content_type() == "multipart/signed" and
             m.get_param("protocol") == "application/pgp-signature" and
             m.get_param("micalg", "").startswith("pgp-sha"), mail[:900])
        boundary = m.get_boundary().encode()
        content = mail.split(b"--" + boundary + b"\r\n", 1)[1].rsplit(b"\r\n--" + boundary + b"\r\n", 1)[0]
        s.write("content", content)
        s.write("signature", list(m.iter_parts())[1].get_payload())
        done = theirs("--verify", "signature", "content", real=True)
        s.ok("gpg verifies it", done.returncode == 0 and b"Good signature" in done.stderr,
             done.stderr.decode())
        s.write("content", content.replace(b"Bakery", b"Bakeri"))
        s.ok("a changed byte fails", theirs("--verify", "signature", "content", real=True).returncode != 0)
        configure(s, sign, "amber")
        contact(s, "bakery.asc")
        *before, mail = warn(s)
        s.ok("what TLP:RED was held goes too, encrypted", len(before) == 1 and
             b"192.0.2.1" not in before[0] and b"pgp-encrypted" in before[0], before)
        m = email.message_from_bytes(mail, policy=email.policy.SMTP)
        s.ok("PGP/MIME, encrypted", m.get_content_type() == "multipart/encrypted" and
             [p.get_content_type() for p in m.iter_parts()] == ["application/pgp-encrypted",
             "application/octet-stream"] and b"192.0.2.1" not in mail, mail[:900])
        s.ok("with a subject that says nothing", "encrypted message" in m["Subject"])
        done = theirs("--decrypt", data=list(m.iter_parts())[1].get_payload(decode=True), real=True)
        s.ok("gpg decrypts it, and the signature inside is good", done.returncode == 0 and
             b"Good signature" in done.stderr and b"192.0.2.1" in done.stdout, done.stderr.decode())
        s.ok("a key from a file is not kept", key.encode() not in
             ours("--list-keys", "--with-colons", real=True).stdout)
        ours("--import", "bakery.asc", real=True)
        contact(s, key)
        (mail,) = warn(s)
        s.ok("by fingerprint too", header(mail, "Content-Type").startswith("multipart/encrypted"), mail[:900])
        late = third.make("security@bakery.example", "2025-06-30")
        s.write("late.asc", third("--armor", "--export", late, real=True).stdout)
        contact(s, "late.asc")
        sent = warn(s)
        s.ok("an expired key: a notice", len(sent) == 1 and b"key expired on 2025-0" in
             re.sub(rb"=\r\n", b"", sent[0]).replace(b"\r\n", b" "), sent)
        s.write("tocsin.conf", s.read("tocsin.conf").replace(fpr, "0" * 40))
        s.t("check")
        s.ok("a key that is not there is named", "0" * 40 in s.out, s.out)
        both = sign.replace("pgp =", SMIME + " pgp =")
        configure(s, both)
        contact(s, "")
        (mail,) = warn(s)
        s.ok("with both, who has no key gets S/MIME", "pkcs7" in header(mail, "Content-Type"))
        contact(s, "bakery.asc")
        (mail,) = warn(s)
        s.ok("and who has an OpenPGP key gets PGP", "pgp-signature" in header(mail, "Content-Type"))
    finally:
        third.end()
        ours.end()
        theirs.end()


def imported(s):
    """What org import says of keys, org check and todo."""
    configure(s, "sign = { " + SMIME + " };")
    certificate(s, "signs", "security@bakery.example", ku="digitalSignature")
    certificate(s, "soon", "security@bakery.example", until="20261210000000Z")
    s.write("garbage.crt", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
    s.write("letter.txt", "Dear all,\n")
    s.at("2026-11-20T12:00:00Z")
    for key, says in (("nothing.crt", "cannot be read"), ("garbage.crt", "no certificate can be read"),
                      ("letter.txt", "neither a certificate (PEM) nor an OpenPGP key"),
                      ("signs.crt", "keyEncipherment"),
                      ("other.crt", "is for someone@cert.example; expected one for security@bakery.example")):
        contact(s, key)
        s.ok("%s is refused, with its line" % key, "contacts.csv:2: key: " in s.err and says in s.err,
             s.err)
    contact(s, "bakery.crt")
    s.ok("a good one is taken", "key" not in s.err, s.err)
    contact(s, "late.crt")
    s.ok("an expired one is taken and told", "contacts.csv:2: note: key late.crt expired on 2026-06-01" in
         s.err, s.err)
    s.t("org", "check")
    s.ok("org check has it", "late.crt" in s.out and "expired on 2026-06-01" in s.out, s.out)
    contact(s, "soon.crt")
    s.t("todo")
    s.ok("todo has one that expires within thirty days", "expires on 2026-12-10" in s.out, s.out)
    s.at("2026-11-01T12:00:00Z")
    s.t("todo")
    s.ok("and not before", "expires on" not in s.out, s.out)
    s.at("2039-12-20T12:00:00Z")
    s.t("todo")
    s.ok("and the site's own", "sign.smime" in s.out and "expires on 2040-01-01" in s.out, s.out)
    s.at("2026-11-20T12:00:00Z")


def by_server(s):
    """Through the SMTP plugin to a real server: the bytes are the ledger's, and they still verify."""
    os.mkdir(s.path("box"))
    port, p = s.server("smtpd.py", "plain", s.path("box"))
    configure(s, "sign = { " + SMIME + " };")
    s.change("tocsin.conf", 'plugin = "maildir"; path = "mail";',
             'plugin = "smtp"; server = "smtp://localhost:%s"; tls = "never";' % port)
    contact(s, "")
    s.at("2026-11-21T08:00:00Z")
    s.report("scan_" + next(kinds), "2026-11-21", [("192.0.2.1", 1000)])
    s.t("run", "--once")
    got = sorted(glob.glob(s.path("box", "[0-9]*.eml")), key=os.path.getmtime)
    s.stop(p)
    s.ok("by SMTP: it arrives", got, s.out)
    with open(got[-1], "rb") as f:
        mail = re.sub(rb"\r?\n", b"\r\n", f.read())
    if mail.startswith(b"X-Env:"):
        mail = mail.split(b"\r\n", 1)[1]
    done = cms(s, mail, "-verify")
    s.ok("and openssl cms verifies it", done.returncode == 0, done.stderr.decode())
    with sqlite3.connect(f"file:{s.path('ledger.db')}?mode=ro", uri=True) as db:
        (data,) = db.execute("SELECT m.bytes FROM message m JOIN warning w ON w.id = m.warning WHERE "
                             "w.message_id = ?", (header(mail, "Message-ID"),)).fetchone()
    s.ok("the bytes are those of the ledger", bytes(data).rstrip() == mail.rstrip())


def everything(s):
    s.at("2026-11-20T07:00:00Z")
    s.t("org", "import", "--partial", "organisations.csv", "assets.csv")
    authority(s)
    certificate(s, "own", "warn@cert.example")
    for test in (signed_smime, wrong_smime, secret_smime, red, pgp, imported, by_server):
        try:
            test(s)
        except Exception as e:                  # one part that breaks leaves the others
            s.ok("%s ran to its end: %r" % (test.__name__, e), False)


scenario.main(everything, conf=CONF.replace("SIGN", "").replace("LABEL", "green"))
