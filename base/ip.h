/* SPDX-License-Identifier: Apache-2.0 */
/*
 * IP addresses and networks.  An address is 16 bytes, IPv4 as ::ffff:a.b.c.d
 * (RFC 4291 2.5.5.2), so that one table and one comparison serve both.
 * Reading is strict: no leading zeros ("010.0.0.1" is 8.0.0.1 to some and
 * 10.0.0.1 to others), no short forms, no zone ids, all of the text.
 */
#ifndef BASE_IP_H
#define BASE_IP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ip {
	uint8_t	b[16];
};

#define IP_TEXT	48		/* longest text and its NUL */

bool ip_parse(const char *p, size_t n, struct ip *out);
bool ip_is4(const struct ip *a);
int  ip_cmp(const struct ip *a, const struct ip *b);
/* RFC 5952 text; returns its length. */
size_t ip_text(const struct ip *a, char out[IP_TEXT]);

/* len counts in the 128-bit form: an IPv4 /24 has len 120. */
struct ipnet {
	struct ip	ip;
	uint8_t		len;
};

/* "192.0.2.0/24", "2001:db8::/32" or a bare address.  *hostbits (may be NULL)
 * says whether bits past the length were set; they are cleared in out. */
bool ipnet_parse(const char *p, size_t n, struct ipnet *out, bool *hostbits);
bool ipnet_has(const struct ipnet *net, const struct ip *a);
size_t ipnet_text(const struct ipnet *net, char out[IP_TEXT]);
void ipnet_first(const struct ipnet *net, struct ip *out);
void ipnet_last(const struct ipnet *net, struct ip *out);
/* "192.0.2.5-192.0.2.77": both of one family and in order. */
bool iprange_parse(const char *p, size_t n, struct ip *lo, struct ip *hi);
/* The fewest networks that cover lo..hi exactly; returns how many (at most 254). */
size_t iprange_nets(const struct ip *lo, const struct ip *hi, struct ipnet out[254]);
/* RFC 6890 and its registry: the name of the special-purpose block, or NULL.
 * *doc (may be NULL) says that it is one of the documentation networks. */
const char *ip_special(const struct ip *a, bool *doc);
/* The first such block that lo..hi (of one family) touches, or NULL.
 * doc_too: documentation networks count. */
const char *ip_special_in(const struct ip *lo, const struct ip *hi, bool doc_too);

#endif
