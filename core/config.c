/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads the configuration (libconfig) by const tables of keys: name, type and
 * place in struct config.  A key that no table knows is an error naming the
 * nearest; in sources, match and notifiers it is an option of the plugin and
 * is kept as given.  Relative file names are seen from the file's folder.
 */
#include <stdio.h>
#include <string.h>
#include "config_value.h"
#include "paths.h"
#include "process.h"
#include "timefmt.h"

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

static bool
one_of(struct cfg_read *r, const config_setting_t *g, const char *name, const char *is, const char *a,
    const char *b)
{
	char text[80];

	if (strcmp(is, a) == 0 || strcmp(is, b) == 0)
		return true;
	snprintf(text, sizeof text, "%s or %s", a, b);
	return config_wrong(r, config_setting_get_member(g, name), text);
}

/* sign = { smime = { ... }; pgp = { ... }; ... }: one of the two at least. */
static bool
read_sign(struct cfg_read *r, const config_setting_t *g)
{
	struct cfg_sign *s = &r->c->sign;
	const config_setting_t *smime, *pgp;

	if (!config_group(r, g, sign_keys, r->c, NULL, NULL))
		return false;
	s->line = config_setting_source_line(g);
	smime = config_setting_get_member(g, "smime");
	pgp = config_setting_get_member(g, "pgp");
	if (smime == NULL && pgp == NULL)
		return err_at(r->e, config_file_of(r, g), s->line,
		    "sign: expected smime = { ... }, pgp = { ... } or both");
	if (smime != NULL && (!config_group(r, smime, smime_keys, r->c, NULL, NULL) ||
	    !one_of(r, smime, "cipher", s->smime.cipher, "aes-256-cbc", "aes-256-gcm")))
		return false;
	if (pgp != NULL && !config_group(r, pgp, pgp_keys, r->c, NULL, NULL))
		return false;
	s->smime.line = smime != NULL ? config_setting_source_line(smime) : 0;
	s->pgp.line = pgp != NULL ? config_setting_source_line(pgp) : 0;
	return one_of(r, g, "prefer", s->prefer, "smime", "pgp");
}

static bool
check_retention(struct cfg_read *r, const config_setting_t *g)
{
	size_t i;

	for (i = 0; g && i < sizeof retention_least / sizeof *retention_least; i++) {
		int64_t age = *(const int64_t *)(const void *)((const char *)r->c + retention_least[i].off);

		if (age != 0 && age < retention_least[i].least)
			return config_wrong(r, config_setting_get_member(g, retention_least[i].name),
			    retention_least[i].text);
	}
	return true;
}

/* Groups of plain settings, by name. */
static const struct { const char *name; const struct key *keys; } groups[] = {
	{ "identity", identity_keys }, { "decide", decide_keys }, { "compose", compose_keys },
	{ "deliver", deliver_keys }, { "limits", limits_keys }, { "contacts", contacts_keys },
	{ "retention", retention_keys }, { "alarms", alarms_keys },
};

/* A group or list below the top, or NULL; over may be NULL. */
static const config_setting_t *
below(const config_setting_t *over, const char *name)
{
	return over != NULL ? config_setting_get_member(over, name) : NULL;
}

static bool
read_groups(struct cfg_read *r, const config_setting_t *root)
{
	const config_setting_t *repeat = below(below(root, "decide"), "repeat"), *sign = below(root, "sign");
	size_t i;

	if (!config_group(r, root, top_keys, r->c, NULL, NULL))
		return false;
	for (i = 0; i < sizeof groups / sizeof *groups; i++)
		if (!config_member(r, root, groups[i].name, groups[i].keys))
			return false;
	r->c->identity_line = config_setting_source_line(below(root, "identity"));
	return check_retention(r, below(root, "retention")) &&
	    (repeat == NULL || config_group(r, repeat, repeat_keys, r->c, NULL, NULL)) &&
	    (sign == NULL || read_sign(r, sign));
}

#define LIST(where, name, one, array, count) \
	((g = below(where, name)) == NULL || \
	    config_list(r, g, sizeof *(array), (void **)&(array), &(count), one))

static bool
read_all(struct cfg_read *r, const config_setting_t *root)
{
	struct config *c = r->c;
	const config_setting_t *g, *deliver = below(root, "deliver");

	if (!read_groups(r, root) ||
	    !LIST(root, "sources", config_read_source, c->source, c->nsource) ||
	    !LIST(root, "match", config_read_stage, c->stage, c->nstage) ||
	    !LIST(root, "answers", config_read_answers, c->answers, c->nanswers) ||
	    !LIST(deliver, "notifiers", config_read_notifier, c->notifier, c->nnotifier) ||
	    !LIST(deliver, "rate", config_read_rate, c->deliver.rate, c->deliver.nrate))
		return false;
	if (c->deliver.redirect && c->deliver.redirect[0] == '\0')
		c->deliver.redirect = NULL;
	return config_check_names(r) && config_read_hearers(r, root);
}
#undef LIST

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
	struct cfg_read r = { c, e };
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
