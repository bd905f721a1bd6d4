/* SPDX-License-Identifier: MIT */
/* Many items at once: bounded memory and work, and nothing of others is lost. */
#include "story/window.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/rng.h"
#include "lib/unit.h"

#define ITEMS 10000

struct world {
	struct story_window *window;
	struct {
		char *title, *body;
		const char *source;
		int64_t story;
	} items[ITEMS + 100];
	int64_t n;
	size_t reads;
	uint64_t steps; /* the most that an item took */
	bool open;	/* the transaction is left open */
};

static int read_item(void *ctx, int64_t id, struct story_item *out, struct err *e)
{
	struct world *w = ctx;

	(void)e;
	w->reads++;
	*out = (struct story_item){.id = id,
		.source = str_of(w->items[id].source),
		.title = str_of(w->items[id].title),
		.body = str_of(w->items[id].body),
		.story = w->items[id].story};
	return 1;
}

static struct story_verdict take(
	struct world *w, const char *source, const char *title, const char *body, int64_t at)
{
	int64_t id = ++w->n;
	struct story_item item = {.id = id,
		.at = at,
		.source = str_of(source),
		.title = str_of(title),
		.body = str_of(body)};
	uint64_t before = story_window_steps(w->window);
	struct story_verdict v;

	free(w->items[id].title);
	free(w->items[id].body);
	w->items[id].source = source;
	w->items[id].title = strdup(title);
	w->items[id].body = strdup(body);
	assert_int_equal(story_window_take(w->window, &item, read_item, w, &v, NULL), 0);
	w->items[id].story = v.story;
	if (story_window_steps(w->window) - before > w->steps)
		w->steps = story_window_steps(w->window) - before;
	if (!w->open)
		story_window_commit(w->window);
	return v;
}

static struct world *world_new(size_t max)
{
	struct world *w = calloc(1, sizeof(*w));

	assert_non_null(w);
	w->window = story_window_new(max, 7);
	assert_non_null(w->window);
	return w;
}

static void world_free(struct world *w)
{
	for (int64_t i = 1; i <= w->n; i++) {
		free(w->items[i].title);
		free(w->items[i].body);
	}
	story_window_free(w->window);
	free(w);
}

#define WIRE                                                                                       \
	"Norland will move its embassy from the capital to the western city of Riverton within "   \
	"30 days, the foreign ministry said on Monday. Some 120 diplomats and their families "     \
	"are to leave by road, while a small team stays to look after citizens who cannot travel."

/* Others are still found afterwards, and work was bounded. steps: the most for an item. */
static void check_wire(struct world *w, int64_t at, uint64_t steps)
{
	int64_t first = w->n + 1;
	struct story_verdict v = take(w, "agency.example", "Norland moves embassy", WIRE, at);

	assert_int_equal(v.match.relation, STORY_NEW);
	v = take(w, "herald.example", "Embassy to leave", WIRE, at);
	assert_int_equal(v.match.relation, STORY_COPY);
	assert_int_equal(v.match.of, first);
	assert_true(str_is(v.origin, "agency.example"));
	assert_true(w->reads <= (size_t)w->n * (STORY_CANDIDATES_MAX + 1));
	assert_true(w->steps <= steps);
	assert_true(story_window_bytes(w->window) <= (size_t)4 << 20);
}

static void test_one_text_again_and_again(void **state)
{
	struct world *w = world_new((size_t)4 << 20);

	(void)state;
	for (int64_t i = 0; i < ITEMS; i++)
		take(w, "loud.example", "The same text again",
			"Here is the same text of this outlet once more, word by word as it was "
			"before, "
			"and nothing in it has changed since the last time that you have read it.",
			i * 1000);
	check_wire(w, ITEMS * 1000, 5000);
	world_free(w);
}

/* No two items of the template are copies: their facts differ. */
static void test_a_template(void **state)
{
	struct world *w = world_new((size_t)4 << 20);
	char body[400];
	size_t copies = 0;

	(void)state;
	for (int64_t i = 0; i < ITEMS; i++) {
		snprintf(body, sizeof(body),
			"An earthquake of magnitude %lld.%lld struck %lld km north of the city on "
			"Monday, "
			"the survey said. The quake was at a depth of %lld km. There were no "
			"immediate reports of damage or casualties, and no warning was issued.",
			(long long)(i % 7 + 2), (long long)(i % 10), (long long)(i + 1),
			(long long)(i * 7 % 601 + 5));
		copies += take(w, "quakes.example", "Earthquake report", body, i * 360)
				  .match.relation == STORY_COPY;
	}
	assert_int_equal(copies, 0);
	check_wire(w, ITEMS * 360, 5000);
	world_free(w);
}

