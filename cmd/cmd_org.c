/* SPDX-License-Identifier: Apache-2.0 */
/* tocsin org import|export|check|list|show: who may be warned, about what, and where. */
#include <string.h>
#include "cmd/org.h"
#include "near.h"

static const struct verb {
	const char	*name;
	int		 least, most;		/* operands behind it */
	int		 (*run)(const struct cmd_args *a);
	const char	*operands;
	const char	*options;		/* that it knows, "|"-separated */
} verbs[] = {
	{ "import", 2, 3, org_import, "ORGANISATIONS.csv ASSETS.csv [CONTACTS.csv]",
	    "dry-run|partial|replace|yes" },
	{ "export", 0, 1, org_export, "[DIR]", "force" },
	{ "check", 0, 0, org_check, "", "" },
	{ "list", 0, 0, org_list, "", "" },
	{ "show", 1, 1, org_show, "ORGANISATION", "" },
	{ "merge", 2, 2, org_merge, "FROM INTO", "why" },
	{ "split", 3, 1000, org_split, "FROM INTO ASSET...", "why" },
};
#define NVERBS (sizeof verbs / sizeof *verbs)

static const struct cmd_opt options[] = {
	{ "dry-run", NULL, "import: show what would change, write nothing", false },
	{ "partial", NULL, "import: take the good lines although others were refused", false },
	{ "replace", NULL, "import: what is not in the files goes", false },
	{ "yes", NULL, "import --replace: although more than one in twenty would go", false },
	{ "why", "TEXT", "merge, split: for the audit log", false },
	{ "force", NULL, "export: over files that are there already", false },
	{ NULL, NULL, NULL, false }
};

static bool
knows(const struct verb *p, const char *option)
{
	struct tcs_slice rest = tcs_str(p->options), one;

	while (tcs_cut(&rest, '|', &one))
		if (tcs_is(one, option))
			return true;
	return false;
}

static const struct verb *
verb_named(const struct cmd_args *a)
{
	const char *names[NVERBS], *near;
	size_t i;

	for (i = 0; i < NVERBS; i++) {
		names[i] = verbs[i].name;
		if (strcmp(verbs[i].name, a->arg[0]) == 0)
			return &verbs[i];
	}
	near = near_name(a->arg[0], names, NVERBS);
	cmd_fail(a, 0, "there is no \"org %s\"; expected import, export, check, list, show, merge or split"
	    "%s%s%s",
	    a->arg[0],
	    near != NULL ? "; did you mean \"" : "", near != NULL ? near : "", near != NULL ? "\"?" : "");
	return NULL;
}

static int
run(const struct cmd_args *a)
{
	const struct verb *p = verb_named(a);
	int i;

	if (p == NULL)
		return CMD_USAGE;
	if (a->narg - 1 < p->least || a->narg - 1 > p->most)
		return cmd_fail(a, CMD_USAGE, "usage: tocsin org %s%s%s", p->name,
		    *p->operands != '\0' ? " " : "", p->operands);
	for (i = 0; options[i].name != NULL; i++)
		if (cmd_has(a, options[i].name) && !knows(p, options[i].name))
			return cmd_fail(a, CMD_USAGE, "org %s has no --%s", p->name, options[i].name);
	return p->run(a);
}

int
org_open(struct view *v, const struct cmd_args *a, struct registry **reg)
{
	struct err e = ERR_INIT;
	int status = view_open(v, a, LEDGER_READ);

	if (status != CMD_OK)
		return status;
	if ((*reg = ledger_registry(v->l, &e)) == NULL)
		return view_done(v, false, &e);
	return CMD_OK;
}

const struct cmd cmd_org = {
	.name = "org",
	.operands = "import|export|check|list|show|merge|split ...",
	.least = 1,
	.most = -1,
	.opt = options,
	.run = run,
	.summary = "organisations: import, export, check, list, show, merge and split them",
	.help = "import ORGANISATIONS.csv ASSETS.csv [CONTACTS.csv]: adds what is new and changes what is\n"
	    "there. The first line of each file names its columns, in any order; those after the bar\n"
	    "may be left out:\n"
	    "  organisation,name,constituency,sector,language,email | parent,interval\n"
	    "  organisation,asset,verified,valid_from,valid_until | role,use,verified_by,verified_on,\n"
	    "    method,verify_until,interval\n"
	    "  organisation,role,channel,address | classes,language,tlp_max,confirmed,expires,key\n"
	    "interval is how long it is silent about what was told (30d): the asset's before the\n"
	    "organisation's before the policy's before the configuration's.\n"
	    "An asset is a network, a range (first-last), an AS number (AS64496) or a domain. Each line\n"
	    "that is refused is told with its reason, and leaves what it meant as it was; when there\n"
	    "is one, nothing is taken, or with --partial the others are. With --replace, what is not\n"
	    "in the files goes; when that is more than one in twenty it stops, unless --yes is given.\n"
	    "The key of a mail contact is read: what is none, cannot encrypt or is for another address\n"
	    "is refused. --dry-run shows every change and writes nothing. Where tocsin run is at\n"
	    "work, it applies the import between two of its commits.\n"
	    "\n"
	    "export [DIR]: the same three files, canonical, into DIR (here, when it is not given).\n"
	    "\n"
	    "check: conflicts and overlaps, assets that are unverified, expired or not yet valid,\n"
	    "organisations without assets or without a contact, contacts that have expired, keys that\n"
	    "have expired, will within thirty days, or are of no use. Exit 1 when somebody goes\n"
	    "unwarned because of it: a conflict, or no contact.\n"
	    "\n"
	    "list: all organisations. show ORGANISATION: one, with its assets and contacts.\n"
	    "\n"
	    "merge FROM INTO: the assets, contacts and cases of FROM are INTO's from now on, with all that\n"
	    "was told and answered; FROM is no organisation any more.  split FROM INTO ASSET...: these\n"
	    "assets of FROM are INTO's (which is in the registry already), and their cases, of which INTO\n"
	    "was told nothing yet.  Both are orders, as an import is.\n",
};
