/* SPDX-License-Identifier: Apache-2.0 */
/*
 * csv.h -- a CSV reader at memory speed, header-only, libc only.
 *
 * It reads what Python's csv module reads, and as it reads it: a quote opens a
 * cell only at the cell's start; inside, "" is a quote and line ends belong to
 * the cell; what follows the closing quote is appended as it stands, up to the
 * delimiter.  A line ends with LF, CRLF or CR.  So bytes alone decide what is
 * a record, and a stray quote costs what it would cost everyone else.
 *
 * How.  tcs_csv_scan makes an index of the separators outside quotes: 64 bytes
 * at a time with AVX2 and a carry-less multiply (the prefix xor of the quotes
 * says what is inside), or byte by byte where the processor lacks these.  The
 * prefix xor is right only while quotes stand where RFC 4180 wants them; a
 * block where one does not is done by the byte-wise twin, which knows the
 * lenient rule.  Both give the same index.  On top of it tcs_csv_next gives
 * record after record out of a buffer, and tcs_csv_cell a cell as a slice of
 * that buffer; only a cell with quotes inside must be copied (tcs_csv_unquote).
 *
 *	struct tcs_csv *c = calloc(1, sizeof(*c));	// 0.3 MB: not on a stack
 *
 *	tcs_csv_init(c, ',');
 *	tcs_csv_data(c, buf, len, true);
 *	while ((got = tcs_csv_next(c, &rec)) != TCS_CSV_END)
 *		if (got == TCS_CSV_RECORD)
 *			for (i = 0; i < rec.ncell; i++)
 *				if (!tcs_csv_cell(&rec, i, &cell))	// cell is still quoted
 *					cell = tcs_slice(mem, tcs_csv_unquote(cell, mem));
 *
 * Pushed in pieces: call tcs_csv_data with eof false and what there is; after
 * TCS_CSV_END, c->start bytes are done with; show the rest again with more
 * after it.  The records that come out do not depend on the cuts.
 *
 * Not here: names of columns, types, character sets, NUL (a byte like others).
 */
#ifndef TOCSIN_CSV_H
#define TOCSIN_CSV_H

#include <tocsin/slice.h>

#if defined(__x86_64__) && defined(__GNUC__) && !defined(TCS_CSV_PLAIN)
# define TCS_CSV_AVX2 1
# include <immintrin.h>
#endif

#define TCS_CSV_MAX	(1u << 20)	/* longest record, with its line end */
#define TCS_CSV_CELLS	(1u << 14)	/* most cells of one record */
#define TCS_CSV_STEP	(1u << 14)	/* bytes indexed at once: text and index stay in the first cache */

/* ---- the index ----------------------------------------------------------- */

enum tcs_csv_state {
	TCS_CSV_START,			/* at the start of a cell */
	TCS_CSV_FIELD,			/* in an unquoted cell, or behind the closing quote
					 * of a lenient one */
	TCS_CSV_QUOTED,
	TCS_CSV_CLOSED			/* behind a quote that closes, unless another one follows */
};

struct tcs_csv_index {
	uint32_t	 nsep, nnl, nodd;
	char		 delim;
	uint8_t		 state;		/* behind the last byte seen */
	uint8_t		 nul;		/* a NUL was seen */
	uint8_t		 inner;		/* a line end inside quotes was seen */
	uint32_t	 sep[TCS_CSV_CELLS + TCS_CSV_STEP + 64];	/* where delimiters, LF and CR are */
	uint32_t	 nl[TCS_CSV_STEP + 64];		/* which of sep are line ends */
	uint32_t	 odd[TCS_CSV_STEP + 64];	/* where "" is, and text behind a closing quote */
};

