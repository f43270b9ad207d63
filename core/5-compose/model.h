/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The data model of warnings: every name that a template may use.  What each
 * one means is in docs/internals/compose.md, which a test compares with this.
 */
#ifndef CORE_COMPOSE_MODEL_H
#define CORE_COMPOSE_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include "err.h"
#include "5-compose/mustache.h"

extern const char *const model_names[];
extern const size_t model_nnames;

/* Loads the templates of one language and checks that those every language must have are there and
 * that all names are known. NULL: err says why. */
struct mu_set *model_templates(const char *dir, struct err *e);

#define TEMPLATE_TEXT		"warning.txt"
#define TEMPLATE_HTML		"warning.html"
#define TEMPLATE_SUBJECT	"subject"
#define TEMPLATE_CARRY		"carry.txt"	/* of a mail that only carries a file */

#define TEMPLATE_CHANNEL	".html"		/* phone.html, post.html: for contacts of that channel */
#define TEMPLATE_CORRECTION	"correction.txt"	/* takes a warning back */
#define TEMPLATE_CORRECTION_SUBJECT "correction.subject"
#define TEMPLATE_NOTICE		"notice.txt"	/* a warning waits, the key has expired */
#define TEMPLATE_NOTICE_SUBJECT	"notice.subject"
#define TEMPLATE_SEALED_SUBJECT	"sealed.subject"	/* outside of an encrypted mail */

#endif
