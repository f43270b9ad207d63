/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See mailbox.h.  The maildir kind: what lies in new, and in cur without the
 * flag of being read, is shown; marked is what lies in cur with that flag, or
 * in another folder (Maildir++: PATH/.FOLDER).  A rename marks, so nothing is
 * ever half marked.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "1-fetch/mailbox.h"
#include "buf.h"
#include "mem.h"
#include "timefmt.h"
#include "utf8.h"
#include <tocsin/slice.h>

bool
mailbox_is(const char *from)
{
	struct tcs_slice s = tcs_str(from);

	return tcs_starts(s, "maildir:") || tcs_starts(s, "imap://") || tcs_starts(s, "imaps://");
}

const char *
mailbox_folder(const struct mailbox *m)
{
	return m->opt->done != NULL && tcs_starts(tcs_str(m->opt->done), "move:") ? m->opt->done + 5 : NULL;
}

const char *
mailbox_shown(struct arena *a, const char *from)
{
	struct buf b;
	const char *text;
	size_t n = strcspn(from, "?");

	buf_init(&b);
	utf8_safe(&b, from, tcs_starts(tcs_str(from), "maildir:") ? strlen(from) : n);
	text = arena_strndup(a, b.p ? b.p : "", b.n);
	buf_free(&b);
	return text;
}

bool
mailbox_check(const struct mailbox *m, struct err *e)
{
	if (m->opt->done != NULL && strcmp(m->opt->done, "seen") != 0 &&
	    (mailbox_folder(m) == NULL || *mailbox_folder(m) == '\0' ||
	    strpbrk(mailbox_folder(m), "\r\n\t") != NULL))
		return err_set(e, "done = \"%.80s\": expected \"seen\" or \"move:FOLDER\"", m->opt->done);
	if (!tcs_starts(tcs_str(m->from), "maildir:"))
		return imap_check(m, e);
	if (m->opt->password != NULL || m->opt->ca != NULL || m->opt->tls != NULL)
		return err_set(e, "password, ca and tls are for from = \"imap://...\"");
	if (mailbox_folder(m) != NULL && strchr(mailbox_folder(m), '/') != NULL)
		return err_set(e, "done = \"%.80s\": a folder of a maildir has no \"/\" in its name",
		    m->opt->done);
	return m->from[8] != '\0' || err_set(e, "expected a path behind maildir:");
}

bool
mailbox_look(const struct mailbox *m, const struct mailbox_sink *sink, struct err *e)
{
	return tcs_starts(tcs_str(m->from), "maildir:") ? maildir_look(m, sink, e) : imap_look(m, sink, e);
}

/* ---- maildir ------------------------------------------------------------------ */

struct letter {
	const char	*name;		/* of the file */
	bool		 cur;
};

struct shelf {
	struct arena	*a;
	const char	*path;
	struct letter	*letter;
	uint32_t	 n;
};

/* ":2,FS": the flags behind the comma. */
static bool
is_read(const char *name)
{
	const char *flags = strstr(name, ":2,");

	return flags != NULL && strchr(flags, 'S') != NULL;
}

static bool
list(struct shelf *s, bool cur, struct err *e)
{
	const char *path = arena_printf(s->a, "%s/%s", s->path, cur ? "cur" : "new");
	DIR *d = opendir(path);
	struct dirent *ent;

	if (d == NULL)
		return err_set(e, "%.200s: %s", path, strerror(errno));
	while ((ent = readdir(d)) != NULL) {
		if (ent->d_name[0] == '.' || (cur && is_read(ent->d_name)))
			continue;
		s->letter = arena_room(s->a, s->letter, s->n, sizeof *s->letter);
		s->letter[s->n++] = (struct letter){ arena_strdup(s->a, ent->d_name), cur };
	}
	closedir(d);
	return true;
}

static int
by_name(const void *p, const void *q)
{
	return strcmp(((const struct letter *)p)->name, ((const struct letter *)q)->name);
}

