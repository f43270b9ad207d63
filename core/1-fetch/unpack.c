/* SPDX-License-Identifier: Apache-2.0 */
/* See unpack.h.  One reader serves one thread; each kind is a read function over the same struct. */
#include <errno.h>
#include <fcntl.h>
#include <isa-l/igzip_lib.h>
#include <string.h>
#include <unistd.h>
#include <stdlib.h>
#include "mem.h"
#include "1-fetch/utf16.h"
#include "unpack.h"
#include "zip.h"

#define CHUNK (256u << 10)
#define FREE_RATIO (INT64_C(1) << 20)	/* unpacked bytes that are never too many for their packed ones */

struct unpack {
	struct reader		 r;		/* first: the caller holds this */
	char			*path, *shown;		/* shown: its name in errors */
	struct unpack_limits	 lim;
	int64_t			 in, out;	/* bytes so far */
	int			 fd;
	struct zip		*zip;
	struct inflate_state	*gz;
	uint8_t			*buf;
	bool			 eof, whole;	/* the file's end; gz: the last member was complete */
	uint8_t			 head[4];	/* first bytes unpacked */
	size_t			 nhead;
};

static enum packing
told_by(const uint8_t *head, size_t n)
{
	static const uint8_t zip[] = { 'P', 'K', 3, 4 }, empty_zip[] = { 'P', 'K', 5, 6 };
	static const uint8_t gzip[] = { 0x1f, 0x8b, 8 };

	if (n >= sizeof gzip && memcmp(head, gzip, sizeof gzip) == 0)
		return PACKED_GZIP;
	return n == 4 && (memcmp(head, zip, 4) == 0 || memcmp(head, empty_zip, 4) == 0) ? PACKED_ZIP :
	    PACKED_NOT;
}

static bool
check_limits(const struct unpack *u, struct err *e)
{
	if (u->out > u->lim.size)
		return err_set(e, "%s: unpacks to more than %lld bytes", u->shown, (long long)u->lim.size);
	if (u->out > FREE_RATIO && u->out / (u->in ? u->in : 1) > u->lim.ratio)
		return err_set(e, "%s: unpacks to more than %lld times its size", u->shown,
		    (long long)u->lim.ratio);
	return true;
}

/* What is packed in what is packed is refused by name, not read as if it were a report. */
static bool
one_layer(struct unpack *u, const void *p, size_t n, struct err *e)
{
	const uint8_t *from = p;
	enum packing kind;

	while (u->nhead < sizeof u->head && n > 0)
		u->head[u->nhead++] = *from++, n--;
	kind = told_by(u->head, u->nhead);
	if (kind == PACKED_NOT)
		return true;
	return err_set(e, "%s: holds a %s inside, and only one layer is unpacked", u->shown,
	    kind == PACKED_ZIP ? "zip" : "gzip");
}

static int64_t
read_file(struct unpack *u, void *buf, size_t n, struct err *e)
{
	ssize_t got;

	do
		got = read(u->fd, buf, n);
	while (got < 0 && errno == EINTR);
	if (got < 0)
		err_set(e, "%s: %s", u->path, strerror(errno));
	else
		u->in += got;
	return got;
}

static int64_t
plain_read(struct reader *r, void *buf, size_t n, struct err *e)
{
	struct unpack *u = (struct unpack *)(void *)r;

	return read_file(u, buf, n, e);
}

static bool
plain_pass(struct reader *r, uint64_t n)
{
	struct unpack *u = (struct unpack *)(void *)r;

	return n <= INT64_MAX && lseek(u->fd, (off_t)n, SEEK_CUR) >= 0;
}

/* Fills the packed side; false at an error. */
static bool
gzip_fill(struct unpack *u, struct err *e)
{
	int64_t got;

	if (u->gz->avail_in > 0 || u->eof)
		return true;
	got = read_file(u, u->buf, CHUNK, e);
	if (got < 0)
		return false;
	u->eof = got == 0;
	u->gz->next_in = u->buf;
	u->gz->avail_in = (uint32_t)got;
	return true;
}

