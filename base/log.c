/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lines on stderr.  Each leaves by one write, so that lines of several
 * processes do not mix, and is made safe first: much of what is logged was
 * written by strangers.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "buf.h"
#include "log.h"
#include "utf8.h"

static const char *log_name;
static enum log_level log_most = LOG_NOTE_;
static int log_journal;

void
log_init(const char *name, enum log_level most, int journal)
{
	log_name = name;
	log_most = most;
	log_journal = journal;
}

static const char *
level_word(enum log_level level)
{
	switch (level) {
	case LOG_ERR_:		return "error: ";
	case LOG_WARN_:		return "warning: ";
	case LOG_DEBUG_:	return "debug: ";
	case LOG_NOTE_:
	case LOG_INFO_:		break;
	}
	return "";
}

static void
write_all(const char *p, size_t n)
{
	ssize_t w;

	while (n > 0) {
		w = write(STDERR_FILENO, p, n);
		if (w < 0 && errno == EINTR)
			continue;
		if (w <= 0)
			return;		/* nobody to tell */
		p += w;
		n -= (size_t)w;
	}
}

__attribute__((format(printf, 2, 0))) static void
log_va(enum log_level level, const char *fmt, va_list ap)
{
	int saved = errno, n;
	struct buf line;
	char *text;

	n = vasprintf(&text, fmt, ap);
	buf_init(&line);
	if (log_journal)
		buf_printf(&line, "<%d>", (int)level);
	else {
		if (log_name != NULL)
			buf_printf(&line, "%s: ", log_name);
		buf_str(&line, level_word(level));
	}
	if (n >= 0) {
		utf8_safe(&line, text, (size_t)n);
		free(text);
	}
	buf_char(&line, '\n');
	write_all(line.p, line.n);
	buf_free(&line);
	errno = saved;
}

/* errno is as before. */
void
log_line(enum log_level level, const char *fmt, ...)
{
	va_list ap;

	if (level > log_most)
		return;
	va_start(ap, fmt);
	log_va(level, fmt, ap);
	va_end(ap);
}

void
fatal(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	log_va(LOG_ERR_, fmt, ap);
	va_end(ap);
	exit(3);
}
