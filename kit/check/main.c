/* SPDX-License-Identifier: Apache-2.0 */
/* tocsin-plugin-check [--accept] [--fuzz SECONDS] [--seed N] [--set OPTION=VALUE]... PLUGIN.so
 * [SAMPLE...]: started
 * by tocsin plugin check.  See check.h. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/mem.h"
#include "kit/check/check.h"
#include "worker/worker.h"

static int
wrong(const char *what, const char *name)
{
	fprintf(stderr, "tocsin plugin check: %s%s%s\n", what, name ? ": " : "", name ? name : "");
	return 2;
}

static bool
add_file(struct check *c, const char *path)
{
	struct sample *s = &c->sample[c->nsample];
	FILE *f = fopen(path, "re");
	struct stat st;

	if (f == NULL || fstat(fileno(f), &st) < 0 || !S_ISREG(st.st_mode) || c->nsample == CHECK_SAMPLES) {
		if (f != NULL)
			fclose(f);
		return false;
	}
	*s = (struct sample){ .path = path, .name = strrchr(path, '/') ? strrchr(path, '/') + 1 : path };
	s->p = xmalloc((size_t)st.st_size + 1);
	s->n = fread(s->p, 1, (size_t)st.st_size, f);
	s->p[s->n] = '\0';
	fclose(f);
	c->nsample++;
	return true;
}

static int
visible(const struct dirent *d)
{
	size_t n = strlen(d->d_name);

	return d->d_name[0] != '.' && (n < 5 || strcmp(d->d_name + n - 5, ".rows") != 0);
}

/* A file, or all in a folder but the expected rows. */
static bool
add(struct check *c, const char *path)
{
	struct dirent **list;
	int n = scandir(path, &list, visible, alphasort), i;
	bool fine = true;

	if (n < 0)
		return add_file(c, path);
	for (i = 0; i < n; i++) {
		fine &= add_file(c, xasprintf("%s/%s", path, list[i]->d_name));
		free(list[i]);
	}
	free(list);
	return fine;
}

/* PLUGIN.so has its samples beside it unless told otherwise. */
static void
add_beside(struct check *c)
{
	const char *slash = strrchr(c->so, '/');
	static char *path;		/* samples keep it */

	path = xasprintf("%.*ssamples", slash ? (int)(slash - c->so + 1) : 0, c->so);

	if (access(path, R_OK) == 0)
		add(c, path);
}

static int
parse(struct check *c, int argc, char **argv)
{
	int i;

	for (i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--accept") == 0)
			c->accept = true;
		else if (strncmp(argv[i], "--", 2) == 0 && i + 1 < argc) {
			const char *name = argv[i] + 2, *value = argv[++i];

			if (strcmp(name, "fuzz") == 0)
				c->fuzz = (unsigned)strtoul(value, NULL, 10);
			else if (strcmp(name, "seed") == 0)
				c->seed = strtoull(value, NULL, 10);
			else if (strcmp(name, "set") == 0 && c->nopt < CHECK_OPTS)
				c->opts[c->nopt++] = value;
			else
				return wrong("not an option", name);
		} else if (c->so == NULL)
			c->so = argv[i];
		else if (!add(c, argv[i]))
			return wrong("no sample, or more than 64 of them", argv[i]);
	}
	if (c->so == NULL)
		return wrong("expected a plugin's FILE.so, and samples", NULL);
	if (c->nsample == 0)
		add_beside(c);
	return 0;
}

/* A fuzzed input that was too much for it is kept for its author. */
static void
keep_input(const struct check *c)
{
	const char *tmp = getenv("TMPDIR");
	char *path;
	FILE *f;

	if (c->sh->nfuzz == 0 || c->nfailed == 0)
		return;
	path = xasprintf("%s/tocsin-fuzz-%llu-XXXXXX", tmp ? tmp : "/tmp", (unsigned long long)c->seed);
	if ((f = fdopen(mkstemp(path), "w")) != NULL) {
		fwrite(c->sh->fuzz, 1, c->sh->nfuzz, f);
		fclose(f);
		printf("# the input is kept in %s\n", path);
	}
	free(path);
}

static void
check(struct check *c)
{
	char why[400] = "it ";

	if (!load_check(c->so, why + 3, sizeof why - 3)) {
		said(c, "the file", why, "");
		return;
	}
	said(c, "the file", NULL, NULL);
	if (!trial(c, "the declaration", try_declaration) && c->sh->kind == 0)
		return;
	elf_symbols(c, c->sh->kind);
	if (c->sh->kind == TCS_SOURCE && c->nsample == 0)
		said(c, "samples", "there are none", "put at least one into samples/ beside it, or name it");
	else if (c->sh->kind == TCS_SOURCE)
		check_source(c);
	else if (c->sh->kind == TCS_STAGE)
		check_stage(c);
	else
		check_notifier(c);
	keep_input(c);
}

int
main(int argc, char **argv)
{
	static struct check c;
	static char *full;
	int rc;

	c.seed = 1;
	if ((rc = parse(&c, argc, argv)) != 0)
		return rc;
	if ((full = realpath(c.so, NULL)) == NULL)
		return wrong(strerror(errno), c.so);
	c.so = full;
	c.sh = mmap(NULL, sizeof *c.sh, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (c.sh == MAP_FAILED)
		return wrong("no memory", NULL);
	check(&c);
	printf("1..%u\n", c.ntried);
	if (c.nfailed > 0)
		fprintf(stderr, "%s: %u of %u checks failed%s\n", argv[0], c.nfailed, c.ntried,
		    c.lost ? "; what comes after a crash was not tried" : "");
	return c.nfailed > 0;
}