/* The twin without vector instructions, and the definition of the dialect. */
static inline void
tcs_csv_scan_plain(struct tcs_csv_index *ix, const char *base, uint32_t from, uint32_t to)
{
	uint32_t nsep = ix->nsep, i;
	uint8_t state = ix->state;

	for (i = from; i < to; i++) {
		char c = base[i];
		bool nl = c == '\n' || c == '\r';

		if (c == '\0')
			ix->nul = 1;
		if (state == TCS_CSV_QUOTED) {
			if (c == '"')
				state = TCS_CSV_CLOSED;
			else if (nl)
				ix->inner = 1;
		} else if (nl || c == ix->delim) {
			if (nl)
				ix->nl[ix->nnl++] = nsep;
			ix->sep[nsep++] = i;
			state = TCS_CSV_START;
		} else if (c == '"' && state != TCS_CSV_FIELD) {
			if (state == TCS_CSV_CLOSED)
				ix->odd[ix->nodd++] = i;
			state = TCS_CSV_QUOTED;
		} else {
			if (state == TCS_CSV_CLOSED)
				ix->odd[ix->nodd++] = i;
			state = TCS_CSV_FIELD;
		}
	}
	ix->nsep = nsep;
	ix->state = state;
}

#ifdef TCS_CSV_AVX2
#define TCS_CSV_TARGET __attribute__((target("avx2,pclmul,popcnt,bmi,bmi2")))
#define TCS_CSV_PART TCS_CSV_TARGET __attribute__((always_inline)) static inline

TCS_CSV_PART __m256i
tcs_csv_eq(__m256i v, char c)
{
	return _mm256_cmpeq_epi8(v, _mm256_set1_epi8(c));
}

TCS_CSV_PART uint64_t
tcs_csv_mask(__m256i a, __m256i b)
{
	return (uint64_t)(uint32_t)_mm256_movemask_epi8(b) << 32 | (uint32_t)_mm256_movemask_epi8(a);
}

/* Bit i: how many of the bits 0..i are set, modulo 2. */
TCS_CSV_PART uint64_t
tcs_csv_prefix_xor(uint64_t bits)
{
	__m128i ones = _mm_set1_epi8(-1), q = _mm_set_epi64x(0, (int64_t)bits);

	return (uint64_t)_mm_cvtsi128_si64(_mm_clmulepi64_si128(q, ones, 0));
}

/* Appends the positions of the bits; eight at a time: guessing the count costs more than writing too many. */
TCS_CSV_PART uint32_t
tcs_csv_put(uint32_t *out, uint32_t at, uint64_t bits)
{
	uint32_t n = (uint32_t)_mm_popcnt_u64(bits), k;

#define TCS_CSV_PUT1(j) out[k + (j)] = at + (uint32_t)_tzcnt_u64(bits), bits = _blsr_u64(bits)
#define TCS_CSV_PUT8() do { \
	TCS_CSV_PUT1(0), TCS_CSV_PUT1(1), TCS_CSV_PUT1(2), TCS_CSV_PUT1(3); \
	TCS_CSV_PUT1(4), TCS_CSV_PUT1(5), TCS_CSV_PUT1(6), TCS_CSV_PUT1(7); \
} while (0)
	k = 0;
	TCS_CSV_PUT8();
	for (k = 8; __builtin_expect(k < n, 0); k += 8)
		TCS_CSV_PUT8();
#undef TCS_CSV_PUT1
#undef TCS_CSV_PUT8
	return n;
}

TCS_CSV_TARGET static inline void
tcs_csv_scan_avx2(struct tcs_csv_index *ix, const char *base, uint32_t from, uint32_t to)
{
	uint64_t inside, start, closed, inner = 0;	/* 0 or 1; inside: 0 or all ones */
	__m256i least = _mm256_set1_epi8(-1);
	uint32_t nsep = ix->nsep, nnl = ix->nnl, i;
	const char delim = ix->delim;

#define TCS_CSV_TAKE_STATE() (inside = ix->state == TCS_CSV_QUOTED ? UINT64_MAX : 0, \
	start = ix->state == TCS_CSV_START, closed = ix->state == TCS_CSV_CLOSED)
