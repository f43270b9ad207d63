/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tables of keys - name, type, place in a struct - and the reader of the
 * groups that they describe.  Of the files that read the configuration; all
 * others see config.h alone.
 */
#ifndef CORE_CONFIG_VALUE_H
#define CORE_CONFIG_VALUE_H

#include <libconfig.h>
#include <stddef.h>
#include "config.h"

enum key_type { K_STR, K_PATH, K_BOOL, K_INT, K_DURATION, K_TLP, K_TIME, K_ISOLATE, K_SHARE, K_GROUP,
	K_NAME,		/* of a source or notifier: it stands in feed names, orders and alarms */
	K_TEXTS,	/* a list of texts, kept as lines */
	K_EXPECT, K_HEARS,
	K_ADDRESS, K_ZONE, K_SPAN /* longer than nothing */, K_COUNT /* at least 1 */ };

/* One setting.  A table ends with a name that is NULL. */
struct key {
	const char	*name;
	enum key_type	 type;
	size_t		 off;			/* in the struct that the table is about */
	bool		 must;
};

/* The configuration that is being read, and where its first error goes. */
struct cfg_read {
	struct config	*c;
	struct err	*e;
};

/* Where a setting stands: of the configuration, or of what it includes. */
const char	*config_file_of(const struct cfg_read *, const config_setting_t *);
/* Sets the error: what stands there, what was expected.  false, always. */
bool		 config_wrong(struct cfg_read *, const config_setting_t *, const char *expected);
/* All settings of a group into base.  given not NULL: what no key knows is a plugin's option, kept there;
 * else it is an error. */
bool		 config_group(struct cfg_read *, const config_setting_t *, const struct key *, void *base,
		    struct given **given, uint32_t *ngiven);
/* The same of a member of the top group, into struct config; fine when it is not there. */
bool		 config_member(struct cfg_read *, const config_setting_t *root, const char *name,
		    const struct key *);
/* A list ( { ... }, { ... } ) of groups into an array of structs of size bytes; one reads one of them. */
bool		 config_list(struct cfg_read *, const config_setting_t *, size_t size, void **out,
		    uint32_t *n, bool (*one)(struct cfg_read *, const config_setting_t *, void *));
/* The path of "dir:PATH" as it is seen from the configuration. */
const char	*config_beside(struct cfg_read *, const char *from);

/* The readers of one group each, for config_list. */
bool		 config_read_source(struct cfg_read *, const config_setting_t *, void *);
bool		 config_read_answers(struct cfg_read *, const config_setting_t *, void *);
bool		 config_read_stage(struct cfg_read *, const config_setting_t *, void *);
bool		 config_read_notifier(struct cfg_read *, const config_setting_t *, void *);
bool		 config_read_rate(struct cfg_read *, const config_setting_t *, void *);

/* Who hears alarms; after the notifiers. */
bool		 config_read_hearers(struct cfg_read *, const config_setting_t *root);
/* Names must be unique, and via must name another notifier. */
bool		 config_check_names(struct cfg_read *);

#endif
