/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads the configuration (libconfig) by const tables of keys: name, type and
 * place in struct config.  A key that no table knows is an error naming the
 * nearest; in sources, match and notifiers it is an option of the plugin and
 * is kept as given.  Relative file names are seen from the file's folder.
 */
#include <libconfig.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "config.h"
#include "mem.h"
#include "near.h"
#include "process.h"
#include "paths.h"
#include "timefmt.h"
#include "tz.h"

#define NAME_CHARS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_."

enum key_type { K_STR, K_PATH, K_BOOL, K_INT, K_DURATION, K_TLP, K_TIME, K_ISOLATE, K_SHARE, K_GROUP,
	K_NAME,		/* of a source or notifier: it stands in feed names, orders and alarms */
	K_TEXTS,	/* a list of texts, kept as lines */
	K_EXPECT, K_HEARS,
	K_ADDRESS, K_ZONE, K_SPAN /* longer than nothing */, K_COUNT /* at least 1 */ };

struct key {
	const char	*name;
	enum key_type	 type;
	size_t		 off;
	bool		 must;
};

#define OFF(m) offsetof(struct config, m)
static const struct key top_keys[] = {
	{ "identity", K_GROUP, 0, true }, { "ledger", K_PATH, OFF(ledger), true },
	{ "spool", K_PATH, OFF(spool), true },
	{ "plugins", K_PATH, OFF(plugins), false },
	{ "allow_documentation", K_BOOL, OFF(allow_documentation), false },
	{ "isolate", K_ISOLATE, OFF(strict), false },
	{ "sources", K_GROUP, 0, true }, { "match", K_GROUP, 0, false }, { "decide", K_GROUP, 0, false },
	{ "compose", K_GROUP, 0, false }, { "deliver", K_GROUP, 0, true }, { "limits", K_GROUP, 0, false },
	{ "answers", K_GROUP, 0, false }, { "contacts", K_GROUP, 0, false },
	{ "retention", K_GROUP, 0, false },
	{ "alarms", K_GROUP, 0, false },
	{ "sign", K_GROUP, 0, false },
	{ NULL, 0, 0, 0 }
};
static const struct key identity_keys[] = {
	{ "name", K_STR, OFF(identity.name), true }, { "from", K_ADDRESS, OFF(identity.from), true },
	{ "reply_to", K_ADDRESS, OFF(identity.reply_to), false },
	{ "bounce", K_ADDRESS, OFF(identity.bounce), false },
	{ "verify", K_STR, OFF(identity.verify), true }, { "phone", K_STR, OFF(identity.phone), false },
	{ "web", K_STR, OFF(identity.web), false }, { "language", K_STR, OFF(identity.language), false },
	{ "zone", K_ZONE, OFF(identity.zone), false }, { NULL, 0, 0, 0 }
};
static const struct key decide_keys[] = {
	{ "policy", K_PATH, OFF(decide.policy), false }, { "problems", K_PATH, OFF(decide.problems), false },
	{ "repeat", K_GROUP, 0, false }, { "digest", K_TIME, OFF(decide.digest_hour), false },
	{ "greatest_age", K_DURATION, OFF(decide.greatest_age), false },
	{ "gone_after", K_SPAN, OFF(decide.gone_after), false },
	{ "table_age", K_SPAN, OFF(decide.table_age), false },
	{ "event_expires", K_SPAN, OFF(decide.event_expires), false },
	{ "one_shot_expires", K_SPAN, OFF(decide.one_shot_expires), false },
	{ "digest_wait", K_DURATION, OFF(decide.digest_wait), false }, { NULL, 0, 0, 0 }
};
static const struct key repeat_keys[] = {
	{ "compromised", K_DURATION, OFF(decide.repeat_compromised), false },
	{ "other", K_DURATION, OFF(decide.repeat_other), false }, { NULL, 0, 0, 0 }
};
static const struct key compose_keys[] = {
	{ "templates", K_PATH, OFF(compose.templates), false },
	{ "advice", K_PATH, OFF(compose.advice), false },
	{ "columns", K_PATH, OFF(compose.columns), false }, { NULL, 0, 0, 0 }
};
static const struct key deliver_keys[] = {
	{ "redirect", K_ADDRESS, OFF(deliver.redirect), false },
	{ "pilot", K_TEXTS, OFF(deliver.pilot), false },
	{ "most_per_run", K_INT, OFF(deliver.most_per_run), false },
	{ "most_per_recipient", K_INT, OFF(deliver.most_per_recipient), false },
	{ "delay", K_DURATION, OFF(deliver.delay), false },
	{ "bounce_window", K_DURATION, OFF(deliver.bounce_window), false },
	{ "rate", K_GROUP, 0, false },
	{ "most_per_problem", K_INT, OFF(deliver.most_per_problem), false },
	{ "most_new_share", K_INT, OFF(deliver.most_new_share), false },
	{ "most_worse", K_INT, OFF(deliver.most_worse), false },
	{ "notifiers", K_GROUP, 0, true }, { NULL, 0, 0, 0 }
};
static const struct key limits_keys[] = {
	{ "fetch_size", K_COUNT, OFF(limits.fetch_size), false },
	{ "unpacked_size", K_COUNT, OFF(limits.unpacked_size), false },
	{ "ratio", K_COUNT, OFF(limits.ratio), false },
	{ "http_timeout", K_SPAN, OFF(limits.http_timeout), false },
	{ "worker_stall", K_SPAN, OFF(limits.worker_stall), false }, { NULL, 0, 0, 0 }
};
static const struct key alarms_keys[] = {
	{ "hearers", K_GROUP, 0, false }, { "free_space", K_INT, OFF(alarms.free_space), false },
	{ "priority", K_SPAN, OFF(alarms.priority), false }, { "held", K_SPAN, OFF(alarms.held), false },
	{ "repeat", K_SPAN, OFF(alarms.repeat), false }, { NULL, 0, 0, 0 }
};
#define HEAR(m) offsetof(struct cfg_hearer, m)
static const struct key hearer_keys[] = {
	{ "to", K_ADDRESS, HEAR(to), false }, { "notifier", K_STR, HEAR(notifier), true },
	{ "hears", K_HEARS, 0, false }, { NULL, 0, 0, 0 }
};
#define SRC(m) offsetof(struct cfg_source, m)
static const struct key source_keys[] = {
	{ "name", K_NAME, SRC(name), true }, { "plugin", K_STR, SRC(plugin), true },
	{ "from", K_STR, SRC(from), true },
	{ "feed", K_PATH, SRC(feed), false }, { "every", K_SPAN, SRC(every), false },
	{ "tlp", K_TLP, SRC(tlp), false },
	{ "share", K_SHARE, 0, false }, { "found_by", K_STR, SRC(found_by), false },
	{ "expect", K_EXPECT, 0, false }, { "deadline", K_TIME, SRC(deadline_hour), false },
	{ "lag", K_INT, SRC(lag), false }, { "silence", K_SPAN, SRC(silence), false },
	{ "list", K_STR, SRC(list), false },
	{ "key", K_STR, SRC(api.key), false }, { "secret", K_STR, SRC(api.secret), false },
	{ "downloads", K_STR, SRC(api.downloads), false },
	{ "password", K_STR, SRC(mail.password), false }, { "ca", K_PATH, SRC(mail.ca), false },
	{ "tls", K_STR, SRC(mail.tls), false }, { "done", K_STR, SRC(mail.done), false },
	{ "take", K_STR, SRC(mail.take), false }, { NULL, 0, 0, 0 }
};
#define ANS(m) offsetof(struct cfg_answers, m)
static const struct key answers_keys[] = {
	{ "from", K_STR, ANS(from), true }, { "every", K_SPAN, ANS(every), false },
	{ "password", K_STR, ANS(mail.password), false }, { "ca", K_PATH, ANS(mail.ca), false },
	{ "tls", K_STR, ANS(mail.tls), false }, { "done", K_STR, ANS(mail.done), false },
	{ NULL, 0, 0, 0 }
};
static const struct key contacts_keys[] = {
	{ "confirm_every", K_DURATION, OFF(contacts.confirm_every), false }, { NULL, 0, 0, 0 }
};
static const struct key sign_keys[] = {
	{ "smime", K_GROUP, 0, false }, { "pgp", K_GROUP, 0, false },
	{ "prefer", K_STR, OFF(sign.prefer), false },
	{ "encrypt_from", K_TLP, OFF(sign.encrypt_from), false },
	{ "keys", K_PATH, OFF(sign.keys), false }, { NULL, 0, 0, 0 }
};
static const struct key smime_keys[] = {
	{ "certificate", K_PATH, OFF(sign.smime.certificate), true },
	{ "key", K_STR, OFF(sign.smime.key), true }, { "chain", K_PATH, OFF(sign.smime.chain), false },
	{ "cipher", K_STR, OFF(sign.smime.cipher), false }, { NULL, 0, 0, 0 }
};
static const struct key pgp_keys[] = {
	{ "key", K_STR, OFF(sign.pgp.key), true }, { "home", K_PATH, OFF(sign.pgp.home), true },
	{ NULL, 0, 0, 0 }
};
static const struct key retention_keys[] = {
	{ "evidence", K_DURATION, OFF(retention.evidence), false },
	{ "messages", K_DURATION, OFF(retention.messages), false },
	{ "cases", K_DURATION, OFF(retention.cases), false },
	{ "contacts", K_DURATION, OFF(retention.contacts), false }, { NULL, 0, 0, 0 }
};
/* What is at work must not go: a feed's days, a thread's mails, cases that a relapse is found by. */
static const struct { const char *name; size_t off; int64_t least; const char *text; } retention_least[] = {
	{ "evidence", OFF(retention.evidence), 14 * DAY, "14d" },
	{ "messages", OFF(retention.messages), 14 * DAY, "14d" },
	{ "cases", OFF(retention.cases), 200 * DAY, "200d" },
	{ "contacts", OFF(retention.contacts), 14 * DAY, "14d" },
};
static const struct key stage_keys[] = { { "plugin", K_STR, offsetof(struct cfg_stage, plugin), true },
    { NULL, 0, 0, 0 } };
