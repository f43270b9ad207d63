/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The notifiers callsheet and letter, loaded as they are shipped: what they
 * make of the samples beside them, that the same warning twice is one, and
 * what they answer when they cannot.
 *
 * "t_paper write" writes the samples' results anew.
 */
#include <dlfcn.h>
#include <unistd.h>
#include "feed.h"
#include "tap.h"

static char dir[] = "/tmp/t_paper.XXXXXX";
static char *made, type[100];
static size_t nmade;

static int
out(struct tcs_ctx *x, const char *t, const void *p, size_t n)
{
	(void)x;
	snprintf(type, sizeof type, "%s", t);
	free(made);
	made = malloc(n + 1);
	memcpy(made, p, n);
	made[n] = '\0';
	nmade = n;
	return TCS_OK;
}

static const struct tcs_notifier_host host = {
	{ sizeof(struct tcs_notifier_host), TCS_ABI_MAJOR, TCS_ABI_MINOR, feed_log, feed_alloc }, out
};

static const struct tcs_plugin *
load(const char *name)
{
	const char *top = getenv("TOP_BUILDDIR");
	char path[4096];
	void *so;

	snprintf(path, sizeof path, "%s/plugins/%s.so", top ? top : ".", name);
	if ((so = dlopen(path, RTLD_NOW | RTLD_LOCAL)) == NULL)
		printf("# %s\n", dlerror());
	return so ? dlsym(so, "tocsin_plugin_v1") : NULL;
}

struct session {
	const struct tcs_plugin	*p;
	struct tcs_ctx		*x;
	void			*inst;
	char			*said;
	size_t			 size;
};

static void
begin(struct session *s, const struct tcs_plugin *p, const char *path)
{
	struct tcs_val opt[1] = { { .n = 1, .type = TCS_T_STR, .v.s = path } };

	*s = (struct session){ .p = p, .x = calloc(1, sizeof *s->x) };
	s->x->fail = -1;
	s->x->out = open_memstream(&s->said, &s->size);
	if (p->open(s->x, &host.h, opt, &s->inst) != TCS_OK)
		s->inst = NULL;
}

static void
end(struct session *s)
{
	s->p->close(s->inst);
	feed_drop(s->x, TCS_INSTANCE);
	fclose(s->x->out);
	free(s->said);
	free(s->x);
}

static struct tcs_result
deliver(const struct session *s, const char *id, const char *bytes, size_t n)
{
	struct tcs_warning w = { .size = sizeof w, .id = id, .key = "k", .recipient = "acme", .address = "x",
		.bytes = bytes, .nbytes = n };
	struct tcs_result r = { 0 };

	s->p->ops.notifier->deliver(s->inst, &w, &r);
	return r;
}

static char *
slurp(const char *name, size_t *n)
{
	char path[4096], *text = NULL, block[4096];
	size_t k;
	FILE *f, *m;

	snprintf(path, sizeof path, "%s/%s", dir, name);
	if ((f = fopen(path, "r")) == NULL || (m = open_memstream(&text, n)) == NULL)
		return NULL;
	while ((k = fread(block, 1, sizeof block, f)) > 0)
		fwrite(block, 1, k, m);
	fclose(f);
	fclose(m);
	return text;
}

static bool write_anew;

/* Is the file that was made the sample? */
static void
same(const char *got, const char *sample)
{
	const char *top = getenv("TOP_SRCDIR");
	char path[4096], *a, *b;
	size_t n = 0, m = 0;
	FILE *f;

	a = slurp(got, &n);
	if (write_anew && a != NULL) {
		snprintf(path, sizeof path, "%s/%s", top ? top : ".", sample);
		if ((f = fopen(path, "w")) != NULL) {
			fwrite(a, 1, n, f);
			fclose(f);
		}
	}
	b = feed_file(sample, &m);
	ok(a != NULL && b != NULL && n == m && memcmp(a, b, n) == 0, "%s is as the sample", got);
	free(a);
	free(b);
}

static int
files(const char *sub)
{
	char cmd[4096];
	int n = -1;
	FILE *f;

	snprintf(cmd, sizeof cmd, "find %s/%s -type f | wc -l", dir, sub);
	if ((f = popen(cmd, "r")) != NULL) {
		if (fscanf(f, "%d", &n) != 1)
			n = -1;
		pclose(f);
	}
	return n;
}

