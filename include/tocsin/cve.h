/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cve.h -- CVE numbers as numbers, header-only: "CVE-2024-0001" in any case as
 * one integer that sorts, and the numbers in a list of them.
 */
#ifndef TOCSIN_CVE_H
#define TOCSIN_CVE_H

#include <tocsin/slice.h>

/* 0: not a CVE number. */
static inline uint64_t
tcs_cve(struct tcs_slice s)
{
	uint64_t year, n;
	struct tcs_slice rest;

	s = tcs_trim(s);
	if (s.n < 13 || s.n > 20 || !tcs_is_nocase(tcs_slice(s.p, 4), "cve-") || s.p[8] != '-')
		return 0;
	rest = tcs_slice(s.p + 9, s.n - 9);
	if (!tcs_uint(tcs_slice(s.p + 4, 4), 9999, &year) || !tcs_uint(rest, UINT64_C(99999999999), &n))
		return 0;
	return year << 40 | n;
}

/* The next CVE number of a list told apart by ; , or blanks; what is none is passed over.  0: no more. */
static inline uint64_t
tcs_cve_next(struct tcs_slice *rest, struct tcs_slice *text)
{
	uint64_t n;
	size_t i;

	while (rest->n > 0) {
		for (i = 0; i < rest->n && rest->p[i] != ';' && rest->p[i] != ',' && rest->p[i] != ' '; i++)
			;
		*text = tcs_slice(rest->p, i);
		*rest = tcs_slice(rest->p + (i < rest->n ? i + 1 : i), rest->n - (i < rest->n ? i + 1 : i));
		if ((n = tcs_cve(*text)) != 0)
			return n;
	}
	return 0;
}

#endif