/* The words of all items are the same few, in any order: all grams are common. */
static void test_shared_grams(void **state)
{
	static const char *const words[] = {"the", "ministry", "said", "that"};
	struct world *w = world_new((size_t)4 << 20);
	struct rng rng;
	char body[4000];

	(void)state;
	rng_seed(&rng, 1);
	for (int64_t i = 0; i < 2000; i++) {
		size_t n = 0;

		for (size_t k = 0; k < 300; k++)
			n += (size_t)snprintf(
				body + n, sizeof(body) - n, "%s ", words[rng_below(&rng, 4)]);
		take(w, i % 2 ? "a.example" : "b.example", "The ministry", body, i * 1000);
	}
	check_wire(w, 2000 * 1000, 10000);
	world_free(w);
}

/* However many outlets have a text, each further one is a copy of the first. */
static void test_many_copies(void **state)
{
	struct world *w = world_new((size_t)4 << 20);
	char source[40][20];
	struct story_verdict v;

	(void)state;
	for (int64_t i = 0; i < 1000; i++) {
		snprintf(source[i % 40], sizeof(source[0]), "s%lld.example", (long long)(i % 40));
		v = take(w, source[i % 40], "Norland moves embassy", WIRE, i * 1000);
		assert_int_equal(v.match.relation, i ? STORY_COPY : STORY_NEW);
		assert_int_equal(v.match.of, i ? 1 : 0);
		assert_int_equal(v.story, 1);
	}
	assert_true(w->steps <= 5000);
	world_free(w);
}

/* Names that are nearly the same between words that both have: the most to compare. */
static void test_many_names(void **state)
{
	struct world *w = world_new((size_t)4 << 20);
	struct story_verdict v = {.story = 0};
	char body[12000];

	(void)state;
	for (int64_t i = 0; i < 20; i++) {
		size_t n = 0;

		for (size_t k = 0; k < 58; k++) {
			n += (size_t)snprintf(
				body + n, sizeof(body) - n, "then it was w%zu who said that ", k);
			for (size_t word = 0; word < 5; word++)
				n += (size_t)snprintf(body + n, sizeof(body) - n,
					"Abababab%cbaba%c ", 'a' + (int)(i + (int64_t)word) % 20,
					'a' + (int)(i * 7 + (int64_t)word) % 20);
		}
		v = take(w, i % 2 ? "a.example" : "b.example", "A list of names", body, i * 1000);
		assert_true(v.match.relation != STORY_COPY);
	}
	check_wire(w, 20 * 1000, 700000);
	world_free(w);
}

/* One transaction with more items than the window holds. */
static void test_a_large_transaction(void **state)
{
	struct world *w = world_new((size_t)1 << 20);
	char body[800];
	struct rng rng;

	(void)state;
	rng_seed(&rng, 3);
	w->open = true;
	for (int64_t i = 0; i < ITEMS; i++) {
		size_t n = 0;

		for (size_t k = 0; k < 40; k++)
			n += (size_t)snprintf(body + n, sizeof(body) - n, "w%llu ",
				(unsigned long long)rng_below(&rng, 100000));
		take(w, "a.example", "", body, i * 1000);
		assert_true(story_window_bytes(w->window) <= (size_t)1 << 20);
	}
	w->open = false;
	story_window_commit(w->window);
	take(w, "a.example", "", body, ITEMS * 1000);
	assert_true(story_window_bytes(w->window) <= (size_t)1 << 20);
	world_free(w);
}

/* Past the limit the oldest are left out. */
static void test_the_oldest_are_left_out(void **state)
{
	struct world *w = world_new((size_t)1 << 20);
	char body[800];
	struct rng rng;
	int64_t kept;

	(void)state;
	rng_seed(&rng, 2);
	for (int64_t i = 0; i < ITEMS; i++) {
		size_t n = 0;

		for (size_t k = 0; k < 40; k++)
			n += (size_t)snprintf(body + n, sizeof(body) - n, "w%llu ",
				(unsigned long long)rng_below(&rng, 100000));
		take(w, "a.example", "", body, i * 1000);
		assert_true(story_window_bytes(w->window) <= (size_t)1 << 20);
	}
	kept = (int64_t)story_window_items(w->window);
	assert_true(kept > 1000 && kept < 5000);
	assert_int_equal(
		take(w, "b.example", "", w->items[ITEMS].body, ITEMS * 1000).match.relation,
		STORY_COPY);
	assert_int_equal(
		take(w, "b.example", "", w->items[1].body, ITEMS * 1000).match.relation, STORY_NEW);
	world_free(w);
}

