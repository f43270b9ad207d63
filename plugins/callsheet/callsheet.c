/* SPDX-License-Identifier: Apache-2.0 */
/*
 * callsheet -- hands warnings over to people who telephone: for each day a
 * folder with calls.html, to be printed and ticked off, and calls.csv, to be
 * filled in.  What to say is the template phone.html of the recipient's
 * language; the CSV line is made of the JSON part (line.c).
 *
 * A warning becomes one file, NUMBER.call: its day, its CSV line, its part of
 * the page.  The two lists are made anew from all of a day's files whenever
 * one is added, so that they are whole at any time and the same warning twice
 * is one call.  That costs as much as there are calls: fine for the hundreds
 * that people can make, not for more.
 */
#include <dirent.h>
#include <stdlib.h>
#include <sys/file.h>
#include <tocsin/put.h>
#include "callsheet.h"

enum { O_PATH_ };
static const struct tcs_opt opts[] = {
	[O_PATH_] = { "path", TCS_T_STR, TCS_O_PATH, NULL, NULL,
	    "The folder for call sheets, one below it for each day; made when it is not there." },
};

static const char page_head[] =
    "<!DOCTYPE html>\n<html>\n<head>\n<meta charset=\"utf-8\">\n<title>%s</title>\n<style>\n"
    "@page { size: A4; margin: 15mm }\n"
    "body { font: 10.5pt/1.4 Arial, Helvetica, sans-serif; color: #000; background: #fff; "
    "max-width: 180mm; margin: 0 auto; padding: 0 4mm }\n"
    "section { break-after: page; border-bottom: 0.4mm solid #000; padding-bottom: 4mm }\n"
    "h2 { font-size: 14pt; margin: 4mm 0 1mm }\nh3 { font-size: 10.5pt; margin: 3mm 0 1mm }\n"
    "p, ol { margin: 0 0 2mm }\n.who b { font-size: 13pt }\n.boxes { line-height: 2.2 }\n"
    "table { width: 100%%; border-collapse: collapse; font-size: 9.5pt }\n"
    "th, td { border: 0.2mm solid #888; padding: 0.6mm 1.5mm; text-align: left; vertical-align: top }\n"
    "</style>\n</head>\n<body>\n";
static const char page_foot[] = "</body>\n</html>\n";

static int
call_open(struct tcs_ctx *ctx, const struct tcs_host *h, const struct tcs_val *opt, void **inst)
{
	struct callsheet *c = h->alloc(ctx, TCS_INSTANCE, sizeof *c);

	if (c == NULL)
		return TCS_ENOMEM;
	c->ctx = ctx;
	c->host = (const struct tcs_notifier_host *)(const void *)h;
	c->path = opt[O_PATH_].v.s;
	*inst = c;
	return TCS_OK;
}

static void
call_close(void *inst)
{
	(void)inst;
}

static int
call_render(void *inst, const struct tcs_warning *w)
{
	struct callsheet *c = inst;
	const struct tcs_part *page = tcs_put_part(w, "text/html", "phone.html");
	const struct tcs_part *json = tcs_put_part(w, "application/json", NULL);
	char *text = NULL;
	size_t n;
	FILE *f;
	int rc;

	if (page == NULL || json == NULL) {
		c->host->h.log(c->ctx, TCS_ERR, "%s", json == NULL ? "the warning has no JSON part" :
		    "no page for the telephone, expected a template phone.html.mustache in the recipient's "
		    "language");
		return TCS_EINPUT;
	}
	if ((f = open_memstream(&text, &n)) == NULL)
		return TCS_ENOMEM;
	rc = call_line(f, w, json);
	if (rc == TCS_OK && fwrite(page->p, 1, page->n, f) != page->n)
		rc = TCS_ENOMEM;
	if (fclose(f) != 0 && rc == TCS_OK)
		rc = TCS_ENOMEM;
	if (rc == TCS_EINPUT)
		c->host->h.log(c->ctx, TCS_ERR, "%s", "the JSON part cannot be read");
	if (rc == TCS_OK)
		rc = c->host->out(c->ctx, "application/vnd.tocsin.call", text, n);
	free(text);
	return rc;
}

/* ---- a day's lists */

static char *
read_file(const char *path, size_t *n)
{
	FILE *f = fopen(path, "re"), *m;
	char *text = NULL, block[65536];
	size_t k;

	if (f == NULL)
		return NULL;
	if ((m = open_memstream(&text, n)) != NULL) {
		while ((k = fread(block, 1, sizeof block, f)) > 0)
			fwrite(block, 1, k, m);
		fclose(m);
	}
	fclose(f);
	return text;
}

static int
is_call(const struct dirent *d)
{
	size_t n = strlen(d->d_name);

	return d->d_name[0] != '.' && n > 5 && strcmp(d->d_name + n - 5, ".call") == 0;
}

/* Its second line to csv, the rest to page. */
static int
add_call(const char *folder, const char *name, FILE *csv, FILE *page)
{
	char path[TCS_PUT_PATH + 300], *text, *line, *rest;
	size_t n;

	snprintf(path, sizeof path, "%s/%s", folder, name);
	if ((text = read_file(path, &n)) == NULL)
		return -1;
	line = memchr(text, '\n', n);
	rest = line != NULL ? memchr(line + 1, '\n', n - (size_t)(line + 1 - text)) : NULL;
	if (rest != NULL) {
		fprintf(csv, "%.*s\r\n", (int)(rest - line - 1), line + 1);
		fwrite(rest + 1, 1, n - (size_t)(rest + 1 - text), page);
	}
	free(text);
	return 0;
}

