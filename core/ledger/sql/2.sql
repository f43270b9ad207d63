-- SPDX-License-Identifier: Apache-2.0
-- Ledger version 2: what decides as a national CERT does.  Each part's tables and columns under its own heading.

-- ---- when, and how much at once: what people ordered about warnings ----
-- cancelled warnings; state 0: being handed over, settled with its answer; 1: it had not left; 2: it had, and the warning
-- correction says so
CREATE TABLE cancel (warning INTEGER PRIMARY KEY, at INTEGER NOT NULL, audit INTEGER NOT NULL, why TEXT NOT NULL,
	tell TEXT NOT NULL, state INTEGER NOT NULL, correction INTEGER NOT NULL) STRICT;
CREATE INDEX cancel_correction ON cancel (correction) WHERE correction <> 0;
-- what a ledger that a restore replaced had handed over after the backup
CREATE TABLE left_already (message_id TEXT PRIMARY KEY, number TEXT NOT NULL, at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
-- what was warned by another system (tocsin learn): for cases that are yet to come; port 0: any
CREATE TABLE told_elsewhere (problem INTEGER, ip BLOB, name INTEGER, port INTEGER, at INTEGER NOT NULL, ticket TEXT NOT NULL,
	audit INTEGER NOT NULL, PRIMARY KEY (problem, ip, name, port)) STRICT, WITHOUT ROWID;
-- campaigns: one occasion, composed first, approved by a second person as it is, then sent; in rounds.  rounds: seconds after
-- the first, comma-separated
CREATE TABLE campaign (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, what TEXT NOT NULL, state INTEGER NOT NULL,
	template TEXT NOT NULL, rounds TEXT NOT NULL, round INTEGER NOT NULL, next INTEGER NOT NULL, made INTEGER NOT NULL,
	creator TEXT NOT NULL, audit INTEGER NOT NULL, hash TEXT NOT NULL, approver TEXT NOT NULL, approved INTEGER NOT NULL,
	note TEXT NOT NULL) STRICT;
CREATE TABLE campaign_case (campaign INTEGER, id INTEGER, told INTEGER NOT NULL, PRIMARY KEY (campaign, id))
	STRICT, WITHOUT ROWID;
CREATE TABLE campaign_warning (warning INTEGER PRIMARY KEY, campaign INTEGER NOT NULL, round INTEGER NOT NULL,
	sent INTEGER NOT NULL) STRICT;
CREATE INDEX campaign_round ON campaign_warning (campaign, round);
-- the ladder: network tables, a version each; the bytes are those of the order that brought them (staged)
CREATE TABLE net_table (id INTEGER PRIMARY KEY, name TEXT NOT NULL, dated INTEGER NOT NULL, at INTEGER NOT NULL,
	who TEXT NOT NULL, audit INTEGER NOT NULL, until INTEGER, files TEXT NOT NULL, networks INTEGER NOT NULL,
	systems INTEGER NOT NULL, countries INTEGER NOT NULL, parties INTEGER NOT NULL, certs INTEGER NOT NULL,
	silent INTEGER NOT NULL, refused INTEGER NOT NULL) STRICT;

-- how an asset was verified, and until when that holds
ALTER TABLE asset ADD COLUMN method TEXT NOT NULL DEFAULT '';
ALTER TABLE asset ADD COLUMN verify_until_ns INTEGER;

-- ---- what comes back by mail ----
-- messages of the answer mailboxes (core/ledger/ledger_mail.h); name: the same message has the same one for ever
CREATE TABLE mail (id INTEGER PRIMARY KEY, mailbox TEXT NOT NULL, name TEXT NOT NULL, sha256 TEXT NOT NULL,
	at INTEGER NOT NULL, sent INTEGER NOT NULL, kind INTEGER NOT NULL, state INTEGER NOT NULL, warning INTEGER NOT NULL,
	audit INTEGER NOT NULL, sender TEXT NOT NULL, subject TEXT NOT NULL, text TEXT NOT NULL, status TEXT NOT NULL,
	why TEXT NOT NULL, UNIQUE (mailbox, name, sha256)) STRICT;
CREATE INDEX mail_open ON mail (id) WHERE state = 1;
-- addresses that mail came back from, or that were confirmed; lower case
CREATE TABLE contact_health (address TEXT PRIMARY KEY, days INTEGER NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL,
	wrong INTEGER NOT NULL, good INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE INDEX warning_handed_over ON warning (id) WHERE state = 2;
-- of a contact: a certificate's or PGP key's file, or its fingerprint
ALTER TABLE contact ADD COLUMN key TEXT NOT NULL DEFAULT '';
-- deliver: how many warnings went to a recipient domain since a moment, where its rate is limited
CREATE TABLE sent (domain TEXT PRIMARY KEY, since INTEGER NOT NULL, n INTEGER NOT NULL) STRICT, WITHOUT ROWID;
-- cases: answers and merges, what a case is keyed by on dynamic networks (day) and on many ports (many)
ALTER TABLE cases ADD COLUMN day INTEGER NOT NULL DEFAULT 0;
ALTER TABLE cases ADD COLUMN many INTEGER NOT NULL DEFAULT 0;
ALTER TABLE cases ADD COLUMN answered INTEGER NOT NULL DEFAULT 0;
ALTER TABLE cases ADD COLUMN until INTEGER NOT NULL DEFAULT 0;
ALTER TABLE cases ADD COLUMN relapsed INTEGER NOT NULL DEFAULT 0;
ALTER TABLE cases ADD COLUMN merged_into INTEGER NOT NULL DEFAULT 0;
ALTER TABLE cases ADD COLUMN days INTEGER NOT NULL DEFAULT 0;
ALTER TABLE cases ADD COLUMN listed INTEGER NOT NULL DEFAULT 0;
ALTER TABLE cases ADD COLUMN told_n INTEGER NOT NULL DEFAULT 0;
CREATE INDEX case_merged ON cases (merged_into) WHERE merged_into <> 0;
-- s between two warnings about the same; 0: not said
ALTER TABLE organisation ADD COLUMN interval INTEGER NOT NULL DEFAULT 0;
ALTER TABLE asset ADD COLUMN interval INTEGER NOT NULL DEFAULT 0;
-- each content of the alias table that was at work, in order
CREATE TABLE problems_version (id INTEGER PRIMARY KEY, at INTEGER NOT NULL, sha256 TEXT NOT NULL,
	merged INTEGER NOT NULL) STRICT;
-- coverage: what came of a feed on a day is summed from the inputs; what the sources' own lists named is kept.
-- listed.feed 0: the list itself
CREATE INDEX input_feed_day ON input (feed, day);
CREATE TABLE listed (source INTEGER, day INTEGER, feed INTEGER, PRIMARY KEY (source, day, feed)) STRICT, WITHOUT ROWID;
DROP TABLE feed_look;
-- alarms: who was told of which, when first raised and when last told
CREATE TABLE alarm_told (hearer TEXT, key TEXT, text TEXT NOT NULL, since INTEGER NOT NULL, told INTEGER NOT NULL,
	PRIMARY KEY (hearer, key)) STRICT, WITHOUT ROWID;
-- what waits for a person or for its hand-over: few rows, asked for every minute
CREATE INDEX case_held ON cases (lane, reason, changed) WHERE seen = 0 AND told = 2;
CREATE INDEX case_priority ON cases (due) WHERE seen = 0 AND told = 1 AND lane = 2;
-- retention (core/ledger/ledger_keep.h): inputs whose bytes were taken out of the spool, payloads of orders that were taken
-- out of staged
CREATE TABLE evidence_gone (sha256 TEXT PRIMARY KEY, at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE staged_gone (audit INTEGER PRIMARY KEY, at INTEGER NOT NULL) STRICT;

-- ---- enrichment ----
-- cases: known to be exploited (1; 2: by ransomware too), and the probability in percent
ALTER TABLE cases ADD COLUMN exploited INTEGER NOT NULL DEFAULT 0;
ALTER TABLE cases ADD COLUMN epss INTEGER NOT NULL DEFAULT 0;
-- which version of a list of known exploited vulnerabilities said so of a case first, and when
CREATE TABLE case_exploited (id INTEGER, cve TEXT, version TEXT NOT NULL, added TEXT NOT NULL, ransomware INTEGER NOT NULL,
	at INTEGER NOT NULL, PRIMARY KEY (id, cve)) STRICT, WITHOUT ROWID;
-- findings that stages took out, by reason
CREATE TABLE filtered (input INTEGER, stage TEXT, reason TEXT, n INTEGER NOT NULL, PRIMARY KEY (input, stage, reason))
	STRICT, WITHOUT ROWID;
