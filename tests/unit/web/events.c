/* SPDX-License-Identifier: MIT */
/* What streams of events read: new and changed alerts, and what one client has missed. */
#include "lib/unit.h"

#include "alert/json.h"
#include "lib/store_fixture.h"
#include "web/event_look.h"
#include "web/event_resume.h"

#define ALERTS 600

/* n alerts; each has the number of its row in its id. */
static void raise_titled(struct store_fixture *f, int from, int n, struct str title)
{
	int64_t item = make_stored_item(f, from == 1 ? "1" : "2"), row;
	const struct store_plan plan = {.notify = STR("desk"), .due_at = 5};
	char id[16];

	assert_int_equal(store_begin(f->store, &f->e), 0);
	for (int i = from; i < from + n; i++) {
		const int length = snprintf(id, sizeof(id), "al_%d", i);
		const struct alert a = {.id = str_slice(id, (size_t)length),
			.title = title,
			.watch = STR("w"),
			.created = 5,
			.published = STAMP_NONE,
			.fetched = STAMP_NONE};
		const struct store_raise r = {.alert = &a,
			.item = item,
			.edition = (uint64_t)i,
			.plans = &plan,
			.n_plans = 1};

		assert_int_equal(store_alert_raise(f->store, &r, &row, &f->e), 0);
		assert_int_equal(row, i);
	}
	assert_int_equal(store_commit(f->store, &f->e), 0);
}

static void raise_alerts(struct store_fixture *f, int from, int n)
{
	raise_titled(f, from, n, STR("Sirens in the harbour"));
}

/* Events of the text that have an id; *first and *last: numbers of those. */
static int count_fresh(struct str text, int *first, int *last)
{
	int n = 0;

	for (const char *p = text.p; (p = strstr(p, "id: al_")) != NULL; p++) {
		*last = (int)strtol(p + strlen("id: al_"), NULL, 10);
		if (n++ == 0)
			*first = *last;
	}
	return n;
}

static int count_events(const struct buf *b)
{
	int n = 0;

	for (const char *p = buf_z(b); (p = strstr(p, "event: alert\n")) != NULL; p++)
		n++;
	return n;
}

static void a_client_gets_what_it_has_missed_in_pieces(void **state)
{
	struct store_fixture *f = *state;
	struct event_resume r;
	int next = 301, pieces = 0, all = 0, first = 0, last = 0;

	raise_alerts(f, 1, ALERTS);
	event_resume_init(&r, STR("al_300"), -1);
	do {
		int n;

		assert_int_equal(event_resume_run(&r, f->store, &f->e), 0);
		assert_true(r.text.len < (size_t)32 * 1024);
		all += count_events(&r.text);
		n = count_fresh(buf_str(&r.text), &first, &last);
		if (n > 0) {
			assert_int_equal(first, next);
			assert_int_equal(last, next + n - 1);
			next = last + 1;
		}
		/* A piece that was not sent comes again. */
		if (pieces++ == 2) {
			assert_int_equal(event_resume_run(&r, f->store, &f->e), 0);
			assert_int_equal(count_fresh(buf_str(&r.text), &first, &last), n);
			assert_int_equal(last, next - 1);
		}
		event_resume_accept(&r);
	} while (r.more);
	assert_int_equal(next, ALERTS + 1);
	assert_int_equal(all, ALERTS - 300 + EVENT_RESUME_REPEAT);
	assert_int_equal(r.row, ALERTS);
	assert_true(pieces > 3);
	event_resume_release(&r);
}

static void who_has_missed_too_much_must_load_all(void **state)
{
	struct store_fixture *f = *state;
	static const char *const after[] = {"al_50", "al_9999", "none"};
	struct event_resume r;

	raise_alerts(f, 1, ALERTS);
	for (size_t i = 0; i < sizeof(after) / sizeof(*after); i++) {
		event_resume_init(&r, str_of(after[i]), -1);
		for (int again = 0; again < 2; again++) {
			assert_int_equal(event_resume_run(&r, f->store, &f->e), 0);
			assert_string_equal(buf_z(&r.text), "event: reset\ndata: {}\n\n");
		}
		event_resume_accept(&r);
		assert_int_equal(event_resume_run(&r, f->store, &f->e), 0);
		assert_int_equal(r.text.len, 0);
		assert_int_equal(r.row, ALERTS);
		event_resume_release(&r);
	}
}

static void a_look_finds_what_is_new_and_what_has_changed(void **state)
{
	struct store_fixture *f = *state;
	struct store *reader;
	struct event_look l;

	raise_alerts(f, 1, 3);
	assert_int_equal(store_open(&reader, f->path, STORE_READ, &f->e), 0);
	event_look_init(&l);
	assert_int_equal(event_look_run(&l, reader, &f->e), 0);
	assert_int_equal(l.n_parts, 0); /* what is there before the first look is old */
	raise_alerts(f, 4, 60);
	assert_int_equal(event_look_run(&l, reader, &f->e), 0);
	assert_int_equal(l.n_parts, EVENT_LOOK_NEW_MAX);
	assert_true(l.more && l.parts[0].fresh && l.parts[0].row == 4);
	assert_int_equal(event_look_run(&l, reader, &f->e), 0);
	assert_int_equal(l.n_parts, 10);
	assert_false(l.more);
	assert_int_equal(event_look_run(&l, reader, &f->e), 0);
	assert_int_equal(l.n_parts, 0);
	assert_int_equal(
		store_delivery_update(f->store, 2, STORE_DELIVERED, 0, 9, STR("HTTP 204"), &f->e),
		0);
	assert_int_equal(event_look_run(&l, reader, &f->e), 0);
	assert_int_equal(l.n_parts, 1);
	assert_true(!l.parts[0].fresh && l.parts[0].row == 2);
	assert_null(strstr(buf_z(&l.text), "id: "));
	event_look_release(&l);
	store_close(reader);
}

/* Otherwise one alert could end all streams, or keep later ones from them. */
static void a_huge_title_is_cut(void **state)
{
	enum { TITLE = 250 * 1024, N = 40 };
	struct store_fixture *f = *state;
	struct event_resume r;
	struct event_look l;
	char *title = malloc(TITLE);
	int first, last;

	memset(title, 'x', TITLE);
	event_look_init(&l);
	assert_int_equal(event_look_run(&l, f->store, &f->e), 0);
	l.newest = 0; /* as if there had been an alert */
	raise_titled(f, 1, N, str_slice(title, TITLE));
	l.version = -1; /* that of this connection does not change by its own writes */
	assert_int_equal(event_look_run(&l, f->store, &f->e), 0);
	assert_int_equal(l.n_parts, N);
	assert_in_range(l.text.len, N * 1000, N * (ALERT_JSON_MAX + 100));
	event_look_release(&l);
	event_resume_init(&r, STR_NONE, 0);
	assert_int_equal(event_resume_run(&r, f->store, &f->e), 0);
	assert_true(count_fresh(buf_str(&r.text), &first, &last) > 0);
	event_resume_release(&r);
	free(title);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, store_fixture_open, store_fixture_close)
		TEST(a_client_gets_what_it_has_missed_in_pieces),
		TEST(who_has_missed_too_much_must_load_all),
		TEST(a_look_finds_what_is_new_and_what_has_changed),
		TEST(a_huge_title_is_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