#define NOT(m) offsetof(struct cfg_notifier, m)
static const struct key notifier_keys[] = {
	{ "name", K_NAME, NOT(name), true }, { "plugin", K_STR, NOT(plugin), true },
	{ "for", K_STR, NOT(constituency), false },
	{ "to", K_STR, NOT(to), false }, { "via", K_STR, NOT(via), false },
	{ "tlp_max", K_TLP, NOT(tlp_max), false }, { "key", K_STR, NOT(key), false },
	{ "sessions", K_COUNT, NOT(sessions), false },
	{ NULL, 0, 0, 0 }
};

#define RATE(m) offsetof(struct cfg_rate, m)
static const struct key rate_keys[] = {
	{ "domain", K_STR, RATE(domain), true }, { "most", K_STR, RATE(most_text), true }, { NULL, 0, 0, 0 }
};
#define SESSIONS_MOST 128

struct read {
	struct config	*c;
	struct err	*e;
};

/* What stands there, what was expected. */
static bool
wrong(struct read *r, const config_setting_t *s, const char *expected)
{
	const char *file = config_setting_source_file(s), *text = config_setting_get_string(s);
	const char *name = config_setting_name(s) ? config_setting_name(s) : "element";

	return err_at(r->e, file ? file : r->c->file, config_setting_source_line(s),
	    "%s%s%.100s%s: expected %s", name,
	    text != NULL ? " = \"" : "", text != NULL ? text : "", text != NULL ? "\"" : "", expected);
}

