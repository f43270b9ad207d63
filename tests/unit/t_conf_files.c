/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The configuration files that are shipped: both load; etc/tocsin.conf and its
 * manual name every setting of core/config.c; and what it shows as a default ("#name =
 * value;") loads and is the default.
 */
#include <regex.h>
#include <unistd.h>
#include "buf.h"
#include "config.h"
#include "mem.h"
#include "tap.h"

static char *
slurp(const char *path)
{
	FILE *f = fopen(path, "re");
	struct buf b;
	char chunk[4096];
	size_t n;

	buf_init(&b);
	while (f && (n = fread(chunk, 1, sizeof chunk, f)) > 0)
		buf_add(&b, chunk, n);
	if (f)
		fclose(f);
	return buf_take(&b);
}

/* Takes the # from lines whose first other character follows it at once: settings, not prose. */
static void
uncomment(char *text)
{
	char *p;

	for (p = text; p && *p; p = strchr(p, '\n'), p = p ? p + 1 : NULL) {
		p += strspn(p, "\t");
		if (p[0] == '#' && p[1] >= 'a' && p[1] <= 'z')
			p[0] = ' ';
	}
}

/* Each { "name", K_TYPE, ... } in the tables of core/config.c must be in the text, with what stands around
 * it. */
static void
every_setting_is_named(const char *source, const char *text, const char *file, const char *before,
    const char *after)
{
	regex_t re;
	regmatch_t m[2];
	const char *p = source;
	int seen = 0, missing = 0;

	if (regcomp(&re, "\\{ \"([a-z_]+)\", K_[A-Z]+,", REG_EXTENDED) != 0)
		return;
	for (; regexec(&re, p, 2, m, 0) == 0; p += m[0].rm_eo) {
		char *name = xasprintf("%s%.*s%s", before, (int)(m[1].rm_eo - m[1].rm_so), p + m[1].rm_so,
		    after);

		seen++;
		if (strstr(text, name) == NULL) {
			printf("# not in %s: %s\n", file, name);
			missing++;
		}
		free(name);
	}
	regfree(&re);
	ok(seen > 40 && missing == 0, "%s names all %d settings", file, seen);
}

static bool
same_numbers(const struct config *a, const struct config *b)
{
	return a->allow_documentation == b->allow_documentation &&
	    memcmp(&a->limits, &b->limits, sizeof a->limits) == 0 &&
	    a->decide.repeat_compromised == b->decide.repeat_compromised &&
	    a->decide.repeat_other == b->decide.repeat_other &&
	    a->decide.digest_hour == b->decide.digest_hour &&
	    a->decide.digest_minute == b->decide.digest_minute &&
	    a->decide.greatest_age == b->decide.greatest_age &&
	    a->decide.gone_after == b->decide.gone_after &&
	    a->deliver.most_per_run == b->deliver.most_per_run && a->deliver.delay == b->deliver.delay &&
	    a->deliver.most_per_recipient == b->deliver.most_per_recipient;
}

static void
shown_defaults(const char *conf)
{
	char path[] = "/tmp/t_conf_files.XXXXXX";
	int fd = mkstemp(path);
	char *text = xstrdup(conf);
	struct err e = ERR_INIT;
	struct config *c, *d = config_defaults();

	uncomment(text);
	if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		skip_all("cannot write a temporary file");
	close(fd);
	c = config_load(path, &e);
	if (ok(c != NULL, "with every # taken away it loads"))
		ok(same_numbers(c, d) && strcmp(c->identity.language, d->identity.language) == 0 &&
		    strcmp(c->identity.zone, d->identity.zone) == 0,
		    "what it shows as defaults are the defaults");
	else
		printf("# %s\n", e.text);
	config_free(c);
	config_free(d);
	free(text);
	unlink(path);
}

static void
loads(const char *top, const char *name, unsigned sources, unsigned notifiers)
{
	char *path = xasprintf("%s/%s", top, name);
	struct err e = ERR_INIT;
	struct config *c = config_load(path, &e);

	if (ok(c != NULL, "%s loads", name)) {
		is_int(c->nsource, sources, "with its sources");
		is_int(c->nnotifier, notifiers, "with its notifiers");
	} else
		printf("# %s\n", e.text);
	config_free(c);
	free(path);
}

int
main(void)
{
	const char *top = getenv("TOP_SRCDIR");
	char *path, *conf, *source, *man;

	if (top == NULL)
		top = ".";
	loads(top, "etc/tocsin.conf", 3, 2);
	loads(top, "etc/sample/tocsin.conf", 3, 3);
	path = xasprintf("%s/etc/tocsin.conf", top);
	conf = slurp(path);
	free(path);
	path = xasprintf("%s/core/config.c", top);
	source = slurp(path);
	free(path);
	every_setting_is_named(source, conf, "etc/tocsin.conf", "", " =");
	path = xasprintf("%s/man/tocsin.conf.5", top);
	man = slurp(path);
	free(path);
	every_setting_is_named(source, man, "man/tocsin.conf.5", "", "");
	free(man);
	shown_defaults(conf);
	free(conf);
	free(source);
	return done_testing();
}
