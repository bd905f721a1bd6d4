/* SPDX-License-Identifier: MIT */
/*
 * Messages made with the n-th allocation failing, for every n: each is refused for a lack of memory
 * or complete, never sent without a part of it.
 */
#include "lib/unit.h"

#include "lib/memory.h"
#include "lib/sink_fixture.h"

static const char *const blocks[] = {
	"type = webhook url = https://hook.example/",
	"type = webhook url = https://hook.example/ body = '{\"a\": \"{title} {text}\"}'",
	"type = slack url = https://hook.example/",
	"type = slack url = https://hook.example/ template = '{title} {text} {link}'",
	"type = smtp server = smtp://127.0.0.1 from = a@example.org to = b@example.org",
	"type = syslog",
	"type = syslog server = tcp://127.0.0.1:601",
	"type = journal",
	"type = exec command = /usr/bin/page",
	"type = file path = /var/log/alerts",
	"type = stdout",
};

static void check_block(struct sink_fixture *f, struct str whole)
{
	memory = (struct memory){.width = 1};
	do {
		int rc;

		arena_free(f->arena);
		f->arena = arena_new(8 << 20);
		memory.at++;
		memory.count = 0;
		memory.fired = false;
		memory.armed = true;
		rc = sink_fixture_render(f);
		memory.armed = false;
		if (rc)
			assert_int_equal(f->err.cls, ERR_NOMEM);
		else if (!str_eq(f->request.body, whole))
			fail_msg("allocation %ld is missing in: %.*s", memory.at,
				STR_ARG(f->request.body));
	} while (memory.fired);
	assert_true(memory.at > 1);
}

static void check_configured(struct sink_fixture *f)
{
	struct buf whole;

	buf_init(&whole, 1 << 20);
	assert_int_equal(sink_fixture_render(f), 0);
	buf_adds(&whole, f->request.body);
	check_block(f, buf_str(&whole));
	buf_release(&whole);
}

static void no_message_lacks_a_part(void **state)
{
	struct sink_fixture *f = *state;

	f->alert.n_hits = 0; /* a passage without memory for its marks has none, on purpose */
	for (size_t i = 0; i < sizeof(blocks) / sizeof(blocks[0]); i++) {
		sink_fixture_configure(f, blocks[i]);
		check_configured(f);
	}
	for (size_t i = 0; sinks[i]; i++) {
		sink_fixture_configure_type(f, sinks[i]);
		check_configured(f);
	}
}

static void no_edit_lacks_a_part(void **state)
{
	static const struct str was = STR("Before"), is = STR("After");
	static const struct alert_change change = {ALERT_TITLE, &was, &is, 1, 1};
	struct sink_fixture *f = *state;

	f->alert.kind = ALERT_UPDATED;
	f->alert.changes = &change;
	f->alert.n_changes = 1;
	no_message_lacks_a_part(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			no_message_lacks_a_part, sink_fixture_open, sink_fixture_close),
		cmocka_unit_test_setup_teardown(
			no_edit_lacks_a_part, sink_fixture_open, sink_fixture_close),
	};

	return cmocka_run_group_tests_name("fault sink", tests, NULL, NULL);
}