/* Near enough: one @ with something on both sides, nothing that could be taken for more than an address. */
static bool
is_address(const char *text)
{
	const char *at = strrchr(text, '@');

	return at != NULL && at > text && at[1] != '\0' && strpbrk(text, " \t\r\n<>(),;:\"") == NULL;
}

/* A system without zone files has UTC at least. */
static bool
is_zone(const char *text)
{
	struct tz *z = tz_load(text);

	tz_free(z);
	return z != NULL || strcmp(text, "UTC") == 0;
}

static bool
put_text(struct read *r, const config_setting_t *s, const struct key *k, void *base, const char *text)
{
	char *at = (char *)base + k->off, *path;
	enum tlp tlp;
	uint64_t h, m;
	struct tcs_slice part, rest = tcs_str(text);

	switch (k->type) {
	case K_NAME:
		if (*text == '\0' || strspn(text, NAME_CHARS) != strlen(text))
			return wrong(r, s, "a name of letters, digits, \"-\", \"_\" and \".\"");
		break;
	case K_ADDRESS:
		if (!(is_address(text) || (*text == '\0' && !k->must)))
			return wrong(r, s, "an e-mail address");
		break;
	case K_ZONE:
		if (!is_zone(text))
			return wrong(r, s, "a time zone such as \"UTC\" or \"Europe/Amsterdam\"");
		break;
	case K_STR:
	case K_PATH:
		if (*text == '\0' && (k->must || k->type == K_PATH))
			return wrong(r, s,
			    k->type == K_PATH ? "the name of a file or folder" : "a text that is not empty");
		break;
	default:
		break;
	}
	switch (k->type) {
	case K_STR:
	case K_NAME:
	case K_ADDRESS:
	case K_ZONE:
		*(const char **)(void *)at = arena_strdup(r->c->arena, text);
		return true;
	case K_PATH:
		path = path_beside(r->c->file, text);
		*(const char **)(void *)at = arena_strdup(r->c->arena, path);
		free(path);
		return true;
	case K_DURATION:
	case K_SPAN:
		return (duration_parse(text, strlen(text), (int64_t *)(void *)at) &&
		    (k->type == K_DURATION || *(int64_t *)(void *)at > 0)) ||
		    wrong(r, s, "a duration such as \"7d\", \"12h\" or \"30m\"");
	case K_TLP:
		if (!tlp_by_name(rest, &tlp))
			return wrong(r, s, "clear, green, amber, amber+strict or red");
		*(enum tlp *)(void *)at = tlp;
		return true;
	case K_TIME:
		if (!tcs_cut(&rest, ':', &part) || !tcs_uint(part, 23, &h) || !tcs_cut(&rest, ':', &part) ||
		    !tcs_uint(part, 59, &m) || rest.p)
			return wrong(r, s, "a time of day such as \"07:00\"");
		((int *)(void *)at)[0] = (int)h;
		((int *)(void *)at)[1] = (int)m;
		return true;
	case K_ISOLATE:
		if (strcmp(text, "usual") != 0 && strcmp(text, "strict") != 0)
			return wrong(r, s, "usual or strict");
		*(bool *)(void *)at = strcmp(text, "strict") == 0;
		return true;
	case K_COUNT:
		return wrong(r, s, "a whole number, at least 1");
	default:
		return wrong(r, s, k->type == K_BOOL ? "true or false" : "a whole number");
	}
}

