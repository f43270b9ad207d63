/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A notifier that crashes, hangs, lies or floods: the warning at hand is
 * unknown where it may have gone out, the reason is told, and the next is
 * handed over by a new process.
 */
#include "6-deliver/notifier.h"
#include "bad.h"
#include "mem.h"
#include "tap.h"

static struct plugins *plugins;
static struct arena *arena;

static struct notifier *
open_with(const char *how, struct err *e)
{
	struct given g[] = { { "how", how, NULL, 0 }, { "secret", "s3cret-words", NULL, 0 } };
	const struct plugin *p = plugin_get(plugins, "bad-notifier", TCS_NOTIFIER, e);
	struct tcs_val *v = p ? options_check(arena, p, g, 2, e) : NULL;

	return v ? notifier_start(p, v, e) : NULL;
}

static struct tcs_result
deliver(struct notifier *n, const char *address, const char *bytes, size_t nbytes)
{
	struct tcs_warning w = { .size = sizeof w, .key = "key-1", .address = address, .subject = "Subject",
	    .bytes = bytes,
		.nbytes = nbytes };
	struct tcs_result r = { 0 };
	struct err e = ERR_INIT;

	if (!notifier_begin(n, &w, &e))
		snprintf(r.reply, sizeof r.reply, "%.200s", e.text);
	else
		while (notifier_poll(n, -1, &r) == 0)
			;
	return r;
}

static const struct {
	const char	*how;
	uint32_t	 answer;
	const char	*reply;
} evils[] = {
	{ "crash", TCS_UNKNOWN, "plugin \"bad-notifier\" crashed (SIGSEGV, Segmentation fault)" },
	{ "kill", TCS_UNKNOWN, "plugin \"bad-notifier\" was killed (SIGKILL)" },
	{ "exit", TCS_UNKNOWN, "plugin \"bad-notifier\" ended by itself (status 0)" },
	{ "hang", TCS_UNKNOWN, "plugin \"bad-notifier\" did not answer within 1 s" },
	{ "odd_answer", TCS_UNKNOWN, "plugin \"bad-notifier\" broke the contract: answer 77" },
	{ "no_answer", TCS_UNKNOWN, "plugin \"bad-notifier\" broke the contract: answer 0" },
	{ "fail", TCS_UNKNOWN, "plugin \"bad-notifier\" failed (-3): the line is dead" },
	{ "garbage", TCS_UNKNOWN, "plugin \"bad-notifier\" broke the contract: a message of type 0" },
	{ "flood", TCS_UNKNOWN, "plugin \"bad-notifier\"" },
};

static void
check_evils(void)
{
	struct tcs_result r;
	struct notifier *n;
	size_t i;

	for (i = 0; i < sizeof evils / sizeof *evils; i++) {
		struct err e = ERR_INIT;

		n = open_with(evils[i].how, &e);
		if (!ok(n != NULL, "%s: opens (%s)", evils[i].how, e.text))
			continue;
		if (strcmp(evils[i].how, "hang") == 0 || strcmp(evils[i].how, "flood") == 0)
			notifier_limit(n, 1000);
		r = deliver(n, "evil", "x", 1);
		if (!ok(r.answer == evils[i].answer && strncmp(r.reply, evils[i].reply,
		    strlen(evils[i].reply)) == 0, "%s: %s",
		    evils[i].how, evils[i].reply))
			printf("# answer %u: %s\n", r.answer, r.reply);
		notifier_limit(n, 60000);
		r = deliver(n, "good", "x", 1);
		if (!ok(r.answer == TCS_DELIVERED && strcmp(r.reply, "key-1 Subject 1") == 0,
		    "%s: and the next is delivered",
		    evils[i].how))
			printf("# answer %u: %s\n", r.answer, r.reply);
		notifier_stop(n);
	}
}

