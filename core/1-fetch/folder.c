/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One look at a folder (or at one file of it): what is there, which of it is
 * complete, and is it new.  Complete is what
 *   - nobody on this machine has open for writing, where the system tells
 *     (it does for files of our own user, by refusing a lease), and
 *   - its writer was seen to finish (closed, renamed in; watch.c), or has not
 *     changed for a moment (where the system tells) or for two seconds between
 *     two looks, or for a minute by its change time.
 * An upload that was cut off and closed looks complete; renaming in is the
 * only way that is never wrong, and the documents say so.
 *
 * Links are followed only where they stay inside the folder, and a link to a
 * file that is there under its own name is not another one.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "1-fetch/fetch_int.h"
#include "map.h"
#include "mem.h"
#include "timefmt.h"
#include <tocsin/slice.h>

#define DEEPEST	4			/* levels of folders below the first */
#define MOMENT	(NS / 5)
#define SOME	(2 * NS)
#define LONG	(60 * NS)
#define SETTLE	(5 * NS)
#define PATIENCE (10 * 60 * NS)
#define MOST_PATH 4000

struct look {
	struct fetch		*f;
	struct place		*p;
	const struct fetch_sink	*sink;
	struct arena		*a;
	struct seen		*list;
	uint32_t		 n, cap;
	int			 root;
	uint32_t		 narrived;
	int64_t			 again;		/* how long until a file that is waited for may be complete */
};

bool
folder_ignores(const char *name)
{
	struct tcs_slice s = tcs_str(name);

	return name[0] == '.' || tcs_ends(s, ".tmp") || tcs_ends(s, ".part") || tcs_ends(s, ".filepart") ||
	    tcs_ends(s, "~");
}

static const char *
shown(const struct look *l, const char *path)
{
	const char *from = l->p->from;

	return fetch_safe(l->a, arena_printf(l->a, "%s%s%s", from, strcmp(from, "/") == 0 || *path == '\0' ?
	    "" : "/", path));
}

static void
trouble(const struct look *l, const char *path, const char *why)
{
	l->sink->trouble(l->sink->arg, l->p->source, shown(l, path), why);
}

/* Follows links, but never out of the folder; an older kernel does not follow any. */
static int
open_beneath(int root, const char *path, int flags)
{
	struct open_how how = { .flags = (uint64_t)(flags | O_CLOEXEC),
	    .resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS };
	int fd = (int)syscall(SYS_openat2, root, path, &how, sizeof how);

	return fd < 0 && errno == ENOSYS ? openat(root, path, flags | O_CLOEXEC | O_NOFOLLOW) : fd;
}

static void
add(struct look *l, const char *path, const struct stat *st, bool is_link)
{
	int64_t now = fetch_monotonic();

	if (l->n == l->cap) {
		l->cap = l->cap ? 2 * l->cap : 64;
		l->list = xrealloc(l->list, l->cap * sizeof *l->list);
	}
	l->list[l->n++] = (struct seen){ .path = path, .mark = fetch_mark(st), .since = now, .first = now,
	    .link = is_link };
}

static void
add_link(struct look *l, const char *path)
{
	int fd = open_beneath(l->root, path, O_PATH);
	struct stat st;

	if (fd < 0)
		trouble(l, path, errno == EXDEV ?
		    "is a link that leads out of the folder, and is not followed" :
		    errno == ENOENT ? "is a link that leads nowhere" : strerror(errno));
	else if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
		add(l, path, &st, true);
	else if (!S_ISDIR(st.st_mode))		/* a folder is looked at under its own name */
		trouble(l, path, "is a link to what is not a regular file");
	if (fd >= 0)
		close(fd);
}

static void walk(struct look *l, int fd, const char *prefix, int depth);

static void
add_folder(struct look *l, int parent, const char *name, const char *path, int depth)
{
	int fd;

	if (depth == DEEPEST) {
		trouble(l, path, "is more than 4 folders deep, and is not looked into");
		return;
	}
	fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd >= 0)
		walk(l, fd, arena_printf(l->a, "%s/", path), depth + 1);
	else if (errno != ENOENT)
		trouble(l, path, arena_printf(l->a, "cannot be read: %s", strerror(errno)));
}

