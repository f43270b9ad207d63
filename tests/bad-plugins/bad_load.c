/* SPDX-License-Identifier: Apache-2.0 */
/* One .so for each way in which a plugin cannot even be loaded; which one is said by HOW when it is
 * compiled. */
#include <signal.h>
#include <stdlib.h>
#include <tocsin/plugin.h>

enum { MAGIC = 1, MAJOR, SHORT, KIND, NAME, NO_FEED, OPTION_TYPE, DEFAULT, POINTER, CONSTRUCTOR, SYMBOL, TWIN,
    TABLE };

#if HOW == 10
__attribute__((constructor)) static void
at_load(void)
{
	raise(SIGSEGV);
}
#endif

static const struct tcs_opt opts[] = {
	{ "number", HOW == OPTION_TYPE ? 99 : TCS_T_INT, 0, HOW == DEFAULT ? "many" : "1", "1..9",
	    "A number." },
};

static int
do_open(struct tcs_ctx *ctx, const struct tcs_host *h, const struct tcs_val *opt, void **inst)
{
	(void)ctx, (void)h, (void)opt;
	*inst = NULL;
	return TCS_OK;
}

static void
do_close(void *inst)
{
	(void)inst;
}

static int
do_begin(void *inst, const char *name)
{
	(void)inst, (void)name;
	return TCS_OK;
}

static int64_t
do_feed(void *inst, const char *buf, size_t len, int eof)
{
	(void)inst, (void)buf, (void)eof;
	return (int64_t)len;
}

static int
do_end(void *inst, int aborted)
{
	(void)inst, (void)aborted;
	return TCS_OK;
}

static const struct tcs_source source = {
	.size = sizeof source, .begin = do_begin, .feed = HOW == NO_FEED ? NULL : do_feed, .end = do_end,
};

#if HOW == 11
#define tocsin_plugin_v1 something_else
extern TCS_EXPORT const struct tcs_plugin something_else;
#endif
TCS_EXPORT const struct tcs_plugin tocsin_plugin_v1 = {
	.magic = HOW == MAGIC ? 0x12345678 : TCS_MAGIC, .abi_major = HOW == MAJOR ? 7 : TCS_ABI_MAJOR,
	.size = HOW == SHORT ? 24 : HOW == TABLE ? 4000 : sizeof(struct tcs_plugin), .kind = HOW == KIND ? 9 :
	    TCS_SOURCE,
	.name = HOW == NAME ? "Bad Name" : HOW == TWIN ? "bad-lines" : "load", .version = "1",
	    .license = "none", .summary = "none",
	.opts = HOW == POINTER ? (const void *)0x10 : opts, .nopt = 1, .optsize = sizeof(struct tcs_opt),
	.open = do_open, .close = do_close, .ops.source = &source,
};
