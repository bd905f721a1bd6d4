/* SPDX-License-Identifier: MIT */
/* How services are asked who has acknowledged, and what is read of their answers. */
#include "lib/unit.h"

#include "base/utf8.h"
#include "lib/sink_fixture.h"

#define TELEGRAM "type = telegram chat = -100 token-credential = token"
#define SLACK	 "type = slack token-credential = token channel = C1"
#define MATRIX                                                                                     \
	"type = matrix server = https://m.example room = \"!a:m.example\" token-credential = "     \
	"token"

#define MATTERMOST                                                                                 \
	"type = mattermost server = https://c.example token-credential = token channel = " USER_ID
#define USER_ID "8xtkz3p1pbnc9gqiw7ebn5ig5y"

#define ZULIP                                                                                      \
	"type = zulip server = https://z.example user = b@z.example token-credential = token "     \
	"channel = n"

static struct sink_context context_of(const struct sink_fixture *f)
{
	return (struct sink_context){
		.notify = sink_fixture_block(f), .secrets = &f->secrets, .now = SINK_NOW};
}

static const struct sink_ack_source *use(struct sink_fixture *f, const char *keys)
{
	sink_fixture_configure(f, keys);
	f->secrets.n = 0;
	sink_fixture_set_secret(f, "token", STR("123:token"));
	return sink_ack_source_of(sink_fixture_block(f));
}

static void only_some_receivers_are_asked(void **state)
{
	struct sink_fixture *f = *state;

	for (size_t i = 0; sinks[i]; i++) {
		const char *name = sinks[i]->conf.name;
		bool can;

		if (strcmp(name, "exec") == 0)
			continue;
		sink_fixture_configure_type(f, sinks[i]);
		can = sink_ack_source_of(sink_fixture_block(f)) != NULL;
		assert_int_equal(can, strcmp(name, "telegram") == 0 || strcmp(name, "slack") == 0 ||
					      strcmp(name, "matrix") == 0 ||
					      strcmp(name, "zulip") == 0);
	}
	assert_null(use(f, "type = slack url = http://a.example/"));
}

static void a_question_is_one_request(void **state)
{
	static const struct {
		const char *keys, *receipt, *method, *url, *body;
		int64_t mark;
	} rows[] = {
		{TELEGRAM, "-100 7", NULL, "https://api.telegram.org/bot123:token/getUpdates",
			"{\"offset\":0,\"limit\":2,\"timeout\":0,\"allowed_updates\":[\"callback_"
			"query\"]}",
			0},
		{TELEGRAM, "-100 7", NULL, "https://api.telegram.org/bot123:token/getUpdates",
			"{\"offset\":501,\"limit\":2,\"timeout\":0,\"allowed_updates\":[\"callback_"
			"query\"]}",
			501},
		{SLACK, "C1 16.5", NULL, "https://slack.com/api/reactions.get",
			"channel=C1&timestamp=16.5&full=true", 0},
		{MATRIX, "$a/b?c", "GET",
			"https://m.example/_matrix/client/v1/rooms/%21a%3Am.example/relations/"
			"%24a%2Fb%3Fc/m.annotation/m.reaction?dir=b&limit=50",
			"", 0},
		{MATTERMOST, "4xp9fdt77pncbef59f4k1qe83o", "GET",
			"https://c.example/api/v4/posts/4xp9fdt77pncbef59f4k1qe83o/reactions", "",
			0},
		{ZULIP, "42", "GET", "https://z.example/api/v1/messages/42?apply_markdown=false",
			"", 0},
	};
	struct sink_fixture *f = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct sink_ack_question q = {str_of(rows[i].receipt), rows[i].mark};
		struct sink_context ctx;

		assert_non_null(use(f, rows[i].keys));
		ctx = context_of(f);
		assert_int_equal(sink_ack_ask(&ctx, &q, f->arena, &f->request, &f->err), 0);
		assert_string_equal(f->request.url.p, rows[i].url);
		assert_true(str_is(f->request.body, rows[i].body));
		assert_int_equal(f->request.n_secrets, 1);
		if (rows[i].method)
			assert_string_equal(f->request.method, rows[i].method);
		if (strcmp(rows[i].keys, TELEGRAM) != 0)
			assert_string_equal(sink_fixture_header(f, "Authorization: "),
				strcmp(rows[i].keys, ZULIP) == 0
					? "Basic YkB6LmV4YW1wbGU6MTIzOnRva2Vu"
					: "Bearer 123:token");
	}
}

