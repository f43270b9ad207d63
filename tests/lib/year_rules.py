# SPDX-License-Identifier: Apache-2.0
"""Who must be told what on each day of the model year, worked out by the rules as docs/internals/cases.md,
coverage.md, answers.md and decide.md tell them.  Times are days: what is observed is so at 6:00, answers come
at 17:00, and each day's run is at 18:00."""
import collections
from year_world import day_text

OBSERVED, ANSWERED, RUN = 0.25, 17 / 24, 0.75
INTERVAL = {"rdp": 30, "smb": 30, "ntp": 10, "sink": 7, "incident": 7, "leak": 30}
GONE_AFTER, EVENT_EXPIRES, ONE_SHOT_EXPIRES, DAY_OVER = 7, 7, 90, 2
LOOKS, WINDOW, AGE, FORGOTTEN = 3, 3, 14, 180


class Case:
    def __init__(self, org, kind, ip, port, day=None):
        self.org, self.kind, self.ip, self.port, self.day = org, kind, ip, port, day
        self.seen, self.told, self.answer, self.why = "open", "none", "none", ""
        self.first = self.last = self.warned = self.relapsed = self.warning = None
        self.answered, self.episode, self.sev, self.days, self.report_day = None, 1, "medium", 0, -1

    @property
    def day_name(self):
        return "" if self.day is None else day_text(self.day)

    @property
    def lane(self):
        if self.kind == "ntp":
            return "digest"                                     # the first row of the policy that fits
        return "priority" if self.sev == "critical" or self.kind in ("sink", "incident") else "digest"

    @property
    def topic(self):
        return {"sink": "infected", "incident": "infected", "leak": "leak"}.get(self.kind, "vulnerable")


class Warning:
    def __init__(self, day, recipient, cases):
        self.day, self.recipient, self.cases = day, recipient, cases
        self.operator, self.came = cases[0].org == "access", None
        self.what = tuple(sorted((c.ip, c.port) for c in cases))
        self.orgs = {c.org for c in cases}

    def systems(self):
        return self.what

    def organisations(self):
        return self.orgs

    def state(self, today):
        return self.came or ("reached" if today - self.day >= WINDOW else "handed-over")


