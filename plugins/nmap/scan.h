/* SPDX-License-Identifier: Apache-2.0 */
/*
 * scan.h -- a scan as its elements come by: what is known of the host, the
 * port and the scripts that are open.  scan.c fills it in from the parser's
 * calls; nmap.c tells rows of it.
 */
#ifndef NMAP_SCAN_H
#define NMAP_SCAN_H

#include <libxml/parser.h>
#include <tocsin/slice.h>

#define DEPTH_MAX	64
#define TEXT_MAX	4096u		/* of one element's text that is looked at */

enum column { C_IP, C_PORT, C_TRANSPORT, C_AT, C_NAME, C_PTR, C_TIME, C_REASON, C_SERVICE, C_PRODUCT,
	C_VERSION,
	C_EXTRA, C_OSTYPE, C_TUNNEL, C_METHOD, C_CONF, C_CPE, C_CVES, C_VULNERABLE, C_TITLE, C_OTHER, C_IDS,
	C_OUTPUT, C_COUNT };
extern const char *const column_names[C_COUNT];

/* Texts that live as long as the host or the port does; what does not fit is cut. */
struct pool {
	size_t		 n;
	char		 p[1u << 17];
};

struct scan {
	void		*owner;
	/* A port or a script of the host ended. */
	void		 (*record)(struct scan *s, uint64_t off, uint64_t end);
	bool		 secrets;
	xmlParserCtxt	*c;
	unsigned	 depth;
	bool		 is_nmap, finished, refused, nomem;
	const char	*why;			/* the first mistake; NULL: none */
	char		 detail[300];
	/* what is open */
	bool		 in_record;
	uint64_t	 record_off;
	unsigned	 record_depth, script_depth;	/* 0: none */
	bool		 host_script, up, open;
	struct pool	 host, port;
	struct tcs_slice cell[C_COUNT];		/* C_IP, C_NAME, C_PTR, C_TIME, C_OTHER: of the host */
	struct tcs_slice start;			/* of the scan; in startbuf */
	char		 startbuf[24];
	/* of the script */
	struct tcs_slice script, output;
	bool		 table, vulners;	/* it has tables */
	struct tcs_slice key;			/* of the element or table that is open */
	struct tcs_slice table_key, state, title, ids;	/* of the table right in the script */
	bool		 in_ids;
	size_t		 ntext;
	char		 text[TEXT_MAX];
};

/* A parser whose bytes come by xmlParseChunk; false: no memory. */
bool scan_begin(struct scan *s);
void scan_end(struct scan *s);
/* How far the parser has read, in the whole input. */
uint64_t scan_at(const struct scan *s);

#endif