static struct sink_acks hear(struct sink_fixture *f, const struct sink_ack_source *s,
	const struct sink_answer *a, struct sink_verdict *v)
{
	static const struct sink_ack_question q = {STR("C1 16.5"), 7};
	struct sink_acks out = {.n = 0};

	*v = (struct sink_verdict){.kind = SINK_DELIVERED};
	s->hear(&q, a, f->arena, &out, v);
	for (size_t i = 0; i < out.n; i++) {
		assert_true(out.v[i].by.n <= SINK_ACK_BY_MAX);
		assert_true(utf8_valid(out.v[i].by));
		assert_true(str_present(out.v[i].receipt));
		for (size_t k = 0; k < out.v[i].by.n; k++)
			assert_true((unsigned char)out.v[i].by.p[k] >= 0x20);
	}
	return out;
}

#define PRESS(id, from, message, data)                                                             \
	"{\"update_id\":" id ",\"callback_query\":{\"id\":\"77\",\"from\":" from                   \
	",\"message\":" message ",\"data\":\"" data "\"}}"
#define UPDATES(list)	     "{\"ok\":true,\"result\":[" list "]}"
#define ANNA		     "{\"id\":1,\"first_name\":\"Anna\",\"last_name\":\"Duty\"," USERNAME
#define USERNAME	     "\"username\":\"anna\"}"
#define IN_CHAT		     "{\"message_id\":7,\"chat\":{\"id\":-100}}"
#define REACTIONS(list)	     "{\"ok\":true,\"message\":{\"ts\":\"16.5\",\"reactions\":[" list "]}}"
#define REACTION(name, user) "{\"name\":\"" name "\",\"users\":[" user "],\"count\":1}"
#define EVENT(sender, at, key)                                                                     \
	"{\"type\":\"m.reaction\",\"sender\":\"" sender "\",\"origin_server_ts\":" at              \
	",\"content\":{\"m.relates_to\":{\"rel_type\":\"m.annotation\",\"key\":\"" key "\"}}}"
#define BY(user, emoji, at)                                                                        \
	"{\"user_id\":" user ",\"emoji_name\":\"" emoji "\",\"create_at\":" at "}"
#define UNICODE	      "\"reaction_type\":\"unicode_emoji\""
#define REACTED(list) "{\"result\":\"success\",\"message\":{\"reactions\":[" list "]}}"
#define CHUNK(list)   "{\"chunk\":[" list "]}"