class Rules:
    def __init__(self, world):
        self.world, self.cases, self.ended = world, {}, []
        self.warnings, self.records, self.unmatched, self.inputs = [], [], [], []
        self.count = collections.Counter()
        self.sizes = collections.defaultdict(dict)              # kind -> report day -> records
        self.bounced = {}                                       # address -> days of bounces
        self.log = collections.defaultdict(list)                # day -> what came in: (kind, report day)

    def all_cases(self):
        return [*self.ended, *self.cases.values()]

    # ---- coverage: may the silence of a feed be believed? --------------------------

    def usual(self, kind, day):
        size = self.sizes[kind]
        week = [size[d] for d in range(day - 1, day - 36, -1) if d in size and (day - d) % 7 == 0][:4]
        days = [size[d] for d in range(day - 1, day - 15, -1) if d in size][:7]
        some = week if len(week) >= 3 else days if len(days) >= 3 else None
        return None if some is None else sorted(some)[(len(some) - 1) // 2]

    def covers(self, kind, day):
        if day not in self.sizes[kind]:
            return False
        size, usual = self.sizes[kind][day], self.usual(kind, day)
        if usual is None:
            return True
        if size == 0 and usual > 0:
            return False
        return not (size < usual / 2 and usual - size > 3 * usual ** 0.5)

    def looked(self, c, after, today, least):
        return sum(self.covers(c.kind, d) for d in range(after + 1, today + 1)) >= least

    # ---- one day -------------------------------------------------------------------

    def day(self, today):
        w = self.world
        self.now = today + RUN
        self.forget()
        self.mail(today)
        if w.registry_changes(today):
            self.new_registry(today)
        for org in w.joins.get(today, ()):
            for d in range(today - 13, today):
                for kind, report in self.log[d]:
                    self.read(kind, report, today, only=org)
        for ip in w.released.get(today, ()):
            for c in self.cases.values():
                if c.ip == ip and c.told == "held":
                    self.due(c)
        self.log[today] = w.arrivals(today)
        for kind, report in self.log[today]:
            found = w.seen(kind, report)
            self.sizes[kind][report] = len(found) + w.fillers(kind, report)
            self.inputs.append(today)
            self.records.append((today, self.sizes[kind][report]))
            nobody = sum(not w.owners(today, x.ip) for x in found) + w.fillers(kind, report)
            for org in self.later(today, found):
                nobody -= 1
            self.unmatched.append((today, nobody))
            self.read(kind, report, today)
        for (ip, day), kind, port in ((w.handed, "incident", 0), ((w.leak, w.leak_day), "leak", 0)):
            if day == today:
                self.inputs.append(today)
                self.records.append((today, 1))
                self.sighting(w.owners(today, ip)[0], kind, ip, port, "high", today, today)
        self.ends(today)
        self.send(today)

    def forget(self):
        """What ended half a year ago and comes back is a new case; what somebody denied stays denied."""
        for key, c in list(self.cases.items()):
            if c.seen != "open" and self.now - c.changed >= FORGOTTEN and c.answer in ("none", "says-fixed"):
                self.ended.append(self.cases.pop(key))

    def later(self, today, found):
        """Rows whose member joins within the time that is looked at again then: the books move."""
        for x in found:
            if not self.world.owners(today, x.ip):
                for d, orgs in self.world.joins.items():
                    if today < d <= today + 13 and self.world.owners(d, x.ip)[:1] and \
                            self.world.owners(d, x.ip)[0] in orgs:
                        yield x

    def read(self, kind, report, today, only=None):
        for x in self.world.seen(kind, report):
            owners = self.world.owners(today, x.ip)
            if len(owners) == 1 and only in (None, owners[0]):
                self.sighting(owners[0], kind, x.ip, x.port, x.severity(report), report, today)
            elif len(owners) == 2:
                self.sighting("", kind, x.ip, x.port, x.severity(report), report, today)

    # ---- a sighting ------------------------------------------------------------------

    def interval(self, c):
        if c.day is not None:
            return 1
        return self.world.interval(c.org) or INTERVAL[c.kind]

    def sighting(self, org, kind, ip, port, severity, day, today):
        key = (org, kind, ip, port, day if org == "access" else None)
        c, at, why = self.cases.get(key), day + OBSERVED, None
        if c is None:
            c = self.cases[key] = Case(*key)
            c.first, c.last, c.sev, c.days = at, at, severity, 1
            self.count["opened"] += 1
            return self.tell(c, at, None, False)
        if c.answer == "says-fixed":
            if at <= c.answered:
                return
            c.answer, why = "none", "not-fixed"
            self.relapse(c, at, severity)
        elif c.day is not None:
            c.seen = "open"
        elif at <= c.last:
            return                                              # history
        elif c.seen != "open":
            if c.kind in PORTS and self.looked(c, day, today, 1):
                return                                          # came late, and was looked for since
            self.relapse(c, at, severity)
            why = "relapse"
        elif int(at) != int(c.last):
            c.days += 1
        c.last = max(c.last, at)
        worse = severity == "critical" != c.sev and kind != "sink"
        if worse:
            c.sev = severity
        self.tell(c, at, why, worse)

    def relapse(self, c, at, severity):
        self.count["relapsed"] += 1
        c.seen, c.first, c.sev, c.days = "open", at, severity, 1
        c.episode += 1

    def tell(self, c, at, why, worse):
        if c.answer != "none":
            if not worse:
                return
            c.answer = "none"
        if c.told == "due":
            return
        if c.told == "held":
            if c.why == "too-old" and self.now - at <= AGE:
                self.due(c)
            return
        if c.warned is None or worse or why == "not-fixed":
            news = True
        elif c.day is not None:
            news = True
        elif why == "relapse" and (c.relapsed is None or self.now - c.relapsed >= self.interval(c)):
            news = True
        else:
            why, news = None, self.now - c.warned >= self.interval(c)
        if not news:
            return
        if c.kind == "ntp" and c.warned is None and c.days < 2:
            return
        if c.org == "":
            c.told, c.why = "held", "conflict"
        elif c.kind == "leak":
            c.told, c.why = "held", "policy"
        elif self.now - c.last > AGE:
            c.told, c.why = "held", "too-old"
        else:
            if c.warned is not None and why in ("relapse", "not-fixed") and not worse:
                c.relapsed = self.now
            self.due(c)

    def due(self, c):
        c.told, c.why, c.warning = "due", "", None

    # ---- what people and registries say ------------------------------------------------

    def mail(self, today):
        for recipient, what in self.world.back.get(today, ()):
            w = [x for x in self.warnings if x.recipient == recipient][-1]
            if what == "bounce":
                w.came = "unreached"
                self.bounced.setdefault(recipient, set()).add(today)
            else:
                w.came = "reached"
            for c in w.cases:
                if what == "bounce":
                    if c.warning is w and c.told == "handed" and c.answer == "none" and c.seen == "open":
                        c.told, c.why, c.warned = "held", "unreached", None
                else:
                    c.answer = {"fixed": "says-fixed"}.get(what, what.replace(" ", "-"))
                    c.told = "none"
                    c.answered, c.changed = today + ANSWERED, self.now

    def new_registry(self, today):
        """What was told to the one before is due to the new one."""
        for key, c in list(self.cases.items()):
            owners = self.world.owners(today, c.ip)
            if c.seen != "open" or owners == [c.org] or len(owners) != 1 or c.org == "":
                continue
            self.rekey(key, owners[0])
            if c.told != "none" or c.answer != "none":
                self.due(c)
            c.answer, c.warned, c.relapsed, c.answered = "none", None, None, None

    def rekey(self, key, org):
        c = self.cases.pop(key)
        c.org = org
        self.cases[(org,) + key[1:]] = c

    def settled(self, today):
        """Conflicts are asked about in each round.  What was seen today is the new one's case already."""
        for key, c in list(self.cases.items()):
            owners = self.world.owners(today, c.ip)
            if c.org != "" or c.seen != "open" or len(owners) != 1:
                continue
            if (owners[0],) + key[1:] in self.cases:
                c.seen, c.told, c.changed = "superseded", "none", self.now
            else:
                self.rekey(key, owners[0])
                self.due(c)

    # ---- the evening ---------------------------------------------------------------------

    def ends(self, today):
        for c in self.cases.values():
            silent = self.now - c.last
            if c.seen != "open" or c.told == "due":
                continue
            if c.day is not None:
                end = "expired" if silent >= DAY_OVER else None
            elif c.kind in ("sink", "incident"):
                end = "expired" if silent >= EVENT_EXPIRES else None
            elif c.kind in PORTS and silent >= GONE_AFTER and self.looked(c, int(c.last), today, LOOKS):
                end = "gone"
            else:
                end = "expired" if silent >= ONE_SHOT_EXPIRES else None
            if end is not None:
                c.seen, c.changed = end, self.now
                self.count[end] += 1

    def recipient(self, org):
        addresses = self.world.recipients(org)
        alive = [a for a in addresses if len(self.bounced.get(a, ())) < 2]
        return (alive or [f"security@{org}.example"])[0]

    def send(self, today):
        self.settled(today)
        for c in self.cases.values():
            if c.told == "held" and c.why == "unreached" and c.seen == "open" and \
                    today not in self.bounced.get(self.recipient(c.org), ()):
                self.due(c)
        groups = collections.defaultdict(list)
        for c in self.cases.values():
            if c.told == "due":
                groups[self.recipient(c.org), c.topic, c.lane].append(c)
        for (recipient, _, _), cases in groups.items():
            w = Warning(today, recipient, cases)
            self.warnings.append(w)
            for c in cases:
                c.told, c.warned, c.warning = "handed", self.now, w


PORTS = ("rdp", "smb", "ntp")
