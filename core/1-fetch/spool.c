/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The order that makes a blob whole whatever stops the program or the
 * machine: write under a name in SPOOL/tmp, fsync the file, rename it to its
 * digest, fsync the folder.  Only then is the caller told.  A temporary file
 * is locked by whoever writes it; one that nobody holds is dead and is swept
 * at the next start, so no list of processes is needed.
 *
 * Files are never hard-linked in: whoever has the file could still write to
 * it, and the digest would lie.  A clone (FICLONE) shares the blocks and has
 * bytes of its own; elsewhere the copy costs little beside the digest.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>
#include "1-fetch/spool.h"
#include "buf.h"
#include "digest.h"
#include "mem.h"
#include "utf8.h"

#define CHUNK	(1u << 20)
#define FLUSH	(8u << 20)	/* how much may lie unwritten before the disk is asked to begin */

struct spool {
	char		*dir;
	int		 fd, tmp;
	bool		 shard[256];	/* this folder is there, and durably so */
	bool		 at_fault;
	uint64_t	 next;
};

struct spool_file {
	struct spool		*s;
	struct sha256_ctx	*sum;
	int			 fd;
	char			 name[48];
	int64_t			 most;
	uint64_t		 size, flushed;
};

static bool
wrong(struct spool *s, const char *what, struct err *e)
{
	s->at_fault = true;
	return err_set(e, "spool %s: cannot %s: %s", s->dir, what, strerror(errno));
}

/* Makes all folders of the path. */
static bool
make_folders(const char *dir)
{
	char *p = xstrdup(dir), *slash = p;
	int rc = 0;

	while (rc == 0 && (slash = strchr(slash + 1, '/')) != NULL) {
		*slash = '\0';
		rc = mkdir(p, 0755) != 0 && errno != EEXIST ? -1 : 0;
		*slash = '/';
	}
	free(p);
	return rc == 0 && (mkdir(dir, 0750) == 0 || errno == EEXIST);
}

