/* SPDX-License-Identifier: Apache-2.0 */
/*
 * @NAME@ -- notifier: files each warning as a text in a folder.
 *
 * render() makes, once, the bytes that are kept and delivered, of the parts that the host has composed
 * (text/plain, text/html, text/csv, application/json); it may not use the network.  deliver() hands them
 * over and says what came of it: delivered, later, refused, or unknown.  Here that is a file.
 */
#include <tocsin/put.h>

static const struct tcs_opt opts[] = {
	{ "path", TCS_T_STR, TCS_O_PATH, "warnings", NULL, "The folder for warnings; made if need be." },
};

struct notifier {
	struct tcs_ctx *ctx;
	const struct tcs_notifier_host *host;
	const char *path;
};

static int open_notifier(struct tcs_ctx *ctx, const struct tcs_host *h, const struct tcs_val *o, void **inst)
{
	struct notifier *x = *inst = h->alloc(ctx, TCS_INSTANCE, sizeof *x);

	if (x == NULL)
		return TCS_ENOMEM;
	x->ctx = ctx;
	x->host = (const struct tcs_notifier_host *)(const void *)h;
	x->path = o[0].v.s;
	return TCS_OK;
}

static void close_notifier(void *inst) { }	/* the host frees what alloc gave */

static int render(void *inst, const struct tcs_warning *w)
{
	struct notifier *x = inst;
	const struct tcs_part *text = tcs_put_part(w, "text/plain", NULL);

	if (text == NULL) {
		x->host->h.log(x->ctx, TCS_ERR, "%s", "the warning has no text");
		return TCS_EINPUT;
	}
	return x->host->out(x->ctx, "text/plain", text->p, text->n);
}

static int deliver(void *inst, const struct tcs_warning *w, struct tcs_result *r)
{
	struct notifier *x = inst;
	char folder[TCS_PUT_PATH], name[64], file[80];

	snprintf(folder, sizeof folder, "%s", x->path);
	tcs_put_name(name, sizeof name, w->id);
	snprintf(file, sizeof file, "%s.txt", name);
	snprintf(r->remote, sizeof r->remote, "%s", "folder");
	if (tcs_put_folder(folder) < 0)
		tcs_put_fail(r, TCS_LATER, "cannot make", folder);
	else
		tcs_put(folder, file, w->bytes, w->nbytes, r);	/* fills in the answer */
	return TCS_OK;
}

static int check(void *inst, char *why, size_t n)
{
	return tcs_put_check(((struct notifier *)inst)->path, why, n);
}

/* The same file again is one file: what is unknown may be handed over again at once. */
static const struct tcs_notifier notifier = { .size = sizeof notifier, .flags = TCS_N_SAME_IS_ONE,
	.render = render, .deliver = deliver, .check = check };

TCS_EXPORT const struct tcs_plugin tocsin_plugin_v1 = { TCS_PLUGIN_HEAD(TCS_NOTIFIER), .name = "@NAME@",
	.version = "0.1", .license = "Apache-2.0", .summary = "Files warnings as texts in a folder",
	.help = "One file for each warning, NUMBER.txt, below path.", .opts = opts, .nopt = 1,
	.open = open_notifier, .close = close_notifier, .ops.notifier = &notifier };
