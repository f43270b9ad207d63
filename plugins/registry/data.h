/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The data the host hands over, read: one asset a line, as the README says.
 * The host wrote it, so a line that cannot be read is no slip of a person but
 * a broken host; the whole is then refused, with the line's number.
 */
#ifndef REGISTRY_DATA_H
#define REGISTRY_DATA_H

#include <stdbool.h>
#include <stdint.h>
#include <tocsin/slice.h>

struct data_net {
	uint8_t		 ip[16];
	uint8_t		 len;		/* of 128 bits */
	uint32_t	 asset;
};

struct data_asn {
	uint32_t	 asn, asset;
};

struct data_domain {
	struct tcs_slice text;		/* in the data */
	uint32_t	 asset, labels;
};

struct data {
	struct data_net	*net4, *net6;
	struct data_asn	*asn;
	struct data_domain *domain;
	uint32_t	 nnet4, nnet6, nasn, ndomain, nline;
	uint32_t	 labels;	/* of all domains together */
};

enum data_rc { DATA_OK, DATA_BAD, DATA_NOMEM };
/* Sorted by key, then asset; domains by number of labels first. line, why: of the first line
 * that cannot be read. */
enum data_rc data_read(struct data *d, const char *p, size_t n, uint32_t *line, const char **why);
void data_free(struct data *d);

#endif