/* share = "owner, operator" or a list of strings. */
static bool
put_share(struct read *r, const config_setting_t *s, struct cfg_source *src)
{
	static const char *const who[] = { "owner", "operator", "partner" };
	bool *const flag[] = { &src->share_owner, &src->share_operator, &src->share_partner };
	const char *text = config_setting_get_string(s);
	struct tcs_slice rest = tcs_str(text), part;
	unsigned i;

	if (text == NULL)
		return wrong(r, s, "a text such as \"owner, operator, partner\"");
	src->share_owner = src->share_operator = src->share_partner = false;
	while (tcs_cut(&rest, ',', &part)) {
		part = tcs_trim(part);
		for (i = 0; i < 3 && !tcs_is_nocase(part, who[i]); i++)
			;
		if (i == 3)
			return wrong(r, s, "owner, operator or partner");
		*flag[i] = true;
	}
	return true;
}

/* ( "a", "b" ) becomes "\na\nb\n". */
static bool
put_texts(struct read *r, const config_setting_t *s, char *at)
{
	const char *text, *all = "\n";
	int i;

	if (!config_setting_is_list(s) && !config_setting_is_array(s))
		return wrong(r, s, "a list of texts such as ( \"one\", \"two\" )");
	for (i = 0; i < config_setting_length(s); i++) {
		text = config_setting_get_string(config_setting_get_elem(s, (unsigned)i));
		if (text == NULL || *text == '\0')
			return wrong(r, s, "a list of texts such as ( \"one\", \"two\" )");
		all = arena_printf(r->c->arena, "%s%s\n", all, text);
	}
	*(const char **)(void *)at = all;
	return true;
}

static bool
put_expect(struct read *r, const config_setting_t *s, struct cfg_source *src)
{
	const char *text = config_setting_get_string(s);

	src->expect = EXPECT_EVERY;
	if (text != NULL && strcmp(text, "daily") == 0)
		src->expect = EXPECT_DAILY;
	else if (text != NULL && strcmp(text, "none") == 0)
		src->expect = EXPECT_NONE;
	else if (text == NULL || !duration_parse(text, strlen(text), &src->expect_every) ||
	    src->expect_every <= 0)
		return wrong(r, s, "\"daily\", \"none\" or a duration such as \"2d\"");
	return true;
}

static bool
put_hears(struct read *r, const config_setting_t *s, struct cfg_hearer *h)
{
	const char *text = config_setting_get_string(s);

	h->all = text != NULL && strcmp(text, "all") == 0;
	return h->all || (text != NULL && strcmp(text, "wake") == 0) || wrong(r, s, "\"wake\" or \"all\"");
}

static bool
put(struct read *r, const config_setting_t *s, const struct key *k, void *base)
{
	char *at = (char *)base + k->off;
	int64_t n;

	if (k->type == K_GROUP)
		return true;
	if (k->type == K_SHARE)
		return put_share(r, s, base);
	if (k->type == K_TEXTS)
		return put_texts(r, s, at);
	if (k->type == K_EXPECT)
		return put_expect(r, s, base);
	if (k->type == K_HEARS)
		return put_hears(r, s, base);
	switch (config_setting_type(s)) {
	case CONFIG_TYPE_STRING:
		return put_text(r, s, k, base, config_setting_get_string(s));
	case CONFIG_TYPE_BOOL:
		if (k->type != K_BOOL)
			break;
		*(bool *)at = config_setting_get_bool(s);
		return true;
	case CONFIG_TYPE_INT:
	case CONFIG_TYPE_INT64:
		n = config_setting_get_int64(s);
		if ((k->type != K_INT && k->type != K_COUNT) || n < (k->type == K_COUNT))
			break;
		memcpy(at, &n, sizeof n);
		return true;
	}
	if (k->type == K_STR || k->type == K_PATH || k->type == K_NAME || k->type == K_ADDRESS)
		return wrong(r, s, "a text in quotes");
	return put_text(r, s, k, base, "");	/* says what it expects instead */
}

/* A value as text, for a plugin's option; lists of scalars joined by commas. */
static const char *
as_text(struct arena *a, const config_setting_t *s)
{
	char *out;
	int i;

	switch (config_setting_type(s)) {
	case CONFIG_TYPE_STRING:
		return arena_strdup(a, config_setting_get_string(s));
	case CONFIG_TYPE_BOOL:
		return config_setting_get_bool(s) ? "true" : "false";
	case CONFIG_TYPE_INT:
	case CONFIG_TYPE_INT64:
		return arena_printf(a, "%lld", config_setting_get_int64(s));
	case CONFIG_TYPE_FLOAT:
		return arena_printf(a, "%.17g", config_setting_get_float(s));
	case CONFIG_TYPE_ARRAY:
	case CONFIG_TYPE_LIST:
		out = arena_strdup(a, "");
		for (i = 0; i < config_setting_length(s); i++)
			out = arena_printf(a, "%s%s%s", out, i ? "," : "",
			    as_text(a, config_setting_get_elem(s, (unsigned)i)));
		return out;
	}
	return "";
}

static const char *
nearest_key(const config_setting_t *s, const struct key *keys)
{
	const char *names[32];
	size_t n;

	for (n = 0; keys[n].name && n < 32; n++)
		names[n] = keys[n].name;
	return near_name(config_setting_name(s), names, n);
}