static int
put_list(const char *folder, const char *name, FILE *f, char **text, const size_t *n, struct tcs_result *r)
{
	int rc;

	if (fclose(f) != 0) {
		errno = ENOMEM;
		rc = tcs_put_fail(r, TCS_LATER, "cannot make", name);
	} else
		rc = tcs_put(folder, name, *text, *n, r);
	free(*text);
	return rc;
}

static int
make_lists(const char *folder, const char *day, struct tcs_result *r)
{
	char *csv = NULL, *page = NULL;
	size_t ncsv = 0, npage = 0;
	struct dirent **list = NULL;
	FILE *c = open_memstream(&csv, &ncsv), *p = open_memstream(&page, &npage);
	int i, n = scandir(folder, &list, is_call, alphasort), rc;
	bool fine = n >= 0 && c != NULL && p != NULL;

	if (fine) {
		call_head(c);
		fprintf(p, page_head, day);
	}
	for (i = 0; i < n; i++) {
		fine = fine && add_call(folder, list[i]->d_name, c, p) == 0;
		free(list[i]);
	}
	free(list);
	if (!fine) {
		if (c != NULL)
			fclose(c);
		if (p != NULL)
			fclose(p);
		free(csv);
		free(page);
		return tcs_put_fail(r, TCS_LATER, "cannot read the calls in", folder);
	}
	fputs(page_foot, p);
	rc = put_list(folder, "calls.csv", c, &csv, &ncsv, r);
	i = put_list(folder, "calls.html", p, &page, &npage, r);
	return rc == TCS_DELIVERED ? i : rc;
}

/* Several sessions may add calls: one at a time. */
static void
file_call(const char *folder, const char *day, const char *name, const struct tcs_warning *w,
    struct tcs_result *r)
{
	int lock = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (lock < 0 || flock(lock, LOCK_EX) < 0)
		tcs_put_fail(r, TCS_LATER, "cannot lock", folder);
	else if (tcs_put(folder, name, w->bytes, w->nbytes, r) == TCS_DELIVERED &&
	    make_lists(folder, day, r) == TCS_DELIVERED)
		snprintf(r->reply, sizeof r->reply, "in the calls of %s as %.100s", day, name);
	if (lock >= 0)
		close(lock);
}

/* The day on the first line; "": not what render made. */
static void
day_of(const struct tcs_warning *w, char day[11])
{
	static const char form[] = "0000-00-00\n";
	size_t i;

	for (i = 0; i < sizeof form - 1; i++)
		if (i >= w->nbytes || (form[i] == '0' ? w->bytes[i] < '0' || w->bytes[i] > '9' :
		    w->bytes[i] != form[i]))
			break;
	snprintf(day, 11, "%.*s", i == sizeof form - 1 ? 10 : 0, w->bytes);
}

static int
call_deliver(void *inst, const struct tcs_warning *w, struct tcs_result *r)
{
	struct callsheet *c = inst;
	char folder[TCS_PUT_PATH], day[11], number[64], name[80];

	day_of(w, day);
	snprintf(r->remote, sizeof r->remote, "%s", "call sheet");
	if (snprintf(folder, sizeof folder, "%s/%s", c->path, day[0] != '\0' ? day : "corrections") >=
	    (int)sizeof folder - 8) {
		errno = ENAMETOOLONG;
		tcs_put_fail(r, TCS_REFUSED, "cannot use", c->path);
		return TCS_OK;
	}
	tcs_put_name(number, sizeof number, w->id);
	snprintf(name, sizeof name, "%s.%s", number, day[0] != '\0' ? "call" : "eml");
	if (tcs_put_folder(folder) < 0)
		tcs_put_fail(r, TCS_LATER, "cannot make", folder);
	else if (day[0] == '\0')	/* a correction comes as the mail that it would have been */
		tcs_put(folder, name, w->bytes, w->nbytes, r);
	else
		file_call(folder, day, name, w, r);
	return TCS_OK;
}

static int
call_check(void *inst, char *why, size_t n)
{
	return tcs_put_check(((struct callsheet *)inst)->path, why, n);
}

static const struct tcs_notifier notifier = {
	.size = sizeof notifier, .flags = TCS_N_SAME_IS_ONE, .channel = "phone",
	.render = call_render, .deliver = call_deliver, .check = call_check,
};

TCS_EXPORT const struct tcs_plugin tocsin_plugin_v1 = { TCS_PLUGIN_HEAD(TCS_NOTIFIER),
	.name = "callsheet", .version = "1.0", .license = "Apache-2.0",
	.summary = "Files warnings as a list of telephone calls to make",
	.help = "For contacts of channel phone. Below path a folder for each day, with calls.html to print\n"
	    "and calls.csv to fill in: whom to call, what to say, which systems, boxes for how it went.",
	.opts = opts, .nopt = sizeof opts / sizeof *opts,
	.open = call_open, .close = call_close, .ops.notifier = &notifier };
