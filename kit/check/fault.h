/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KIT_FAULT_H
#define KIT_FAULT_H

#include <stddef.h>

struct check;
void fault_explain(struct check *c);	/* from now on a bad address says what it was */
/* Where feed.h shows bytes; the pointers are looked at when there is a fault. */
void fault_shown(char **room, unsigned long long size, char **shown, size_t *n);

#endif