static int64_t
gzip_read(struct reader *r, void *buf, size_t n, struct err *e)
{
	struct unpack *u = (struct unpack *)(void *)r;
	uint32_t room = n > UINT32_MAX / 2 ? UINT32_MAX / 2 : (uint32_t)n;
	int rc;

	u->gz->next_out = buf;
	u->gz->avail_out = room;
	while (u->gz->avail_out == room) {
		if (!gzip_fill(u, e))
			return -1;
		if (u->whole && u->gz->avail_in == 0 && u->eof)
			return 0;
		if (u->whole) {			/* a further gzip member follows */
			isal_inflate_reset(u->gz);
			u->gz->crc_flag = ISAL_GZIP;
			u->whole = false;
		}
		if (u->gz->avail_in == 0 && u->eof)
			return err_set(e, "%s: gzip ends too soon, after %lld bytes unpacked", u->shown,
			    (long long)u->out) - 1;
		rc = isal_inflate(u->gz);
		if (rc != ISAL_DECOMP_OK)
			return err_set(e, "%s: not valid gzip (after %lld bytes unpacked)", u->shown,
			    (long long)u->out) - 1;
		u->whole = u->gz->block_state == ISAL_BLOCK_FINISH;
	}
	room -= u->gz->avail_out;
	u->out += room;
	return check_limits(u, e) && one_layer(u, buf, room, e) ? (int64_t)room : -1;
}

static int64_t
zip_read(struct reader *r, void *buf, size_t n, struct err *e)
{
	struct unpack *u = (struct unpack *)(void *)r;
	int64_t got = zip_data(u->zip, buf, n, &u->in, e);

	if (got <= 0)
		return got;
	u->out += got;
	return check_limits(u, e) && one_layer(u, buf, (size_t)got, e) ? got : -1;
}

static void
unpack_close(struct reader *r)
{
	struct unpack *u = (struct unpack *)(void *)r;

	zip_close(u->zip);
	if (u->fd >= 0)
		close(u->fd);
	free(u->gz);
	free(u->buf);
	free(u->path);
	free(u->shown);
	free(u);
}

bool
unpack_members(const char *path, const char *shown, bool (*each)(void *arg, const char *name), void *arg,
    struct err *e)
{
	struct zip *z = zip_open(path, shown != NULL ? shown : path, e);
	bool good = z != NULL && zip_members(z, each, arg, e);

	zip_close(z);
	return good;
}

static bool
zip_start(struct unpack *u, const char *member, struct err *e)
{
	u->zip = zip_open(u->path, u->shown, e);
	u->r.read = zip_read;
	return u->zip != NULL && zip_seek(u->zip, member, e);
}

static bool
start(struct unpack *u, enum packing kind, const char *member, struct err *e)
{
	if (kind == PACKED_ZIP)
		return zip_start(u, member ? member : "", e);
	u->fd = open(u->path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (u->fd < 0)
		return err_set(e, "%s: %s", u->path, strerror(errno));
	if (kind == PACKED_GZIP) {
		u->r.read = gzip_read;
		u->buf = xmalloc(CHUNK);
		u->gz = xcalloc(1, sizeof *u->gz);
		isal_inflate_init(u->gz);
		u->gz->crc_flag = ISAL_GZIP;
	}
	return true;
}

/* Most inputs are neither packed nor UTF-16, and are read without a further layer. */
static bool
plain_is_wide(const struct unpack *u)
{
	uint8_t head[4];
	ssize_t n = pread(u->fd, head, sizeof head, 0);

	return n == (ssize_t)sizeof head && ((head[0] >= 0xfe && head[1] >= 0xfe) || head[0] == 0 ||
	    (head[1] == 0 && head[3] == 0));
}

struct reader *
unpack_open(const char *path, const char *shown, const char *member, const struct unpack_limits *lim,
    struct err *e)
{
	struct unpack *u;
	enum packing kind;

	if (!unpack_kind(path, &kind, e))
		return NULL;
	u = xcalloc(1, sizeof *u);
	u->r.read = plain_read;
	u->r.pass = plain_pass;
	u->r.close = unpack_close;
	u->path = xstrdup(path);
	u->shown = xstrdup(shown != NULL ? shown : path);
	u->lim = *lim;
	u->fd = -1;
	if (start(u, kind, member, e))
		return kind == PACKED_NOT && !plain_is_wide(u) ? &u->r : utf16_over(&u->r, e);
	unpack_close(&u->r);
	return NULL;
}

bool
unpack_kind(const char *path, enum packing *out, struct err *e)
{
	uint8_t head[4] = { 0 };
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	ssize_t n = fd < 0 ? -1 : read(fd, head, sizeof head);
	int why = errno;

	if (fd >= 0)
		close(fd);
	if (n < 0)
		return err_set(e, "%s: %s", path, strerror(why));
	*out = told_by(head, (size_t)n);
	return true;
}