static void test_four_days(void **state)
{
	struct world *w = world_new((size_t)4 << 20);

	(void)state;
	take(w, "a.example", "Norland moves embassy", WIRE, 0);
	assert_int_equal(
		take(w, "b.example", "Embassy", WIRE, 4 * CLOCK_DAY).match.relation, STORY_COPY);
	assert_int_equal(
		take(w, "c.example", "Embassy", WIRE, 8 * CLOCK_DAY + 1).match.relation, STORY_NEW);
	world_free(w);
}

/* They end also if the clock was wrong once. */
static void test_four_days_after_a_wrong_clock(void **state)
{
	struct world *w = world_new((size_t)4 << 20);
	struct story_verdict v;

	(void)state;
	take(w, "a.example", "Rovers win", "Rovers beat United at the Park on Saturday.",
		1000 * CLOCK_DAY);
	take(w, "a.example", "Norland moves embassy", WIRE, 0);
	v = take(w, "c.example", "Embassy", WIRE, 4 * CLOCK_DAY + 1);
	assert_int_equal(v.match.relation, STORY_NEW);
	assert_int_equal(v.story, 3);
	world_free(w);
}

/* A transaction that fails leaves nothing, and the ids of its items are used again. */
static void test_rollback(void **state)
{
	struct world *w = world_new((size_t)4 << 20);
	struct story_verdict v;

	(void)state;
	take(w, "a.example", "Rovers win", "Rovers beat United at the Park on Saturday.", 0);
	w->open = true;
	take(w, "a.example", "Norland moves embassy", WIRE, 1000);
	v = take(w, "b.example", "Embassy", WIRE, 1000);
	assert_int_equal(v.match.relation, STORY_COPY);
	assert_int_equal(v.story, 2);
	story_window_rollback(w->window);
	assert_int_equal(story_window_items(w->window), 1);
	w->n = 1;
	v = take(w, "b.example", "Embassy", WIRE, 2000);
	assert_int_equal(v.match.relation, STORY_NEW);
	assert_int_equal(v.story, 2);
	assert_true(str_is(v.origin, "b.example"));
	story_window_commit(w->window);
	story_window_rollback(w->window);
	v = take(w, "c.example", "Norland", WIRE, 3000);
	assert_int_equal(v.match.of, 2);
	assert_int_equal(v.story, 2);
	world_free(w);
}

/* A window that is filled from the database finds the same as the one that was there before. */
static void test_restore(void **state)
{
	struct world *w = world_new((size_t)4 << 20);
	struct story_verdict v;

	(void)state;
	take(w, "a.example", "Norland moves embassy", WIRE, 0);
	take(w, "b.example", "Norland embassy to move to Riverton",
		"The embassy of Norland goes to Riverton, diplomats say.", 1000);
	assert_int_equal(w->items[2].story, 1);
	story_window_free(w->window);
	w->window = story_window_new((size_t)4 << 20, 8);
	for (int64_t id = 1; id <= 2; id++) {
		struct story_item item;

		read_item(w, id, &item, NULL);
		item.at = (id - 1) * 1000;
		assert_int_equal(story_window_restore(w->window, &item, NULL), 0);
	}
	assert_int_equal(story_window_items(w->window), 2);
	story_window_rollback(w->window);
	v = take(w, "c.example", "Embassy", WIRE, 3000);
	assert_int_equal(v.match.relation, STORY_COPY);
	assert_int_equal(v.match.of, 1);
	v = take(w, "d.example", "Embassy of Norland moves to Riverton",
		"Riverton will be the seat of the embassy of Norland, it was said.", 4000);
	assert_int_equal(v.match.relation, STORY_NEW);
	assert_int_equal(v.story, 1);
	world_free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_text_again_and_again),
		cmocka_unit_test(test_a_template),
		cmocka_unit_test(test_shared_grams),
		cmocka_unit_test(test_many_copies),
		cmocka_unit_test(test_many_names),
		cmocka_unit_test(test_a_large_transaction),
		cmocka_unit_test(test_the_oldest_are_left_out),
		cmocka_unit_test(test_four_days),
		cmocka_unit_test(test_four_days_after_a_wrong_clock),
		cmocka_unit_test(test_rollback),
		cmocka_unit_test(test_restore),
	};

	return cmocka_run_group_tests_name("story window", tests, NULL, NULL);
}
