# SPDX-License-Identifier: Apache-2.0
"""What happens in the model year: nothing here is asked of the program, and nothing is random but by seed.

30 organisations have a network of 16 addresses each, a provider has 128 dynamic ones as their operator.
Systems come, go and come back; feeds have bad days; five members join, one leaves, a network changes
hands, and one is claimed by two until it is settled."""
import datetime, ipaddress, random

DAYS = 365
FIRST = (datetime.date(2025, 1, 1) - datetime.date(1970, 1, 1)).days
NEW = {"o26": 60, "o27": 120, "o28": 180, "o29": 240, "o30": 300}
LEFT = {"o20": 200}
HANDS = 150                 # the network of o02 becomes o03's
SETTLED = 75                # 198.51.100.224/28, which o24 and o25 claim, is o24's
FEEDS = {"rdp": "scan_rdp", "smb": "scan_smb", "ntp": "scan_ntp", "sink": "event4_sinkhole"}
PORT = {"rdp": 3389, "smb": 445, "ntp": 123}
SCAN = '"timestamp","severity","ip","protocol","port","hostname","tag","asn","geo"\n'
SINK = ('"timestamp","protocol","src_ip","src_port","src_asn","src_geo","infection","family","tag",'
        '"severity"\n')
# days of feeds that are not as they should be
MISSING = {"rdp": {*range(48, 53), 210}, "smb": {100, 101}}
EMPTY = {"rdp": {130, 350}, "ntp": {90}}
SHRUNKEN = {"smb": {*range(160, 164)}, "rdp": {250, 340}}
LATE = {"smb": {60: 2, 222: 2, 300: 3}, "rdp": {275: 1}}       # by so many days


def day_text(day):
    return (datetime.date(2025, 1, 1) + datetime.timedelta(day)).isoformat()


