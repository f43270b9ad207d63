#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A real IMAP server (dovecot) for tests, on loopback, with a folder and users of its own.

usage: dovecotd.py FOLDER      first line: "PORT TLSPORT", or "none" where there is no dovecot;
                               it ends when its standard input is closed

The user is desk@cert.example, the password "open sesame"; the mail lies in FOLDER/mail (a maildir), and
FOLDER/ca.pem is the certificate to trust.
"""
import grp, os, pwd, shutil, socket, subprocess, sys

CONF = """
protocols = imap
listen = 127.0.0.1
base_dir = {d}/run
state_dir = {d}/state
log_path = /dev/stderr
default_internal_user = {user}
default_login_user = {user}
default_internal_group = {group}
ssl = yes
ssl_cert = <{d}/ca.pem
ssl_key = <{d}/key.pem
disable_plaintext_auth = no
auth_mechanisms = plain login
mail_location = maildir:{d}/mail
first_valid_uid = 1
first_valid_gid = 0
passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=%u {d}/users
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={d}/home
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
}}
"""


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def find():
    for p in (shutil.which("dovecot"), "/usr/sbin/dovecot", "/usr/local/sbin/dovecot"):
        if p and os.access(p, os.X_OK):
            return p
    return None


def certificate(d):
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30", "-keyout",
                    d + "/key.pem", "-out", d + "/ca.pem", "-subj", "/CN=localhost", "-addext",
                    "subjectAltName=DNS:localhost,IP:127.0.0.1"], check=True, capture_output=True)


def main():
    program, d = find(), os.path.abspath(sys.argv[1])
    if program is None:
        print("none", flush=True)
        return 0
    who = pwd.getpwuid(os.getuid()) if os.getuid() else pwd.getpwnam("nobody")
    for name in ("run", "state", "home"):
        os.makedirs(os.path.join(d, name), exist_ok=True)
    for name in ("", "/cur", "/new", "/tmp"):
        os.makedirs(d + "/mail" + name, exist_ok=True)
    for where, names, leaves in os.walk(d):
        for n in ["."] + names + leaves:
            if not os.getuid():
                os.chown(os.path.join(where, n), who.pw_uid, who.pw_gid)
    for up in (d, os.path.dirname(d)):
        os.chmod(up, 0o755)
    if not os.path.exists(d + "/ca.pem"):
        certificate(d)
    with open(d + "/users", "w") as f:
        f.write("desk@cert.example:{PLAIN}open sesame\n")
    group = grp.getgrgid(who.pw_gid).gr_name
    port, tls = free_port(), free_port()
    with open(d + "/dovecot.conf", "w") as f:
        f.write(CONF.format(d=d, user=who.pw_name, group=group, uid=who.pw_uid, gid=who.pw_gid, port=port,
                            tls=tls))
    server = subprocess.Popen([program, "-F", "-c", d + "/dovecot.conf"], stdin=subprocess.DEVNULL,
                              stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    log = open(d + "/log", "w")
    for line in server.stderr:
        log.write(line)
        log.flush()
        if "starting up" in line:
            break

    print(port, tls, flush=True)
    sys.stdin.read()
    server.terminate()
    for line in server.stderr:
        log.write(line)
    server.wait()
    return 0


sys.exit(main())
