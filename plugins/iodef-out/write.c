/* SPDX-License-Identifier: Apache-2.0 */
/* Writing elements; see out.h.  libxml2 escapes; it can fail only for want of memory, which is noted once. */
#include <stdio.h>
#include <stdlib.h>
#include "out.h"

#define X(s) ((const xmlChar *)(s))

static void
check(struct out *o, int rc)
{
	if (rc < 0)
		o->failed = true;
}

void
begin(struct out *o, const char *name)
{
	check(o, xmlTextWriterStartElement(o->w, X(name)));
}

void
begin_enum(struct out *o, const char *name)
{
	check(o, xmlTextWriterStartElementNS(o->w, X("enum"), X(name), NULL));
}

void
end(struct out *o)
{
	check(o, xmlTextWriterEndElement(o->w));
}

void
attr(struct out *o, const char *name, const char *value)
{
	if (value != NULL && value[0] != '\0')
		check(o, xmlTextWriterWriteAttribute(o->w, X(name), X(value)));
}

void
string(struct out *o, const char *s)
{
	check(o, xmlTextWriterWriteString(o->w, X(s)));
}

const char *
text(struct out *o, struct tcs_slice value)
{
	size_t n = json_room(value);

	if (n > o->room) {
		free(o->text);
		o->text = malloc(n);
		o->room = o->text ? n : 0;
		if (o->text == NULL) {
			o->failed = true;
			return "";
		}
	}
	json_text(value, o->text);
	return o->text;
}

bool
is(struct tcs_slice value, const char *word)
{
	return value.n >= 2 && value.p[0] == '"' && tcs_is(tcs_slice(value.p + 1, value.n - 2), word);
}

bool
has(struct tcs_slice value)
{
	return value.n > 0 && !tcs_is(value, "\"\"") && !tcs_is(value, "null");
}

void
element(struct out *o, const char *name, struct tcs_slice value)
{
	if (!has(value))
		return;
	begin(o, name);
	string(o, text(o, value));
	end(o);
}

void
additional(struct out *o, const char *prefix, struct tcs_slice name, struct tcs_slice value)
{
	char full[200];

	if (!has(value))
		return;
	snprintf(full, sizeof(full), "%s%.*s", prefix, (int)(name.n < 150 ? name.n : 150), name.p);
	begin(o, "AdditionalData");
	attr(o, "dtype", value.p[0] == '{' || value.p[0] == '[' ? "json" : "string");
	attr(o, "name", full);
	string(o, text(o, value));
	end(o);
}

struct tcs_slice
column(const struct out *o, const char *name)
{
	struct tcs_slice value = { NULL, 0 };

	json_members(o->system[S_COLUMNS], &name, 1, &value);
	return value;
}
