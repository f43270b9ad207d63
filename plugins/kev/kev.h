/* SPDX-License-Identifier: Apache-2.0 */
/* The list in memory, and its reader (list.c). */
#ifndef KEV_H
#define KEV_H

#include <stddef.h>
#include <stdint.h>

struct entry {
	uint64_t	 cve;		/* tcs_cve */
	char		 added[11];	/* 2026-11-20 */
	uint8_t		 ransomware;
};

struct list {
	struct entry	*entry;
	uint32_t	 n, cap;
	char		 version[40];
};

/* A tcs_rc; on failure why says what is wrong with it. */
int list_read(struct list *l, const char *p, size_t n, char *why, size_t room);

#endif
