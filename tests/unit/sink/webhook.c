/* SPDX-License-Identifier: MIT */
/* Webhooks: signatures of both kinds, bodies of the operator's, and that a body stays small. */
#include "lib/unit.h"

#include <jansson.h>

#include "base/digest.h"
#include "base/utf8.h"
#include "lib/sink_fixture.h"
#include "sink/sink.h"

#define HOOK "type = webhook url = \"https://hooks.example/x\" "

static int set_up(void **state)
{
	struct sink_fixture *f;

	sink_fixture_open(state);
	f = *state;
	f->alert.watch = STR("embassy");
	f->alert.watch_title = STR("The embassy");
	f->alert.title = STR("A \"quoted\" title,\nback\\slash & 使馆 {id} \x1b[2J");
	f->alert.link = STR("https://news.example/a?x=1&y=2");
	f->alert.author = STR_NONE;
	f->alert.body = STR("The embassy moves.");
	f->alert.published = STAMP_NONE;
	f->alert.n_hits = 0;
	return 0;
}

static int render(struct sink_fixture *f, const char *keys)
{
	sink_fixture_configure(f, keys);
	return sink_fixture_render(f);
}

/* --- signatures --- */

/* The key pair of RFC 8032 §7.1, test 1. */
#define SEED "nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A="
#define SEED_PAIR                                                                                  \
	"nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2DXWpgBgrEKt9VL/tPJZAc6DuFy89qmIyWvAhpo9wdRGg=="

static void a_rotation_signs_with_both_keys(void **state)
{
	static const char *const forms[] = {"whsk_" SEED "\n", "whsk_" SEED_PAIR};
	struct sink_fixture *f = *state;
	uint8_t seed[64], signature[ED25519_SIZE], mac[SHA256_SIZE];
	struct buf content, expected, key;

	buf_init(&key, 64);
	assert_int_equal(digest_unbase64(&key, STR(SEED)), 0);
	memcpy(seed, key.data, 32);
	buf_release(&key);
	for (size_t i = 0; i < 2; i++) {
		f->secrets.n = 0;
		sink_fixture_set_secret(f, "new", str_of(forms[i]));
		sink_fixture_set_secret(f, "old", str_of("whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIz"));
		assert_int_equal(render(f, HOOK "secret-credential = { new, old }"), 0);
		buf_init(&content, 1 << 20);
		buf_init(&expected, 1000);
		buf_printf(&content, "%s.1644862835.%s", f->alert.id.p, f->request.body.p);
		assert_true(digest_ed25519_sign(seed, buf_str(&content), signature));
		buf_addz(&expected, "v1a,");
		digest_base64(&expected, signature, sizeof(signature));
		(void)digest_hmac_sha256(STR("012345678901234567890123"), buf_str(&content), mac);
		buf_addz(&expected, " v1,");
		digest_base64(&expected, mac, sizeof(mac));
		assert_string_equal(
			sink_fixture_header(f, "webhook-signature: "), buf_z(&expected));
		buf_release(&content);
		buf_release(&expected);
	}
}

#define HALVES                                                                                     \
	"whsk_nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2AnWpgBgrEKt9VL/tPJZAc6DuFy89qmIyWvAhpo9wd" \
	"RGg=="

static void an_invalid_key_is_a_configuration_error(void **state)
{
	static const char *const keys[] = {
		"whsk_c2hvcnQ=",				     /* short */
		"whsk_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIz",	     /* 24 bytes, as for HMAC */
		"whsk_" SEED_PAIR "AAAA",			     /* more than a pair */
		HALVES,						     /* of two pairs */
		"whpk_11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=", /* a public key */
		"whsec_c2hvcnQ=",
		"",
		"whsk_",
		"not base64!",
	};
	struct sink_fixture *f = *state;

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		f->secrets.n = 0;
		sink_fixture_set_secret(f, "key", str_of(keys[i]));
		assert_int_equal(render(f, HOOK "secret-credential = key"), -(int)ERR_CONF);
		assert_null(strstr(f->err.text, "c2hvcnQ"));
	}
}

/* --- bodies of the operator's --- */