/* acks: "receipt|by|who, …" */
static const struct hear_row {
	const char *keys;
	long status;
	const char *body, *acks;
	enum sink_verdict_kind kind;
	int64_t mark;
} hear_rows[] = {
	{TELEGRAM, 200, UPDATES(""), "", SINK_DELIVERED, 7},
	{TELEGRAM, 200, UPDATES(PRESS("500", ANNA, IN_CHAT, "ack")), "-100 7|Anna Duty (@anna)|",
		SINK_DELIVERED, 501},
	/* Buttons of others, and what is no press, are passed over. */
	{TELEGRAM, 200,
		UPDATES(PRESS("500", ANNA, IN_CHAT, "other") ",{\"update_id\":501,\"message\":{}}"),
		"", SINK_DELIVERED, 502},
	{TELEGRAM, 200, UPDATES(PRESS("500", "{\"id\":1}", IN_CHAT, "ack")),
		"-100 7|a person without a name|", SINK_DELIVERED, 501},
	{TELEGRAM, 200, UPDATES(PRESS("500", ANNA, "{\"message_id\":\"7\"}", "ack")), "",
		SINK_DELIVERED, 501},
	{TELEGRAM, 200,
		UPDATES(PRESS("9", "{\"first_name\":\"A\\nB\\u202e\\u001b[2J\"}", IN_CHAT, "ack")),
		"-100 7|A\\nB\\u{202e}\\u{1b}[2J|", SINK_DELIVERED, 10},
	/* An old number does not take back what is stored. */
	{TELEGRAM, 200, UPDATES(PRESS("3", ANNA, IN_CHAT, "ack")), "-100 7|Anna Duty (@anna)|",
		SINK_DELIVERED, 7},
	{TELEGRAM, 200, UPDATES(PRESS("9223372036854775807", ANNA, IN_CHAT, "ack")),
		"-100 7|Anna Duty (@anna)|", SINK_DELIVERED, 7},
	{TELEGRAM, 200, "{\"ok\":true,\"result\":{}}", "", SINK_DELIVERED, 7},
	{TELEGRAM, 200, "<html>", "", SINK_TROUBLE, 7},
	{TELEGRAM, 409,
		"{\"ok\":false,\"error_code\":409,\"description\":\"Conflict: can't use getUpdates "
		"method while webhook is active\"}",
		"", SINK_TROUBLE, 7},
	{SLACK, 200, REACTIONS(""), "", SINK_DELIVERED, 0},
	{SLACK, 200, "{\"ok\":true,\"message\":{}}", "", SINK_DELIVERED, 0},
	{SLACK, 200, REACTIONS(REACTION("scream", "\"U1\"") "," REACTION("eyes", "\"U2\",\"U3\"")),
		"C1 16.5||U2", SINK_DELIVERED, 0},
	{SLACK, 200, REACTIONS(REACTION("+1::skin-tone-4", "\"U2\"")), "C1 16.5||U2",
		SINK_DELIVERED, 0},
	{SLACK, 200, REACTIONS(REACTION("white_check_mark_not", "\"U2\"")), "", SINK_DELIVERED, 0},
	{SLACK, 200, REACTIONS(REACTION("white_check_mark", "\"U2&x=y\"")), "", SINK_DELIVERED, 0},
	{SLACK, 200, REACTIONS(REACTION("white_check_mark", "1")), "", SINK_DELIVERED, 0},
	{SLACK, 200, "{\"ok\":false,\"error\":\"message_not_found\"}", "", SINK_UNTIED, 0},
	{SLACK, 200, "{\"ok\":false,\"error\":\"missing_scope\"}", "", SINK_TROUBLE, 0},
	{MATRIX, 200, CHUNK(""), "", SINK_DELIVERED, 0},
	{MATRIX, 200,
		CHUNK(EVENT("@c:m.example", "300", "✅") "," EVENT(
			"@b:m.example", "200", "👍🏽") "," EVENT("@a:m.example", "100", "😱")),
		"C1 16.5|@b:m.example|", SINK_DELIVERED, 0},
	{MATRIX, 200, CHUNK(EVENT("@c:m.example", "300", "✅ not I")), "", SINK_DELIVERED, 0},
	{MATRIX, 200, "{\"chunk\":[{\"content\":[]},7,null]}", "", SINK_DELIVERED, 0},
	{MATRIX, 404, "{\"errcode\":\"M_NOT_FOUND\",\"error\":\"no such event\"}", "", SINK_UNTIED,
		0},
	{MATRIX, 404, "{\"errcode\":\"M_UNRECOGNIZED\"}", "", SINK_TROUBLE, 0},
	{ZULIP, 200, "{\"result\":\"success\",\"message\":{\"reactions\":[]}}", "", SINK_DELIVERED,
		0},
	{ZULIP, 200,
		REACTED("{\"emoji_code\":\"1f631\"," UNICODE ",\"user_id\":3},"
			"{\"emoji_code\":\"2705\",\"reaction_type\":\"realm_emoji\",\"user_id\":4},"
			"{\"emoji_code\":\"zz\"," UNICODE ",\"user_id\":4},"
			"{\"emoji_code\":\"1f44d-1f3fd\"," UNICODE ",\"user_id\":5}"),
		"C1 16.5||5", SINK_DELIVERED, 0},
	{ZULIP, 400,
		"{\"result\":\"error\",\"msg\":\"Invalid message(s)\",\"code\":\"BAD_REQUEST\"}",
		"", SINK_UNTIED, 0},
	{MATTERMOST, 200, "null", "", SINK_DELIVERED, 0},
	{MATTERMOST, 200, "[]", "", SINK_DELIVERED, 0},
	{MATTERMOST, 200,
		"[" BY("\"1\"", "eyes", "1") "," BY("\"" USER_ID "\"", "scream", "1") "," BY(
			"7", "eyes", "1") "," BY("\"" USER_ID "\"", "+1_dark_skin_tone", "9") "]",
		"C1 16.5||" USER_ID, SINK_DELIVERED, 0},
	{MATTERMOST, 404, "{\"id\":\"app.post.get.app_error\",\"message\":\"No such post.\"}", "",
		SINK_UNTIED, 0},
	{MATTERMOST, 401, "{\"id\":\"x\",\"message\":\"Invalid session.\"}", "", SINK_TROUBLE, 0},
};