/* Of the configuration, or what it includes. */
static const char *
file_of(const struct read *r, const config_setting_t *s)
{
	const char *file = config_setting_source_file(s);

	return file != NULL ? arena_strdup(r->c->arena, file) : r->c->file;
}

static bool
unknown_key(struct read *r, const config_setting_t *s, const struct key *keys)
{
	const char *near = nearest_key(s, keys);

	return err_at(r->e, file_of(r, s),
	    config_setting_source_line(s), "unknown setting \"%s\"%s%s%s", config_setting_name(s),
	    near ? ", did you mean \"" : "", near ? near : "", near ? "\"?" : "");
}

/* All settings of one group.  given not NULL: what no key knows is a plugin's option. */
static bool
read_group(struct read *r, const config_setting_t *g, const struct key *keys, void *base,
    struct given **given, uint32_t *ngiven)
{
	const struct key *k;
	int i;

	if (!config_setting_is_group(g))
		return wrong(r, g, "a group { ... }");
	if (given)
		*given = arena_alloc(r->c->arena, (size_t)config_setting_length(g) * sizeof **given);
	for (i = 0; i < config_setting_length(g); i++) {
		const config_setting_t *s = config_setting_get_elem(g, (unsigned)i);

		for (k = keys; k->name && strcmp(k->name, config_setting_name(s)) != 0; k++)
			;
		if (k->name) {
			if (!put(r, s, k, base))
				return false;
		} else if (given) {
			(*given)[(*ngiven)++] = (struct given){ arena_strdup(r->c->arena,
			    config_setting_name(s)),
				as_text(r->c->arena, s), file_of(r, s), config_setting_source_line(s) };
		} else
			return unknown_key(r, s, keys);
	}
	for (k = keys; k->name; k++)
		if (k->must && config_setting_get_member(g, k->name) == NULL)
			return err_at(r->e, r->c->file, config_setting_source_line(g), "\"%s\" is missing",
			    k->name);
	return true;
}

static bool
read_member(struct read *r, const config_setting_t *root, const char *name, const struct key *keys)
{
	const config_setting_t *g = config_setting_get_member(root, name);

	return g == NULL || read_group(r, g, keys, r->c, NULL, NULL);
}

static bool
mailbox_form(const char *from)
{
	struct tcs_slice s = tcs_str(from);

	return tcs_starts(s, "maildir:") || tcs_starts(s, "imap://") || tcs_starts(s, "imaps://");
}

/* A list ( { ... }, { ... } ) of groups into an array of structs of size bytes. */
static bool
read_list(struct read *r, const config_setting_t *list, size_t size, void **out, uint32_t *n,
    bool (*one)(struct read *, const config_setting_t *, void *))
{
	int i;

	if (!config_setting_is_list(list))
		return wrong(r, list, "a list ( { ... }, { ... } )");
	*n = (uint32_t)config_setting_length(list);
	*out = arena_alloc(r->c->arena, *n * size + 1);
	for (i = 0; i < config_setting_length(list); i++)
		if (!one(r, config_setting_get_elem(list, (unsigned)i), (char *)*out + (size_t)i * size))
			return false;
	return true;
}

/* The path of "dir:PATH" as it is seen from the configuration. */
static const char *
from_beside(struct read *r, const char *from)
{
	const char *colon = strchr(from, ':');
	char *p = path_beside(r->c->file, colon + 1);
	const char *out = arena_printf(r->c->arena, "%.*s:%s", (int)(colon - from), from, p);

	free(p);
	return out;
}

static bool
api_form(const char *from)
{
	return tcs_starts(tcs_str(from), "shadowserver-api:");
}

/* What only the reports API has; its list is an input by this name. */
static bool
check_api(struct read *r, struct cfg_source *s)
{
	if (api_form(s->from)) {
		s->list = s->list != NULL ? s->list : "*-reports.json";
		return true;
	}
	return (s->api.key == NULL && s->api.secret == NULL && s->api.downloads == NULL) ||
	    err_at(r->e, r->c->file, s->line, "source \"%s\": key, secret and downloads are for from = "
	    "\"shadowserver-api:\"", s->name);
}

/* Settings that only a mailbox has are wrong elsewhere. */
static bool
check_mailbox(struct read *r, const struct cfg_source *s)
{
	static const char *const takes[] = { "attachments", "body", "both" };
	const struct cfg_mailbox *m = &s->mail;
	size_t i;

	if (!mailbox_form(s->from) && (m->password || (m->ca && !api_form(s->from)) || m->tls ||
	    m->done || m->take))
		return err_at(r->e, r->c->file, s->line, "source \"%s\": password, ca, tls, done and take "
		    "are for "
		    "mailboxes: from = \"imap://...\" or \"maildir:...\"", s->name);
	for (i = 0; m->take != NULL && i < 3 && strcmp(m->take, takes[i]) != 0; i++)
		;
	return i < 3 || err_at(r->e, r->c->file, s->line,
	    "source \"%s\": take = \"%.40s\": expected attachments, body or both", s->name, m->take);
}

