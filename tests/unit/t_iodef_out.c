/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The notifier iodef-out: what it makes of a warning's JSON part, and that the
 * source iodef reads the same findings back.  Both are loaded as they are
 * shipped.
 */
#include <dlfcn.h>
#include "feed.h"
#include "tap.h"

/* The host of a notifier: feed.h's memory, and one document. */
static char *made;
static size_t nmade;

static int
out(struct tcs_ctx *x, const char *type, const void *p, size_t n)
{
	(void)x;
	free(made);
	made = malloc(n + 1);
	memcpy(made, p, n);
	made[n] = '\0';
	nmade = n;
	return strcmp(type, "application/xml") == 0 ? TCS_OK : TCS_EPLUGIN;
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

	snprintf(path, sizeof(path), "%s/plugins/%s.so", top ? top : ".", name);
	if ((so = dlopen(path, RTLD_NOW | RTLD_LOCAL)) == NULL)
		printf("# %s\n", dlerror());
	return so ? dlsym(so, "tocsin_plugin_v1") : NULL;
}

/* Renders one JSON part; what was logged goes to *log. */
static int
render(const struct tcs_plugin *p, const char *type, const char *json, size_t n, const char *csirt,
    char **said)
{
	struct tcs_part part[2] = { { "text/plain", NULL, "text", 4 }, { type, NULL, json, n } };
	struct tcs_warning w = { .size = sizeof(w), .part = part, .npart = 2 };
	struct tcs_val opt[1] = { { .n = csirt != NULL, .type = TCS_T_STR, .v.s = csirt } };
	struct tcs_ctx *x = calloc(1, sizeof(*x));
	size_t size;
	void *inst;
	int rc;

	x->fail = -1;
	x->out = open_memstream(said, &size);
	free(made);
	made = NULL;
	rc = p->open(x, &host.h, opt, &inst);
	if (rc == TCS_OK) {
		rc = p->ops.notifier->render(inst, &w);
		p->close(inst);
	}
	feed_drop(x, TCS_INSTANCE);
	fclose(x->out);
	free(x);
	return rc;
}

static void
test_sample(const struct tcs_plugin *p, const struct tcs_plugin *back)
{
	char *json, *want, *rows, *text, *said;
	size_t n, m, k;

	json = feed_file("plugins/iodef-out/samples/warning.json", &n);
	want = feed_file("plugins/iodef-out/samples/warning.xml", &m);
	rows = feed_file("plugins/iodef-out/samples/warning.rows", &k);
	if (!ok(json && want && rows, "the sample is there"))
		exit(1);
	is_int(render(p, "application/json", json, n, NULL, &said), TCS_OK, "a warning is rendered");
	free(said);
	is_str(made, want, "as expected");
	text = feed(back, made, nmade, &(struct feed_how){ .cut = feed_whole,
	    .want = "|source.ip|source.port|protocol.transport|protocol.application|source.fqdn|"
	    "source.url|source.account|source.asn|source.reverse_dns|destination.ip|destination.port|"
	    "classification.taxonomy|classification.type|classification.identifier|"
	    "product.vulnerabilities|product.full_name|product.version|malware.name|severity|time.source|tlp|"
	    "event_description.text|extra.seen|extra.reported|extra.incident_id|extra.reporter_organisation|"
	    });
	is_str(text, rows, "and read back as the same findings");
	free(text);
	is_int(render(p, "application/json", json, n, "csirt.example", &said), TCS_OK, "again");
	ok(strstr(made, "<IncidentID name=\"csirt.example\">17</IncidentID>") != NULL,
	    "under another name of ours");
	free(said);
	free(json);
	free(want);
	free(rows);
}

/* The JSON part cut anywhere is refused with a word about it, never half a document. */
static void
test_wrong(const struct tcs_plugin *p)
{
	static const char *const parts[] =
		{ "", "{}", "[]", "null", "{\"warning\":\"1\"}", "{\"systems\":[{}]}",
		"{\"made\":\"2026\",\"tlp\":\"red\",\"organisation\":{},\"identity\":{},\"systems\":[]}",
		"{\"made\":\"2026\",\"tlp\":\"red\",\"organisation\":{},\"identity\":{},\"systems\":[7]}",
		"{\"made\":\"2026\",\"tlp\":\"red\",\"organisation\":{},\"identity\":{},\"systems\":[{}]" };
	char *json, *said;
	size_t i, n, bad = 0;

	for (i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		ok(render(p, "application/json", parts[i], strlen(parts[i]), NULL, &said) == TCS_EINPUT &&
		    made == NULL && strstr(said, "JSON part"), "refused: %s", parts[i]);
		free(said);
	}
	is_int(render(p, "text/html", "{}", 2, NULL, &said), TCS_EINPUT, "no JSON part");
	ok(strstr(said, "has no JSON part") != NULL, "and says so");
	free(said);
	json = feed_file("plugins/iodef-out/samples/warning.json", &n);
	for (i = 0; json != NULL && i + 2 < n; i++) {
		char *copy = malloc(i + 1);		/* of just that size, for the sanitizers */

		memcpy(copy, json, i);
		bad += render(p, "application/json", copy, i, NULL, &said) == TCS_OK;
		free(said);
		free(copy);
	}
	is_int(bad, 0, "cut after any byte");
	free(json);
}

int
main(void)
{
	const struct tcs_plugin *p = load("iodef-out"), *back = load("iodef");

	if (!ok(p != NULL && back != NULL, "both plugins load"))
		return 1;
	test_sample(p, back);
	test_wrong(p);
	free(made);
	return done_testing();
}