static void acknowledgements_are_read(void **state)
{
	struct sink_fixture *f = *state;

	for (size_t i = 0; i < sizeof(hear_rows) / sizeof(hear_rows[0]); i++) {
		const struct hear_row *row = &hear_rows[i];
		const struct sink_answer a = {
			.status = row->status, .retry_after = -1, .body = str_of(row->body)};
		struct sink_verdict v;
		struct sink_acks got = hear(f, use(f, row->keys), &a, &v);
		char text[1000] = "";

		for (size_t k = 0; k < got.n; k++)
			snprintf(text + strlen(text), sizeof(text) - strlen(text),
				"%s%.*s|%.*s|%.*s", k ? ", " : "", STR_ARG(got.v[k].receipt),
				STR_ARG(got.v[k].by), STR_ARG(got.v[k].who));
		if (strcmp(text, row->acks) != 0 || v.kind != row->kind)
			print_error("%zu: %s: %s %d\n", i, row->body, text, v.kind);
		assert_string_equal(text, row->acks);
		assert_int_equal(v.kind, row->kind);
		assert_int_equal(got.mark, row->mark);
	}
}

/* Cut at any byte, in any state of mind, an answer is heard or not, and no more. */
static void a_hostile_answer_harms_nothing(void **state)
{
	static const char *const keys[] = {TELEGRAM, SLACK, MATRIX, MATTERMOST, ZULIP};
	struct sink_fixture *f = *state;
	struct buf deep;

	buf_init(&deep, SINK_ACK_ANSWER_MAX);
	buf_addz(&deep, "{\"ok\":true,\"chunk\":[");
	for (size_t i = 0; i < 100000; i++)
		buf_addc(&deep, '[');
	for (size_t k = 0; k < sizeof(keys) / sizeof(keys[0]); k++) {
		const struct sink_ack_source *s = use(f, keys[k]);
		struct sink_answer a = {.status = 200, .retry_after = -1, .body = buf_str(&deep)};
		struct sink_verdict v;

		assert_int_equal(hear(f, s, &a, &v).n, 0);
		for (size_t i = 0; i < sizeof(hear_rows) / sizeof(hear_rows[0]); i++) {
			struct str whole = str_of(hear_rows[i].body);

			for (size_t n = 0; n < whole.n; n++) {
				a.body = str_slice(whole.p, n);
				arena_clear(f->arena);
				assert_int_equal(hear(f, s, &a, &v).n, 0);
			}
		}
	}
	buf_release(&deep);
}

static void a_flood_of_presses_is_read_in_parts(void **state)
{
	struct sink_fixture *f = *state;
	struct sink_verdict v;
	struct sink_acks got;
	struct sink_answer a = {.status = 200, .retry_after = -1};
	struct buf all;

	buf_init(&all, SINK_ACK_ANSWER_MAX);
	buf_addz(&all, "{\"ok\":true,\"result\":[");
	for (int i = 0; i < 100; i++)
		buf_printf(&all,
			"%s{\"update_id\":%d,\"callback_query\":{\"id\":\"77\",\"from\":" ANNA
			",\"message\":" IN_CHAT ",\"data\":\"ack\"}}",
			i ? "," : "", 1000 + i);
	buf_addz(&all, "]}");
	a.body = buf_str(&all);
	got = hear(f, use(f, TELEGRAM), &a, &v);
	assert_int_equal(got.n, SINK_ACKS_MAX);
	assert_int_equal(got.mark, 1000 + SINK_ACKS_MAX);
	assert_true(got.more);
	buf_release(&all);
}