static bool
read_source(struct read *r, const config_setting_t *g, void *out)
{
	struct cfg_source *s = out;

	s->every = 3600;
	s->tlp = TLP_AMBER;
	s->share_owner = s->share_operator = s->share_partner = true;
	s->deadline_hour = 12;
	s->line = config_setting_source_line(g);
	if (!read_group(r, g, source_keys, s, &s->given, &s->ngiven))
		return false;
	if (!check_mailbox(r, s) || !check_api(r, s))
		return false;
	if (api_form(s->from))
		return true;
	if (strstr(s->from, "://") != NULL && (mailbox_form(s->from) ||
	    tcs_starts(tcs_str(s->from), "http://") || tcs_starts(tcs_str(s->from), "https://")))
		return true;
	if (!tcs_starts(tcs_str(s->from), "dir:") && !tcs_starts(tcs_str(s->from), "file:") &&
	    !mailbox_form(s->from))
		return err_at(r->e, r->c->file, s->line,
		    "source \"%s\": from = \"%s\": expected dir:FOLDER, file:PATH, "
		    "https://..., http://..., imaps://USER@HOST/FOLDER, imap://..., maildir:FOLDER or "
		    "shadowserver-api:", s->name, s->from);
	if (strchr(s->from, ':')[1] == '\0')
		return err_at(r->e, r->c->file, s->line,
		    "source \"%s\": from = \"%s\": expected a path behind the colon", s->name, s->from);
	s->from = from_beside(r, s->from);
	return true;
}

static bool
read_answers(struct read *r, const config_setting_t *g, void *out)
{
	struct cfg_answers *s = out;

	s->every = 300;
	s->line = config_setting_source_line(g);
	if (!read_group(r, g, answers_keys, s, NULL, NULL))
		return false;
	if (!mailbox_form(s->from))
		return err_at(r->e, r->c->file, s->line, "answers: from = \"%s\": expected maildir:FOLDER, "
		    "imaps://USER@HOST/FOLDER or imap://...", s->from);
	if (tcs_starts(tcs_str(s->from), "maildir:"))
		s->from = from_beside(r, s->from);
	return true;
}

static bool
read_stage(struct read *r, const config_setting_t *g, void *out)
{
	struct cfg_stage *s = out;

	s->line = config_setting_source_line(g);
	return read_group(r, g, stage_keys, s, &s->given, &s->ngiven);
}

static bool
read_notifier(struct read *r, const config_setting_t *g, void *out)
{
	struct cfg_notifier *s = out;

	s->constituency = "direct";
	s->tlp_max = TLP_AMBER;
	s->sessions = 4;
	s->line = config_setting_source_line(g);
	if (!read_group(r, g, notifier_keys, s, &s->given, &s->ngiven))
		return false;
	return s->sessions <= SESSIONS_MOST || wrong(r, config_setting_get_member(g, "sessions"),
	    "a number from 1 to 128");
}

/* "60/1m" */
static bool
read_rate(struct read *r, const config_setting_t *g, void *out)
{
	struct cfg_rate *s = out;
	struct tcs_slice rest, most;
	uint64_t n = 0;

	s->line = config_setting_source_line(g);
	if (!read_group(r, g, rate_keys, s, NULL, NULL))
		return false;
	rest = tcs_str(s->most_text);
	if (!tcs_cut(&rest, '/', &most) || !tcs_uint(tcs_trim(most), 1000000000, &n) || n == 0 ||
	    rest.p == NULL || !duration_parse(rest.p, rest.n, &s->span) || s->span <= 0)
		return wrong(r, config_setting_get_member(g, "most"),
		    "a number of warnings and a duration, such as \"60/1m\"");
	s->most = (int64_t)n;
	return true;
}

static bool
read_hearer(struct read *r, const config_setting_t *g, void *out)
{
	struct cfg_hearer *h = out;

	h->line = config_setting_source_line(g);
	return read_group(r, g, hearer_keys, h, NULL, NULL);
}

/* A hearer's notifier must be there, and hand over by itself. */
static bool
check_hearers(struct read *r)
{
	const struct config *c = r->c;
	const char *names[64], *near;
	uint32_t i, j;
	size_t n;

	for (i = 0; i < c->alarms.nhearer; i++) {
		const struct cfg_hearer *h = &c->alarms.hearer[i];

		for (j = 0, n = 0; j < c->nnotifier && strcmp(c->notifier[j].name, h->notifier) != 0; j++)
			if (n < 64)
				names[n++] = c->notifier[j].name;
		near = j == c->nnotifier ? near_name(h->notifier, names, n) : NULL;
		if (j == c->nnotifier)
			return err_at(r->e, c->file, h->line, "notifier = \"%s\": no such notifier%s%s%s",
			    h->notifier, near ? ", did you mean \"" : "", near ? near : "", near ? "\"?" :
			    "");
		if (c->notifier[j].via != NULL)
			return err_at(r->e, c->file, h->line, "notifier \"%s\" hands over via another; "
			    "expected one that delivers by itself", h->notifier);
	}
	return true;
}

