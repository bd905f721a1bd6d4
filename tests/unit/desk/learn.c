/* SPDX-License-Identifier: MIT */
/*
 * Between polls, the desk counts words in the archive and in matched items, for the index of the
 * watches.
 */
#include "lib/unit.h"

#include "desk/ingest.h"
#include "lib/desk_polls.h"
#include "lib/scratch_state.h"

#define ITEMS 1000

#define BOTH "watch both { query = 'representatives AND zoo' }\n"

static void fill_archive(struct desk_fixture *f, struct str body)
{
	char ids[ITEMS][16];
	struct feed_item items[ITEMS];

	for (size_t i = 0; i < ITEMS; i++) {
		snprintf(ids[i], sizeof(ids[i]), "%zu", i);
		items[i] = desk_polls_item(ids[i], "the representatives meet");
		items[i].summary = body;
	}
	desk_polls_items(f, "a", items, ITEMS);
}

static struct scratch_state state_of(const struct desk_fixture *f)
{
	return scratch_state_of(f->desk->scratch);
}

/* As after a restart: a new desk on the same database, and some polls. */
static struct scratch_state start_again(struct desk_fixture *f)
{
	struct feed_item fresh = desk_polls_item("fresh", "representatives of all towns");

	desk_free(f->desk);
	assert_int_equal(desk_new(&f->desk, f->db->store, &f->e), 0);
	desk_learn(f->desk, f->conf);
	desk_polls_items(f, "b", &fresh, 1);
	desk_polls_items(f, "b", &fresh, 1);
	fresh.title = STR("representatives again");
	fresh.id = STR("fresher");
	desk_polls_items(f, "b", &fresh, 1);
	return state_of(f);
}

static void a_new_desk_counts_words_of_the_archive(void **state)
{
	struct desk_fixture f;
	struct scratch_state s;

	(void)state;
	desk_fixture_open(&f, FEEDS BOTH);
	s = start_again(&f);
	assert_false(s.rebuilt);
	fill_archive(&f, STR("text"));
	s = start_again(&f);
	assert_true(s.rebuilt);
	assert_in_range(s.items, 600, 610);
	desk_fixture_close(&f);
}

static void new_watches_count_words_of_the_archive(void **state)
{
	struct desk_fixture f;
	struct feed_item fresh = desk_polls_item("fresh", "representatives of all towns");

	(void)state;
	desk_fixture_open(&f, FEEDS WATCH);
	fill_archive(&f, STR("text"));
	desk_configure(&f, FEEDS BOTH);
	desk_learn(f.desk, f.conf);
	desk_polls_items(&f, "a", &fresh, 1);
	assert_true(state_of(&f).rebuilt);
	assert_int_equal(state_of(&f).items, 601);
	desk_polls_items(&f, "a", &fresh, 1);
	desk_learn(f.desk, f.conf);
	assert_in_range(state_of(&f).items, 601, 602); /* not again */
	desk_fixture_close(&f);
}

/* Polls are delayed by it. */
static void the_archive_is_read_up_to_a_byte_limit(void **state)
{
	struct desk_fixture f;
	struct buf body;

	(void)state;
	buf_init(&body, 1 << 20);
	while (body.len < 100000)
		buf_addz(&body, "much text ");
	desk_fixture_open(&f, FEEDS WATCH);
	fill_archive(&f, buf_str(&body));
	assert_in_range(start_again(&f).items, 80, 90);
	desk_fixture_close(&f);
	buf_release(&body);
}

/* A rebuild is slow, and a poll holds a write transaction. */
static void a_poll_does_not_rebuild_the_index(void **state)
{
	struct desk_fixture f;
	const struct watch_scratch *scratch;

	(void)state;
	desk_fixture_open(&f, FEEDS BOTH);
	desk_polls_items(
		&f, "a", &(struct feed_item){.title = STR("known"), .id = STR("known")}, 1);
	fill_archive(&f, STR("text"));
	scratch = f.desk->scratch;
	assert_int_equal(state_of(&f).items, ITEMS);
	assert_true(state_of(&f).due);
	assert_false(state_of(&f).rebuilt);
	desk_polls_items(&f, "a", &(struct feed_item){.title = STR("news"), .id = STR("news")}, 1);
	assert_false(state_of(&f).rebuilt);
	desk_learn(f.desk, f.conf);
	assert_ptr_equal(f.desk->scratch, scratch);
	assert_true(state_of(&f).rebuilt);
	assert_false(state_of(&f).due);
	desk_fixture_close(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_new_desk_counts_words_of_the_archive),
		cmocka_unit_test(new_watches_count_words_of_the_archive),
		cmocka_unit_test(the_archive_is_read_up_to_a_byte_limit),
		cmocka_unit_test(a_poll_does_not_rebuild_the_index),
	};

	return cmocka_run_group_tests_name("desk learn", tests, NULL, NULL);
}