static void
check_answers(void)
{
	struct err e = ERR_INIT;
	struct notifier *n = open_with("long_reply", &e);
	struct tcs_result r = deliver(n, "x", "x", 1);
	size_t size = 20 << 20;
	char *big = xcalloc(1, size);

	ok(r.answer == TCS_DELIVERED && strncmp(r.reply, "\\x1b\\x1b", 8) == 0 &&
	    strlen(r.reply) < sizeof r.reply,
	    "a reply without an end and full of escapes is made safe");
	ok(strncmp(r.remote, "\\xe2", 4) == 0 && strlen(r.remote) < sizeof r.remote,
	    "so is the name of the other side");
	r = deliver(n, "good", big, size);
	is_str(r.reply, "key-1 Subject 20971520", "a warning of 20 MiB arrives whole");
	free(big);
	notifier_stop(n);
	n = open_with("for_ever", &e);
	r = deliver(n, "x", "x", 1);
	ok(r.answer == TCS_LATER && r.after == 7 * 86400, "later is within a week");
	notifier_stop(n);
	n = open_with("look_around", &e);
	r = deliver(n, "x", "x", 1);
	is_str(r.reply, "secret s3cret-words, in its environment 0, in its arguments 0, descriptors 0",
	    "secrets come over the socket only, and nothing else is open");
	notifier_stop(n);
}

static void
check_open(void)
{
	struct err e = ERR_INIT;

	ok(open_with("open_crash", &e) == NULL, "a crash when it is opened");
	is_str(e.text, "plugin \"bad-notifier\" crashed (SIGSEGV, Segmentation fault) when it was to open",
	    "is told");
	e = (struct err)ERR_INIT;
	ok(open_with("open_refuse", &e) == NULL, "options that it does not like");
	is_str(e.text, "plugin \"bad-notifier\": how: not like this", "are told by its own words");
	notifier_stop(NULL);
}

static bool
render(const char *how, char *type, size_t ntype, struct err *e)
{
	const struct tcs_part part = { "application/json", NULL, "{}", 2 };
	struct tcs_warning w = { .size = sizeof w, .part = &part, .npart = 1 };
	struct notifier *n = open_with(how, e);
	const char *t, *bytes;
	size_t nbytes;
	bool good = n && notifier_render(n, &w, arena, &t, &bytes, &nbytes, e);

	if (good)
		snprintf(type, ntype, "%s %.*s", t, (int)nbytes, bytes);
	notifier_stop(n);
	return good;
}

static void
check_render(void)
{
	static const struct { const char *how, *why; } t[] = {
		{ "render_crash",
		    "plugin \"bad-notifier\" crashed (SIGSEGV, Segmentation fault) when it was to render" },
		{ "render_none", "plugin \"bad-notifier\" cannot render the warning: it does not say why" },
		{ "render_type", "plugin \"bad-notifier\" broke the contract: it rendered nothing, or of "
		    "no proper media type" },
		{ "render_refuse",
		    "plugin \"bad-notifier\" cannot render the warning: no part that I can use" },
	};
	struct err e = ERR_INIT;
	char made[100] = "";
	size_t i;

	ok(render("good", made, sizeof made, &e) && strcmp(made, "application/json {}") == 0,
	    "what is rendered comes back");
	for (i = 0; i < sizeof t / sizeof *t; i++) {
		e = (struct err)ERR_INIT;
		ok(!render(t[i].how, made, sizeof made, &e), "%s", t[i].how);
		is_str(e.text, t[i].why, "and why");
	}
}

static void
check_check(void)
{
	struct err e = ERR_INIT;
	struct notifier *n = open_with("check_refuse", &e);

	ok(n && !notifier_check(n, &e) && strcmp(e.text, "plugin \"bad-notifier\": nobody is there") == 0,
	    "a check that fails says why");
	notifier_stop(n);
	e = (struct err)ERR_INIT;
	n = open_with("good", &e);
	ok(n && notifier_check(n, &e), "one that does not is fine");
	ok(notifier_fd(n) >= 0 && notifier_poll(n, 0, &(struct tcs_result){ 0 }) == 0, "nothing to answer");
	notifier_stop(n);
}

int
main(void)
{
	struct err e = ERR_INIT;

	arena = arena_new();
	if (!ok((plugins = bad_plugins(&e)) != NULL, "the bad plugins are there (%s)", e.text))
		return done_testing();
	check_open();
	check_evils();
	check_answers();
	check_render();
	check_check();
	plugins_free(plugins);
	arena_free(arena);
	return done_testing();
}
