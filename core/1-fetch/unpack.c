/* SPDX-License-Identifier: Apache-2.0 */
/* See unpack.h.  One reader serves one thread; each kind is a read function over the same struct. */
#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <isa-l/igzip_lib.h>
#include <string.h>
#include <unistd.h>
#include <stdlib.h>
#include "mem.h"
#include "unpack.h"

#define CHUNK (256u << 10)
#define FREE_RATIO (INT64_C(1) << 20)	/* unpacked bytes that are never too many for their packed ones */

struct unpack {
	struct reader		 r;		/* first: the caller holds this */
	const char		*path;
	struct unpack_limits	 lim;
	int64_t			 in, out;	/* bytes so far */
	int			 fd;
	struct archive		*zip;
	struct inflate_state	*gz;
	uint8_t			*buf;
	bool			 eof, whole;	/* the file's end; gz: the last member was complete */
};

static bool
check_limits(const struct unpack *u, struct err *e)
{
	if (u->out > u->lim.size)
		return err_set(e, "%s: unpacks to more than %lld bytes", u->path, (long long)u->lim.size);
	if (u->out > FREE_RATIO && u->out / (u->in ? u->in : 1) > u->lim.ratio)
		return err_set(e, "%s: unpacks to more than %lld times its size", u->path, (long long)u->lim.ratio);
	return true;
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
			return err_set(e, "%s: gzip ends too soon, after %lld bytes unpacked", u->path, (long long)u->out) - 1;
		rc = isal_inflate(u->gz);
		if (rc != ISAL_DECOMP_OK)
			return err_set(e, "%s: not valid gzip (after %lld bytes unpacked)", u->path, (long long)u->out) - 1;
		u->whole = u->gz->block_state == ISAL_BLOCK_FINISH;
	}
	room -= u->gz->avail_out;
	u->out += room;
	return check_limits(u, e) ? (int64_t)room : -1;
}

static int64_t
zip_read(struct reader *r, void *buf, size_t n, struct err *e)
{
	struct unpack *u = (struct unpack *)(void *)r;
	la_ssize_t got = archive_read_data(u->zip, buf, n);

	if (got < 0)
		return err_set(e, "%s: %s", u->path, archive_error_string(u->zip)) - 1;
	u->out += got;
	u->in = archive_filter_bytes(u->zip, -1);
	return check_limits(u, e) ? got : -1;
}

static void
unpack_close(struct reader *r)
{
	struct unpack *u = (struct unpack *)(void *)r;

	if (u->zip)
		archive_read_free(u->zip);
	if (u->fd >= 0)
		close(u->fd);
	free(u->gz);
	free(u->buf);
	free((char *)(uintptr_t)u->path);
	free(u);
}

static struct archive *
zip_open(const char *path, struct err *e)
{
	struct archive *z = archive_read_new();

	archive_read_support_format_zip(z);
	if (archive_read_open_filename(z, path, CHUNK) == ARCHIVE_OK)
		return z;
	err_set(e, "%s: %s", path, archive_error_string(z));
	archive_read_free(z);
	return NULL;
}

/* The next regular file of a zip: 1, 0 at the end, -1 at an error. */
static int
zip_next(struct archive *z, const char *path, const char **name, struct err *e)
{
	struct archive_entry *entry;
	int rc;

	while ((rc = archive_read_next_header(z, &entry)) == ARCHIVE_OK || rc == ARCHIVE_WARN)
		if (archive_entry_filetype(entry) == AE_IFREG) {
			*name = archive_entry_pathname(entry);
			if (*name == NULL)
				*name = "";
			return 1;
		}
	if (rc == ARCHIVE_EOF)
		return 0;
	err_set(e, "%s: %s", path, archive_error_string(z) ? archive_error_string(z) : "not a valid zip");
	return -1;
}

bool
unpack_members(const char *path, bool (*each)(void *arg, const char *name), void *arg, struct err *e)
{
	struct archive *z = zip_open(path, e);
	const char *name;
	int rc = -1;

	if (z == NULL)
		return false;
	while ((rc = zip_next(z, path, &name, e)) > 0 && each(arg, name))
		;
	archive_read_free(z);
	return rc >= 0;
}

static bool
zip_seek(struct unpack *u, const char *member, struct err *e)
{
	const char *name;
	int rc;

	if ((u->zip = zip_open(u->path, e)) == NULL)
		return false;
	while ((rc = zip_next(u->zip, u->path, &name, e)) > 0)
		if (strcmp(name, member) == 0) {
			u->r.read = zip_read;
			return true;
		}
	return rc < 0 ? false : err_set(e, "%s: holds no member \"%s\"", u->path, member);
}

static bool
start(struct unpack *u, enum packing kind, const char *member, struct err *e)
{
	if (kind == PACKED_ZIP)
		return zip_seek(u, member ? member : "", e);
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

struct reader *
unpack_open(const char *path, const char *member, const struct unpack_limits *lim, struct err *e)
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
	u->lim = *lim;
	u->fd = -1;
	if (start(u, kind, member, e))
		return &u->r;
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
	*out = n >= 3 && head[0] == 0x1f && head[1] == 0x8b && head[2] == 8 ? PACKED_GZIP :
	    n == 4 && head[0] == 'P' && head[1] == 'K' && ((head[2] == 3 && head[3] == 4) || (head[2] == 5 && head[3] == 6)) ?
	    PACKED_ZIP : PACKED_NOT;
	return true;
}
