/* SPDX-License-Identifier: MIT */
/* The parser thread: order, limits, cancellation in every state, shutdown with work pending. */
#include "lib/unit.h"

#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"
#include "io/parser_thread.h"

#define OPS	   200
#define LONG_ITEMS 60000 /* takes the parser a few hundred ms */

struct parse_bench {
	struct loop *loop;
	struct parser_thread *thread;
	struct port_parse port;
	size_t n_done, wanted;
	int order[OPS];
	size_t items[OPS];
	struct err error[OPS];
};

struct parse_call {
	struct parse_bench *bench;
	int number;
};

static struct parse_call calls[OPS];

static int set_up(void **state)
{
	struct parse_bench *b = calloc(1, sizeof(*b));

	b->loop = loop_new();
	b->thread = parser_thread_new(b->loop);
	if (!b->loop || !b->thread)
		return -1;
	b->port = parser_thread_port(b->thread);
	*state = b;
	return 0;
}

static int tear_down(void **state)
{
	struct parse_bench *b = *state;

	parser_thread_free(b->thread);
	loop_free(b->loop);
	free(b);
	return 0;
}

static void on_parsed(void *arg, struct feed_batch *batch, const struct err *e)
{
	struct parse_call *c = arg;
	struct parse_bench *b = c->bench;

	assert_true(!batch == !!e);
	b->order[b->n_done++] = c->number;
	if (batch) {
		b->items[c->number] = batch->n_items;
		assert_true(str_starts(batch->items[0].link, STR("http://feed.example/a/")));
	} else {
		b->error[c->number] = *e;
	}
	feed_batch_free(batch);
	if (b->n_done == b->wanted)
		loop_stop(b->loop);
}

/* A body of n items; broken XML, which is parsed twice, when n is large. */
static struct parse_op *start(struct parse_bench *b, int number, size_t n)
{
	char url[] = "http://feed.example/a/";
	struct feed_limits limits = feed_limits_default;
	struct parse_request r = {.options = {.url = str_of(url), .limits = &limits}};
	struct parse_op *op;
	struct buf body;

	buf_init(&body, (size_t)64 << 20);
	buf_addz(&body, "<rss><channel>");
	for (size_t i = 0; i < n; i++)
		buf_printf(&body, "<item><guid>%zu</guid><link>x</link><title>A %s</title></item>",
			i, n == LONG_ITEMS ? "& B" : "and B");
	buf_addz(&body, "</channel></rss>");
	limits.body_bytes = body.len;
	limits.cpu_us = n == LONG_ITEMS - 1 ? 0 : 60 * 1000000;
	r.body = body.data;
	r.body_len = body.len;
	calls[number] = (struct parse_call){b, number};
	op = b->port.start(b->port.ctx, &r, on_parsed, &calls[number]);
	memset(url, '#', sizeof(url) - 1);
	limits.items = 0;
	assert_non_null(op);
	return op;
}

static void wait_until_busy(struct parse_bench *b)
{
	while (parser_thread_busy_ms(b->thread) == 0)
		usleep(500);
}

static void wait_until_idle(struct parse_bench *b)
{
	while (parser_thread_busy_ms(b->thread) > 0)
		usleep(500);
}

static void batches_come_in_order(void **state)
{
	struct parse_bench *b = *state;

	for (int i = 0; i < OPS; i++)
		start(b, i, (size_t)i + 1);
	assert_int_equal(b->n_done, 0); /* never inside start */
	b->wanted = OPS;
	assert_int_equal(loop_run(b->loop, NULL), 0);
	for (int i = 0; i < OPS; i++) {
		assert_int_equal(b->order[i], i);
		assert_int_equal(b->items[i], i + 1);
	}
	assert_int_equal(parser_thread_busy_ms(b->thread), 0);
}

static void errors_do_not_affect_the_next_body(void **state)
{
	struct parse_bench *b = *state;
	struct parse_request r = {.body = strdup("<html></html>"), .body_len = 13};

	calls[0] = (struct parse_call){b, 0};
	assert_non_null(b->port.start(b->port.ctx, &r, on_parsed, &calls[0]));
	start(b, 1, LONG_ITEMS - 1);
	start(b, 2, 3);
	b->wanted = 3;
	assert_int_equal(loop_run(b->loop, NULL), 0);
	assert_int_equal(b->error[0].cls, ERR_INPUT);
	assert_int_equal(b->error[1].cls, ERR_LIMIT); /* over its time limit */
	assert_int_equal(b->items[2], 3);
}

static void cancelled_requests_never_complete(void **state)
{
	struct parse_bench *b = *state;
	struct parse_op *queued, *parsing, *parsed;

	parsed = start(b, 0, 100);
	usleep(1000);
	wait_until_idle(b);
	b->port.cancel(b->port.ctx, parsed); /* in the queue of the loop or of the parser */
	parsing = start(b, 1, LONG_ITEMS);
	queued = start(b, 2, 2);
	start(b, 3, 3);
	wait_until_busy(b);
	b->port.cancel(b->port.ctx, queued);
	b->port.cancel(b->port.ctx, parsing);
	b->wanted = 1;
	assert_int_equal(loop_run(b->loop, NULL), 0);
	assert_int_equal(b->order[0], 3);
	assert_int_equal(b->items[3], 3);
}

static void it_can_be_freed_in_every_state(void **state)
{
	struct parse_bench *b = *state;
	struct parse_op *cancelled;

	start(b, 0, 100);
	usleep(1000);
	wait_until_idle(b);
	cancelled = start(b, 1, LONG_ITEMS);
	start(b, 2, 3);
	wait_until_busy(b);
	b->port.cancel(b->port.ctx, cancelled);
	parser_thread_free(b->thread);
	b->thread = parser_thread_new(b->loop);
	assert_non_null(b->thread);
	b->port = parser_thread_port(b->thread);
	start(b, 3, LONG_ITEMS);
	wait_until_busy(b); /* and is freed with that pending */
	assert_int_equal(b->n_done, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(batches_come_in_order, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			errors_do_not_affect_the_next_body, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			cancelled_requests_never_complete, set_up, tear_down),
		cmocka_unit_test_setup_teardown(it_can_be_freed_in_every_state, set_up, tear_down),
	};

	return cmocka_run_group_tests_name("io parser thread", tests, NULL, NULL);
}
