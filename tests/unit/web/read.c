/* SPDX-License-Identifier: MIT */
/* Reads of the database beside the loop: order, bounds, a limit of time, errors, the end. */
#include "lib/unit.h"

#include <poll.h>
#include <pthread.h>

#include "lib/archive_fixture.h"
#include "store/outbox.h"
#include "web/read.h"

#define READS (WEB_READ_WAITING + 8)

struct house {
	struct store_fixture *db;
	struct loop *loop;
	struct web_reader *reader;
	struct reading {
		struct house *house;
		struct web_read read;
		int wanted; /* result of run */
		int rc;
		bool ran, done, writable;
		struct err e;
	} v[READS];
	size_t n_done, stop_after;
	pthread_mutex_t gate; /* held: the reader is blocked */
	int ms;		      /* that each read takes */
	pthread_t loop_id;
};

static int set_up(void **state)
{
	struct house *h = calloc(1, sizeof(*h));

	assert_non_null(h);
	store_fixture_open((void **)&h->db);
	h->loop = loop_new();
	h->loop_id = pthread_self();
	pthread_mutex_init(&h->gate, NULL);
	h->reader = web_reader_new(h->loop, h->db->path);
	assert_non_null(h->reader);
	for (size_t i = 0; i < READS; i++)
		h->v[i].house = h;
	*state = h;
	return 0;
}

static int tear_down(void **state)
{
	struct house *h = *state;

	web_reader_free(h->reader);
	loop_free(h->loop);
	store_fixture_close((void **)&h->db);
	free(h);
	return 0;
}

static int run(void *arg, struct store *store, struct err *e)
{
	struct reading *r = arg;
	int64_t row;

	r->ran = !pthread_equal(pthread_self(), r->house->loop_id);
	pthread_mutex_lock(&r->house->gate);
	pthread_mutex_unlock(&r->house->gate);
	poll(NULL, 0, r->house->ms);
	r->writable = store_receiver_put(store, STR("x"), 1, NULL) == 0;
	if (store_alert_last(store, &row, e))
		return -(int)ERR_BUG;
	return r->wanted ? err_set(e, (enum err_class) - r->wanted, "as wanted") : 0;
}

static void done(void *arg, int rc, const struct err *e)
{
	struct reading *r = arg;

	assert_true(pthread_equal(pthread_self(), r->house->loop_id));
	assert_false(r->done);
	r->done = true;
	r->rc = rc;
	r->e = *e;
	if (++r->house->n_done == r->house->stop_after)
		loop_stop(r->house->loop);
}

static int post(struct house *h, size_t i, int wanted)
{
	struct err e;

	h->v[i].wanted = wanted;
	h->v[i].read = (struct web_read){.run = run, .done = done, .arg = &h->v[i]};
	return web_reader_post(h->reader, &h->v[i].read, &e);
}

static void wait_for(struct house *h, size_t n)
{
	h->stop_after = n;
	assert_int_equal(loop_run(h->loop, NULL), 0);
	assert_int_equal(h->n_done, n);
}

static void a_read_runs_beside_the_loop_and_cannot_write(void **state)
{
	struct house *h = *state;

	assert_int_equal(post(h, 0, 0), 0);
	wait_for(h, 1);
	assert_true(h->v[0].ran);
	assert_false(h->v[0].writable);
	assert_int_equal(h->v[0].rc, 0);
}

/* An error that may have broken the connection leads to another one, not to no answers. */
static void a_failed_read_ends_with_its_error_and_the_next_one_works(void **state)
{
	struct house *h = *state;

	assert_int_equal(post(h, 0, -(int)ERR_IO), 0);
	assert_int_equal(post(h, 1, -(int)ERR_PERM), 0);
	assert_int_equal(post(h, 2, 0), 0);
	wait_for(h, 3);
	assert_int_equal(h->v[0].rc, -(int)ERR_IO);
	assert_string_equal(h->v[0].e.text, "as wanted");
	assert_int_equal(h->v[1].rc, -(int)ERR_PERM);
	assert_int_equal(h->v[2].rc, 0);
}

static void a_full_queue_refuses(void **state)
{
	struct house *h = *state;
	size_t accepted = 0;

	pthread_mutex_lock(&h->gate);
	while (accepted < READS && post(h, accepted, 0) == 0)
		accepted++;
	pthread_mutex_unlock(&h->gate);
	/* One of them may have left the queue. */
	assert_true(accepted >= WEB_READ_WAITING && accepted <= WEB_READ_WAITING + 1);
	wait_for(h, accepted);
	assert_int_equal(post(h, READS - 1, 0), 0);
	wait_for(h, accepted + 1);
}

static void what_is_not_done_ends_with_the_reader(void **state)
{
	struct house *h = *state;

	h->ms = 50;
	for (size_t i = 0; i < WEB_READ_WAITING; i++)
		assert_int_equal(post(h, i, 0), 0);
	web_reader_free(h->reader);
	h->reader = NULL;
	assert_int_equal(h->n_done, WEB_READ_WAITING);
	assert_int_equal(h->v[4].rc, -(int)ERR_TEMP);
	assert_string_equal(h->v[4].e.text, "nightdesk is stopping");
	/* It waits for the read that runs, not for all. */
	assert_false(h->v[WEB_READ_WAITING - 1].ran);
}

static void without_a_database_the_error_says_so(void **state)
{
	struct house *h = *state;

	web_reader_free(h->reader);
	h->reader = web_reader_new(h->loop, "/nonexistent/nightdesk.db");
	assert_int_equal(post(h, 0, 0), 0);
	wait_for(h, 1);
	assert_false(h->v[0].ran);
	assert_int_equal(h->v[0].rc, -(int)ERR_INPUT);
	assert_non_null(strstr(h->v[0].e.text, "no database at /nonexistent/nightdesk.db"));
}

/* --- the limit of time --- */

static int count(void *ctx, const struct store_item_row *row)
{
	(void)row;
	++*(size_t *)ctx;
	return 0;
}

static void past_its_time_a_statement_ends(void **state)
{
	struct house *h = *state;
	const struct archive_period all = {.since = STAMP_NONE, .until = STAMP_NONE};
	int64_t feed = make_feed(h->db, "a", 0);
	struct store *reader;
	size_t n = 0;
	char id[16];

	for (int i = 0; i < 1000; i++) {
		snprintf(id, sizeof(id), "%d", i);
		archive_put(h->db, feed, i, id, id, "text");
	}
	assert_int_equal(store_open(&reader, h->db->path, STORE_READ, &h->db->e), 0);
	store_limit_time(reader, 1);
	assert_int_equal(archive_each(reader, &all, count, &n, &h->db->e), -(int)ERR_TEMP);
	assert_non_null(strstr(h->db->e.text, "takes too long"));
	assert_true(n < 1000);
	store_limit_time(reader, 0);
	n = 0;
	assert_int_equal(archive_each(reader, &all, count, &n, &h->db->e), 0);
	assert_int_equal(n, 1000);
	store_close(reader);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
		TEST(a_read_runs_beside_the_loop_and_cannot_write),
		TEST(a_failed_read_ends_with_its_error_and_the_next_one_works),
		TEST(a_full_queue_refuses),
		TEST(what_is_not_done_ends_with_the_reader),
		TEST(without_a_database_the_error_says_so),
		TEST(past_its_time_a_statement_ends),
	};

	return cmocka_run_group_tests_name("web/read", tests, NULL, NULL);
}
