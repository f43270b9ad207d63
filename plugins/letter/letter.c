/* SPDX-License-Identifier: Apache-2.0 */
/*
 * letter -- hands a warning over as a letter for the post: one printable page,
 * worded and laid out by the template post.html of the recipient's language,
 * filed in a folder as NUMBER-ORGANISATION.html.  Somebody prints what is
 * there, puts it into envelopes with a window, and moves the files away.
 * "Delivered" means filed: whether it was posted, this plugin does not know.
 */
#include <tocsin/put.h>

enum { O_PATH_ };
static const struct tcs_opt opts[] = {
	[O_PATH_] = { "path", TCS_T_STR, TCS_O_PATH, NULL, NULL,
	    "The folder for letters; made when it is not there." },
};

struct letter {
	struct tcs_ctx	*ctx;
	const struct tcs_notifier_host *host;
	const char	*path;
};

static int
letter_open(struct tcs_ctx *ctx, const struct tcs_host *h, const struct tcs_val *opt, void **inst)
{
	struct letter *l = h->alloc(ctx, TCS_INSTANCE, sizeof *l);

	if (l == NULL)
		return TCS_ENOMEM;
	l->ctx = ctx;
	l->host = (const struct tcs_notifier_host *)(const void *)h;
	l->path = opt[O_PATH_].v.s;
	*inst = l;
	return TCS_OK;
}

static void
letter_close(void *inst)
{
	(void)inst;
}

static int
letter_render(void *inst, const struct tcs_warning *w)
{
	struct letter *l = inst;
	const struct tcs_part *page = tcs_put_part(w, "text/html", "post.html");

	if (page == NULL) {
		l->host->h.log(l->ctx, TCS_ERR, "%s", "no page for the post, expected a template "
		    "post.html.mustache in the recipient's language");
		return TCS_EINPUT;
	}
	return l->host->out(l->ctx, "text/html", page->p, page->n);
}

static int
letter_deliver(void *inst, const struct tcs_warning *w, struct tcs_result *r)
{
	struct letter *l = inst;
	char folder[TCS_PUT_PATH], number[64], who[100], name[200];

	snprintf(r->remote, sizeof r->remote, "%s", "letters");
	if (snprintf(folder, sizeof folder, "%s", l->path) >= (int)sizeof folder - 8) {
		errno = ENAMETOOLONG;
		tcs_put_fail(r, TCS_REFUSED, "cannot use", l->path);
		return TCS_OK;
	}
	tcs_put_name(number, sizeof number, w->id);
	tcs_put_name(who, sizeof who, w->recipient);
	/* a correction comes as the mail that it would have been */
	snprintf(name, sizeof name, "%s-%s.%s", number, who, w->nbytes > 0 && w->bytes[0] == '<' ? "html" :
	    "eml");
	if (tcs_put_folder(folder) < 0)
		tcs_put_fail(r, TCS_LATER, "cannot make", folder);
	else
		tcs_put(folder, name, w->bytes, w->nbytes, r);
	return TCS_OK;
}

static int
letter_check(void *inst, char *why, size_t n)
{
	return tcs_put_check(((struct letter *)inst)->path, why, n);
}

static const struct tcs_notifier notifier = {
	.size = sizeof notifier, .flags = TCS_N_SAME_IS_ONE, .channel = "post",
	.render = letter_render, .deliver = letter_deliver, .check = letter_check,
};

TCS_EXPORT const struct tcs_plugin tocsin_plugin_v1 = { TCS_PLUGIN_HEAD(TCS_NOTIFIER),
	.name = "letter", .version = "1.0", .license = "Apache-2.0",
	.summary = "Files each warning as a printable letter for the post",
	.help = "For contacts of channel post. One A4 page in the recipient's language, filed below path as\n"
	    "NUMBER-ORGANISATION.html: print it, put it into an envelope with a window, move the file away.",
	.opts = opts, .nopt = sizeof opts / sizeof *opts,
	.open = letter_open, .close = letter_close, .ops.notifier = &notifier };