static void
entry(struct look *l, int fd, const char *prefix, const char *name, int depth)
{
	const char *path = arena_printf(l->a, "%s%s", prefix, name);
	struct stat st;

	if (fstatat(fd, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
		return;				/* it was just renamed or taken away */
	if (S_ISREG(st.st_mode))
		add(l, path, &st, false);
	else if (S_ISDIR(st.st_mode))
		add_folder(l, fd, name, path, depth);
	else if (S_ISLNK(st.st_mode))
		add_link(l, path);
	else
		trouble(l, path, "is not a regular file");
}

/* Closes fd.  Watches before it reads, so that nothing falls between. */
static void
walk(struct look *l, int fd, const char *prefix, int depth)
{
	DIR *d;
	struct dirent *ent;

	watch_add(l->f->watch, (uint32_t)(l->p - l->f->place), arena_printf(l->a, "%s/%s", l->p->from,
	    prefix), prefix);
	if ((d = fdopendir(fd)) == NULL) {
		close(fd);
		return;
	}
	while (errno = 0, (ent = readdir(d)) != NULL)
		if (!folder_ignores(ent->d_name) && strlen(prefix) + strlen(ent->d_name) < MOST_PATH)
			entry(l, fd, prefix, ent->d_name, depth);
	if (errno != 0)
		trouble(l, prefix, arena_printf(l->a, "cannot be read: %s", strerror(errno)));
	closedir(d);
}

static int
by_path(const void *a, const void *b)
{
	return strcmp(((const struct seen *)a)->path, ((const struct seen *)b)->path);
}

/* A link is nothing new when the file that it leads to is there under its own name. */
static void
settle_links(struct look *l)
{
	struct map *inodes = map_new();
	uint32_t i;

	for (i = 0; i < l->n; i++)
		if (!l->list[i].link)
			map_set(inodes, &l->list[i].mark, offsetof(struct mark, size), 1);
	for (i = 0; i < l->n; i++)
		if (l->list[i].link)
			l->list[i].taken = map_get(inodes, &l->list[i].mark, offsetof(struct mark, size),
			    &(uint64_t){ 0 });
	map_free(inodes);
}

/* What was known about files that are as they were.  Both lists are sorted. */
static void
inherit(struct look *l)
{
	const struct place *p = l->p;
	uint32_t i, j = 0;
	int c = 0;

	for (i = 0; i < l->n; i++) {
		struct seen *new = &l->list[i];
		const struct seen *old;

		while (j < p->nseen && (c = strcmp(p->seen[j].path, new->path)) < 0)
			j++;
		if (j == p->nseen || c != 0)
			continue;
		old = &p->seen[j];
		if (!old->taken)
			new->first = old->first;
		if (!mark_same(&old->mark, &new->mark))
			continue;
		new->since = old->since;
		new->taken = new->taken || (old->taken && old->link == new->link);
		new->finished = old->finished;
	}
}

static void
apply_events(struct look *l)
{
	struct place *p = l->p;
	uint32_t i;

	for (i = 0; i < p->nfinished; i++) {
		struct seen key = { .path = p->finished[i].path };
		struct seen *s = l->n ? bsearch(&key, l->list, l->n, sizeof *l->list, by_path) : NULL;

		if (s != NULL && s->mark.ctime == p->finished[i].ctime)
			s->finished = true;
	}
	p->nfinished = 0;
	arena_reset(p->events);
}

/* What is there becomes what was seen. */
static void
replace(struct look *l)
{
	struct place *p = l->p;
	struct arena *old = p->now;

	if (l->n > 0)
		qsort(l->list, l->n, sizeof *l->list, by_path);
	settle_links(l);
	inherit(l);
	apply_events(l);
	free(p->seen);
	p->seen = l->list;
	p->nseen = l->n;
	p->now = l->a;
	p->before = old;
}

/* 1: someone on this machine has it open for writing, 0: nobody, -1: the system does not tell. */
static int
writers(int fd)
{
	/* What a writer that comes just now would send us: by default, nothing. */
	(void)fcntl(fd, F_SETSIG, SIGURG);
	if (fcntl(fd, F_SETLEASE, F_RDLCK) != 0)
		return errno == EAGAIN ? 1 : -1;
	(void)fcntl(fd, F_SETLEASE, F_UNLCK);
	return 0;
}

static bool
complete(struct look *l, struct seen *s, int fd, const struct stat *st)
{
	int64_t now = fetch_monotonic(), wait, age;
	struct mark mark = fetch_mark(st);
	int w = writers(fd);

	if (!mark_same(&mark, &s->mark)) {
		s->mark = mark;
		s->since = now;
		s->finished = false;
	}
	age = time_now() - mark.ctime;
	wait = w == 0 ? MOMENT : SOME;
	if (w != 1 && (s->finished || now - s->since >= wait || age >= (w == 0 ? MOMENT : LONG)))
		return true;
	wait = w == 1 ? SOME : wait - (now - s->since);
	if (wait < l->again)
		l->again = wait;
	if (now - s->first >= PATIENCE)
		trouble(l, s->path, "is still being written after more than 10 minutes");
	return false;
}

static bool
arrived(struct look *l, struct seen *s, const struct blob *b, struct err *e)
{
	struct arrival a = { .source = l->p->source, .name = fetch_safe(l->a, s->path),
		.path = shown(l, s->path), .blob = *b, .when = s->mark.mtime };

	s->taken = l->sink->arrived(l->sink->arg, &a, e);
	l->narrived += s->taken;
	return s->taken;
}

/* False: the look ends. */
static bool
take(struct look *l, struct seen *s, int fd, struct err *e)
{
	const char *name = shown(l, s->path);
	struct err why = ERR_INIT;
	struct blob blob;
	struct mark after;
	struct stat st;

	if (spool_take_fd(l->f->spool, fd, name, l->f->config->limits.fetch_size, &blob, &why))
		return arrived(l, s, &blob, e);
	if (spool_at_fault(l->f->spool))
		return err_set(e, "%s", why.text);
	if (fstat(fd, &st) == 0 && st.st_nlink > 0 && (after = fetch_mark(&st), !mark_same(&after, &s->mark)))
		s->waiting = true;		/* it grew while it was read */
	else
		trouble(l, s->path, tcs_starts(tcs_str(why.text), name) ? why.text + strlen(name) + 2 :
		    why.text);
	return true;
}

static bool
try_one(struct look *l, struct seen *s, struct err *e)
{
	int flags = O_RDONLY | O_NONBLOCK | O_NOCTTY, fd;
	struct stat st;
	bool good = true;

	s->waiting = false;
	fd = l->p->only ? openat(l->root, s->path, flags | O_CLOEXEC) : open_beneath(l->root, s->path, flags);
	if (fd < 0 || fstat(fd, &st) != 0)
		trouble(l, s->path, errno == ENOENT ? "vanished before it was read" :
		    arena_printf(l->a, "cannot be read: %s", strerror(errno)));
	else if (S_ISREG(st.st_mode) && !complete(l, s, fd, &st))
		s->waiting = true;
	else
		good = take(l, s, fd, e);
	if (fd >= 0)
		close(fd);
	return good;
}

/* All that is not taken, or only what is waited for. */
static bool
try_all(struct look *l, bool only_waiting, struct err *e)
{
	struct place *p = l->p;
	uint32_t i;

	p->nwaiting = 0;
	l->again = SOME;
	for (i = 0; i < p->nseen; i++) {
		struct seen *s = &p->seen[i];

		if (!s->taken && (s->waiting || !only_waiting) && !try_one(l, s, e))
			return false;
		p->nwaiting += s->waiting;
	}
	return true;
}

/* Waits for young files; what is still young then is left, and told. */
static bool
wait_for(struct look *l, struct err *e)
{
	int64_t until = fetch_monotonic() + SETTLE;
	uint32_t i;

	while (l->p->nwaiting > 0 && fetch_monotonic() < until) {
		if (l->sink->stop && l->sink->stop(l->sink->arg))
			return err_set(e, "stopped");
		poll(NULL, 0, l->again < NS / 20 ? (int)(l->again / 1000000) + 1 : 50);
		if (!try_all(l, true, e))
			return false;
	}
	for (i = 0; i < l->p->nseen; i++)
		if (l->p->seen[i].waiting)
			trouble(l, l->p->seen[i].path,
			    "is still being written, and is taken at a later look");
	return true;
}

static bool
scan(struct look *l, struct err *e)
{
	struct place *p = l->p;
	struct stat st;

	if (p->only == NULL) {
		int fd = openat(l->root, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

		if (fd < 0)
			return err_set(e, "source \"%s\": %s: cannot be read: %s", p->source->name, shown(l,
			    ""), strerror(errno));
		walk(l, fd, "", 0);
		return true;
	}
	watch_add(l->f->watch, (uint32_t)(p - l->f->place), p->from, "");
	if (fstatat(l->root, p->only, &st, 0) != 0)
		return err_set(e, "source \"%s\": %s: cannot be read: %s", p->source->name, shown(l, p->only),
		    strerror(errno));
	add(l, arena_strdup(l->a, p->only), &st, false);
	return true;
}

bool
folder_look(struct fetch *f, struct place *p, bool settle, const struct fetch_sink *sink, struct err *e)
{
	struct look l = { .f = f, .p = p, .sink = sink, .a = p->before };
	bool good;

	arena_reset(l.a);
	l.root = open(p->from, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (l.root < 0)
		return err_set(e, "source \"%s\": %s: cannot be read: %s", p->source->name, shown(&l, ""),
		    strerror(errno));
	good = scan(&l, e);
	if (good) {
		replace(&l);
		if (!p->looked)
			remember_read(p, sink);
		p->looked = true;
		good = try_all(&l, false, e) && (!settle || wait_for(&l, e));
		if (l.narrived > 0)
			remember_write(p, sink);
	}
	if (p->nwaiting > 0)
		watch_later(f->watch, l.again + NS / 100);
	close(l.root);
	return good;
}
