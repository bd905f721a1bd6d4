/* SPDX-License-Identifier: MIT */
/* Evidence of an alert: the versions of its item and their documents; the canonical text. */
#include "lib/unit.h"

#include "base/digest.h"
#include "document/evidence.h"
#include "lib/store_fixture.h"
#include "store/documents.h"

#define VERSIONS (STORE_REVISIONS_MAX + 5)

/* Version n comes with a document of its own, n minutes after T0, and is stored a second later. */
static int64_t put_titled(struct store_fixture *f, int64_t feed, int n, const char *title)
{
	struct feed_item i = make_item("1", "http://a.example/1", title, "text");
	struct feed_batch b = make_batch(&i, 1);
	struct store_item state;
	int64_t now = n * CLOCK_MINUTE + CLOCK_SECOND;
	struct store_lookup l = {
		.feed = feed, .batch = &b, .now = now, .items = &state, .arena = f->arena};
	struct store_document d = {.asked = n * CLOCK_MINUTE - 1,
		.fetched = n * CLOCK_MINUTE,
		.bytes = n,
		.sha256 = {(uint8_t)n},
		.origin = STR(
			"url http://a.example/feed\nurl http://a.example/moved\npeer 192.0.2.1\n"
			"issuer /CN=x\ncertificate 00ff\ndate: Mon, 1 Jan\netag: \"a: b\"\n"
			"no line of ours\n")};

	assert_int_equal(store_begin(f->store, &f->e), 0);
	assert_int_equal(store_items_known(f->store, &l, &f->e), 0);
	assert_int_equal(store_document_add(f->store, feed, &d, 1, &state.document, &f->e), 0);
	assert_int_equal(store_item_put(f->store, feed, &i, now, &state, &f->e), 0);
	assert_int_equal(store_items_touch(f->store, &l, &f->e), 0);
	assert_int_equal(store_commit(f->store, &f->e), 0);
	return state.id;
}

static int64_t put_version(struct store_fixture *f, int64_t feed, int n)
{
	char title[32];

	snprintf(title, sizeof(title), "version %d", n);
	return put_titled(f, feed, n, title);
}

static void raise_alert(struct store_fixture *f, const char *id, int64_t item, const char *text)
{
	struct alert a = {.id = str_of(id),
		.watch = STR("w"),
		.title = str_of(text),
		.feed = STR("a"),
		.published = STAMP_NONE,
		.fetched = STAMP_NONE};
	const struct store_raise r = {.alert = &a, .item = item};
	int64_t row;

	assert_int_equal(store_begin(f->store, &f->e), 0);
	assert_int_equal(store_alert_raise(f->store, &r, &row, &f->e), 0);
	assert_int_equal(store_commit(f->store, &f->e), 0);
}

static json_t *read_evidence(struct store_fixture *f, const char *id)
{
	json_t *o;

	assert_int_equal(document_evidence_read(f->store, str_of(id), &o, &f->e), 0);
	return o;
}

static const char *text_of(const json_t *o, const char *key)
{
	const char *text = json_string_value(json_object_get(o, key));

	return text ? text : "(none)";
}

static void each_version_has_its_document_and_a_time(void **state)
{
	struct store_fixture *f = *state;
	int64_t feed = make_feed(f, "a", 0), item = 0;
	json_t *o, *versions, *documents, *d;

	for (int n = 1; n <= 3; n++)
		item = put_version(f, feed, n);
	raise_alert(f, "al_1", item, "version 3");
	o = read_evidence(f, "al_1");
	versions = json_object_get(json_object_get(o, "item"), "versions");
	documents = json_object_get(o, "documents");
	assert_int_equal(json_array_size(versions), 3);
	assert_int_equal(json_array_size(documents), 3);
	for (size_t k = 0; k < 3; k++) {
		json_t *v = json_array_get(versions, k);

		assert_int_equal(json_integer_value(json_object_get(v, "document")), k + 1);
		d = json_array_get(documents, k);
		assert_int_equal(json_integer_value(json_object_get(d, "bytes")), k + 1);
		if (k > 0)
			assert_string_equal(text_of(v, "from"),
				text_of(json_array_get(versions, k - 1), "until"));
	}
	assert_string_equal(text_of(json_array_get(versions, 0), "from"), "1970-01-01T00:01:01Z");
	assert_string_equal(text_of(json_array_get(versions, 2), "until"), "(none)");
	assert_true(
		json_is_false(json_object_get(json_object_get(o, "item"), "versions_left_out")));
	d = json_array_get(documents, 0);
	assert_int_equal(json_array_size(json_object_get(d, "urls")), 2);
	assert_string_equal(text_of(json_object_get(d, "server"), "address"), "192.0.2.1");
	assert_string_equal(text_of(json_object_get(d, "certificate"), "sha256"), "00ff");
	assert_string_equal(text_of(json_object_get(d, "headers"), "etag"), "\"a: b\"");
	assert_int_equal(json_object_size(json_object_get(d, "headers")), 2);
	json_decref(o);
}