/* A file that nobody holds was left by a process that died. */
static void
sweep(struct spool *s)
{
	int copy = openat(s->tmp, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), fd;
	DIR *d = copy < 0 ? NULL : fdopendir(copy);
	struct dirent *ent;

	while (d != NULL && (ent = readdir(d)) != NULL) {
		if (ent->d_name[0] == '.')
			continue;
		fd = openat(s->tmp, ent->d_name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
		if (fd < 0)
			continue;
		if (flock(fd, LOCK_EX | LOCK_NB) == 0)
			unlinkat(s->tmp, ent->d_name, 0);
		close(fd);
	}
	if (d != NULL)
		closedir(d);
	else if (copy >= 0)
		close(copy);
}

struct spool *
spool_open(const char *dir, struct err *e)
{
	struct spool *s = xcalloc(1, sizeof *s);

	s->dir = xstrdup(dir);
	s->fd = s->tmp = -1;
	if (!make_folders(dir))
		wrong(s, "make the folder", e);
	else if ((s->fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) < 0)
		wrong(s, "open the folder", e);
	else if (mkdirat(s->fd, "tmp", 0750) != 0 && errno != EEXIST)
		wrong(s, "make the folder tmp", e);
	else if ((s->tmp = openat(s->fd, "tmp", O_RDONLY | O_DIRECTORY | O_CLOEXEC)) < 0)
		wrong(s, "open the folder tmp", e);
	else {
		sweep(s);
		return s;
	}
	spool_close(s);
	return NULL;
}

void
spool_close(struct spool *s)
{
	if (s == NULL)
		return;
	if (s->tmp >= 0)
		close(s->tmp);
	if (s->fd >= 0)
		close(s->fd);
	free(s->dir);
	free(s);
}

/* A new locked file; -1 with errno.  One that a sweep took before it was locked has lost its name. */
static int
make_temporary(struct spool *s, char name[48])
{
	struct stat st;
	int fd;

	for (;;) {
		snprintf(name, 48, "%ld.%llu", (long)getpid(), (unsigned long long)s->next++);
		fd = openat(s->tmp, name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0440);
		if (fd < 0 && errno == EEXIST)
			continue;
		if (fd < 0)
			return -1;
		if (flock(fd, LOCK_EX) == 0 && fstat(fd, &st) == 0 && st.st_nlink > 0)
			return fd;
		close(fd);
	}
}

struct spool_file *
spool_begin(struct spool *s, int64_t most, struct err *e)
{
	struct spool_file *f = xcalloc(1, sizeof *f);

	s->at_fault = false;
	f->s = s;
	f->most = most;
	f->fd = make_temporary(s, f->name);
	if (f->fd < 0) {
		wrong(s, "make a file", e);
		free(f);
		return NULL;
	}
	f->sum = sha256_new();
	return f;
}

static void
file_free(struct spool_file *f)
{
	sha256_end(f->sum, NULL);
	close(f->fd);
	free(f);
}

void
spool_undo(struct spool_file *f)
{
	if (f == NULL)
		return;
	unlinkat(f->s->tmp, f->name, 0);
	file_free(f);
}

static bool
too_large(const char *name, int64_t most, struct err *e)
{
	return err_set(e, "%s%slarger than %lld bytes, the most that is taken (limits.fetch_size)",
	    name, *name ? ": " : "", (long long)most);
}

static bool
count(struct spool_file *f, const void *p, size_t n, struct err *e)
{
	if ((uint64_t)f->most < f->size + n)
		return too_large("", f->most, e);
	sha256_add(f->sum, p, n);
	f->size += n;
	return true;
}

bool
spool_write(struct spool_file *f, const void *p, size_t n, struct err *e)
{
	const char *from = p;
	ssize_t done;

	if (!count(f, p, n, e))
		return false;
	for (; n > 0; from += done, n -= (size_t)done) {
		done = write(f->fd, from, n);
		if (done < 0 && errno == EINTR)
			done = 0;
		if (done < 0)
			return wrong(f->s, "write", e);
	}
	if (f->size - f->flushed >= FLUSH) {	/* the disk works while the next bytes come */
		(void)sync_file_range(f->fd, (off_t)f->flushed, (off_t)(f->size - f->flushed),
		    SYNC_FILE_RANGE_WRITE);
		f->flushed = f->size;
	}
	return true;
}

/* The folder of digests that begin so, open; it is made, and known to outlive a crash. -1 with errno. */
static int
open_shard(struct spool *s, uint8_t first)
{
	bool *known = &s->shard[first];
	char name[3];
	int fd;

	digest_hex(&first, 1, name);
	if (!*known && mkdirat(s->fd, name, 0750) != 0 && errno != EEXIST)
		return -1;
	if (!*known && fsync(s->fd) != 0)
		return -1;
	fd = openat(s->fd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	*known = fd >= 0;
	return fd;
}

/* Gives the file its name, unless the blob is there.  One of another size is damaged, and is replaced. */
static bool
settle(struct spool_file *f, int shard, struct blob *out, struct err *e)
{
	struct stat st;

	out->fresh = fstatat(shard, out->sha256, &st, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISREG(st.st_mode) ||
	    (uint64_t)st.st_size != f->size;
	if (out->fresh && fsync(f->fd) != 0)
		return wrong(f->s, "write to disk", e);
	if (out->fresh && renameat(f->s->tmp, f->name, shard, out->sha256) != 0)
		return wrong(f->s, "rename", e);
	/* Also of a blob that was there: who made it may have died before this. */
	if (fsync(shard) != 0)
		return wrong(f->s, "write to disk", e);
	return true;
}

bool
spool_end(struct spool_file *f, struct blob *out, struct err *e)
{
	uint8_t sum[SHA256_LEN];
	bool good;
	int shard;

	sha256_end(f->sum, sum);
	f->sum = sha256_new();
	digest_hex(sum, sizeof sum, out->sha256);
	out->size = f->size;
	shard = open_shard(f->s, sum[0]);
	good = shard >= 0 ? settle(f, shard, out, e) : wrong(f->s, "open a folder", e);
	if (shard >= 0)
		close(shard);
	if (good && out->fresh)
		file_free(f);
	else
		spool_undo(f);
	return good;
}

/* Reads fd to its end; into the file as well unless it is the file itself (a clone). */
static bool
copy_in(struct spool_file *f, int fd, const char *name, struct err *e)
{
	char *buf = xmalloc(CHUNK);
	ssize_t n;
	bool good = true;

	while (good && (n = read(fd, buf, CHUNK)) != 0) {
		if (n > 0)
			good = fd == f->fd ? count(f, buf, (size_t)n, e) : spool_write(f, buf, (size_t)n, e);
		else if (errno != EINTR)
			good = err_set(e, "%s: cannot be read: %s", name, strerror(errno));
	}
	free(buf);
	return good;
}

static bool
unchanged(const struct stat *a, const struct stat *b)
{
	return a->st_size == b->st_size && a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
	    a->st_mtim.tv_nsec == b->st_mtim.tv_nsec && a->st_ctim.tv_sec == b->st_ctim.tv_sec &&
	    a->st_ctim.tv_nsec == b->st_ctim.tv_nsec;
}

static bool
take(struct spool_file *f, int fd, const char *name, const struct stat *before, struct err *e)
{
	struct stat after;

	if (!copy_in(f, ioctl(f->fd, FICLONE, fd) == 0 ? f->fd : fd, name, e))
		return false;
	if (fstat(fd, &after) != 0)
		return err_set(e, "%s: %s", name, strerror(errno));
	if (!unchanged(before, &after) || f->size != (uint64_t)before->st_size)
		return err_set(e, "%s: %s while it was read", name, after.st_nlink ? "changed" : "vanished");
	return true;
}

bool
spool_take_fd(struct spool *s, int fd, const char *name, int64_t most, struct blob *out, struct err *e)
{
	struct spool_file *f;
	struct stat st;

	s->at_fault = false;
	if (fstat(fd, &st) != 0)
		return err_set(e, "%s: %s", name, strerror(errno));
	if (!S_ISREG(st.st_mode))
		return err_set(e, "%s: is not a regular file", name);
	if (st.st_size > most)
		return too_large(name, most, e);
	if (lseek(fd, 0, SEEK_SET) != 0)
		return err_set(e, "%s: cannot be read: %s", name, strerror(errno));
	if ((f = spool_begin(s, most, e)) == NULL)
		return false;
	if (take(f, fd, name, &st, e))
		return spool_end(f, out, e);
	spool_undo(f);
	return false;
}

bool
spool_take(struct spool *s, const char *path, int64_t most, struct blob *out, struct err *e)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	struct buf name;
	bool good;

	buf_init(&name);
	utf8_safe(&name, path, strlen(path));
	if (fd < 0)
		good = err_set(e, "%s: cannot be read: %s", name.p ? name.p : "", strerror(errno));
	else
		good = spool_take_fd(s, fd, name.p ? name.p : "", most, out, e);
	if (fd >= 0)
		close(fd);
	buf_free(&name);
	return good;
}

bool
spool_at_fault(const struct spool *s)
{
	return s->at_fault;
}

const char *
spool_path(const struct spool *s, struct arena *a, const char *sha256)
{
	return arena_printf(a, "%s/%.2s/%s", s->dir, sha256, sha256);
}