static void placeholders_are_escaped_for_the_content_type(void **state)
{
	static const struct {
		const char *keys, *type, *body;
	} rows[] = {
		{"body = '{\"text\": \"{title} — {source}\", \"p\": \"{priority}\", \"n\": {\"a\": "
		 "1}}'",
			"application/json",
			"{\"text\": \"A \\\"quoted\\\" title, back\\\\slash & 使馆 {id} [2J — "
			"wire.example\", \"p\": \"urgent\", \"n\": {\"a\": 1}}"},
		{"body = 'title={title}&link={link}' headers = { \"Content-Type: "
		 "application/x-www-form-urlencoded\" }",
			"application/x-www-form-urlencoded",
			"title=A%20%22quoted%22%20title%2C%20back%5Cslash%20%26%20%E4%BD%BF%E9%A6%"
			"86%20%7Bid%7D%20%5B2J&link=https%3A%2F%2Fnews.example%2Fa%3Fx%3D1%26y%"
			"3D2"},
		{"body = '{\"t\": \"{title}\"}' headers = \"Content-Type: "
		 "application/cloudevents+json; a=b\"",
			NULL, "{\"t\": \"A \\\"quoted\\\" title, back\\\\slash & 使馆 {id} [2J\"}"},
		{"body = \"<a t='{title}' u='{link}'/>\" headers = \"Content-Type: "
		 "application/atom+xml\"",
			NULL,
			"<a t='A &quot;quoted&quot; title, back\\slash &amp; 使馆 {id} [2J' "
			"u='https://news.example/a?x=1&amp;y=2'/>"},
		{"body = '{{id} {id} {watch}: {watch-name} {text} {published}|{author}{ x }' "
		 "headers = \"content-type: text/plain; charset=utf-8\"",
			NULL,
			"{id} al_abcdefghijklmnopqrstuvwxyz The embassy: embassy The embassy "
			"moves. "
			"|{ x }"},
	};
	struct sink_fixture *f = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char keys[1000];
		size_t types = 0;

		snprintf(keys, sizeof(keys), HOOK "%s", rows[i].keys);
		assert_int_equal(render(f, keys), 0);
		assert_string_equal(f->request.body.p, rows[i].body);
		if (rows[i].type)
			assert_string_equal(sink_fixture_header(f, "Content-Type: "), rows[i].type);
		for (size_t k = 0; k < f->request.n_headers; k++)
			types += str_starts_nocase(f->request.headers[k], STR("content-type:"));
		assert_int_equal(types, 1);
	}
}

static void a_template_is_escaped_for_its_service(void **state)
{
	static const struct {
		const char *keys, *part;
	} rows[] = {
		{"type = stdout template = '{priority} {title} — {source} {link}'",
			"urgent A \"quoted\" title, back\\slash & 使馆 {id} [2J — wire.example "
			"https://news.example/a?x=1&y=2\n"},
		{"type = slack url = http://a.example/ template = '<{link}|{title}> {feed}'",
			"\"<https://news.example/a?x=1&amp;y=2|A \\\"quoted\\\" title, "
			"back\\\\slash &amp; 使馆 {id} [2J> The Wire\""},
		{"type = syslog template = '{watch}: {title}'",
			"]: The embassy: A \"quoted\" title, back\\slash & 使馆 {id} [2J"},
		{"type = journal template = '{watch}: {title}'",
			"MESSAGE=The embassy: A \"quoted\" title, back\\slash & 使馆 {id} [2J\n"},
	};
	struct sink_fixture *f = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(render(f, rows[i].keys), 0);
		if (!strstr(f->request.body.p, rows[i].part))
			print_error("%s\n", f->request.body.p);
		assert_non_null(strstr(f->request.body.p, rows[i].part));
	}
}

/* A report is its lines, not a passage of them. */
static void a_template_of_a_report_has_all_lines(void **state)
{
	struct sink_fixture *f = *state;
	struct buf body;

	buf_init(&body, 4096);
	for (int i = 0; i < 60; i++)
		buf_printf(&body, "line %d of the report\n", i);
	f->alert.kind = ALERT_REPORT;
	f->alert.report = STR("{}");
	f->alert.n_hits = 0;
	f->alert.body = buf_str(&body);
	assert_int_equal(render(f, "type = smtp server = smtp://a.example from = a@a.example "
				   "to = b@a.example template = '{title}: {text}'"),
		0);
	assert_non_null(strstr(f->request.body.p, "\r\nline 1 of the report\r\n"));
	assert_non_null(strstr(f->request.body.p, "\r\nline 59 of the report"));
	buf_release(&body);
}

