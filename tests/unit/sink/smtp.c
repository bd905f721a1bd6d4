/* SPDX-License-Identifier: MIT */
/* Requirements on the connection to a mail server, and who gets a mail. */
#include "lib/unit.h"

#include "lib/sink_fixture.h"

#define MAIL	"type = smtp server = smtp://mail.example:587 from = nightdesk@news.example "
#define SENT_TO MAIL "to = a@x.org"
#define LOCAL	"type = smtp server = smtp://127.0.0.2 from = n@x.org to = a@x.org"

static void a_login_requires_encryption_by_default(void **state)
{
	static const struct {
		const char *keys;
		bool required, off, any_certificate;
	} rows[] = {
		{SENT_TO, 1, 0, 0},
		{LOCAL, 0, 0, 1},
		{"type = smtp server = \"smtp://[::1]:25\" from = n@x.org to = a@x.org", 0, 0, 1},
		{SENT_TO " starttls = required", 1, 0, 0},
		{SENT_TO " starttls = off", 0, 1, 1},
		{SENT_TO " user = u password-credential = p", 1, 0, 0},
		{SENT_TO " user = u password-credential = p starttls = opportunistic", 0, 0, 0},
		{"type = smtp server = smtps://x.org from = n@x.org to = a@x.org", 1, 0, 0},
	};
	struct sink_fixture *f = *state;

	sink_fixture_set_secret(f, "p", STR("hunter2"));
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		sink_fixture_configure(f, rows[i].keys);
		assert_int_equal(sink_fixture_render(f), 0);
		assert_int_equal(f->request.starttls_required, rows[i].required);
		assert_int_equal(f->request.starttls_off, rows[i].off);
		assert_int_equal(f->request.any_certificate, rows[i].any_certificate);
		assert_int_equal(str_is(f->request.password, "hunter2"), i == 5 || i == 6);
	}
}

static void recipients_that_accepted_a_mail_are_skipped(void **state)
{
	static const struct {
		const char *served, *left;
	} rows[] = {
		{NULL, "a@x.org aa@x.org b@x.org"},
		{"aa@x.org", "a@x.org b@x.org"},
		{"gone@x.org a@x.org", "aa@x.org b@x.org"},
		{"b@x.org aa@x.org a@x.org", ""},
	};
	struct sink_fixture *f = *state;

	sink_fixture_configure(f, MAIL "to = { a@x.org, aa@x.org, b@x.org }");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char left[100] = "";

		f->served = str_of(rows[i].served);
		assert_int_equal(sink_fixture_render(f), 0);
		for (size_t k = 0; k < f->request.n_to; k++)
			snprintf(left + strlen(left), sizeof(left) - strlen(left), "%s%.*s",
				k ? " " : "", STR_ARG(f->request.to[k]));
		assert_string_equal(left, rows[i].left);
		assert_int_equal(f->request.needless, !rows[i].left[0]);
		assert_non_null(strstr(
			f->request.body.p, "To: <a@x.org>,\r\n <aa@x.org>,\r\n <b@x.org>\r\n"));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_login_requires_encryption_by_default,
			sink_fixture_open, sink_fixture_close),
		cmocka_unit_test_setup_teardown(recipients_that_accepted_a_mail_are_skipped,
			sink_fixture_open, sink_fixture_close),
	};

	return cmocka_run_group_tests_name("sink smtp", tests, NULL, NULL);
}
