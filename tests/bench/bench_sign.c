/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What sealing a mail costs: bench_sign CONFIG smime|pgp N.  Signs an entity of
 * 24 KiB N times in one thread, with the keys of the configuration's section
 * sign, and prints mails a second.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "5-compose/sign.h"

static double
seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void
make_entity(struct buf *b)
{
	buf_str(b, "Content-Type: text/plain; charset=utf-8\r\n\r\n");
	while (b->n < 24 << 10)
		buf_str(b, "192.0.2.1:3389 answers to anybody; it was seen on 2026-11-20 at 06:00 UTC.\r\n");
}

int
main(int argc, char **argv)
{
	struct err e = ERR_INIT;
	struct config *c = argc == 4 ? config_load(argv[1], &e) : NULL;
	struct signer *s = c != NULL ? signer_open(c, &e) : NULL;
	long i, n = argc == 4 ? strtol(argv[3], NULL, 10) : 0;
	enum seal how = argc == 4 && strcmp(argv[2], "pgp") == 0 ? SEAL_PGP : SEAL_SMIME;
	struct buf entity, out;
	double from;

	if (s == NULL) {
		fprintf(stderr, "%s\n", argc == 4 ? e.text : "usage: bench_sign CONFIG smime|pgp N");
		return 2;
	}
	buf_init(&entity);
	buf_init(&out);
	make_entity(&entity);
	for (i = 0, from = seconds(); i < n; i++) {
		buf_reset(&out);
		if (!signer_close_mail(s, how, NULL, "<bench@cert.example>", time(NULL), &entity, &out, &e)) {
			fprintf(stderr, "%s\n", e.text);
			return 1;
		}
	}
	printf("%s: %.0f mails/s\n", argv[2], (double)n / (seconds() - from));
	buf_free(&entity);
	buf_free(&out);
	signer_close(s);
	config_free(c);
	return 0;
}