#define TCS_CSV_GIVE_STATE() (ix->nsep = nsep, ix->nnl = nnl, ix->state = inside ? TCS_CSV_QUOTED : \
	start ? TCS_CSV_START : closed ? TCS_CSV_CLOSED : TCS_CSV_FIELD)
	TCS_CSV_TAKE_STATE();
	for (i = from; to - i >= 64; i += 64) {
		__m256i a = _mm256_loadu_si256((const __m256i *)(const void *)(base + i));
		__m256i b = _mm256_loadu_si256((const __m256i *)(const void *)(base + i + 32));
		__m256i nla = _mm256_or_si256(tcs_csv_eq(a, '\n'), tcs_csv_eq(a, '\r'));
		__m256i nlb = _mm256_or_si256(tcs_csv_eq(b, '\n'), tcs_csv_eq(b, '\r'));
		uint64_t quote = tcs_csv_mask(tcs_csv_eq(a, '"'), tcs_csv_eq(b, '"'));
		uint64_t nl = tcs_csv_mask(nla, nlb);
		uint64_t in = tcs_csv_prefix_xor(quote) ^ inside;
		uint64_t sep = (nl | tcs_csv_mask(tcs_csv_eq(a, delim), tcs_csv_eq(b, delim))) & ~in;
		uint64_t open = quote & in, shut = quote & ~in, after = shut << 1 | closed;

		/* A quote that opens inside a cell, or text behind one that closes. */
		if (__builtin_expect((open & ~(sep << 1 | start | after)) | (after & ~(sep | quote)), 0)) {
			TCS_CSV_GIVE_STATE();
			tcs_csv_scan_plain(ix, base, i, i + 64);
			TCS_CSV_TAKE_STATE();
			nsep = ix->nsep;
			nnl = ix->nnl;
			continue;
		}
		least = _mm256_min_epu8(least, _mm256_min_epu8(a, b));
		inner |= nl & in;
		if (__builtin_expect((open & after) != 0, 0))
			ix->nodd += tcs_csv_put(ix->odd + ix->nodd, i, open & after);
		for (nl &= ~in; nl != 0; nl = _blsr_u64(nl))
			ix->nl[nnl++] = nsep + (uint32_t)_mm_popcnt_u64(sep & (_blsi_u64(nl) - 1));
		nsep += tcs_csv_put(ix->sep + nsep, i, sep);
		inside = (uint64_t)((int64_t)in >> 63);
		start = sep >> 63;
		closed = shut >> 63;
	}
	TCS_CSV_GIVE_STATE();
#undef TCS_CSV_TAKE_STATE
#undef TCS_CSV_GIVE_STATE
	ix->nul |= _mm256_movemask_epi8(tcs_csv_eq(least, '\0')) != 0;
	ix->inner |= inner != 0;
	tcs_csv_scan_plain(ix, base, i, to);
}
#endif

static inline bool
tcs_csv_can_avx2(void)
{
#ifdef TCS_CSV_AVX2
	return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("pclmul") &&
	    __builtin_cpu_supports("popcnt") && __builtin_cpu_supports("bmi") &&
	    __builtin_cpu_supports("bmi2");
#else
	return false;
#endif
}

/* Adds base[from..to) to the index, at most TCS_CSV_STEP bytes; the caller sees to it that sep has room. */
static inline void
tcs_csv_scan(struct tcs_csv_index *ix, const char *base, uint32_t from, uint32_t to, bool avx2)
{
#ifdef TCS_CSV_AVX2
	if (avx2) {
		tcs_csv_scan_avx2(ix, base, from, to);
		return;
	}
#endif
	(void)avx2;
	tcs_csv_scan_plain(ix, base, from, to);
}

/* ---- records ------------------------------------------------------------- */

enum tcs_csv_got {
	TCS_CSV_END,			/* no further record in what was shown */
	TCS_CSV_RECORD,
	TCS_CSV_BLANK,			/* nothing but a line end */
	TCS_CSV_COMMENT,
	TCS_CSV_LONG,			/* over TCS_CSV_MAX bytes or TCS_CSV_CELLS cells; comes in pieces */
	TCS_CSV_OPEN			/* the input ends inside quotes that opened here */
};

