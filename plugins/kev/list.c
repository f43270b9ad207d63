/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The list as CISA publishes it: JSON with a version, or CSV with the same
 * names as columns and none; then the newest date of an entry stands for it.
 * An entry whose number is no CVE number is an error: a list that is half
 * understood must not replace one that was whole.
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tocsin/csv.h>
#include <tocsin/cve.h>
#include <tocsin/plugin.h>
#include "kev.h"

static bool
is_day(struct tcs_slice s)
{
	uint64_t n;

	return s.n == 10 && s.p[4] == '-' && s.p[7] == '-' && tcs_uint(tcs_slice(s.p, 4), 9999, &n) &&
	    tcs_uint(tcs_slice(s.p + 5, 2), 12, &n) && tcs_uint(tcs_slice(s.p + 8, 2), 31, &n);
}

static int
add(struct list *l, struct tcs_slice cve, struct tcs_slice added, struct tcs_slice ransomware, char *why,
    size_t room)
{
	struct entry *more, e = { .cve = tcs_cve(cve), .ransomware = tcs_is_nocase(ransomware, "known") };

	if (e.cve == 0 || !is_day(added)) {
		snprintf(why, room, "entry %u: \"%.*s\" added \"%.*s\": expected "
		    "a CVE number and a day such as "
		    "2026-11-20", (unsigned)l->n + 1, (int)(cve.n < 30 ? cve.n : 30), cve.n ? cve.p : "",
		    (int)(added.n < 20 ? added.n : 20), added.n ? added.p : "");
		return TCS_EINPUT;
	}
	tcs_copy(e.added, sizeof e.added, added);
	if (l->n == l->cap) {
		l->cap = l->cap ? 2 * l->cap : 2048;
		if ((more = realloc(l->entry, l->cap * sizeof *more)) == NULL)
			return TCS_ENOMEM;
		l->entry = more;
	}
	l->entry[l->n++] = e;
	return TCS_OK;
}

static struct tcs_slice
text(const json_t *o, const char *name)
{
	const json_t *v = json_object_get(o, name);

	return json_is_string(v) ? tcs_slice(json_string_value(v), json_string_length(v)) : tcs_slice(NULL,
	    0);
}

static int
read_json(struct list *l, const char *p, size_t n, char *why, size_t room)
{
	json_error_t e;
	json_t *j = json_loadb(p, n, JSON_REJECT_DUPLICATES, &e), *all = json_object_get(j,
	    "vulnerabilities");
	size_t i;
	int rc = TCS_OK;

	if (j == NULL || !json_is_array(all) || !tcs_copy(l->version, sizeof l->version, text(j,
	    "catalogVersion")) ||
	    l->version[0] == '\0') {
		if (j == NULL)
			snprintf(why, room, "line %d: %s", e.line, e.text);
		else
			snprintf(why, room, "expected an object with catalogVersion and "
			    "a list vulnerabilities");
		json_decref(j);
		return TCS_EINPUT;
	}
	for (i = 0; i < json_array_size(all) && rc == TCS_OK; i++) {
		const json_t *v = json_array_get(all, i);

		rc = add(l, text(v, "cveID"), text(v, "dateAdded"), text(v, "knownRansomwareCampaignUse"),
		    why, room);
	}
	json_decref(j);
	return rc;
}

enum { CVE, ADDED, RANSOMWARE, NCOL };

static bool
columns(const struct tcs_csv_rec *rec, uint32_t at[NCOL])
{
	static const char *const names[NCOL] = { "cveID", "dateAdded", "knownRansomwareCampaignUse" };
	struct tcs_slice c;
	uint32_t i, k;

	for (k = 0; k < NCOL; k++) {
		at[k] = UINT32_MAX;
		for (i = 0; i < rec->ncell; i++) {
			tcs_csv_cell(rec, i, &c);
			c = tcs_trim(c);
			if (c.n >= 2 && c.p[0] == '"')
				c = tcs_slice(c.p + 1, c.n - 2);
			if (tcs_is_nocase(c, names[k]))
				at[k] = i;
		}
	}
	return at[CVE] != UINT32_MAX && at[ADDED] != UINT32_MAX;
}

static struct tcs_slice
plain(const struct tcs_csv_rec *rec, uint32_t i)
{
	struct tcs_slice c = { NULL, 0 };

	if (i >= rec->ncell)
		return c;
	tcs_csv_cell(rec, i, &c);
	c = tcs_trim(c);
	return c.n >= 2 && c.p[0] == '"' ? tcs_slice(c.p + 1, c.n - 2) : c;
}

static int
read_csv(struct list *l, const char *p, size_t n, char *why, size_t room)
{
	struct tcs_csv *c = calloc(1, sizeof *c);
	struct tcs_csv_rec rec;
	uint32_t at[NCOL], i;
	bool named = false;
	int got, rc = TCS_OK;

	if (c == NULL)
		return TCS_ENOMEM;
	tcs_csv_init(c, ',');
	tcs_csv_data(c, p, n, true);
	while (rc == TCS_OK && (got = tcs_csv_next(c, &rec)) != TCS_CSV_END) {
		if (got != TCS_CSV_RECORD)
			continue;
		if (named)
			rc = add(l, plain(&rec, at[CVE]), plain(&rec, at[ADDED]), plain(&rec,
			    at[RANSOMWARE]), why, room);
		else if (!columns(&rec, at)) {
			snprintf(why, room, "the first line names no columns cveID and dateAdded");
			rc = TCS_EINPUT;
		}
		named = true;
	}
	free(c);
	for (i = 0; i < l->n; i++)
		if (strcmp(l->entry[i].added, l->version) > 0)
			memcpy(l->version, l->entry[i].added, sizeof l->entry[i].added);
	return rc;
}

int
list_read(struct list *l, const char *p, size_t n, char *why, size_t room)
{
	struct tcs_slice s = tcs_slice(p, n);

	if (s.n >= 3 && memcmp(s.p, "\xef\xbb\xbf", 3) == 0)
		s = tcs_slice(s.p + 3, s.n - 3);
	s = tcs_trim(s);
	return s.n > 0 && s.p[0] == '{' ? read_json(l, s.p, s.n, why, room) : read_csv(l, s.p, s.n, why,
	    room);
}