/* Its bytes, malloced; NULL: why says what is wrong with it. */
static char *
read_letter(const char *path, int64_t most, struct stat *st, struct err *why)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	char *bytes = NULL;
	size_t n = 0;
	ssize_t got = 1;

	if (fd < 0 || fstat(fd, st) != 0)
		err_set(why, "%s", strerror(errno));
	else if (!S_ISREG(st->st_mode))
		err_set(why, "not a regular file");
	else if (st->st_size > most)
		err_set(why, "larger than %lld bytes, the most that a message may have", (long long)most);
	else {
		bytes = xmalloc((size_t)st->st_size + 1);
		while (n < (size_t)st->st_size && (got = read(fd, bytes + n, (size_t)st->st_size - n)) > 0)
			n += (size_t)got;
		if (n < (size_t)st->st_size) {
			err_set(why, "%s", got < 0 ? strerror(errno) : "it became shorter while it was read");
			free(bytes);
			bytes = NULL;
		}
	}
	if (fd >= 0)
		close(fd);
	return bytes;
}

/* The folder it goes to: made when it is not there. */
static const char *
target(struct arena *a, const struct mailbox *m, const char *path)
{
	static const char *const parts[] = { "", "/tmp", "/new", "/cur" };
	const char *folder = mailbox_folder(m);
	size_t i;

	if (folder == NULL)
		return arena_printf(a, "%s/cur", path);
	for (i = 0; i < 4; i++)
		mkdir(arena_printf(a, "%s/.%s%s", path, folder, parts[i]), 0700);
	return arena_printf(a, "%s/.%s/cur", path, folder);
}

static void
mark(struct shelf *s, const struct mailbox *m, const struct mailbox_sink *sink, const struct letter *l)
{
	const char *from = arena_printf(s->a, "%s/%s/%s", s->path, l->cur ? "cur" : "new", l->name);
	const char *flags = strstr(l->name, ":2,");
	const char *to = arena_printf(s->a, "%s/%.*s:2,%sS", target(s->a, m, s->path),
	    (int)(flags != NULL ? (size_t)(flags - l->name) : strlen(l->name)), l->name,
	    flags != NULL ? flags + 3 : "");

	if (rename(from, to) != 0)
		sink->trouble(sink->arg, from, arena_printf(s->a, "it was taken, but cannot be marked: %s",
		    strerror(errno)));
}

static bool
show(struct shelf *s, const struct mailbox *m, const struct mailbox_sink *sink, const struct letter *l,
    struct err *e)
{
	const char *path = arena_printf(s->a, "%s/%s/%s", s->path, l->cur ? "cur" : "new", l->name);
	const char *flags = strstr(l->name, ":2,");
	struct err why = ERR_INIT;
	struct stat st;
	char *bytes = read_letter(path, m->most, &st, &why);
	struct buf name;
	struct mailbox_message msg;
	bool good;

	if (bytes == NULL) {
		sink->trouble(sink->arg, mailbox_shown(s->a, path), why.text);
		return true;
	}
	buf_init(&name);
	utf8_safe(&name, l->name, flags != NULL ? (size_t)(flags - l->name) : strlen(l->name));
	msg = (struct mailbox_message){ arena_strndup(s->a, name.p ? name.p : "", name.n),
	    st.st_mtim.tv_sec * NS, bytes, (size_t)st.st_size };
	buf_free(&name);
	good = sink->message(sink->arg, &msg, e);
	free(bytes);
	if (good)
		mark(s, m, sink, l);
	return good;
}

bool
maildir_look(const struct mailbox *m, const struct mailbox_sink *sink, struct err *e)
{
	struct shelf s = { arena_new(), m->from + 8, NULL, 0 };
	bool good = list(&s, false, e) && list(&s, true, e);
	uint32_t i;

	if (good && s.n > 0)
		qsort(s.letter, s.n, sizeof *s.letter, by_name);
	for (i = 0; good && i < s.n && !(sink->stop != NULL && sink->stop(sink->arg)); i++)
		good = show(&s, m, sink, &s.letter[i], e);
	arena_free(s.a);
	return good;
}