struct tcs_csv_rec {
	size_t		 off;		/* in the buffer shown */
	uint32_t	 len;		/* with its line end */
	uint32_t	 line;		/* from 1, over the whole input */
	uint32_t	 ncell;		/* this and below: only of a RECORD or BLANK */
	bool		 odd;		/* some cell may have quotes inside */
	bool		 cont;		/* a piece of a record of which a LONG piece came before */
	const char	*p;		/* its first byte */
	const char	*base;		/* what sep counts from */
	const uint32_t	*sep;		/* where cell i ends */
};

struct tcs_csv {
	struct tcs_csv_index ix;
	const char	*buf;
	size_t		 len;
	size_t		 start;		/* of the record to come: all before it is done with */
	size_t		 base;		/* what positions in the index count from */
	size_t		 scanned;	/* how far the index goes */
	uint32_t	 row, first, odd;	/* next entry of ix.nl, its first separator,
						 * next entry of ix.odd */
	uint32_t	 line;
	uint8_t		 entry;		/* state at start */
	char		 comment;	/* a line that begins with it is no record; 0: none */
	bool		 eof, avx2;
	bool		 cont;		/* start is inside a record that is too long */
};

static inline void
tcs_csv_forget(struct tcs_csv *c)
{
	c->ix.nsep = c->ix.nnl = c->ix.nodd = 0;
	c->ix.nul = c->ix.inner = 0;
	c->ix.state = c->entry;
	c->row = c->first = c->odd = 0;
	c->base = c->scanned = c->start;
}

/* Also between records: what was indexed with another delimiter is forgotten. */
static inline void
tcs_csv_delim(struct tcs_csv *c, char delim)
{
	c->ix.delim = delim;
	tcs_csv_forget(c);
}

static inline void
tcs_csv_init(struct tcs_csv *c, char delim)
{
	c->buf = NULL;
	c->len = c->start = 0;
	c->line = 1;
	c->entry = TCS_CSV_START;
	c->comment = 0;
	c->eof = c->cont = false;
	c->avx2 = tcs_csv_can_avx2();
	tcs_csv_delim(c, delim);
}

/* Shows the bytes from c->start of the last buffer on, and what came after them. */
static inline void
tcs_csv_data(struct tcs_csv *c, const char *buf, size_t len, bool eof)
{
	c->buf = buf;
	c->len = len;
	c->eof = eof;
	c->start = 0;
	tcs_csv_forget(c);
}

static inline uint32_t
tcs_csv_count_lines(const char *p, size_t n)
{
	uint32_t lines = 0;
	size_t i;

	for (i = 0; i < n; i++)
		lines += p[i] == '\n' || (p[i] == '\r' && (i + 1 == n || p[i + 1] != '\n'));
	return lines;
}

/* Where a record ends whose line end begins at end; 0: not known yet (a CR, and nothing behind it). */
static inline size_t
tcs_csv_stop(const struct tcs_csv *c, size_t end)
{
	size_t stop = end + 1;

	if (c->buf[end] == '\r' && stop - c->start < TCS_CSV_MAX) {
		if (stop == c->len && !c->eof)
			return 0;
		if (stop < c->len && c->buf[stop] == '\n')
			stop++;
	}
	return stop;
}

/* Fills in a record of [start, stop) and goes behind it. */
static inline enum tcs_csv_got
tcs_csv_give(struct tcs_csv *c, struct tcs_csv_rec *r, size_t stop, enum tcs_csv_got got)
{
	r->off = c->start;
	r->len = (uint32_t)(stop - c->start);
	r->line = c->line;
	r->ncell = 0;
	r->odd = false;
	r->cont = c->cont;
	r->p = c->buf + c->start;
	r->base = c->buf + c->base;
	r->sep = NULL;
	c->line += c->ix.inner || got != TCS_CSV_RECORD ? tcs_csv_count_lines(r->p, r->len) : 1;
	c->start = stop;
	c->cont = false;
	c->entry = TCS_CSV_START;
	return got;
}

