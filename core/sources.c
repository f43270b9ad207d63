/* SPDX-License-Identifier: Apache-2.0 */
/* See sources.h. */
#include <stdlib.h>
#include <string.h>
#include "1-fetch/unpack.h"
#include "mem.h"
#include "sources.h"

struct sources {
	const struct config	*config;
	struct spool		*spool;
	struct decoder		**decoder;	/* by the place in config->source */
};

struct sources *
sources_open(const struct config *c, const struct plugins *p, struct err *e)
{
	struct sources *s = xcalloc(1, sizeof *s);
	uint32_t i;

	s->config = c;
	s->decoder = xcalloc(c->nsource + 1, sizeof(struct decoder *));
	for (i = 0; i < c->nsource; i++) {
		const struct cfg_source *src = &c->source[i];
		struct decoder_spec spec = { src->plugin, src->feed, src->given, src->ngiven, c->file, src->line,
			c->limits.worker_stall };

		if ((s->decoder[i] = decoder_open(p, &spec, e)) == NULL) {
			sources_close(s);
			return NULL;
		}
	}
	return s;
}

void
sources_spool(struct sources *s, struct spool *spool)
{
	s->spool = spool;
}

void
sources_close(struct sources *s)
{
	uint32_t i;

	if (s == NULL)
		return;
	for (i = 0; i < s->config->nsource; i++)
		decoder_close(s->decoder[i]);
	free(s->decoder);
	free(s);
}

struct decoder *
sources_decoder(struct sources *s, const char *source, struct err *e)
{
	uint32_t i;

	for (i = 0; i < s->config->nsource; i++)
		if (strcmp(s->config->source[i].name, source) == 0)
			return s->decoder[i];
	err_set(e, "source \"%s\" is not configured any more", source);
	return NULL;
}

struct reader *
sources_reader(struct sources *s, const struct input *in, struct err *e)
{
	const struct unpack_limits lim = { s->config->limits.unpacked_size, s->config->limits.ratio };
	struct arena *a = arena_new();
	struct reader *r = unpack_open(spool_path(s->spool, a, in->sha256), in->member, &lim, e);

	arena_free(a);
	return r;
}

const char *
input_report_name(const struct input *in)
{
	return in->member[0] != '\0' ? in->member : in->name;
}