/* However many values it has, they are cut until the message fits. */
static void a_template_of_long_values_fits(void **state)
{
	static const char *const types[] = {"slack url = http://a.example/", "stdout", "syslog",
		"journal", "smtp server = smtp://a.example from = a@a.example to = b@a.example",
		"webhook url = http://a.example/ headers = \"Content-Type: text/plain\""};
	struct sink_fixture *f = *state;
	struct buf keys, title;

	buf_init(&keys, 16384);
	buf_init(&title, 4096);
	for (int i = 0; i < 1000; i++)
		buf_addz(&title, "\xe4\xbd\xbf");
	f->alert.title = f->alert.watch_title = f->alert.author = buf_str(&title);
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		buf_clear(&keys);
		buf_printf(&keys, "type = %s %s = '", types[i],
			str_starts(str_of(types[i]), STR("webhook")) ? "body" : "template");
		for (int k = 0; k < 170; k++)
			buf_addz(&keys, "{watch} \"<&");
		buf_addz(&keys, "'");
		assert_int_equal(render(f, buf_z(&keys)), 0);
		assert_true(utf8_valid(f->request.body));
		assert_in_range(
			f->request.body.n, 1, sink_type_of(f->notify.conf->notifies)->max_bytes);
	}
	buf_release(&keys);
	buf_release(&title);
}

static void errors_of_templates_are_explained(void **state)
{
	static const struct {
		const char *keys, *diag; /* diag: NULL if there is no error */
	} rows[] = {
		{HOOK "body = '{\"t\": \"{titel}\"}'",
			"body: {titel} is no placeholder; did you mean {title}?"},
		{HOOK "body = '{\"t\": {title}}'", "body: this is no JSON"},
		{HOOK "body = 'text={title}'", "body: this is no JSON"},
		{HOOK "body = '{\"t\": \"{{title}}\"}'", "a placeholder has single braces"},
		{"type = slack url = http://a.example/ template = '{summary} {zzzzzzzz}'",
			"template: {summary} is no placeholder"},
		{"type = journal template = '{soruce}'",
			"template: {soruce} is no placeholder; did you mean {source}?"},
		{"type = stdout template = '{Title}'",
			"template: {Title} is no placeholder; did you mean {title}?"},
		{"type = stdout template = '{item.title}'",
			"template: {item.title} is no placeholder"},
		{"type = stdout template = 'x {title:50} y'",
			"template: {title:50} is no placeholder"},
		{"type = stdout template = '{ title }'", "template: { title } is no placeholder"},
		{"type = stdout template = ' '", "a message without text"},
		{HOOK "body = '{\"t\": \"{title\"}'", "body: {title is no placeholder"},
		{HOOK "body = 't' headers = 'Content-Type: application/ld+json; charset=utf-8'",
			"body: this is no JSON"},
		{HOOK "body = '{\"q\": \"{ a(b: {title: 1\"}'", NULL}, /* no placeholders */
		{HOOK "headers = 'Webhook-ID: a'",
			"headers: this header is nightdesk's own to set"},
		{HOOK "secret-credential = { }", "secret-credential: this list is empty"},
		{"type = smtp server = smtp://a.example from = a@a.example to = { }",
			"to: this list is empty"},
		{"type = journal template = \"a\\nb\"",
			"template: this must be one line, without tabs"},
		{"type = exec command = /bin/true template = '{title}'",
			"type exec has no key template; it belongs to many others"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct notify_fixture n;

		notify_load(&n, rows[i].keys);
		if (!rows[i].diag) {
			assert_int_equal(n.diags.n, 0);
			notify_unload(&n);
			continue;
		}
		if (n.diags.n != 1 || strcmp(n.diags.v[0].text, rows[i].diag) != 0)
			print_error("%s: %zu: %s\n", rows[i].keys, n.diags.n,
				n.diags.n ? n.diags.v[0].text : "-");
		assert_int_equal(n.diags.n, 1);
		assert_string_equal(n.diags.v[0].text, rows[i].diag);
		notify_unload(&n);
	}
}

/* --- sizes --- */

static struct str repeat(struct sink_fixture *f, const char *part, size_t bytes)
{
	size_t n = strlen(part);
	char *p = arena_alloc(f->arena, bytes + 1);

	for (size_t i = 0; i < bytes; i++)
		p[i] = part[i % n];
	p[bytes] = '\0';
	return str_slice(p, bytes / n * n);
}

static void assert_small_json(const struct sink_fixture *f)
{
	json_t *root = json_loadb(f->request.body.p, f->request.body.n, 0, NULL);

	assert_non_null(root);
	assert_true(utf8_valid(f->request.body));
	assert_true(f->request.body.n <= 20000);
	json_decref(root);
}

static void a_body_stays_under_20_kb(void **state)
{
	static const char *const parts[] = {"x", "\"", "\\", "\x01", "使", "🛰", "e\u0301"};
	struct sink_fixture *f = *state;
	static struct watch_hit hits[256];
	struct alert_change change = {.part = ALERT_CATEGORIES};
	static struct str categories[1000];

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		f->alert.title = f->alert.author = f->alert.item_id = f->alert.feed_title =
			repeat(f, parts[i], 30000);
		f->alert.body = repeat(f, parts[i], ALERT_BODY_MAX);
		f->alert.link = repeat(f, "https://x.example/", 8000);
		for (size_t k = 0; k < 256; k++)
			hits[k] = (struct watch_hit){QUERY_BODY, (uint32_t)(k * 12), 12,
				repeat(f, parts[i], 12), repeat(f, parts[i], 120)};
		f->alert.hits = hits;
		f->alert.n_hits = 256;
		for (size_t k = 0; k < 1000; k++)
			categories[k] = repeat(f, parts[i], 240);
		change.was = change.is = categories;
		change.n_was = change.n_is = 1000;
		f->alert.kind = i % 2 ? ALERT_UPDATED : ALERT_CREATED;
		f->alert.changes = &change;
		f->alert.n_changes = 1;
		assert_int_equal(render(f, HOOK), 0);
		assert_small_json(f);
		assert_non_null(strstr(f->request.body.p, f->alert.id.p));
		f->alert.kind = ALERT_CREATED;
		assert_int_equal(render(f, HOOK "body = '[\"{title}{text}{link}{author}{terms}"
						"{title}{text}{link}{author}{terms}\"]'"),
			0);
		assert_small_json(f);
		arena_clear(f->arena);
	}
}