/* A piece of a record that is too long. Where it is cut does not depend on how the input was cut. */
static inline enum tcs_csv_got
tcs_csv_piece(struct tcs_csv *c, struct tcs_csv_rec *r)
{
	size_t stop = c->start + TCS_CSV_MAX;
	uint8_t state = c->ix.state;

	if (c->ix.nsep - c->first >= TCS_CSV_CELLS) {
		stop = c->base + c->ix.sep[c->first + TCS_CSV_CELLS - 1] + 1;
		state = TCS_CSV_START;
	}
	tcs_csv_give(c, r, stop, TCS_CSV_LONG);
	c->cont = true;
	c->entry = state;
	tcs_csv_forget(c);
	return TCS_CSV_LONG;
}

/* The record that separator number last ends, at end, and behind which stop is. */
static inline enum tcs_csv_got
tcs_csv_record(struct tcs_csv *c, struct tcs_csv_rec *r, uint32_t last, size_t end, size_t stop)
{
	uint32_t ncell = last - c->first + 1;
	const uint32_t *sep = c->ix.sep + c->first;
	enum tcs_csv_got got;
	bool odd = false;

	if (ncell > TCS_CSV_CELLS)
		return tcs_csv_piece(c, r);
	while (c->odd < c->ix.nodd && c->base + c->ix.odd[c->odd] < end) {
		odd = true;
		c->odd++;
	}
	got = c->cont ? TCS_CSV_LONG : end == c->start ? TCS_CSV_BLANK : TCS_CSV_RECORD;
	tcs_csv_give(c, r, stop, got);
	r->ncell = ncell;
	r->sep = sep;
	r->odd = odd;
	c->row++;
	c->first = last + 1;
	return got;
}

/* All is indexed and no further line end found. */
static inline enum tcs_csv_got
tcs_csv_tail(struct tcs_csv *c, struct tcs_csv_rec *r)
{
	if (!c->eof || c->start >= c->len)
		return TCS_CSV_END;
	if (c->ix.state == TCS_CSV_QUOTED)
		return tcs_csv_give(c, r, c->len, TCS_CSV_OPEN);
	c->ix.sep[c->ix.nsep++] = (uint32_t)(c->len - c->base);
	return tcs_csv_record(c, r, c->ix.nsep - 1, c->len, c->len);
}

/* Indexes the next step; what is known of the record that is not complete moves to the front. */
static inline void
tcs_csv_more(struct tcs_csv *c)
{
	struct tcs_csv_index *ix = &c->ix;
	uint32_t keep = ix->nsep - c->first, shift = (uint32_t)(c->start - c->base), k;
	size_t to;

	if (c->scanned < c->start)	/* the LF of a CRLF that lay at the step's end */
		c->scanned = c->start;
	for (k = 0; k < keep; k++)
		ix->sep[k] = ix->sep[c->first + k] - shift;
	ix->nsep = keep;
	ix->nnl = 0;
	ix->nodd = c->odd < ix->nodd;
	ix->odd[0] = 0;
	ix->nul &= c->scanned > c->start;
	ix->inner &= c->scanned > c->start;
	c->row = c->first = c->odd = 0;
	c->base = c->start;
	to = c->scanned + TCS_CSV_STEP;
	if (to > c->start + TCS_CSV_MAX)
		to = c->start + TCS_CSV_MAX;
	if (to > c->len)
		to = c->len;
	tcs_csv_scan(ix, c->buf + c->base, (uint32_t)(c->scanned - c->base), (uint32_t)(to - c->base),
	    c->avx2);
	c->scanned = to;
}

/* The next line as it stands, whatever its quotes; got as COMMENT.  LONG: it is too long, and nothing was
 * taken: tcs_csv_next gives it in pieces. */
