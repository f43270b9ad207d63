/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where reports and answers come from: sources = ( ... ), answers = ( ... ),
 * and the settings that only some forms of from know.  What a plugin's own
 * options may be is its declaration's to say.
 */
#include <string.h>
#include "config_value.h"

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

static bool
mailbox_form(const char *from)
{
	struct tcs_slice s = tcs_str(from);

	return tcs_starts(s, "maildir:") || tcs_starts(s, "imap://") || tcs_starts(s, "imaps://");
}

static bool
api_form(const char *from)
{
	return tcs_starts(tcs_str(from), "shadowserver-api:");
}

/* What only the reports API has; its list is an input by this name. */
static bool
check_api(struct cfg_read *r, struct cfg_source *s)
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
check_mailbox(struct cfg_read *r, const struct cfg_source *s)
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

bool
config_read_source(struct cfg_read *r, const config_setting_t *g, void *out)
{
	struct cfg_source *s = out;

	s->every = 3600;
	s->tlp = TLP_AMBER;
	s->share_owner = s->share_operator = s->share_partner = true;
	s->deadline_hour = 12;
	s->line = config_setting_source_line(g);
	if (!config_group(r, g, source_keys, s, &s->given, &s->ngiven))
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
	s->from = config_beside(r, s->from);
	return true;
}

bool
config_read_answers(struct cfg_read *r, const config_setting_t *g, void *out)
{
	struct cfg_answers *s = out;

	s->every = 300;
	s->line = config_setting_source_line(g);
	if (!config_group(r, g, answers_keys, s, NULL, NULL))
		return false;
	if (!mailbox_form(s->from))
		return err_at(r->e, r->c->file, s->line, "answers: from = \"%s\": expected maildir:FOLDER, "
		    "imaps://USER@HOST/FOLDER or imap://...", s->from);
	if (tcs_starts(tcs_str(s->from), "maildir:"))
		s->from = config_beside(r, s->from);
	return true;
}
