/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The host's check of one answer, with many thousand damaged ones: whatever
 * the shared memory holds, the answer is a lie or all of it lies where it
 * must.  The sanitizers watch the reads.
 */
#include <stddef.h>
#include "2-decode/slot.h"
#include "mem.h"
#include "tap.h"
#include <tocsin/plugin.h>

enum { RING = 65536, ROWS = 12, COLUMNS = 3, LEN = 20 };

static char *ring;
static struct w_slot *slot;
static struct slot_rows *rows;

static uint64_t
next(uint64_t *s)
{
	*s ^= *s << 13, *s ^= *s >> 7, *s ^= *s << 17;
	return *s;
}

static struct slot_state
state(uint32_t flags)
{
	return (struct slot_state){ .flags = flags, .ring = ring, .ring_size = RING, .filled = 1000,
	    .layout = 1, .nwant = COLUMNS };
}

/* A sound answer: twelve rows of twenty bytes, one of them a reject; cells in the row and in the arena. */
static void
make(void)
{
	uint32_t i, k;

	memset(slot, 0, offsetof(struct w_slot, bytes));
	slot->nrow = ROWS;
	slot->ncol = COLUMNS;
	slot->arena = 100;
	slot->shown = 300;
	slot->last = 1;
	slot->used = ROWS * LEN;
	slot->layout = 1;
	for (i = 0; i < ROWS; i++) {
		slot->off[i] = i * LEN;
		slot->len[i] = LEN;
		slot->line[i] = i + 1;
		for (k = 0; k < COLUMNS; k++)
			slot->cell[k * w_stride(COLUMNS) + i] = (struct w_slice){ i * LEN + k, 3 };
	}
	slot->cell[5] = (struct w_slice){ W_MADE | 90, 10 };
	slot->cell[6] = (struct w_slice){ 0, W_NONE };
	slot->what[7] = W_REJECT;
	slot->why[7] = (struct w_slice){ W_MADE, 30 };
	slot->detail[7] = (struct w_slice){ W_MADE | 30, 30 };
	memset(slot->bytes, 'a', 100);
}

/* Everything in an answer that was taken for true. */
static bool
sound(const struct slot_answer *a, uint32_t shown)
{
	const struct rows *r = &a->rows;
	uint64_t sum = 0;
	uint32_t i, k;
	size_t n;

	for (i = 0; i < r->nrow; i++) {
		if (r->raw[i] < ring || r->raw[i] + r->len[i] > ring + shown || r->kind[i] > ROW_SKIP)
			return false;
		if (r->kind[i] == ROW_REJECT && (r->why[i] == NULL || strlen(r->why[i]) > 4 * W_LOG_TEXT))
			return false;
		for (k = 0; k < r->ncol; k++)
			for (n = 0; n < r->col[k][i].n; n++)
				sum += (unsigned char)r->col[k][i].p[n];
	}
	for (i = 0; i < a->nname; i++)
		sum += a->name[i].n;
	return sum != 1;
}

static void
check_sound(void)
{
	struct slot_state st = state(TCS_S_TILES);
	struct slot_answer a;
	struct err e = ERR_INIT;

	make();
	is_int(slot_take(slot, &st, rows, &a, &e), SLOT_ROWS, "a sound answer is taken");
	ok(a.rows.nrow == ROWS && a.rows.col[0][5].n == 10 && a.rows.col[0][6].p == NULL &&
	    a.rows.col[2][3].p == ring + 62,
	    "with its cells");
	ok(strlen(a.rows.why[7]) == 30 && strlen(a.rows.detail[7]) == 30 && a.rows.why[6] == NULL,
	    "and its reason");
	ok(st.upto == ROWS * LEN && st.told == st.upto && !st.in_feed, "the feed is over");
	is_int(slot_take(slot, &st, rows, &a, &e), SLOT_LIE, "and cannot come again");
	is_str(e.text, "a feed begins at byte 0, expected 240", "says why");
}

/* One to three words anywhere in what is used are set to something. */
static void
damage(uint64_t *seed)
{
	static const uint32_t odd[] = { 0, 1, 3, LEN, 240, 300, 301, 1000, W_ROWS, W_ROWS + 1, W_CELLS,
	    W_ARENA, W_ARENA + 1,
		0x7fffffff, W_MADE, W_MADE | 100, W_MADE | 101, W_NONE, W_NONE - 1 };
	uint32_t *const at[] = { (uint32_t *)slot, slot->off, slot->len, (uint32_t *)slot->why,
	    (uint32_t *)slot->detail,
		(uint32_t *)slot->cell };
	static const uint32_t many[] = { 14, ROWS, ROWS, 2 * ROWS, 2 * ROWS, 2 * ROWS };
	int n = (int)(next(seed) % 3) + 1;

	while (n-- > 0) {
		uint64_t r = next(seed), w = next(seed);
		size_t k = r % 6;
		uint32_t v = w & 1 ? odd[(w >> 8) % (sizeof odd / sizeof *odd)] : (uint32_t)(w >> 16) % 400;

		at[k][(r >> 16) % many[k]] = v;
		if ((w & 6) == 6)
			slot->what[(r >> 32) % ROWS] = (uint8_t)(w >> 40) % 6;
	}
}

static void
check_damaged(uint32_t flags, uint64_t seed)
{
	unsigned taken = 0, lies = 0, i;
	bool all = true;

	for (i = 0; i < 60000; i++) {
		struct slot_state st = state(flags);
		struct slot_answer a;
		struct err e = ERR_INIT;

		make();
		damage(&seed);
		if (slot_take(slot, &st, rows, &a, &e) == SLOT_LIE) {
			lies++;
			all = all && e.text[0] != '\0';
		} else {
			taken++;
			all = all && sound(&a, 1000);
		}
	}
	ok(all, "60000 damaged answers: %u lies, each with a reason, %u sound", lies, taken);
	ok(lies > 30000, "most are found out");
}

int
main(void)
{
	ring = xcalloc(2, RING);
	slot = xcalloc(1, sizeof *slot);
	rows = slot_rows_new();
	check_sound();
	check_damaged(TCS_S_TILES, 1);
	check_damaged(0, 88172645463325252u);
	slot_rows_free(rows);
	free(slot);
	free(ring);
	return done_testing();
}
