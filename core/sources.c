/* SPDX-License-Identifier: Apache-2.0 */
/* See sources.h. */
#include <stdlib.h>
#include <string.h>
#include "1-fetch/unpack.h"
#include "mem.h"
#include "sources.h"
#include "timefmt.h"

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
		struct decoder_spec spec = { src->plugin, src->feed, src->given, src->ngiven, c->file,
			src->line, c->limits.worker_stall, NULL };

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
	struct reader *r = unpack_open(spool_path(s->spool, a, in->sha256), input_report_name(in), in->member,
	    &lim, e);

	arena_free(a);
	return r;
}

const char *
input_report_name(const struct input *in)
{
	return in->member[0] != '\0' ? in->member : in->name;
}

static bool
digit(char c)
{
	return c >= '0' && c <= '9';
}

bool
name_date(const char *name, int64_t *ns)
{
	struct tcs_slice s = tcs_str(name);
	char iso[] = "0000-00-00";
	size_t i;

	for (i = 0; i + 8 <= s.n; i++) {
		const char *p = s.p + i;

		if (!digit(*p) || (i > 0 && digit(p[-1])))
			continue;
		if (i + 10 <= s.n && p[4] == '-' && (i + 10 == s.n || !digit(p[10])) && time_parse(p, 10, ns))
			return true;
		memcpy(iso, p, 4);
		memcpy(iso + 5, p + 4, 2);
		memcpy(iso + 8, p + 6, 2);
		if ((i + 8 == s.n || !digit(p[8])) && time_parse(iso, 10, ns))
			return true;
	}
	return false;
}

int64_t
input_day(struct sources *s, const char *source, const char *name, const char *member, int64_t when)
{
	struct err e = ERR_INIT;
	struct decoder *d = sources_decoder(s, source, &e);
	const char *report, *const names[] = { member, name };
	int64_t day;
	int i;

	for (i = 0; i < 2; i++)
		if (d != NULL && names[i][0] != '\0' && decoder_report(d, names[i], &report, &day, &e) &&
		    day != TIME_NONE)
			return day / NS / DAY;
	for (i = 0; i < 2; i++)
		if (name_date(names[i], &day))
			return day / NS / DAY;
	return when / NS / DAY;
}
