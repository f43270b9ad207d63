# SPDX-License-Identifier: Apache-2.0
"""For scenario tests in Python: the real program in a folder of its own.  Speaks TAP.

    s = Scenario()                    a fresh folder with the common configuration and registry
    s.at("2026-11-20T08:00:00Z")      what time it is from now on
    s.t("cases", "--json")            runs tocsin; s.out, s.err, s.code
    s.rows("cases")                   the JSON lines of a list
    s.run()                           tocsin run, staying: a Running
    s.until(what, condition)          waits until something in the folder has changed so that
                                      condition() holds
    s.ok(what, good, *told)           a line of TAP
    s.end()                           the plan; ends what runs and removes the folder

Nothing sleeps: until() is woken by inotify on the whole folder, a Running's lines by its pipe.  The deadline
of both only makes a broken test end.
"""
import ctypes, json, os, select, shutil, signal, struct, subprocess, sys, tempfile, time

SRC, BUILD = os.environ["TOP_SRCDIR"], os.environ["TOP_BUILDDIR"]
TOCSIN = os.path.abspath(os.path.join(BUILD, "tocsin"))
DEADLINE = 60.0
HEAD = '"timestamp","severity","ip","protocol","port","hostname","tag","asn","geo"\n'
libc = ctypes.CDLL(None, use_errno=True)
# written, attributes, closed, moved from and to, made, taken away
IN = 0x2 | 0x4 | 0x8 | 0x40 | 0x80 | 0x100 | 0x200


class Watch:
    """inotify on a folder and all below it."""

    def __init__(self, top):
        self.fd = libc.inotify_init1(0o2004000)
        self.top, self.known = top, set()
        self.walk()

    def walk(self):
        for where, _, _ in os.walk(self.top):
            if where not in self.known:
                libc.inotify_add_watch(self.fd, where.encode(), IN)
                self.known.add(where)

    def wait(self, seconds, *more):
        """True when something changed; the events are used up."""
        got, _, _ = select.select([self.fd, *more], [], [], max(0.0, seconds))
        if self.fd in got:
            os.read(self.fd, 1 << 16)
        self.known = {k for k in self.known if os.path.isdir(k)}
        self.walk()
        return bool(got)

    def close(self):
        os.close(self.fd)


class Running:
    """A tocsin run that stays."""

    def __init__(self, s, args, env):
        self.s, self.lines, self.rest = s, [], b""
        self.p = subprocess.Popen([TOCSIN, "-c", "tocsin.conf", *args], cwd=s.dir, env=env,
                                  stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)

    def read(self, seconds):
        """What it wrote by then; False at its end."""
        if not select.select([self.p.stderr], [], [], max(0.0, seconds))[0]:
            return True
        data = os.read(self.p.stderr.fileno(), 1 << 16)
        *whole, self.rest = (self.rest + data).split(b"\n")
        self.lines += [w.decode() for w in whole]
        return bool(data)

    def says(self, text, after=0):
        """Waits for a line with this text, of those from number after on."""
        end = time.monotonic() + DEADLINE
        while not any(text in line for line in self.lines[after:]):
            if time.monotonic() > end or not self.read(end - time.monotonic()):
                return False
        return True

    def signal(self, number):
        self.p.send_signal(number)

    def ends(self, number=None):
        """Its exit status; number: a signal that is sent first."""
        if number is not None:
            self.p.send_signal(number)
        end = time.monotonic() + DEADLINE
        while time.monotonic() < end and self.read(end - time.monotonic()):
            pass
        try:
            return self.p.wait(max(0.1, end - time.monotonic()))
        except subprocess.TimeoutExpired:
            self.p.kill()
            return self.p.wait()


