/* SPDX-License-Identifier: Apache-2.0 */
/* See evidence.h. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "1-fetch/unpack.h"
#include "cmd/evidence.h"
#include "mem.h"

#define STEP 65536

struct evidence {
	struct view	*v;
	struct spool	*spool;
	struct reader	*in;		/* open on sha256 and member, at */
	char		 sha256[65];
	const char	*member;
	uint64_t	 at;
};

struct evidence *
evidence_open(struct view *v)
{
	struct evidence *ev = xcalloc(1, sizeof *ev);

	ev->v = v;
	return ev;
}

static void
let_go(struct evidence *ev)
{
	if (ev->in)
		ev->in->close(ev->in);
	ev->in = NULL;
}

void
evidence_close(struct evidence *ev)
{
	let_go(ev);
	if (ev->spool)
		spool_close(ev->spool);
	free(ev);
}

/* A spool that is not there is not made by looking. */
static bool
spool_ready(struct evidence *ev, struct err *e)
{
	const char *dir = ev->v->cfg->spool;

	if (ev->spool)
		return true;
	if (access(dir, R_OK | X_OK) != 0)
		return err_set(e, "%s: %s", dir, strerror(errno));
	return (ev->spool = spool_open(dir, e)) != NULL;
}

struct reader *
evidence_reader(struct evidence *ev, const char *sha256, const char *member, struct err *e)
{
	struct unpack_limits lim = { ev->v->cfg->limits.unpacked_size, ev->v->cfg->limits.ratio };

	if (!spool_ready(ev, e))
		return NULL;
	return unpack_open(spool_path(ev->spool, ev->v->arena, sha256), NULL, member, &lim, e);
}

static bool
seek(struct evidence *ev, const char *sha256, const char *member, uint64_t off, struct err *e)
{
	char skip[STEP];
	int64_t n;

	if (ev->in == NULL || strcmp(ev->sha256, sha256) != 0 || strcmp(ev->member, member) != 0 ||
	    ev->at > off) {
		let_go(ev);
		if ((ev->in = evidence_reader(ev, sha256, member, e)) == NULL)
			return false;
		tcs_copy(ev->sha256, sizeof ev->sha256, tcs_str(sha256));
		ev->member = arena_strdup(ev->v->arena, member);
		ev->at = 0;
	}
	while (ev->at < off) {
		n = ev->in->read(ev->in, skip, off - ev->at < STEP ? (size_t)(off - ev->at) : STEP, e);
		if (n <= 0)
			return n == 0 ? err_set(e, "the input ends before its byte %llu",
			    (unsigned long long)off) : false;
		ev->at += (uint64_t)n;
	}
	return true;
}

bool
evidence_bytes(struct evidence *ev, const char *sha256, const char *member, uint64_t off, uint32_t len,
    struct buf *out, struct err *e)
{
	int64_t n;

	buf_reset(out);
	if (!seek(ev, sha256, member, off, e)) {
		let_go(ev);
		return false;
	}
	buf_need(out, len);
	out->p[0] = '\0';
	while (out->n < len) {
		n = ev->in->read(ev->in, out->p + out->n, len - out->n, e);
		if (n <= 0) {
			let_go(ev);
			break;
		}
		ev->at += (uint64_t)n;
		out->n += (size_t)n;
	}
	out->p[out->n] = '\0';
	return e->n == 0;
}
