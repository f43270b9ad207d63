/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For tests that need a ledger: a folder of their own, and rows with all that
 * rows must have.  Documentation names and addresses only.
 */
#ifndef TESTS_LEDGERFIX_H
#define TESTS_LEDGERFIX_H

#include <ftw.h>
#include <unistd.h>
#include "clock.h"
#include "finding.h"
#include "ledger/ledger.h"
#include "ledger/ledger_read.h"
#include "mem.h"
#include "tap.h"
#include "timefmt.h"
#include <tocsin/plugin.h>

#define NOW INT64_C(1795161600)		/* 2026-11-20T08:00:00Z */
#define TODAY (NOW / DAY)

static char fix_dir[128], fix_path[160];

static inline void
fix_begin(const char *name)
{
	const char *tmp = getenv("TMPDIR");

	snprintf(fix_dir, sizeof fix_dir, "%s/tocsin-%s-XXXXXX", tmp && *tmp &&
	    strlen(tmp) < 60 ? tmp : "/tmp", name);
	if (mkdtemp(fix_dir) == NULL)
		exit(99);
	snprintf(fix_path, sizeof fix_path, "%s/ledger.db", fix_dir);
	clock_set(NOW * NS);
}

static inline int
fix_remove(const char *path, const struct stat *st, int type, struct FTW *f)
{
	(void)st, (void)type, (void)f;
	return remove(path);
}

static inline void
fix_end(void)
{
	nftw(fix_dir, fix_remove, 8, FTW_DEPTH | FTW_PHYS);
}

static inline struct ledger *
fix_open(enum ledger_mode mode)
{
	struct err e = ERR_INIT;
	struct ledger *l = ledger_open(fix_path, mode, &e);

	if (l == NULL)
		printf("# %s\n", e.text);
	return l;
}

/* A step of a test that has to work; it takes E for its error. */
static struct err fix_err;
#define E (&fix_err)
#define must(x) do { fix_err = (struct err)ERR_INIT; if (!(x)) { \
	printf("Bail out! %s:%d: %s: %s\n", __FILE__, __LINE__, #x, fix_err.text); exit(1); } } while (0)

static inline struct ip
fix_ip(const char *text)
{
	struct ip ip;

	if (!ip_parse(text, strlen(text), &ip))
		exit(99);
	return ip;
}

static inline struct input
fix_input(struct ledger *l, const char *source, const char *report, const char *name, char fill)
{
	char feed[128];
	struct input in = { .name = name, .member = "", .day = TODAY, .size = 1000, .arrived = NOW,
	    .plugin = "csv 1.0", .error = "" };

	snprintf(feed, sizeof feed, "%s/%s", source, report);
	in.source = ledger_intern(l, DICT_SOURCE, tcs_str(source));
	in.feed = ledger_intern(l, DICT_FEED, tcs_str(feed));
	memset(in.sha256, fill, 64);
	return in;
}

static inline struct tcase
fix_case(struct ledger *l, uint32_t org, const char *problem, const char *ip, uint16_t port)
{
	struct tcase c;

	memset(&c, 0, sizeof c);
	c.id = ledger_next_case(l);
	c.key.org = org;
	c.key.problem = ledger_intern(l, DICT_PROBLEM, tcs_str(problem));
	c.key.ip = fix_ip(ip);
	c.key.port = port;
	c.key.transport = 6;
	c.kind = KIND_SERVICE;
	c.part = PART_VULNERABLE;
	c.episode = 1;
	c.rev = 1;
	c.count = 1;
	c.severity = SEV_HIGH;
	c.tlp = TLP_AMBER;
	c.class = (uint16_t)ledger_intern(l, DICT_CLASS, TCS_LIT("vulnerable/vulnerable-system"));
	c.identifier = ledger_intern(l, DICT_IDENTIFIER, tcs_str(problem));
	c.first_seen = c.last_seen = NOW - 3600;
	c.rule = TCS_R_NETWORK;
	return c;
}

static inline struct warning
fix_warning(struct ledger *l, char fill, uint32_t org, const char *recipient, const uint32_t *cases,
    const uint32_t *revs, uint32_t n)
{
	struct warning w = { .id = ledger_next_warning(l), .org = org, .recipient = recipient,
	    .notifier = "mail", .answers = "", .topic = "vulnerable/vulnerable-system",
	    .subject = "Warning 2026-00001: open RDP", .language = "en", .redirected = "",
	    .lane = LANE_DIGEST, .tlp = TLP_AMBER, .requested = 1, .made = NOW, .cases = cases, .revs = revs,
	    .ncase = n, .type = "message/rfc822", .bytes = "Subject: x\r\n\r\nbody\r\n", .nbytes = 20 };
	static char id[64];

	memset(w.key, fill, sizeof w.key);
	snprintf(id, sizeof id, "<%c%u@cert.example>", fill, w.id);
	w.message_id = id;
	return w;
}

#endif
