-- SPDX-License-Identifier: Apache-2.0
-- Tocsin ledger, version 1.  Times: seconds since 1970 unless named _ns.  Addresses: 16 bytes, IPv4 mapped.
-- Words for the numbers in state, seen, told, ...: the enums of core/ledger/ledger.h and core/4-decide/case.h, from 0.

-- one row: the fence (epoch, commit_no), the secret behind Message-IDs, the last segment that the pages of "seen" contain
CREATE TABLE ledger (one INTEGER PRIMARY KEY CHECK (one = 1), epoch INTEGER NOT NULL, commit_no INTEGER NOT NULL,
	secret BLOB NOT NULL, seen_upto INTEGER NOT NULL) STRICT;

-- dictionaries: append-only, dense ids; that a text is there once is kept by the one decider, who holds them in memory
CREATE TABLE source     (id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT;
CREATE TABLE feed       (id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT;	-- "source/report"
CREATE TABLE problem    (id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT;
CREATE TABLE name       (id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT;	-- hosts as A-labels, accounts
CREATE TABLE class      (id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT;	-- "taxonomy/type"
CREATE TABLE identifier (id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT;
CREATE TABLE reason     (id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT;	-- of quarantine

-- registry: a row is valid in the snapshots since <= s < until (NULL: still)
CREATE TABLE snapshot (id INTEGER PRIMARY KEY, at INTEGER NOT NULL, who TEXT NOT NULL, audit INTEGER NOT NULL) STRICT;
CREATE TABLE organisation (id INTEGER, since INTEGER NOT NULL, until INTEGER, key TEXT NOT NULL, name TEXT NOT NULL,
	constituency TEXT NOT NULL, sector TEXT NOT NULL, language TEXT NOT NULL, email TEXT NOT NULL, parent INTEGER NOT NULL,
	PRIMARY KEY (id, since)) STRICT, WITHOUT ROWID;
CREATE TABLE asset (id INTEGER, since INTEGER NOT NULL, until INTEGER, organisation INTEGER NOT NULL, kind INTEGER NOT NULL,
	role INTEGER NOT NULL, use INTEGER NOT NULL, verified INTEGER NOT NULL, text TEXT NOT NULL, lo BLOB, hi BLOB,
	asn INTEGER NOT NULL, from_ns INTEGER, until_ns INTEGER, verified_by TEXT NOT NULL, verified_on TEXT NOT NULL,
	PRIMARY KEY (id, since)) STRICT, WITHOUT ROWID;
CREATE TABLE contact (id INTEGER, since INTEGER NOT NULL, until INTEGER, organisation INTEGER NOT NULL, role TEXT NOT NULL,
	channel TEXT NOT NULL, address TEXT NOT NULL, classes TEXT NOT NULL, language TEXT NOT NULL, tlp_max INTEGER NOT NULL,
	confirmed_ns INTEGER, expires_ns INTEGER, PRIMARY KEY (id, since)) STRICT, WITHOUT ROWID;

-- inputs: content (bytes in the spool, once) and arrival (each time a source showed them) are two things
CREATE TABLE content (sha256 TEXT PRIMARY KEY, size INTEGER NOT NULL, arrived INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE input (id INTEGER PRIMARY KEY, source INTEGER NOT NULL, feed INTEGER NOT NULL, name TEXT NOT NULL,
	member TEXT NOT NULL, parent INTEGER NOT NULL, day INTEGER NOT NULL, sha256 TEXT NOT NULL, arrived INTEGER NOT NULL,
	state INTEGER NOT NULL, off INTEGER NOT NULL, records INTEGER NOT NULL, matched INTEGER NOT NULL,
	refused INTEGER NOT NULL, plugin TEXT NOT NULL, error TEXT NOT NULL) STRICT;
CREATE UNIQUE INDEX input_once ON input (source, name, member, day, sha256);
CREATE INDEX input_pending ON input (id) WHERE state = 0;
CREATE TABLE feed_look (feed INTEGER, day INTEGER, PRIMARY KEY (feed, day)) STRICT, WITHOUT ROWID;
-- the books: for each input, records = the sum of n
CREATE TABLE tally (input INTEGER, problem INTEGER, class INTEGER, constituency TEXT, outcome INTEGER, n INTEGER NOT NULL,
	PRIMARY KEY (input, problem, class, constituency, outcome)) STRICT, WITHOUT ROWID;
-- unreadable: spans of one input with one reason in one commit; no spans: the whole input
CREATE TABLE quarantine (id INTEGER PRIMARY KEY, input INTEGER NOT NULL, commit_no INTEGER NOT NULL, at INTEGER NOT NULL,
	reason INTEGER NOT NULL, state INTEGER NOT NULL, n INTEGER NOT NULL, detail TEXT NOT NULL, spans BLOB) STRICT;
CREATE INDEX quarantine_open ON quarantine (id) WHERE state = 0;

-- cases: dense ids, no secondary index, whole rows.  last_seen, count and evidence (input ... off) are as of the row's last
-- change; what was seen since then is in seen and segment, and the greater wins
CREATE TABLE cases (id INTEGER PRIMARY KEY, organisation INTEGER NOT NULL, problem INTEGER NOT NULL, ip BLOB,
	name INTEGER NOT NULL, port INTEGER NOT NULL, transport INTEGER NOT NULL, feed INTEGER NOT NULL, asset INTEGER NOT NULL,
	snapshot INTEGER NOT NULL, rule INTEGER NOT NULL, role INTEGER NOT NULL, kind INTEGER NOT NULL, part INTEGER NOT NULL,
	seen INTEGER NOT NULL, told INTEGER NOT NULL, answer INTEGER NOT NULL, lane INTEGER NOT NULL, reason INTEGER NOT NULL,
	severity INTEGER NOT NULL, tlp INTEGER NOT NULL, redirected INTEGER NOT NULL, episode INTEGER NOT NULL,
	class INTEGER NOT NULL, identifier INTEGER NOT NULL, rev INTEGER NOT NULL, first_seen INTEGER NOT NULL,
	last_seen INTEGER NOT NULL, count INTEGER NOT NULL, warned INTEGER NOT NULL, due INTEGER NOT NULL,
	warning INTEGER NOT NULL, input INTEGER NOT NULL, len INTEGER NOT NULL, line INTEGER NOT NULL, sub INTEGER NOT NULL,
	src_port INTEGER NOT NULL, off INTEGER NOT NULL, cves INTEGER NOT NULL, changed INTEGER NOT NULL) STRICT;
CREATE TABLE case_cve  (id INTEGER, cve TEXT, since INTEGER NOT NULL, PRIMARY KEY (id, cve)) STRICT, WITHOUT ROWID;
CREATE TABLE case_feed (id INTEGER, feed INTEGER, last INTEGER NOT NULL, PRIMARY KEY (id, feed)) STRICT, WITHOUT ROWID;
CREATE TABLE claim     (id INTEGER, asset INTEGER, rule INTEGER NOT NULL, rank INTEGER NOT NULL, fate INTEGER NOT NULL,
	PRIMARY KEY (id, asset)) STRICT, WITHOUT ROWID;
-- what happened to cases, in order; no index: an append is all it costs, and one case is found by a scan
CREATE TABLE event (seq INTEGER PRIMARY KEY, commit_no INTEGER NOT NULL, at INTEGER NOT NULL, id INTEGER NOT NULL,
	kind INTEGER NOT NULL, why INTEGER NOT NULL, ref INTEGER NOT NULL) STRICT;
-- every sighting, sorted by case, packed (core/ledger/segment.c); lo, hi: the least and greatest case
CREATE TABLE segment (id INTEGER PRIMARY KEY, commit_no INTEGER NOT NULL, at INTEGER NOT NULL, input INTEGER NOT NULL,
	from_off INTEGER NOT NULL, to_off INTEGER NOT NULL, records INTEGER NOT NULL, n INTEGER NOT NULL, lo INTEGER NOT NULL,
	hi INTEGER NOT NULL, sightings BLOB NOT NULL) STRICT;
-- the sum of all segments up to ledger.seen_upto: page p has the cases p * 1024 ... p * 1024 + 1023 (core/ledger/seen.c)
CREATE TABLE seen (page INTEGER PRIMARY KEY, data BLOB NOT NULL) STRICT;

-- warnings; message: composed once, sent as it is; outbox: only what has no final answer
CREATE TABLE warning (id INTEGER PRIMARY KEY, number TEXT NOT NULL UNIQUE, key BLOB NOT NULL UNIQUE,
	message_id TEXT NOT NULL UNIQUE, answers TEXT NOT NULL, organisation INTEGER NOT NULL, recipient TEXT NOT NULL,
	notifier TEXT NOT NULL, topic TEXT NOT NULL, subject TEXT NOT NULL, language TEXT NOT NULL, redirected TEXT NOT NULL,
	lane INTEGER NOT NULL, tlp INTEGER NOT NULL, role INTEGER NOT NULL, requested INTEGER NOT NULL, made INTEGER NOT NULL,
	state INTEGER NOT NULL, ncase INTEGER NOT NULL, type TEXT NOT NULL) STRICT;
CREATE INDEX warning_thread ON warning (recipient, topic, id);
CREATE TABLE message      (warning INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT;
CREATE TABLE warning_case (warning INTEGER, id INTEGER, rev INTEGER NOT NULL, PRIMARY KEY (warning, id)) STRICT, WITHOUT ROWID;
CREATE TABLE case_warning (id INTEGER, warning INTEGER, PRIMARY KEY (id, warning)) STRICT, WITHOUT ROWID;
CREATE TABLE outbox (warning INTEGER PRIMARY KEY, notifier TEXT NOT NULL, state INTEGER NOT NULL, lane INTEGER NOT NULL,
	due INTEGER NOT NULL, attempt INTEGER NOT NULL) STRICT;
CREATE INDEX outbox_claim ON outbox (notifier, state, lane, due);
CREATE INDEX outbox_next ON outbox (state, due);
CREATE TABLE delivery (warning INTEGER, attempt INTEGER, begun INTEGER NOT NULL, ended INTEGER, answer INTEGER,
	reply TEXT NOT NULL, PRIMARY KEY (warning, attempt)) STRICT, WITHOUT ROWID;
CREATE INDEX delivery_open ON delivery (warning) WHERE answer IS NULL;

-- hands: every order by a person is a row here first; hash = SHA-256 (prev, row), see core/ledger/ledger_order.c
CREATE TABLE audit (id INTEGER PRIMARY KEY, at INTEGER NOT NULL, who TEXT NOT NULL, verb TEXT NOT NULL, args TEXT NOT NULL,
	staged BLOB, prev BLOB NOT NULL, hash BLOB NOT NULL) STRICT;
CREATE TABLE staged (audit INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT;
CREATE TABLE applied (audit INTEGER PRIMARY KEY, commit_no INTEGER NOT NULL, at INTEGER NOT NULL, result TEXT NOT NULL) STRICT;
CREATE TRIGGER audit_fixed BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
CREATE TRIGGER audit_kept BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
CREATE TABLE hold  (what TEXT PRIMARY KEY, since INTEGER NOT NULL, audit INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE state (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE alarm (key TEXT PRIMARY KEY, text TEXT NOT NULL, at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
