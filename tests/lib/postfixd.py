# SPDX-License-Identifier: Apache-2.0
"""A real Postfix for tests: an instance of its own in a temporary folder (configuration, queue, data), on a
free loopback port, in the foreground, ended by its pid. Nothing of the system's own Postfix is read or
touched, and nothing leaves: what it takes lies in FOLDER/mail/new with its envelope before it, or is refused.

Postfix wants to be started by root, and its users to exist; missing() says what is not there.
"""
import grp, os, pwd, select, shutil, signal, socket, subprocess, time

MAIN = """compatibility_level = 3.6
queue_directory = DIR/queue
data_directory = DIR/data
command_directory = /usr/sbin
daemon_directory = DAEMONS
mail_owner = postfix
setgid_group = postdrop
maillog_file = DIR/log/maillog
maillog_file_prefixes = DIR
myhostname = mx.test.example
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
relay_transport = error:nothing leaves here
default_transport = error:nothing leaves here
relay_domains =
virtual_mailbox_domains = static:all
virtual_mailbox_maps = static:all/
virtual_mailbox_base = DIR/mail
virtual_minimum_uid = 1
virtual_uid_maps = static:UID
virtual_gid_maps = static:GID
virtual_transport = keep
smtpd_recipient_restrictions = check_recipient_access texthash:DIR/etc/recipients, permit_mynetworks, reject
smtpd_peername_lookup = no
smtpd_client_restrictions =
smtpd_delay_reject = no
smtpd_error_sleep_time = 0
smtpd_soft_error_limit = 1000
smtpd_hard_error_limit = 2000
smtpd_junk_command_limit = 100000
message_size_limit = 2000000
biff = no
alias_maps =
alias_database =
"""
# smtpd looks its lists up anew for each connection.
MASTER = """PORT inet n - n - - smtpd -o max_use=1
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
proxywrite unix - - n - 1 proxymap
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
keep unix - n n - 8 pipe flags=DO user=OWNER:GROUP argv=DIR/keep ${sender} ${recipient}
"""
KEEP = """#!/bin/sh
umask 022
f=$(mktemp DIR/mail/tmp.XXXXXX) || exit 75
{ printf 'X-Envelope-From: %s\\nX-Envelope-To: %s\\n' "$1" "$2"; cat; } >"$f" &&
	mv "$f" "${f%/tmp.*}/new/${f##*/tmp.}"
"""


def missing():
    """Why there is no Postfix to start; None: there is."""
    if shutil.which("postconf", path="/usr/sbin:/usr/bin") is None or not os.path.exists("/usr/sbin/postfix"):
        return "postfix is not installed"
    if os.geteuid() != 0:
        return "postfix can only be started by root"
    try:
        pwd.getpwnam("postfix"), grp.getgrnam("postdrop")
    except KeyError:
        return "postfix's users are not there"
    return None


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as s:
        return s.getsockname()[1]


def a_moment():
    """The master says in no other way that it has its port."""
    select.select([], [], [], 0.02)


class Postfix:
    def __init__(self, folder):
        self.dir, self.port = folder, free_port()
        self.p = None
        daemons = next(d for d in ("/usr/lib/postfix/sbin", "/usr/libexec/postfix", "/usr/lib/postfix")
                       if os.path.exists(os.path.join(d, "master")))
        self.master = os.path.join(daemons, "master")
        user = pwd.getpwnam("nobody")
        for name in ("etc", "queue", "data", "log", "mail", "mail/new"):
            os.makedirs(os.path.join(folder, name))
        os.chmod(folder, 0o755)
        for name in ("mail", "mail/new"):
            os.chown(os.path.join(folder, name), user.pw_uid, user.pw_gid)
        owner = pwd.getpwnam("postfix")
        os.chown(os.path.join(folder, "data"), owner.pw_uid, owner.pw_gid)
        words = {"DIR": folder, "PORT": f"127.0.0.1:{self.port}", "DAEMONS": daemons, "UID": str(user.pw_uid),
                 "GID": str(user.pw_gid), "OWNER": "nobody", "GROUP": grp.getgrgid(user.pw_gid).gr_name}
        for name, text, mode in (("etc/main.cf", MAIN, 0o644), ("etc/master.cf", MASTER, 0o644),
                                 ("keep", KEEP, 0o755)):
            for word in sorted(words, key=len, reverse=True):
                text = text.replace(word, words[word])
            with open(os.path.join(folder, name), "w") as f:
                f.write(text)
            os.chmod(f.name, mode)
        self.recipients({})

    def recipients(self, actions):
        """What smtpd does with an address: {"a@x.example": "450 4.2.1 later"}."""
        with open(os.path.join(self.dir, "etc/recipients"), "w") as f:
            f.write("".join(f"{k} {v}\n" for k, v in actions.items()) or "# nobody\n")

    def start(self):
        subprocess.run(["/usr/sbin/postfix", "-c", os.path.join(self.dir, "etc"), "check"], check=True,
                       stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.p = subprocess.Popen([self.master, "-c", os.path.join(self.dir, "etc"), "-d"], cwd=self.dir,
                                  stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                  stderr=subprocess.DEVNULL, start_new_session=True,
                                  env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin"})
        end = time.monotonic() + 60
        while time.monotonic() < end and self.p.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", self.port), 5).close()
                return True
            except OSError:
                a_moment()
        return False

    def stop(self):
        if self.p is not None and self.p.poll() is None:
            self.p.send_signal(signal.SIGTERM)
            try:
                self.p.wait(20)
            except subprocess.TimeoutExpired:
                self.p.kill()
                self.p.wait()
        self.p = None

    def mails(self):
        new, got = os.path.join(self.dir, "mail/new"), []
        for name in sorted(os.listdir(new)):
            with open(os.path.join(new, name), "rb") as f:
                got.append(f.read())
        return got

    def log(self):
        try:
            with open(os.path.join(self.dir, "log/maillog"), errors="replace") as f:
                return f.read()
        except OSError:
            return ""