/* Names must be unique and via must name another notifier. */
static bool
check_names(struct read *r)
{
	const struct config *c = r->c;
	uint32_t i, j;

	for (i = 0; i < c->nsource; i++)
		for (j = 0; j < i; j++)
			if (strcmp(c->source[i].name, c->source[j].name) == 0)
				return err_at(r->e, c->file, c->source[i].line,
				    "source \"%s\" is already defined on line %u",
				    c->source[i].name, c->source[j].line);
	for (i = 0; i < c->nnotifier; i++) {
		const char *names[64];
		size_t n = 0;
		bool found = c->notifier[i].via == NULL;

		for (j = 0; j < c->nnotifier; j++) {
			if (j < i && strcmp(c->notifier[i].name, c->notifier[j].name) == 0)
				return err_at(r->e, c->file, c->notifier[i].line,
				    "notifier \"%s\" is already defined on line %u",
				    c->notifier[i].name, c->notifier[j].line);
			if (j != i && n < 64)
				names[n++] = c->notifier[j].name;
			if (!found && j != i && strcmp(c->notifier[i].via, c->notifier[j].name) == 0)
				found = true;
		}
		if (!found) {
			const char *near = near_name(c->notifier[i].via, names, n);

			return err_at(r->e, c->file, c->notifier[i].line,
			    "notifier \"%s\": via = \"%s\": no such notifier%s%s%s",
			    c->notifier[i].name, c->notifier[i].via, near ? ", did you mean \"" : "",
			    near ? near : "",
			    near ? "\"?" : "");
		}
	}
	return true;
}

static bool
read_hearers(struct read *r, const config_setting_t *root)
{
	const config_setting_t *g = config_setting_get_member(root, "alarms");
	struct config *c = r->c;

	if (g == NULL || (g = config_setting_get_member(g, "hearers")) == NULL)
		return true;
	return read_list(r, g, sizeof *c->alarms.hearer, (void **)&c->alarms.hearer, &c->alarms.nhearer,
	    read_hearer) && check_hearers(r);
}

static bool
one_of(struct read *r, const config_setting_t *g, const char *name, const char *is, const char *a,
    const char *b)
{
	char text[80];

	if (strcmp(is, a) == 0 || strcmp(is, b) == 0)
		return true;
	snprintf(text, sizeof text, "%s or %s", a, b);
	return wrong(r, config_setting_get_member(g, name), text);
}

/* sign = { smime = { ... }; pgp = { ... }; ... }: one of the two at least. */
static bool
read_sign(struct read *r, const config_setting_t *g)
{
	struct cfg_sign *s = &r->c->sign;
	const config_setting_t *smime, *pgp;

	if (!read_group(r, g, sign_keys, r->c, NULL, NULL))
		return false;
	s->line = config_setting_source_line(g);
	smime = config_setting_get_member(g, "smime");
	pgp = config_setting_get_member(g, "pgp");
	if (smime == NULL && pgp == NULL)
		return err_at(r->e, file_of(r, g), s->line,
		    "sign: expected smime = { ... }, pgp = { ... } or both");
	if (smime != NULL && (!read_group(r, smime, smime_keys, r->c, NULL, NULL) ||
	    !one_of(r, smime, "cipher", s->smime.cipher, "aes-256-cbc", "aes-256-gcm")))
		return false;
	if (pgp != NULL && !read_group(r, pgp, pgp_keys, r->c, NULL, NULL))
		return false;
	s->smime.line = smime != NULL ? config_setting_source_line(smime) : 0;
	s->pgp.line = pgp != NULL ? config_setting_source_line(pgp) : 0;
	return one_of(r, g, "prefer", s->prefer, "smime", "pgp");
}

static bool
check_retention(struct read *r, const config_setting_t *g)
{
	size_t i;

	for (i = 0; g && i < sizeof retention_least / sizeof *retention_least; i++) {
		int64_t age = *(const int64_t *)(const void *)((const char *)r->c + retention_least[i].off);

		if (age != 0 && age < retention_least[i].least)
			return wrong(r, config_setting_get_member(g, retention_least[i].name),
			    retention_least[i].text);
	}
	return true;
}

static bool
read_all(struct read *r, const config_setting_t *root)
{
	struct config *c = r->c;
	const config_setting_t *g;

	if (!read_group(r, root, top_keys, c, NULL, NULL) ||
	    !read_member(r, root, "identity", identity_keys) ||
	    !read_member(r, root, "decide", decide_keys) || !read_member(r, root, "compose", compose_keys) ||
	    !read_member(r, root, "deliver", deliver_keys) || !read_member(r, root, "limits", limits_keys) ||
	    !read_member(r, root, "contacts", contacts_keys) ||
	    !read_member(r, root, "retention", retention_keys) ||
	    !check_retention(r, config_setting_get_member(root, "retention")) ||
	    !read_member(r, root, "alarms", alarms_keys))
		return false;
	c->identity_line = config_setting_source_line(config_setting_get_member(root, "identity"));
	g = config_setting_get_member(root, "decide");
	if (g && (g = config_setting_get_member(g, "repeat")) &&
	    !read_group(r, g, repeat_keys, c, NULL, NULL))
		return false;
	g = config_setting_get_member(root, "sign");
	if (g && !read_sign(r, g))
		return false;
	g = config_setting_get_member(root, "match");
	if (!read_list(r, config_setting_get_member(root, "sources"), sizeof *c->source, (void **)&c->source,
	    &c->nsource, read_source) ||
	    (g && !read_list(r, g, sizeof *c->stage, (void **)&c->stage, &c->nstage, read_stage)))
		return false;
	g = config_setting_get_member(root, "answers");
	if (g && !read_list(r, g, sizeof *c->answers, (void **)&c->answers, &c->nanswers, read_answers))
		return false;
	g = config_setting_get_member(config_setting_get_member(root, "deliver"), "notifiers");
	if (!read_list(r, g, sizeof *c->notifier, (void **)&c->notifier, &c->nnotifier, read_notifier))
		return false;
	g = config_setting_get_member(config_setting_get_member(root, "deliver"), "rate");
	if (g != NULL && !read_list(r, g, sizeof *c->deliver.rate, (void **)&c->deliver.rate,
	    &c->deliver.nrate, read_rate))
		return false;
	if (c->deliver.redirect && c->deliver.redirect[0] == '\0')
		c->deliver.redirect = NULL;
	return check_names(r) && read_hearers(r, root);
}