static void a_gap_between_versions_is_said(void **state)
{
	struct store_fixture *f = *state;
	int64_t feed = make_feed(f, "a", 0), item = 0;
	json_t *o, *versions;

	for (int n = 1; n <= VERSIONS; n++)
		item = put_version(f, feed, n);
	raise_alert(f, "al_1", item, "x");
	o = read_evidence(f, "al_1");
	versions = json_object_get(json_object_get(o, "item"), "versions");
	assert_int_equal(json_array_size(versions), STORE_REVISIONS_MAX + 1);
	assert_true(json_is_true(json_object_get(json_object_get(o, "item"), "versions_left_out")));
	assert_string_equal(text_of(json_array_get(versions, 0), "title"), "version 1");
	assert_string_equal(text_of(json_array_get(versions, 0), "until"), "1970-01-01T00:02:01Z");
	/* The first four after it are deleted: it begins with its document. */
	assert_string_equal(text_of(json_array_get(versions, 1), "title"), "version 6");
	assert_string_equal(text_of(json_array_get(versions, 1), "from"), "1970-01-01T00:06:00Z");
	json_decref(o);
}

static void the_text_is_canonical_and_has_its_digest(void **state)
{
	static const char end[] = "\"sha256\":\"";
	struct store_fixture *f = *state;
	uint8_t hash[SHA256_SIZE];
	struct buf text, hex;
	json_t *o, *again;

	raise_alert(f, "al_1", make_stored_item(f, "1"), "a\x7f\tb \"c\" \xe2\x80\xa8");
	buf_init(&text, 1 << 20);
	buf_init(&hex, 100);
	o = read_evidence(f, "al_1");
	assert_int_equal(document_evidence_write(o, &text), 0);
	assert_null(strchr(buf_z(&text), '\x7f'));
	assert_non_null(strstr(buf_z(&text), "a\xe2\x90\xa1\\tb \\\"c\\\" \xe2\x80\xa8"));
	again = json_loadb(buf_z(&text), text.len, JSON_REJECT_DUPLICATES, NULL);
	assert_non_null(again);
	assert_int_equal(json_object_del(again, "digest"), 0);
	{
		char *dump = json_dumps(again, JSON_COMPACT | JSON_SORT_KEYS);

		assert_true(digest_sha256(str_of(dump), hash));
		free(dump);
	}
	digest_hex(&hex, hash, sizeof(hash));
	assert_non_null(strstr(strstr(buf_z(&text), end), buf_z(&hex)));
	json_decref(again);
	json_decref(o);
	buf_release(&text);
	buf_release(&hex);
}

static void no_alert_no_evidence(void **state)
{
	struct store_fixture *f = *state;
	struct buf small;
	json_t *o;

	assert_null(read_evidence(f, "al_none"));
	raise_alert(f, "al_1", make_stored_item(f, "1"), "x");
	o = read_evidence(f, "al_1");
	buf_init(&small, 50);
	assert_int_equal(document_evidence_write(o, &small), -(int)ERR_LIMIT);
	buf_release(&small);
	json_decref(o);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(each_version_has_its_document_and_a_time,
			store_fixture_open, store_fixture_close),
		cmocka_unit_test_setup_teardown(
			a_gap_between_versions_is_said, store_fixture_open, store_fixture_close),
		cmocka_unit_test_setup_teardown(the_text_is_canonical_and_has_its_digest,
			store_fixture_open, store_fixture_close),
		cmocka_unit_test_setup_teardown(
			no_alert_no_evidence, store_fixture_open, store_fixture_close),
	};

	return cmocka_run_group_tests_name("document evidence", tests, NULL, NULL);
}
