/* SPDX-License-Identifier: MIT */
/* Receivers on this machine: a program, a file, the journal. */
#include "lib/unit.h"

#include <jansson.h>

#include "alert/json.h"
#include "lib/sink_fixture.h"
#include "sink/sink.h"

static int set_up(void **state)
{
	struct sink_fixture *f;

	sink_fixture_open(state);
	f = *state;
	f->alert.title = STR("Forged\nMESSAGE=x \x1b[2J \"quoted\" 使馆");
	f->alert.link = STR("https://news.example/a");
	f->alert.body = STR("The embassy moves.\nPRIORITY=0\n");
	f->alert.n_hits = 0;
	return 0;
}

static void render(struct sink_fixture *f, const char *keys)
{
	sink_fixture_configure(f, keys);
	assert_int_equal(sink_fixture_render(f), 0);
}

/* The body is the document of the webhook, on one line. */
static void assert_is_document(const struct sink_fixture *f)
{
	struct buf out;

	buf_init(&out, 1 << 20);
	assert_int_equal(alert_json_write(&f->alert, &out), 0);
	buf_addc(&out, '\n');
	assert_string_equal(f->request.body.p, buf_z(&out));
	assert_null(memchr(f->request.body.p, '\n', f->request.body.n - 1));
	buf_release(&out);
}

static void a_program_gets_the_document(void **state)
{
	struct sink_fixture *f = *state;

	render(f, "type = exec command = { /usr/bin/page, \"--to\", \"a b\" } timeout = 5s");
	assert_int_equal(f->request.transport, SINK_EXEC);
	assert_int_equal(f->request.timeout, 5000);
	assert_int_equal(f->request.n_command, 3);
	assert_true(str_is(f->request.command[2], "a b"));
	assert_int_equal(sink_window(&f->notify.conf->notifies[0]), 8);
	render(f, "type = exec command = /usr/bin/page parallel = 2");
	assert_int_equal(sink_window(&f->notify.conf->notifies[0]), 2);
	assert_is_document(f);
}

static void a_file_gets_a_line(void **state)
{
	struct sink_fixture *f = *state;

	render(f, "type = file path = /var/log/alerts");
	assert_int_equal(f->request.transport, SINK_FILE);
	assert_true(str_is(f->request.path, "/var/log/alerts"));
	assert_int_equal(f->request.mode, 0640);
	assert_true(f->request.sync);
	assert_is_document(f);
	render(f, "type = file path = /a mode = 600 sync = no");
	assert_int_equal(f->request.mode, 0600);
	assert_false(f->request.sync);
}

/* Reads the next field of an entry. Returns false at its end. */
static bool read_field(struct str *rest, struct str *name, struct str *value)
{
	size_t n = 0, length = 0;

	if (rest->n == 0)
		return false;
	while (rest->p[n] != '=' && rest->p[n] != '\n')
		n++;
	*name = str_slice(rest->p, n);
	if (rest->p[n] == '=') {
		const char *end = memchr(rest->p, '\n', rest->n);

		*value = str_slice(rest->p + n + 1, (size_t)(end - rest->p) - n - 1);
	} else {
		for (size_t i = 0; i < 8; i++)
			length |= (size_t)(unsigned char)rest->p[n + 1 + i] << (8 * i);
		*value = str_slice(rest->p + n + 9, length);
		assert_true(n + 9 + length < rest->n);
	}
	assert_int_equal(value->p[value->n], '\n');
	*rest = str_slice(
		value->p + value->n + 1, rest->n - (size_t)(value->p + value->n + 1 - rest->p));
	return true;
}

static void the_journal_gets_fields(void **state)
{
	static const struct {
		const char *name, *value; /* in order; NULL: any */
	} rows[] = {
		{"MESSAGE", "URGENT Embassy relocation: Forged MESSAGE=x [2J \"quoted\" 使馆 "
			    "(The Wire)"},
		{"PRIORITY", "4"},
		{"SYSLOG_IDENTIFIER", "nightdesk"},
		{"MESSAGE_ID", "d7c8dc29e0cb420191fe520176291d66"},
		{"NIGHTDESK_ID", "al_abcdefghijklmnopqrstuvwxyz"},
		{"NIGHTDESK_TYPE", "alert.created"},
		{"NIGHTDESK_PRIORITY", "urgent"},
		{"NIGHTDESK_WATCH", "embassy-relocation"},
		{"NIGHTDESK_FEED", "wire"},
		{"NIGHTDESK_SOURCE", "wire.example"},
		{"NIGHTDESK_TITLE", "Forged\nMESSAGE=x \x1b[2J \"quoted\" 使馆"},
		{"NIGHTDESK_LINK", "https://news.example/a"},
		{"NIGHTDESK_TEXT", NULL},
		{"NIGHTDESK_DOCUMENT", NULL},
	};
	struct sink_fixture *f = *state;
	struct str rest, name, value;
	size_t n = 0;

	render(f, "type = journal");
	assert_int_equal(f->request.socket, SINK_UNIX_DGRAM);
	assert_true(f->request.memfd);
	for (rest = f->request.body; read_field(&rest, &name, &value); n++) {
		assert_true(n < sizeof(rows) / sizeof(rows[0]));
		if (!str_is(name, rows[n].name) || (rows[n].value && !str_is(value, rows[n].value)))
			print_error("%.*s=%.*s\n", STR_ARG(name), STR_ARG(value));
		assert_true(str_is(name, rows[n].name));
		assert_true(!rows[n].value || str_is(value, rows[n].value));
	}
	assert_int_equal(n, sizeof(rows) / sizeof(rows[0]));
}

static void an_exit_status_is_judged(void **state)
{
	static const struct {
		long status;
		enum err_class error;
		enum sink_verdict_kind kind;
		const char *answer;
	} rows[] = {
		{0, ERR_NONE, SINK_DELIVERED, "exit status 0"},
		{1, ERR_NONE, SINK_TROUBLE, "exit status 1: no modem"},
		{64, ERR_NONE, SINK_TROUBLE, "exit status 64: no modem"},
		{65, ERR_NONE, SINK_BAD, "exit status 65, data error: no modem"},
		{67, ERR_NONE, SINK_BAD, "exit status 67, addressee unknown: no modem"},
		{75, ERR_NONE, SINK_TROUBLE, "exit status 75, temporary failure: no modem"},
		{255, ERR_NONE, SINK_TROUBLE, "exit status 255: no modem"},
		{0, ERR_TEMP, SINK_TROUBLE, "it hangs"},
	};
	struct sink_fixture *f = *state;

	render(f, "type = exec command = /bin/true");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct sink_answer a = {.status = rows[i].status,
			.error = rows[i].error,
			.error_text = STR("it hangs"),
			.retry_after = -1,
			.body = STR("no modem\nmore")};
		struct sink_verdict v;

		sink_judge(&f->notify.conf->notifies[0], &a, f->arena, &v);
		assert_int_equal(v.kind, rows[i].kind);
		assert_true(str_is(v.answer, rows[i].answer));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			a_program_gets_the_document, set_up, sink_fixture_close),
		cmocka_unit_test_setup_teardown(a_file_gets_a_line, set_up, sink_fixture_close),
		cmocka_unit_test_setup_teardown(
			the_journal_gets_fields, set_up, sink_fixture_close),
		cmocka_unit_test_setup_teardown(
			an_exit_status_is_judged, set_up, sink_fixture_close),
	};

	return cmocka_run_group_tests_name("sink local", tests, NULL, NULL);
}