static void
calls(const struct tcs_plugin *p)
{
	char path[4096], *json, *page;
	struct tcs_part part[2];
	struct tcs_warning w = { .size = sizeof w, .id = "2026-00417", .address = "+31 70 555 0123",
		.subject = "[TLP:AMBER] Remote desktop, \"open\"", .part = part, .npart = 2 };
	size_t n, m;
	struct session s;
	struct tcs_result r;

	snprintf(path, sizeof path, "%s/calls", dir);
	begin(&s, p, path);
	json = feed_file("plugins/callsheet/samples/warning.json", &n);
	page = feed_file("plugins/callsheet/samples/phone.html", &m);
	part[0] = (struct tcs_part){ "application/json", "2026-00417.json", json, n };
	part[1] = (struct tcs_part){ "text/html", "phone.html", page, m };
	ok(p->ops.notifier->render(s.inst, &w) == TCS_OK && strcmp(type, "application/vnd.tocsin.call") == 0,
	    "a call is rendered");
	r = deliver(&s, "2026-00417", made, nmade);
	ok(r.answer == TCS_DELIVERED, "and filed: %s", r.reply);
	same("calls/2026-11-20/calls.csv", "plugins/callsheet/samples/calls.csv");
	same("calls/2026-11-20/calls.html", "plugins/callsheet/samples/calls.html");
	is_int(files("calls"), 3, "three files");
	r = deliver(&s, "2026-00417", made, nmade);
	ok(r.answer == TCS_DELIVERED && files("calls") == 3, "the same again is the same call");
	same("calls/2026-11-20/calls.csv", "plugins/callsheet/samples/calls.csv");
	r = deliver(&s, "../../x", made, nmade);
	ok(r.answer == TCS_DELIVERED && files("calls/2026-11-20") == 4,
	    "a number that means a path stays inside");
	r = deliver(&s, "2026-00500", "From: warn@cert.example\r\n", 25);
	ok(r.answer == TCS_DELIVERED && files("calls/corrections/2026-00500.eml") == 1 && files("calls") == 5,
	    "a correction, which is a mail, is filed apart");
	r = deliver(&s, "2026-00501", "../../../..\nx\ny", 15);
	ok(r.answer == TCS_DELIVERED && files("calls") == 6 && files("") == 6, "as is what is none of ours");
	part[0].n = 5;
	is_int(p->ops.notifier->render(s.inst, &w), TCS_EINPUT, "JSON that is cut short");
	w.npart = 1;
	is_int(p->ops.notifier->render(s.inst, &w), TCS_EINPUT, "no page");
	fflush(s.x->out);
	ok(strstr(s.said, "phone.html.mustache") != NULL, "is said with what was expected: %s", s.said);
	end(&s);
	free(json);
	free(page);
}

static void
letters(const struct tcs_plugin *p)
{
	static const char page[] = "<p>a letter</p>\n";
	char path[4096];
	struct tcs_part part[1] = { { "text/html", "post.html", page, sizeof page - 1 } };
	struct tcs_warning w = { .size = sizeof w, .part = part, .npart = 1 };
	struct session s;
	struct tcs_result r;

	snprintf(path, sizeof path, "%s/a/b/letters", dir);
	begin(&s, p, path);
	ok(p->ops.notifier->render(s.inst, &w) == TCS_OK && strcmp(type, "text/html") == 0 &&
	    strcmp(made, page) == 0, "a letter is the page of its template");
	r = deliver(&s, "2026-00417", made, nmade);
	ok(r.answer == TCS_DELIVERED && files("a/b/letters/2026-00417-acme.html") == 1, "filed: %s", r.reply);
	r = deliver(&s, "2026-00417", made, nmade);
	ok(r.answer == TCS_DELIVERED && files("a") == 1, "the same again is one");
	r = deliver(&s, "2026-00500", "From: warn@cert.example\r\n", 25);
	ok(r.answer == TCS_DELIVERED && files("a/b/letters/2026-00500-acme.eml") == 1,
	    "a correction, which is a mail, is filed as one");
	w.npart = 0;
	is_int(p->ops.notifier->render(s.inst, &w), TCS_EINPUT, "no page");
	end(&s);
	begin(&s, p, "/proc/none/x");
	r = deliver(&s, "2026-00417", "x", 1);
	ok(r.answer == TCS_LATER, "a folder that cannot be made is tried again: %s", r.reply);
	end(&s);
}

int
main(int argc, char **argv)
{
	const struct tcs_plugin *c, *l;
	char cmd[100];

	write_anew = argc == 2 && strcmp(argv[1], "write") == 0;
	if (mkdtemp(dir) == NULL)
		return 1;
	c = load("callsheet");
	l = load("letter");
	if (ok(c != NULL && l != NULL, "both can be loaded")) {
		calls(c);
		letters(l);
	}
	free(made);
	snprintf(cmd, sizeof cmd, "rm -rf %s", dir);
	ok(system(cmd) == 0, "tidied up");
	return done_testing();
}
