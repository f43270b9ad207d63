/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Plugins as the host sees them: what was found in the plugin folder, each
 * one's declaration, and options checked against it.  The declarations of
 * sources and notifiers come as bytes from a worker that loaded the .so; the
 * host itself loads only stages.
 */
#ifndef CORE_PLUGIN_HOST_H
#define CORE_PLUGIN_HOST_H

#include <stdbool.h>
#include <stdint.h>
#include "arena.h"
#include "err.h"
#include <tocsin/plugin.h>

struct plugin {
	const char	*path;
	const char	*refused;	/* why it cannot be used, or NULL */
	uint32_t	 kind;
	const char	*name, *version, *license, *summary, *help;
	struct tcs_opt	*opts;		/* copied, all strings in the arena */
	uint32_t	 nopt;
	uint32_t	 flags;		/* of the kind's struct */
	const char	*names, *starts, *columns;	/* source */
	const char	*channel;	/* notifier */
	bool		 renders, delivers;		/* notifier: has the function */
	char		 sha256[65];	/* of the .so */
};

struct plugins {
	struct arena	*arena;
	struct plugin	*list;
	uint32_t	 n;
};

/* All .so of a folder, described (each in a worker process of its own, so that a bad one costs nothing but
 * itself). */
struct plugins *plugins_find(const char *dir, struct err *e);
void plugins_free(struct plugins *p);
const char *plugin_kind_name(uint32_t kind);			/* "source"; 0: "plugin" */
const struct plugin *plugin_get(const struct plugins *p, const char *name, uint32_t kind,
    struct err *e);	/* names the nearest */

/* Options as text (from the config or --set), checked and converted.  A given option: */
struct given {
	const char	*name, *value;
	const char	*file;		/* where it was given, for errors; NULL: command line */
	unsigned	 line;
};
/* Values in table order in the arena, defaults filled in; secrets "@file" read.  NULL: err says what, with
 * the nearest name. */
struct tcs_val *options_check(struct arena *a, const struct plugin *p, const struct given *given, uint32_t n,
    struct err *e);

#endif
