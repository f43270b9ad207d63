/* SPDX-License-Identifier: Apache-2.0 */
/* What a run did, in a dozen lines for a person or one JSON line for a program; and the bar while
 * it is at it. */
#ifndef CMD_SUMMARY_H
#define CMD_SUMMARY_H

#include "core/host.h"

void summary_print(const struct host_sum *s, bool json);
/* Shows on stderr what is being read when that is a terminal. */
void summary_bar(struct host *h);
void summary_bar_end(void);

#endif