static void a_digest_that_is_cut_counts_what_it_lost(void **state)
{
	struct sink_fixture *f = *state;
	static struct alert parts[50];
	struct alert_digest digest = {
		.why = ALERT_WHY_FLOOD, .alerts = parts, .n = 50, .left_out = 7};
	json_t *root, *data;

	f->alert.title = repeat(f, "\x01", 200);
	for (size_t i = 0; i < 50; i++)
		parts[i] = f->alert;
	f->alert.kind = ALERT_DIGEST;
	f->alert.digest = &digest;
	assert_int_equal(render(f, HOOK), 0);
	assert_small_json(f);
	root = json_loads(f->request.body.p, 0, NULL);
	data = json_object_get(root, "data");
	assert_int_equal(json_array_size(json_object_get(data, "alerts")) +
				 (size_t)json_integer_value(json_object_get(data, "left_out")),
		57);
	json_decref(root);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			a_rotation_signs_with_both_keys, set_up, sink_fixture_close),
		cmocka_unit_test_setup_teardown(
			an_invalid_key_is_a_configuration_error, set_up, sink_fixture_close),
		cmocka_unit_test_setup_teardown(
			placeholders_are_escaped_for_the_content_type, set_up, sink_fixture_close),
		cmocka_unit_test_setup_teardown(
			a_template_is_escaped_for_its_service, set_up, sink_fixture_close),
		cmocka_unit_test_setup_teardown(
			a_template_of_a_report_has_all_lines, set_up, sink_fixture_close),
		cmocka_unit_test_setup_teardown(
			a_template_of_long_values_fits, set_up, sink_fixture_close),
		cmocka_unit_test(errors_of_templates_are_explained),
		cmocka_unit_test_setup_teardown(
			a_body_stays_under_20_kb, set_up, sink_fixture_close),
		cmocka_unit_test_setup_teardown(
			a_digest_that_is_cut_counts_what_it_lost, set_up, sink_fixture_close),
	};

	return cmocka_run_group_tests_name("sink webhook", tests, NULL, NULL);
}
