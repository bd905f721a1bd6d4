/* SPDX-License-Identifier: MIT */
/* Foreign text that repeats our secrets, in every disguise, and text that does not. */
#include "lib/unit.h"

#include "base/redact.h"

#define HOOK "https://hooks.example/services/T0Q9/B1+Z%2F7/sesame-Xy12?wait=1&key=q-w_e.rt9"

static const struct {
	const char *text, *shown;
} of_address[] = {
	{"no such hook", "no such hook"},
	{"POST " HOOK " failed", "POST https://hooks.example/services*** failed"},
	{"Cannot POST /services/T0Q9/B1+Z%2F7/sesame-Xy12?wait=1&key=q-w_e.rt9",
		"Cannot POST /services***"},
	{"<p>/services/T0Q9/B1+Z/7/sesame-Xy12</p>", "<p>/services***</p>"},
	{"<a href=\"&#x2F;services&#47;T0Q9/B1&#43;Z%2f7\">", "<a href=\"&#x2F;services***\">"},
	{"{\"path\":\"\\/services\\/T0Q9\\/B1\\u002bZ%2F7\\/sesame-Xy12\"}",
		"{\"path\":\"\\/services***\"}"},
	{"%2Fservices%2FT0Q9%2FB1%2BZ%252F7%2Fsesame-Xy12", "%2Fservices***"},
	{"%252Fservices%252FT0Q9%252FB1", "%252Fservices***"},
	{"/SERVICES/t0q9/b1", "/SERVICES***"},
	{"the token sesame-Xy12 is unknown", "the token *** is unknown"},
	{"hook 'sesame' is gone", "hook '***' is gone"},
	{"team t0q9 is gone", "team *** is gone"},
	{"key was q-w_e.rt9", "key was ***"},
	{"...ices/T0Q9/B1+Z%2F7/sesa", "...ices***"},
	{"&amp;key=q-w_e.rt9", "***"},
	{"L3NlcnZpY2VzL1QwUTkvQjErWiUyRjcvc2VzYW1l", "L3NlcnZpY2Vz***"}, /* of the path */
	{"service unavailable, wait", "service unavailable, wait"},
	{"no_service", "no_service"},
	{"HTTP 404", "HTTP 404"},
	{"", ""},
};

static char *shown(const struct redact *r, const char *text)
{
	static char out[1024];

	snprintf(out, sizeof(out), "%s", text);
	redact_z(r, out);
	return out;
}

static void an_address_is_taken_out(void **state)
{
	struct redact r = {0};

	(void)state;
	redact_add(&r, STR(HOOK "\n"));
	for (size_t i = 0; i < sizeof(of_address) / sizeof(of_address[0]); i++)
		assert_string_equal(shown(&r, of_address[i].text), of_address[i].shown);
	redact_release(&r);
	assert_string_equal(shown(&r, "sesame-Xy12"), "sesame-Xy12");
}

static const struct {
	const char *text, *shown;
} of_login[] = {
	{"535 wrong password hunter2 of desk", "535 wrong password *** of desk"},
	{"HUNTER2", "***"},
	{"hunter2hunter2", "***"},
	{"Authorization: Basic ZGVzazpodW50ZXIy", "Authorization: Basic ***"},
	{"AUTH PLAIN AGRlc2sAaHVudGVyMg==", "AUTH PLAIN AGRlc2sA***g=="},
	{"aHVudGVyMg==", "***g=="},
	{"hunter", "hunter"},
	{"desk", "desk"},
};

static void a_login_is_taken_out(void **state)
{
	struct redact r = {0};

	(void)state;
	redact_add_login(&r, STR("desk"), STR("hunter2"));
	for (size_t i = 0; i < sizeof(of_login) / sizeof(of_login[0]); i++)
		assert_string_equal(shown(&r, of_login[i].text), of_login[i].shown);
	redact_release(&r);
	redact_add_login(&r, STR("desk"), STR("pw"));
	assert_string_equal(shown(&r, "not pw! pwd"), "not **! pwd");
	redact_release(&r);
}

static void headers_are_secret_by_their_names(void **state)
{
	struct redact r = {0};

	(void)state;
	redact_add_header(&r, STR("Authorization: Bearer abc.def.123"));
	redact_add_header(&r, STR("X-Api-Key: k1k2k3k4"));
	redact_add_header(&r, STR("Accept: application/xml"));
	redact_add_header(&r, STR("User-Agent: nightdesk"));
	assert_string_equal(shown(&r, "Bearer abc.def.123, k1k2k3k4, application/xml"),
		"Bearer ***, ***, application/xml");
	redact_release(&r);
}

static const struct {
	const char *url, *shown;
} urls[] = {
	{"https://a.example/rss", "https://a.example/rss"},
	{"https://a.example/rss?token=abc123&n=5#x", "https://a.example/rss?token=***&n=5#x"},
	{"https://a.example/?n=5&api_key=x;sig=y", "https://a.example/?n=5&api_key=***;sig=***"},
	{"https://u:p@a.example/rss", "https://***@a.example/rss"},
	{"https://u@a.example", "https://***@a.example"},
	{"https://a.example/u:p@b?Access_Token=z", "https://a.example/u:p@b?Access_Token=***"},
	{"https://a.example/?X-Amz-Signature=0&key2=1#auth=2",
		"https://a.example/?X-Amz-Signature=***&key2=***#auth=***"},
	{"https://a.example/?keyword=war&author=me&key=",
		"https://a.example/?keyword=war&author=me&key="},
	{"/moved?token=abc", "/moved?token=***"},
	{"credential:wire", "credential:wire"},
	{"", ""},
};

static void tokens_are_not_shown(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(urls) / sizeof(urls[0]); i++) {
		struct buf out;

		buf_init(&out, 1000);
		redact_show_url(&out, str_of(urls[i].url));
		assert_string_equal(buf_z(&out), urls[i].shown);
		buf_release(&out);
	}
}

static void tokens_of_plain_addresses_are_taken_out(void **state)
{
	struct redact r = {0};

	(void)state;
	redact_add_tokens(&r, STR("https://u:hunter2@a.example/rss/one?n=5&token=abc123"));
	assert_string_equal(
		shown(&r, "/rss/one?n=5&token=abc123, hunter2"), "/rss/one?n=5&token=***, ***");
	redact_release(&r);
	redact_add_tokens(&r, STR("https://u%3A:hunt%40er%2@a.example/"));
	assert_string_equal(shown(&r, "Basic dTo6aHVudEBlciUy"), "Basic ***");
	assert_string_equal(shown(&r, "hunt%40er%2, hunt@er%2"), "***, ***");
	redact_release(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_address_is_taken_out),
		cmocka_unit_test(a_login_is_taken_out),
		cmocka_unit_test(headers_are_secret_by_their_names),
		cmocka_unit_test(tokens_are_not_shown),
		cmocka_unit_test(tokens_of_plain_addresses_are_taken_out),
	};

	return cmocka_run_group_tests_name("base redact", tests, NULL, NULL);
}