class Scenario:
    def __init__(self, conf=None):
        self.n = self.bad = self.code = 0
        self.out = self.err = ""
        self.running, self.servers = [], []
        self.dir = tempfile.mkdtemp(prefix="tocsin-scenario-")
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
        self.env = {k: v for k, v in os.environ.items() if k != "TOCSIN_NOW"}
        shutil.copytree(os.path.join(SRC, "tests/scenario/common"), self.dir, dirs_exist_ok=True)
        for name in os.listdir(self.dir):
            os.chmod(self.path(name), 0o644)
        os.mkdir(self.path("in"))
        if conf is not None:
            self.write("tocsin.conf", conf)
        self.watch = Watch(self.dir)

    def path(self, *names):
        return os.path.join(self.dir, *names)

    def write(self, name, data):
        os.makedirs(os.path.dirname(self.path(name)), exist_ok=True)
        with open(self.path(name), "wb") as f:
            f.write(data if isinstance(data, bytes) else data.encode())

    def read(self, name):
        with open(self.path(name), encoding="utf-8", errors="replace") as f:
            return f.read()

    def change(self, name, old, new):
        text = self.read(name)
        assert old in text, (name, old)
        self.write(name, text.replace(old, new))

    def at(self, when):
        self.env["TOCSIN_NOW"] = when

    def t(self, *args, **more):
        p = subprocess.run([TOCSIN, "-c", "tocsin.conf", *args], cwd=self.dir, env=self.env,
                           stdin=subprocess.DEVNULL, capture_output=True, **more)
        self.code, self.out, self.err = p.returncode, p.stdout.decode("utf-8",
            "replace"), p.stderr.decode("utf-8", "replace")
        return self.code

    def rows(self, *args):
        self.t(*args, "--json")
        return [json.loads(line) for line in self.out.split("\n") if line] if self.code == 0 else []

    def run(self, *args):
        self.running.append(Running(self, ["run", *args], self.env))
        return self.running[-1]

    def server(self, name, *args):
        """One of tests/lib; it lives until stop(), or the end. Its first line, and the process."""
        p = subprocess.Popen([sys.executable, os.path.join(SRC, "tests/lib", name), *args], cwd=self.dir,
                             stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.servers.append(p)
        return p.stdout.readline().decode().strip(), p

    def stop(self, p):
        self.servers.remove(p)
        p.stdin.close()
        p.wait()
        p.stdout.close()

    def until(self, condition):
        end = time.monotonic() + DEADLINE
        while not condition():
            pipes = [r.p.stderr for r in self.running if r.p.poll() is None]
            if time.monotonic() > end:
                return False
            self.watch.wait(end - time.monotonic(), *pipes)
            for r in self.running:
                if r.p.stderr in pipes:
                    r.read(0)
        return True

    def mails(self):
        """Every mail in a maildir as (address, text), in no order."""
        got = []
        for where, _, names in os.walk(self.path("mail")):
            if os.path.basename(where) == "new":
                got += [(os.path.basename(os.path.dirname(where)), self.read(os.path.join(where, n)))
                    for n in names]
        return got

    def to(self):
        return sorted(a for a, _ in self.mails())

    def report(self, kind, day, rows, folder="in", age=3600, severity="medium"):
        """A Shadowserver report; rows: (ip, port) or (ip, port, time).  age: seconds since it was written."""
        name = f"{folder}/{day}-{kind}-nl.csv"
        self.write(name, HEAD + "".join('"%s","%s","%s","tcp",%s,"","x",64496,"NL"\n' %
                                        (r[2] if len(r) > 2 else day + " 06:00:00", severity, r[0], r[1])
                                        for r in rows))
        os.utime(self.path(name), (time.time() - age,) * 2)
        return self.path(name)

    def arrives(self, kind, day, rows, folder="in", **more):
        """The same, renamed in when it is whole."""
        made = self.report(kind, day, rows, folder="away", **more)
        os.rename(made, self.path(folder, os.path.basename(made)))

    def ok(self, what, good, *told):
        self.n += 1
        print(f"{'ok' if good else 'not ok'} {self.n} - {what}", flush=True)
        if not good:
            self.bad += 1
            for line in [*map(repr, told), f"exit {self.code}", *self.out.splitlines()[:6],
                    *self.err.splitlines()[:6]]:
                print("# " + line[:200])
            for r in self.running:
                for line in r.lines[-8:]:
                    print("# run: " + line[:200])

    def same(self, what, got, want):
        self.ok(what, got == want, "got", got, "want", want)

    def clean(self):
        for r in self.running:
            if r.p.poll() is None:
                r.p.kill()
                r.p.wait()
        for p in list(self.servers):
            self.stop(p)
        self.watch.close()
        shutil.rmtree(self.dir, ignore_errors=True)

    def end(self):
        print(f"1..{self.n}")
        return 1 if self.bad else 0


def main(test, **more):
    """Runs test(scenario); the folder goes whatever happens."""
    s = Scenario(**more)
    try:
        test(s)
        status = s.end()
    finally:
        s.clean()
    sys.exit(status)