def month_start(m):
    return (datetime.date(2025 + (m - 1) // 12, (m - 1) % 12 + 1, 1) - datetime.date(2025, 1, 1)).days


class System:
    """One problem at one address: on which days it can be seen, and since when it is critical."""

    def __init__(self, kind, ip, days, critical=DAYS):
        self.kind, self.ip, self.days, self.critical = kind, ip, days, critical
        self.port = PORT.get(kind, 0)

    def severity(self, day):
        return "critical" if day >= self.critical or self.kind == "sink" else "medium"


def stays(rnd, first=0):
    """Days of a system: stretches of very different length, in which a look misses it now and then."""
    days, at = set(), first + rnd.randrange(60)
    while at < DAYS:
        length = rnd.choice((1, 2, 5, 12, 20, 33, 45, 70, 120))
        days |= {d for d in range(at, min(at + length, DAYS)) if rnd.randrange(20) != 0}
        at += length + rnd.choice((4, 6, 9, 15, 30, 60, 90, 200))
    return days


class World:
    def __init__(self):
        self.rnd = random.Random(20250101)
        self.orgs = [f"o{i:02}" for i in range(1, 31)]
        self.net = {o: f"192.0.2.{16 * i}" if i < 16 else f"198.51.100.{16 * (i - 16)}"
                    for i, o in enumerate(self.orgs)}
        self.systems = self.make_systems()
        self.joins = {}
        for o, d in NEW.items():
            self.joins.setdefault(d, []).append(o)
        self.leak, self.leak_day = self.address("o07", 14), 100
        self.released = {112: [self.leak]}
        self.handed = (self.address("o08", 13), 40)             # the partner's incident: ip, day
        # what comes back before the run of that day: to the newest mail to that address
        self.back = {7: [("first@o10.example", "bounce")], 9: [("first@o10.example", "bounce")],
                     125: [("first@o11.example", "bounce")],
                     33: [("security@o04.example", "fixed")], 97: [("security@o05.example", "not mine")],
                     140: [("security@o06.example", "false positive")],
                     201: [("security@o09.example", "fixed")], 281: [("security@o13.example", "fixed")]}
        self.filler = {}

    def address(self, org, n):
        a, b = self.net[org].rsplit(".", 1)
        return f"{a}.{int(b) + n}"

    def make_systems(self):
        rnd, out = self.rnd, []
        for o in self.orgs:
            for kind, most, base in (("rdp", 2, 1), ("smb", 2, 4), ("ntp", 1, 7), ("sink", 1, 9)):
                for i in range(rnd.randrange(most + 1)):
                    critical = rnd.choice((DAYS, DAYS, DAYS, rnd.randrange(DAYS)))
                    out.append(System(kind, self.address(o, base + i), stays(rnd), critical))
        # always there, so that what is scripted has something to happen to
        for o in ("o02", "o04", "o05", "o06", "o09", "o13", "o20", *NEW):
            out.append(System("rdp", self.address(o, 12), set(range(0, DAYS))))
        for o in ("o10", "o11"):
            out.append(System("rdp", self.address(o, 12), set(range(5, 30)) | set(range(124, 200))))
        out.append(System("rdp", "198.51.100.230", set(range(70, 90))))           # the conflict
        for i in range(6):
            out.append(System("sink", f"203.0.113.{20 + i}",
                              {d for d in range(DAYS) if rnd.randrange(40) == 0}))
        return out

    # ---- the registry ------------------------------------------------------------

    def registry_changes(self, day):
        return day in (HANDS, SETTLED) or day in NEW.values() or day in LEFT.values()

    def members(self, day):
        return [o for o in self.orgs if NEW.get(o, -1) <= day < LEFT.get(o, DAYS)]

    def assets(self, day):
        """(organisation, network) that are verified on that day."""
        out = [("o03" if o == "o02" and day >= HANDS else o, self.net[o] + "/28") for o in self.members(day)]
        out.append(("access", "203.0.113.0/25"))
        out.append(("o24", "198.51.100.224/28"))
        return out + [("o25", "198.51.100.224/28")] * (day < SETTLED)

    def owners(self, day, ip):
        return [o for o, n in self.assets(day) if ipaddress.ip_address(ip) in ipaddress.ip_network(n)]

    def recipients(self, org):
        """In the order they are told in."""
        if org == "o12":
            return ["intake@partner.example"]
        first = [f"first@{org}.example", f"second@{org}.example"] if org in ("o10", "o11") else []
        return first or [f"security@{org}.example"]

    def interval(self, org):
        return {"o05": 20, "o16": 60}.get(org)

    def may_be_told(self, day, recipient, ip):
        owners = self.owners(day, ip)
        return len(owners) == 1 and recipient in self.recipients(owners[0])

    def tables(self, day):
        orgs = "organisation,name,constituency,sector,language,email,interval\n" + "".join(
            f"{o},Organisation {o},{'vital' if o == 'o12' else 'direct'},food,en,security@{o}.example,"
            f"{str(self.interval(o)) + 'd' if self.interval(o) else ''}\n"
            for o in [*self.members(day), "access"])
        assets = "organisation,asset,verified,valid_from,valid_until,role,use\n" + "".join(
            f"{o},{n},yes,,,{'operator,dynamic' if o == 'access' else 'owner,static'}\n"
            for o, n in self.assets(day))
        contacts = "organisation,role,channel,address\n" + "".join(
            f"{o},{role},email,{a}\n" for o in ("o10", "o11")
            for role, a in zip(("a-security", "b-office"), self.recipients(o)))
        return {"organisations.csv": orgs, "assets.csv": assets, "contacts.csv": contacts}

    # ---- inputs ------------------------------------------------------------------

    def fillers(self, kind, day):
        """Rows of nobody who is registered: so many that a feed has a usual size."""
        return 0 if day in EMPTY.get(kind, ()) else 8 if day in SHRUNKEN.get(kind, ()) else 40 + day * 7 % 9

    def seen(self, kind, day):
        bad = day in MISSING.get(kind, ()) or day in EMPTY.get(kind, ()) or day in SHRUNKEN.get(kind, ())
        return [] if bad else [x for x in self.systems if x.kind == kind and day in x.days]

    def arrivals(self, day):
        """(kind, report day) of what comes in on that day, in the order of the report days."""
        out = []
        for kind in FEEDS:
            late = LATE.get(kind, {})
            out += [(kind, d) for d, n in late.items() if d + n == day]
            if day not in MISSING.get(kind, ()) and day not in late:
                out.append((kind, day))
        return sorted(out, key=lambda x: x[1])

    def files(self, day):
        for kind, d in self.arrivals(day):
            at = day_text(d) + " 06:00:00"
            ips = [(x.ip, x.severity(d)) for x in self.seen(kind, d)]
            ips += [(f"203.0.113.{130 + i}", "medium") for i in range(self.fillers(kind, d))]
            name = f"in/{day_text(d)}-{FEEDS[kind]}-nl.csv"
            if kind == "sink":
                yield name, SINK + "".join(f'"{at}","tcp","{ip}",{40000 + d},64496,"NL","avalanche",'
                                           '"avalanche","avalanche","critical"\n' for ip, _ in ips)
            else:
                yield name, SCAN + "".join(f'"{at}","{sev}","{ip}","{"udp" if kind == "ntp" else "tcp"}",'
                                           f'{PORT[kind]},"","x",64496,"NL"\n' for ip, sev in ips)
        if day == self.handed[1]:
            yield "partner/incident.xml", IODEF.format(day=day_text(day), ip=self.handed[0])
        if day == self.leak_day:
            yield "desk/leak.json", LEAK.format(day=day_text(day), ip=self.leak)

    def bad_states(self, first, last):
        """What the list of source-days must call bad days between first and last."""
        has = lambda what: any(first <= d < last for days in what.values() for d in days)
        states = {"missing": MISSING, "empty": EMPTY, "shrunken": SHRUNKEN}
        return {w for w, what in states.items() if has(what)}


IODEF = """<?xml version="1.0" encoding="UTF-8"?>
<IODEF-Document version="2.00" xml:lang="en" xmlns="urn:ietf:params:xml:ns:iodef-2.0">
<Incident purpose="reporting" restriction="amber"><IncidentID name="csirt.example">1</IncidentID>
<GenerationTime>{day}T09:00:00Z</GenerationTime><Description>An infected system (qakbot)</Description>
<Assessment><IncidentCategory>malicious-code/infected-system</IncidentCategory>
<SystemImpact severity="high" completion="succeeded" type="takeover-system"/></Assessment>
<Contact role="creator" type="organization"><ContactName>CSIRT</ContactName></Contact>
<EventData><DetectTime>{day}T06:00:00Z</DetectTime><Flow><System category="source"><Node>
<Address category="ipv4-addr">{ip}</Address></Node></System></Flow></EventData></Incident></IODEF-Document>
"""
LEAK = """{{ "format": "researcher-report/1", "reporter": {{ "contact": "robin@research.example" }},
"title": "A database that anyone can read", "found": "{day}T06:00:00Z", "tlp": "amber", "class": "data-leak",
"severity": "high", "systems": [ {{ "address": "{ip}", "port": 9200, "transport": "tcp" }} ] }}
"""
