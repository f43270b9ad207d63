/* SPDX-License-Identifier: Apache-2.0 */
/* Whether a text is one JSON value, so that it may be written into JSON as it is. */
#ifndef CORE_JSONTEXT_H
#define CORE_JSONTEXT_H

#include <stdbool.h>
#include <tocsin/slice.h>

#define JSONTEXT_DEPTH 32

bool jsontext_valid(struct tcs_slice s);

#endif