static void a_person_is_answered_and_has_a_name(void **state)
{
	struct sink_fixture *f = *state;
	const struct sink_ack ack = {.token = STR("4382\"bf")};
	const struct sink_ack_source *s = use(f, TELEGRAM);
	struct sink_context ctx = context_of(f);
	struct sink_answer a = {.status = 200, .retry_after = -1};

	assert_int_equal(
		sink_ack_reply(&ctx, &ack, "You have it.", f->arena, &f->request, &f->err), 0);
	assert_string_equal(
		f->request.url.p, "https://api.telegram.org/bot123:token/answerCallbackQuery");
	assert_string_equal(f->request.body.p,
		"{\"callback_query_id\":\"4382\\\"bf\",\"text\":\"You have it.\"}");
	s = use(f, SLACK);
	ctx = context_of(f);
	assert_int_equal(sink_ack_ask_name(&ctx, STR("U2"), f->arena, &f->request, &f->err), 0);
	assert_string_equal(f->request.url.p, "https://slack.com/api/users.info");
	assert_string_equal(f->request.body.p, "user=U2");
	a.body = STR("{\"ok\":true,\"user\":{\"name\":\"anna\",\"profile\":{\"real_name\":\"\","
		     "\"display_name\":\"Anna <!here> D.\"}}}");
	assert_string_equal(s->hear_name(&a, f->arena).p, "Anna <!here> D.");
	a.body = STR("{\"ok\":false,\"error\":\"missing_scope\"}");
	assert_false(str_present(s->hear_name(&a, f->arena)));
}

/* The message says how, while it is asked about; the changed one does not. */
static void a_message_says_how_to_acknowledge(void **state)
{
	static const struct alert_earlier of = {STR("al_1"), STR("x"), 0};
	static const struct {
		const char *keys, *receipt, *has;
	} rows[] = {
		{TELEGRAM, "-100 7",
			"\"reply_markup\":{\"inline_keyboard\":[[{\"text\":\"✓ I have it\","
			"\"callback_data\":\"ack\"}]]}"},
		{SLACK, "C1 16.5", "React with ✅ if you have it."},
		{MATRIX, "$e", "React with ✅ if you have it."},
		{MATTERMOST, "4xp9fdt77pncbef59f4k1qe83o", "React with ✅ if you have it."},
		{SLACK " template = '{title}'", "C1 16.5", "React with ✅ if you have it."},
	};
	struct sink_fixture *f = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		(void)use(f, rows[i].keys);
		f->alert.kind = ALERT_CREATED;
		f->alert.of = NULL;
		f->asks = true;
		f->receipt = STR_NONE;
		assert_int_equal(sink_fixture_render(f), 0);
		if (!strstr(f->request.body.p, rows[i].has))
			print_error("%s\n", f->request.body.p);
		assert_non_null(strstr(f->request.body.p, rows[i].has));
		f->asks = false;
		assert_int_equal(sink_fixture_render(f), 0);
		assert_null(strstr(f->request.body.p, rows[i].has));
		f->alert.kind = ALERT_ACKNOWLEDGED;
		f->alert.of = &of;
		f->receipt = str_of(rows[i].receipt);
		assert_int_equal(sink_fixture_render(f), 0);
		assert_null(strstr(f->request.body.p, rows[i].has));
		assert_null(strstr(f->request.body.p, "reply_markup"));
	}
	assert_null(use(f, "type = mattermost url = http://a.example/"));
	f->alert.kind = ALERT_CREATED;
	f->asks = true;
	assert_int_equal(sink_fixture_render(f), 0);
	assert_null(strstr(f->request.body.p, "React"));
	(void)use(f, "type = slack url = http://a.example/");
	f->alert.kind = ALERT_CREATED;
	f->asks = true;
	assert_int_equal(sink_fixture_render(f), 0);
	assert_null(strstr(f->request.body.p, "React"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, sink_fixture_open, sink_fixture_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(only_some_receivers_are_asked),
		TEST(a_question_is_one_request),
		TEST(acknowledgements_are_read),
		TEST(a_hostile_answer_harms_nothing),
		TEST(a_flood_of_presses_is_read_in_parts),
		TEST(a_person_is_answered_and_has_a_name),
		TEST(a_message_says_how_to_acknowledge),
	};

	return cmocka_run_group_tests_name("sink acks", tests, NULL, NULL);
}
