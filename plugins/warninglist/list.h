/* SPDX-License-Identifier: Apache-2.0 */
/* Warning lists in memory, and their reader (list.c). */
#ifndef WARNINGLIST_LIST_H
#define WARNINGLIST_LIST_H

#include <tocsin/slice.h>

struct net {
	uint8_t	 len;		/* of 128 */
	uint8_t	 ip[16];	/* IPv4 mapped; zero behind len */
};

struct wlist {
	char		 title[200];	/* "in warning list NAME version N" */
	uint8_t		 verdict;
	struct net	*net;
	uint32_t	 nnet, net_cap;
	uint8_t		 len[129];	/* prefix lengths that there are */
	char		**name;		/* lower case, sorted */
	uint32_t	 nname, name_cap;
	bool		 hosts, part;	/* names count for what is below them; for any text that holds them */
};

struct wlists {
	struct wlist	*list;
	uint32_t	 n;
};

/* One JSON document after another.  A tcs_rc; on failure why says what is wrong. */
int wlists_read(struct wlists *w, const char *p, size_t n, char *why, size_t room);
void wlists_free(struct wlists *w);
bool wlist_ip(const struct wlist *l, struct tcs_slice ip);
bool wlist_name(const struct wlist *l, struct tcs_slice name);

#endif
