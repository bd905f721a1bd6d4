/* SPDX-License-Identifier: MIT */
/* Answers that are JSON. Those of each service: tests/system/services.py. */
#include "lib/unit.h"

#include "lib/sink_fixture.h"
#include "sink/sinks.h"

static const struct sink_answer_row rows[] = {
	{400, 400, "no such chat", SINK_TROUBLE, true},
	{200, 200, "unchanged", SINK_DELIVERED, false},
	{0},
};

static const struct sink_answers answers = {.rows = rows,
	.error = "error.text",
	.wait = "wait",
	.wait_unit = 1000,
	.receipt = "id of.id"};

static void answers_are_understood(void **state)
{
	static const struct {
		long status;
		int64_t header;
		const char *body;
		enum sink_verdict_kind kind;
		bool denied;
		int64_t wait;
		const char *receipt, *answer;
	} tries[] = {
		{200, -1, "{\"id\": \"a.b\", \"of\": {\"id\": -7}}", SINK_DELIVERED, false, 0,
			"a.b -7", "HTTP 200"},
		{200, -1, "{\"id\": \"a\", \"of\": {}}", SINK_DELIVERED, false, 0, NULL,
			"HTTP 200"},
		{200, -1, "{\"id\": null, \"of\": {\"id\": 1}}", SINK_DELIVERED, false, 0, NULL,
			NULL},
		/* The number of a token, taken out of the answer. */
		{200, -1, "{\"by\": ***, \"s\": \"a\\\"*b\", \"id\": 5, \"of\": {\"id\": 6}}",
			SINK_DELIVERED, false, 0, "5 6", NULL},
		{200, -1, "<html>", SINK_TROUBLE, false, 0, NULL,
			"HTTP 200, which is no answer of this service"},
		{200, -1, "", SINK_TROUBLE, false, 0, NULL, NULL},
		{200, -1, "{\"error\": {\"text\": \"bad\"}}", SINK_TROUBLE, false, 0, NULL,
			"HTTP 200: bad"},
		{200, -1, "{\"error\": {\"text\": \"unchanged\"}}", SINK_DELIVERED, false, 0, NULL,
			NULL},
		/* Text of a message is no error. */
		{400, -1, "{\"sent\": \"no such chat\"}", SINK_BAD, false, 0, NULL, "HTTP 400"},
		{400, -1, "{\"error\": {\"text\": \"No such chat\"}}", SINK_TROUBLE, true, 0, NULL,
			"HTTP 400: No such chat"},
		{400, -1, "no such chat", SINK_TROUBLE, true, 0, NULL, "HTTP 400: no such chat"},
		{429, -1, "{\"wait\": 7}", SINK_WAIT, false, 7001, NULL,
			"HTTP 429, asked to wait 7 s"},
		{429, -1, "{\"wait\": 0.3}", SINK_WAIT, false, 301, NULL, NULL},
		{429, 9000, "{\"wait\": 7}", SINK_WAIT, false, 9000, NULL, NULL},
		{429, 2000, "slow down", SINK_WAIT, false, 2000, NULL, NULL},
		{429, -1, "{\"wait\": \"7\"}", SINK_TROUBLE, false, 0, NULL, NULL},
		{429, -1, "{\"wait\": -7}", SINK_TROUBLE, false, 0, NULL, NULL},
		{429, -1, "{\"wait\": 1e300}", SINK_TROUBLE, false, 0, NULL, NULL},
	};
	struct sink_fixture *f = *state;

	for (size_t i = 0; i < sizeof(tries) / sizeof(tries[0]); i++) {
		struct sink_answer a = {.status = tries[i].status,
			.retry_after = tries[i].header,
			.body = str_of(tries[i].body)};
		struct sink_verdict v = {.kind = SINK_DELIVERED};

		sink_answers_judge(&answers, &a, f->arena, &v);
		if (v.kind != tries[i].kind || v.wait != tries[i].wait)
			print_error(
				"%s: %d, %.*s\n", tries[i].body, (int)v.kind, STR_ARG(v.answer));
		assert_int_equal(v.kind, tries[i].kind);
		assert_int_equal(v.denied, tries[i].denied);
		assert_int_equal(v.wait, tries[i].wait);
		assert_int_equal(str_present(v.receipt), tries[i].receipt != NULL);
		if (tries[i].receipt)
			assert_string_equal(v.receipt.p, tries[i].receipt);
		if (tries[i].answer)
			assert_string_equal(v.answer.p, tries[i].answer);
	}
}

static void an_answer_without_its_end_is_one(void **state)
{
	struct sink_fixture *f = *state;
	struct sink_verdict v = {.kind = SINK_DELIVERED};
	struct sink_answer a = {.status = 200, .retry_after = -1};
	char *body = calloc(1, 32768);

	memset(body, 'x', 32768);
	memcpy(body, "{\"text\": \"", 10);
	a.body = str_slice(body, 32768);
	sink_answers_judge(&answers, &a, f->arena, &v);
	assert_int_equal(v.kind, SINK_DELIVERED);
	assert_false(str_present(v.receipt));
	free(body);
}

static void a_long_text_is_understood_by_its_beginning(void **state)
{
	struct sink_fixture *f = *state;
	struct sink_verdict v = {.kind = SINK_DELIVERED};
	struct sink_answer a = {.status = 400, .retry_after = -1};
	char body[4096], text[2000];

	memset(text, 'x', sizeof(text));
	snprintf(body, sizeof(body), "{\"error\": {\"text\": \"No such chat: %.*s\"}}",
		(int)sizeof(text), text);
	a.body = str_of(body);
	sink_answers_judge(&answers, &a, f->arena, &v);
	assert_int_equal(v.kind, SINK_TROUBLE);
	assert_non_null(strstr(v.answer.p, "No such chat: xxx"));
	/* Part of a receipt would be another one. */
	snprintf(body, sizeof(body), "{\"id\": \"%.*s\", \"of\": {\"id\": 1}}", (int)sizeof(text),
		text);
	a = (struct sink_answer){.status = 200, .retry_after = -1, .body = str_of(body)};
	v = (struct sink_verdict){.kind = SINK_DELIVERED};
	sink_answers_judge(&answers, &a, f->arena, &v);
	assert_int_equal(v.kind, SINK_DELIVERED);
	assert_false(str_present(v.receipt));
}

/* A page of a proxy has much before the words that matter. */
static void what_an_answer_says_is_found_behind_a_long_head(void **state)
{
	struct sink_answer a = {.status = 400, .retry_after = -1};
	struct sink_fixture *f = *state;
	struct sink_verdict v = {.kind = SINK_DELIVERED};
	struct buf page;

	buf_init(&page, 4096);
	for (int i = 0; i < 50; i++)
		buf_addz(&page, "<meta name=\"x\" content=\"of no use\">\n");
	buf_addz(&page, "<h1>The plain HTTP request was sent to HTTPS port</h1>");
	a.body = buf_str(&page);
	sink_http_judge(&a, f->arena, &v);
	assert_int_equal(v.kind, SINK_TROUBLE);
	buf_release(&page);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, sink_fixture_open, sink_fixture_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(answers_are_understood),
		TEST(an_answer_without_its_end_is_one),
		TEST(what_an_answer_says_is_found_behind_a_long_head),
		TEST(a_long_text_is_understood_by_its_beginning),
	};

	return cmocka_run_group_tests_name("sink answers", tests, NULL, NULL);
}
