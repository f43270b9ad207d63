/* SPDX-License-Identifier: Apache-2.0 */
/* See wordfile.h. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "2-decode/wordfile.h"

static bool
read_all(int fd, char *p, size_t n)
{
	size_t at = 0;
	ssize_t got;

	while (at < n) {
		got = read(fd, p + at, n - at);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return false;
		at += (size_t)got;
	}
	return true;
}

bool
wordfile_open(struct wordfile *w, struct arena *a, const char *file, struct err *e)
{
	int fd = open(file, O_RDONLY | O_CLOEXEC);
	struct stat st;
	bool done = false;
	char *p;

	*w = (struct wordfile){ .arena = a, .file = arena_strdup(a, file) };
	if (fd < 0)
		return err_at(e, file, 0, "%s", strerror(errno));
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode)) {
		err_at(e, file, 0, "not a file");
	} else if (st.st_size > (off_t)WORDFILE_MAX) {
		err_at(e, file, 0, "larger than %u bytes, expected a text of some lines", WORDFILE_MAX);
	} else {
		p = arena_alloc(a, (size_t)st.st_size + 1);
		done = read_all(fd, p, (size_t)st.st_size);
		w->text = tcs_slice(p, (size_t)st.st_size);
		if (!done)
			err_at(e, file, 0, "cannot be read: %s", errno ? strerror(errno) : "it changed");
	}
	close(fd);
	if (done && memchr(w->text.p, '\0', w->text.n) != NULL)
		return err_at(e, file, 0, "holds a NUL, expected a text");
	return done;
}

void
wordfile_text(struct wordfile *w, struct arena *a, const char *name, struct tcs_slice text)
{
	*w = (struct wordfile){ .arena = a, .file = arena_strdup(a, name),
		.text = tcs_slice(arena_dup(a, text.p, text.n), text.n) };
}

/* Cuts the comment off, if there is one outside quotes. */
static struct tcs_slice
without_comment(struct tcs_slice s)
{
	bool quoted = false;
	size_t i;

	for (i = 0; i < s.n; i++) {
		if (s.p[i] == '"')
			quoted = !quoted;
		else if (s.p[i] == '#' && !quoted && (i == 0 || tcs_space(s.p[i - 1])))
			break;
	}
	return tcs_trim(tcs_slice(s.p, i));
}

bool
wordfile_line(struct wordfile *w, const char **word)
{
	struct tcs_slice line;

	while (tcs_cut(&w->text, '\n', &line)) {
		w->line++;
		w->rest = without_comment(line);
		if (w->rest.n > 0 && (*word = wordfile_word(w)) != NULL)
			return true;
	}
	return false;
}

const char *
wordfile_word(struct wordfile *w)
{
	bool quoted = false;
	size_t i, n = 0;
	char *p;

	w->rest = tcs_trim(w->rest);
	if (w->rest.n == 0)
		return NULL;
	p = arena_alloc(w->arena, w->rest.n + 1);
	for (i = 0; i < w->rest.n && (quoted || !tcs_space(w->rest.p[i])); i++) {
		if (w->rest.p[i] == '"')
			quoted = !quoted;
		else
			p[n++] = w->rest.p[i];
	}
	w->rest = tcs_slice(w->rest.p + i, w->rest.n - i);
	return p;
}

const char *
wordfile_rest(struct wordfile *w)
{
	struct tcs_slice s = tcs_trim(w->rest);

	w->rest.n = 0;
	if (s.n >= 2 && s.p[0] == '"' && s.p[s.n - 1] == '"')
		s = tcs_slice(s.p + 1, s.n - 2);
	return s.n > 0 ? arena_strndup(w->arena, s.p, s.n) : NULL;
}