static inline enum tcs_csv_got
tcs_csv_line(struct tcs_csv *c, struct tcs_csv_rec *r)
{
	size_t end = c->start, stop, max = c->len - c->start < TCS_CSV_MAX ? c->len : c->start + TCS_CSV_MAX;

	while (end < max && c->buf[end] != '\n' && c->buf[end] != '\r')
		end++;
	if (end == c->start + TCS_CSV_MAX)
		return TCS_CSV_LONG;
	if (end == c->len && (!c->eof || end == c->start))
		return TCS_CSV_END;
	stop = end == c->len ? end : tcs_csv_stop(c, end);
	if (stop == 0)
		return TCS_CSV_END;
	tcs_csv_give(c, r, stop, TCS_CSV_COMMENT);
	if (c->row < c->ix.nnl && c->base + c->ix.sep[c->ix.nl[c->row]] == end)
		c->first = c->ix.nl[c->row++] + 1;
	else
		tcs_csv_forget(c);
	while (c->odd < c->ix.nodd && c->base + c->ix.odd[c->odd] < end)
		c->odd++;
	return TCS_CSV_COMMENT;
}

static inline enum tcs_csv_got
tcs_csv_next(struct tcs_csv *c, struct tcs_csv_rec *r)
{
	for (;;) {
		if (c->comment && !c->cont && c->start < c->len && c->buf[c->start] == c->comment) {
			enum tcs_csv_got got = tcs_csv_line(c, r);

			if (got != TCS_CSV_LONG)
				return got;
		}
		if (c->row < c->ix.nnl) {
			uint32_t last = c->ix.nl[c->row];
			size_t end = c->base + c->ix.sep[last], stop;

			if (end < c->start) {		/* the LF of a CRLF */
				c->row++;
				c->first = last + 1;
				continue;
			}
			stop = tcs_csv_stop(c, end);
			return stop ? tcs_csv_record(c, r, last, end, stop) : TCS_CSV_END;
		}
		if (c->ix.nsep - c->first >= TCS_CSV_CELLS ||
		    (c->scanned > c->start && c->scanned - c->start >= TCS_CSV_MAX))
			return tcs_csv_piece(c, r);
		if (c->scanned >= c->len)
			return tcs_csv_tail(c, r);
		tcs_csv_more(c);
	}
}

/* ---- cells --------------------------------------------------------------- */

/* The bytes of cell i < ncell, quotes and all. */
static inline struct tcs_slice
tcs_csv_raw(const struct tcs_csv_rec *r, uint32_t i)
{
	const char *p = i ? r->base + r->sep[i - 1] + 1 : r->p;

	return tcs_slice(p, (size_t)(r->base + r->sep[i] - p));
}

/* Cell i < ncell; false: it has quotes inside, and out is what tcs_csv_unquote must be given. */
static inline bool
tcs_csv_cell(const struct tcs_csv_rec *r, uint32_t i, struct tcs_slice *out)
{
	struct tcs_slice s = tcs_csv_raw(r, i);

	if (s.n > 0 && s.p[0] == '"') {
		if (r->odd && (s.n < 2 || s.p[s.n - 1] != '"' || memchr(s.p + 1, '"', s.n - 2) != NULL)) {
			*out = s;
			return false;
		}
		s.p++;
		s.n -= 2;
	}
	*out = s;
	return true;
}

/* Writes the value of a quoted cell to out, which has room for raw.n bytes, and returns its length. */
static inline size_t
tcs_csv_unquote(struct tcs_slice raw, char *out)
{
	size_t i = 1, n = 0;

	while (i < raw.n) {
		if (raw.p[i] == '"') {
			if (i + 1 == raw.n || raw.p[i + 1] != '"') {
				i++;
				break;
			}
			i++;
		}
		out[n++] = raw.p[i++];
	}
	if (i < raw.n)
		memcpy(out + n, raw.p + i, raw.n - i);
	return n + (i < raw.n ? raw.n - i : 0);
}

#endif
