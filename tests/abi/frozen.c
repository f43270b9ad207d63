/* SPDX-License-Identifier: Apache-2.0 */
/* What is frozen for the life of major 1, on machines with 64-bit pointers: compiled with plugin.h of 1.0,
 * with today's, and with a pretended later one. */
#include <tocsin/plugin.h>

#define AT(s, m, o) _Static_assert(offsetof(struct s, m) == (o), #s "." #m)
#define SIZE(s, n) _Static_assert(sizeof(struct s) == (n), #s)
SIZE(tcs_slice, 16);
AT(tcs_slice, n, 8);
SIZE(tcs_val, 16);
AT(tcs_val, type, 4);
AT(tcs_val, v, 8);
SIZE(tcs_span, 16);
AT(tcs_span, len, 8);
AT(tcs_span, line, 12);
SIZE(tcs_col, 24);
AT(tcs_col, stride, 4);
AT(tcs_col, valid, 8);
AT(tcs_col, data, 16);
SIZE(tcs_claim, 12);
AT(tcs_claim, asset, 4);
AT(tcs_claim, rule, 8);
AT(tcs_claim, rank, 10);
SIZE(tcs_part, 32);
AT(tcs_part, n, 24);
SIZE(tcs_result, 368);
AT(tcs_result, after, 4);
AT(tcs_result, reply, 8);
AT(tcs_result, remote, 248);
/* These may grow; what they have stays where it is. */
AT(tcs_opt, help, 32);
AT(tcs_host, log, 8);
AT(tcs_host, alloc, 16);
AT(tcs_source_host, skip, 48);
AT(tcs_source, begin, 32);
AT(tcs_source, end, 48);
AT(tcs_batch, verdict, 16);
AT(tcs_stage, run, 40);
AT(tcs_warning, nbytes, 104);
AT(tcs_notifier, check, 32);
AT(tcs_plugin, opts, 56);
AT(tcs_plugin, ops, 88);
_Static_assert(TCS_MAGIC == 0x54435331u && TCS_ABI_MAJOR == 1, "the contract");
