/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For t_mail.py: writes one mail made of its arguments to stdout.
 *
 *	mailgen from_name=... from=... to=... subject=... message_id=... text=... [attach=NAME=FILE] ...
 *
 * Exit 1 with the error on stderr when the mail was refused.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "5-compose/mail.h"

static struct mail m = { .date = 1795161600 };
static struct tcs_part part[8];
static struct mail_field more[4];

static char *
slurp(const char *file, size_t *n)
{
	FILE *f = fopen(file, "rb");
	char *p = malloc(1 << 20);

	if (f == NULL || p == NULL)
		exit(3);
	*n = fread(p, 1, 1 << 20, f);
	fclose(f);
	return p;
}

static void
add_part(const char *type, const char *name, const char *p, size_t n)
{
	part[m.npart++] = (struct tcs_part){ .type = type, .name = name, .p = p, .n = n };
}

static void
argument(char *arg)
{
	static const struct { const char *key; const char **to; } keys[] = { { "from_name", &m.from_name },
	    { "from", &m.from }, { "to", &m.to }, { "reply_to", &m.reply_to }, { "subject", &m.subject },
	    { "message_id", &m.message_id }, { "answers", &m.answers }, { "language", &m.language } };
	char *value = strchr(arg, '='), *file, *bytes;
	size_t i, n;

	if (value == NULL)
		exit(3);
	*value++ = '\0';
	for (i = 0; i < sizeof keys / sizeof *keys; i++)
		if (strcmp(arg, keys[i].key) == 0)
			*keys[i].to = value;
	if (strcmp(arg, "text") == 0)
		add_part("text/plain", NULL, value, strlen(value));
	else if (strcmp(arg, "html") == 0)
		add_part("text/html", NULL, value, strlen(value));
	else if (strcmp(arg, "more") == 0) {
		more[0] = (struct mail_field){ "X-Tocsin-Test", value, false };
		m.more = more;
	} else if (strcmp(arg, "attach") == 0 && (file = strrchr(value, '=')) != NULL) {
		*file++ = '\0';
		bytes = slurp(file, &n);
		add_part("application/octet-stream", value, bytes, n);
	}
}

int
main(int argc, char **argv)
{
	struct err e = ERR_INIT;
	struct buf out;
	int i;

	m.part = part;
	for (i = 1; i < argc; i++)
		argument(argv[i]);
	buf_init(&out);
	if (!mail_write(&out, &m, &e)) {
		fprintf(stderr, "%s\n", e.text);
		return 1;
	}
	fwrite(out.p, 1, out.n, stdout);
	buf_free(&out);
	return 0;
}