struct config *
config_defaults(void)
{
	struct arena *a = arena_new();
	struct config *c = arena_alloc(a, sizeof *c);
	struct cfg_stage *st = arena_alloc(a, sizeof *st);
	const char *data = path_data();

	c->arena = a;
	c->file = "(defaults)";
	c->identity.name = "Tocsin";
	c->identity.from = "tocsin@localhost";
	c->identity.verify = "";
	c->identity.phone = c->identity.web = "";
	c->identity.reply_to = c->identity.bounce = "";
	c->identity.language = "en";
	c->identity.zone = "UTC";
	c->plugins = path_plugins();
	st->plugin = "registry";
	c->stage = st;
	c->nstage = 1;
	c->decide.policy = arena_printf(a, "%s/policy.csv", data);
	c->decide.problems = arena_printf(a, "%s/problems.csv", data);
	c->decide.repeat_compromised = 7 * DAY;
	c->decide.repeat_other = 30 * DAY;
	c->decide.greatest_age = 14 * DAY;
	c->decide.gone_after = 7 * DAY;
	c->decide.table_age = 90 * DAY;
	c->decide.digest_hour = 7;
	c->decide.digest_wait = 4 * 3600;
	c->decide.event_expires = 7 * DAY;
	c->decide.one_shot_expires = 90 * DAY;
	c->alarms.free_space = INT64_C(1) << 30;
	c->alarms.priority = 2 * 3600;
	c->alarms.held = DAY;
	c->alarms.repeat = DAY;
	c->compose.templates = arena_printf(a, "%s/templates", data);
	c->compose.advice = arena_printf(a, "%s/advice", data);
	c->compose.columns = arena_printf(a, "%s/columns.csv", data);
	c->sign.prefer = "smime";
	c->sign.encrypt_from = TLP_AMBER;
	c->sign.smime.cipher = "aes-256-cbc";
	c->deliver.most_per_run = 500;
	c->deliver.most_per_recipient = 10;
	c->deliver.bounce_window = 3 * DAY;
	c->deliver.most_worse = 100;
	c->limits.fetch_size = INT64_C(1) << 30;
	c->limits.unpacked_size = INT64_C(8) << 30;
	c->limits.ratio = 200;
	c->limits.http_timeout = 300;
	c->limits.worker_stall = 60;
	return c;
}

struct config *
config_load(const char *file, struct err *e)
{
	struct config *c = config_defaults();
	struct read r = { c, e };
	const char *slash = strrchr(file, '/');
	config_t cfg;
	bool good = false;

	c->file = arena_strdup(c->arena, file);
	config_init(&cfg);
	if (slash)
		config_set_include_dir(&cfg, arena_strndup(c->arena, file, (size_t)(slash - file)));
	if (config_read_file(&cfg, file) == CONFIG_FALSE) {
		if (config_error_type(&cfg) == CONFIG_ERR_FILE_IO)
			err_set(e, "%s: cannot be read", file);
		else
			err_at(e, config_error_file(&cfg) ? config_error_file(&cfg) : file,
			    (unsigned)config_error_line(&cfg), "%s",
			    config_error_text(&cfg));
	} else
		good = read_all(&r, config_root_setting(&cfg));
	config_destroy(&cfg);
	if (good) {
		process_isolate(c->strict);	/* of every plugin, the first that is looked at included */
		return c;
	}
	config_free(c);
	return NULL;
}

void
config_free(struct config *c)
{
	if (c)
		arena_free(c->arena);
}

const struct cfg_source *
config_source(const struct config *c, const char *name)
{
	uint32_t i;

	for (i = 0; i < c->nsource; i++)
		if (strcmp(c->source[i].name, name) == 0)
			return &c->source[i];
	return NULL;
}

const char *
config_redirect(const struct config *c, const char *org)
{
	size_t n = strlen(org);
	const char *p = c->deliver.pilot;

	if (c->deliver.redirect == NULL || p == NULL || n == 0)
		return c->deliver.redirect;
	while ((p = strstr(p, org)) != NULL) {
		if (p[-1] == '\n' && p[n] == '\n')
			return NULL;
		p++;
	}
	return c->deliver.redirect;
}
