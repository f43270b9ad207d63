/* SPDX-License-Identifier: Apache-2.0 */
/* See registry_value.h. What an asset may be is in registry_asset.c. */
#include <string.h>
#include "name.h"
#include "near.h"
#include "registry_value.h"
#include "timefmt.h"

const char *const asset_role_names[] = { "owner", "operator", "none", NULL };
const char *const asset_use_names[] = { "static", "dynamic", "cgnat", NULL };

static bool
letter_or_digit(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* Letters, digits and these others, the first one a letter or digit. */
static bool
made_of(struct tcs_slice s, const char *others)
{
	size_t i;

	for (i = 0; i < s.n; i++)
		if (!letter_or_digit(s.p[i]) && (i == 0 || s.p[i] == '\0' || strchr(others, s.p[i]) == NULL))
			return false;
	return s.n > 0;
}

static const char *
lower(struct tcs_slice s, struct arena *a)
{
	char *p = arena_strndup(a, s.p, s.n);
	size_t i;

	for (i = 0; i < s.n; i++)
		p[i] = tcs_lower(p[i]);
	return p;
}

bool
value_key(struct tcs_slice s, const char *column, struct arena *a, const char **out, struct err *e)
{
	if (s.n == 0)
		return err_set(e, "%s: empty", column);
	if (s.n > 64 || !made_of(s, "-_."))
		return err_set(e, "%s: \"%.80s\" is no id: letters, digits, - _ and . and at most 64 of them",
		    column, arena_strndup(a, s.p, s.n));
	*out = arena_strndup(a, s.p, s.n);
	return true;
}

bool
value_word(struct tcs_slice s, const char *column, const char *dflt, struct arena *a, const char **out,
    struct err *e)
{
	if (s.n == 0 && dflt != NULL) {
		*out = dflt;
		return true;
	}
	if (s.n > 64 || !made_of(s, "-_."))
		return err_set(e, "%s: expected one word of letters, digits, - _ and .", column);
	*out = lower(s, a);
	return true;
}

/* RFC 5646, its everyday form: two or three letters, then parts of two to eight. */
bool
value_language(struct tcs_slice s, struct arena *a, const char **out, struct err *e)
{
	struct tcs_slice rest = s, part;
	bool good = s.n > 0 && s.n <= 35, first = true;

	*out = "";
	if (s.n == 0)
		return true;
	while (good && tcs_cut(&rest, '-', &part)) {
		good = made_of(part, "") && part.n >= 2 && part.n <= (first ? 3u : 8u);
		good = good && (!first || (part.p[0] > '9' && part.p[1] > '9'));
		first = false;
	}
	if (!good)
		return err_set(e, "language: expected a tag such as nl or pt-BR");
	*out = arena_strndup(a, s.p, s.n);
	return true;
}

/* RFC 5322 dot-atom: quoted local parts exist, but nobody has ever seen one that was not an attack. */
static bool
local_part(struct tcs_slice s)
{
	size_t i;

	if (s.n == 0 || s.n > 64 || s.p[0] == '.' || s.p[s.n - 1] == '.')
		return false;
	for (i = 0; i < s.n; i++)
		if (!letter_or_digit(s.p[i]) &&
		    (s.p[i] == '\0' || strchr("!#$%&'*+-/=?^_`{|}~.", s.p[i]) == NULL))
			return false;
		else if (s.p[i] == '.' && s.p[i + 1] == '.')
			return false;
	return true;
}

bool
value_mail(struct tcs_slice s, const char *column, struct arena *a, const char **out, struct err *e)
{
	size_t at = tcs_find(s, '@');
	struct tcs_slice domain;

	*out = "";
	if (s.n == 0)
		return true;
	if (at == s.n || tcs_find(tcs_slice(s.p + at + 1, s.n - at - 1), '@') + at + 1 < s.n ||
	    !local_part(tcs_slice(s.p, at)) ||
	    !name_normalise(tcs_slice(s.p + at + 1, s.n - at - 1), a, &domain) || at + 1 + domain.n > 254)
		return err_set(e,
		    "%s: \"%.100s\" is no mail address; expected one such as security@shop.example", column,
		    arena_strndup(a, s.p, s.n));
	*out = arena_printf(a, "%.*s@%.*s", (int)at, s.p, (int)domain.n, domain.p);
	return true;
}

bool
value_day(struct tcs_slice s, const char *column, int64_t *out, struct err *e)
{
	*out = TIME_NONE;
	if (s.n == 0)
		return true;
	if (s.n != 10 || s.p[4] != '-' || !time_parse(s.p, s.n, out))
		return err_set(e, "%s: expected a day such as 2026-11-20, or nothing", column);
	return true;
}

bool
value_choice(struct tcs_slice s, const char *column, const char *const *names, uint8_t *out, struct err *e)
{
	char got[32], list[100] = "";
	const char *near;
	size_t i, n = 0;

	for (i = 0; names[i] != NULL; i++) {
		if (tcs_is_nocase(s, names[i]) || (i == 0 && s.n == 0)) {
			*out = (uint8_t)i;
			return true;
		}
		if (n + strlen(names[i]) + 3 < sizeof list) {
			memcpy(list + n, i > 0 ? ", " : "", i > 0 ? 2 : 0);
			n += i > 0 ? 2 : 0;
			memcpy(list + n, names[i], strlen(names[i]) + 1);
			n += strlen(names[i]);
		}
	}
	near = tcs_copy(got, sizeof got, s) ? near_name(got, names, i) : NULL;
	return near != NULL ? err_set(e, "%s: \"%s\" is not one of %s; did you mean %s?", column, got, list,
	    near) : err_set(e, "%s: not one of %s", column, list);
}
