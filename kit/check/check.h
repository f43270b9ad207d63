/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tocsin-plugin-check: tries a plugin against its contract.  A trial is a
 * function that runs in a process of its own, loads the plugin there and says
 * what is wrong; whatever the plugin does to that process is a result too.
 * The main process never runs a byte of the plugin.
 *
 * Parts: elf (what the file asks for), trial (the processes), source, fuzz,
 * stage, notifier (what is tried), text (comparing what a plugin said).
 */
#ifndef KIT_CHECK_H
#define KIT_CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <tocsin/plugin.h>

#define CHECK_OPTS 31
#define CHECK_SAMPLES 64
#define CHECK_FUZZ (1u << 20)		/* longest input that fuzz makes */

struct sample {
	const char	*path, *name;
	char		*p;
	size_t		 n;
};

/* Seen by both processes. */
struct shared {
	bool		 done;
	char		 why[600], advice[300];
	char		 at[160];		/* what was being tried */
	char		 note[200];
	uint64_t	 number;		/* for the trial's own use from run to run */
	uint32_t	 nfuzz;			/* length of the input being tried, 0: none */
	uint32_t	 kind, flags;		/* of the plugin */
	char		 fuzz[CHECK_FUZZ];
};

struct check {
	const char		*so;
	const char		*opts[CHECK_OPTS + 1];
	uint32_t		 nopt;
	struct sample		 sample[CHECK_SAMPLES];
	uint32_t		 nsample;
	bool			 accept;
	unsigned		 fuzz;		/* seconds */
	uint64_t		 seed;
	struct shared		*sh;
	const struct tcs_plugin	*p;		/* in a trial's process */
	unsigned		 ntried, nfailed;
	bool			 lost;		/* it crashed or hung: the rest would only say so again */
};

/* trial.c.  False: it failed, and that was said. */
bool trial(struct check *c, const char *name, void (*fn)(struct check *));
void said(struct check *c, const char *name, const char *why, const char *advice);	/* why NULL: fine */
/* In a trial: what is wrong and what to do about it; does not return. */
_Noreturn void fail(struct check *c, const char *advice, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
void note(struct check *c, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* What is tried next, for messages; starts the time that it may take. */
void at(struct check *c, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* elf.c */
void elf_symbols(struct check *c, uint32_t kind);
/* declare.c */
void try_declaration(struct check *c);
/* source.c, stage.c, notifier.c */
void check_source(struct check *c);
void check_stage(struct check *c);
void check_notifier(struct check *c);
/* fuzz.c */
void try_fuzz(struct check *c);

/* text.c: of what feed.h wrote down */
bool text_broken(const char *text, char *line, size_t n);	/* it says BAD or "plugin broken": where */
char *text_records(const char *text, uint32_t flags, const char *want);	/* comparable; the caller frees */
void text_first(const char *a, const char *b, char *out, size_t n);	/* where two differ */
bool text_golden(const struct sample *s, char *path, size_t n);		/* false: there is none yet */

#endif
