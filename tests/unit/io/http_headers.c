/* SPDX-License-Identifier: MIT */
/* Headers of answers as curl returns them. */
#include "lib/unit.h"

#include "lib/io_server.h"

#include "io/http_headers.h"

#define DATE	"Date: Mon, 14 Feb 2022 18:00:00 GMT\r\n"
#define EXPIRES "Expires: Mon, 14 Feb 2022 18:10:00 GMT\r\n"
#define SENT	INT64_C(1644861600000) /* DATE */
#define NOW	INT64_C(1644861900000) /* 2022-02-14 18:05 */

/* Headers of an answer, how long it stays fresh in ms, and what time it is there. */
static const struct {
	const char *headers;
	int64_t fresh, date;
} rows[] = {
	{"", -1, 0},
	{"Cache-Control: max-age=3600\r\nAge: 3500\r\n", 100000, 0},
	{"Cache-Control: max-age=60\r\nAge: 3500\r\n", 0, 0},
	{"Cache-Control: max-age=60\r\nAge: old\r\n", 60000, 0},
	{"Cache-Control: no-cache, max-age=315360000\r\n", -1, 0},
	{"Cache-Control: max-age=600\r\nCache-Control: No-Store\r\n", -1, 0},
	{"Cache-Control: max-age=600\r\nCache-Control: public\r\n", 600000, 0},
	{"Cache-Control: no-cache=\"Set-Cookie\", max-age=600\r\n", 600000, 0},
	{"Cache-Control: no-cache\r\n" DATE EXPIRES, -1, SENT},
	{"Cache-Control: max-age=0\r\n" DATE EXPIRES, 0, SENT},
	{"Cache-Control: max-age=x\r\n" DATE EXPIRES, -1, SENT},
	{DATE EXPIRES "Age: 60\r\n", 540000, SENT + 60000},
	{EXPIRES, 300000, 0},
	{DATE "Expires: Mon, 14 Feb 2022 17:00:00 GMT\r\n", 0, SENT},
	{DATE "Expires: 0\r\n", -1, SENT},
	{DATE "Age: -60\r\n", -1, SENT},
	{"Date: now\r\n", -1, 0},
	/* As RFC 9110 §5.6.7 has them, and as some write them. */
	{"Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n", -1, INT64_C(784111777000)},
	{"Date: Sunday, 06-Nov-94 08:49:37 GMT\r\n", -1, INT64_C(784111777000)},
	{"Date: Sun Nov  6 08:49:37 1994\r\n", -1, INT64_C(784111777000)},
	{"Date: Sun, 06 Nov 1994 08:49:37 EST\r\n", -1, INT64_C(784129777000)},
	{"Date: Sun, 06 Nob 1994 08:49:37 GMT\r\n", -1, 0},
	{"Date: Thu, 29 Feb 2024 23:59:60 GMT\r\n", -1, INT64_C(1709251200000)},
	{"Date: Thu, 31 Dec 2026 23:59:59 GMT\r\n", -1, INT64_C(1798761599000)},
	{"Date: Sun, 0x Nov 1994 08:49:37 GMT\r\n", -1, 0},
	{"Date: Thu, 01 Jan 1970 00:00:00 GMT\r\n", -1, 0},
};

static const char *headers; /* of the answer */

static void answer_headers(struct server *s, int fd, char *request)
{
	(void)s;
	(void)request;
	server_say(fd, "HTTP/1.1 200 OK\r\n");
	server_say(fd, headers);
	server_say(fd, "Content-Length: 0\r\nConnection: close\r\n\r\n");
}

static void freshness_and_date_are_read(void **state)
{
	static struct server s;
	char url[64];

	(void)state;
	server_start(&s, answer_headers);
	snprintf(url, sizeof(url), "http://127.0.0.1:%u/", s.port);
	for (size_t row = 0; row < sizeof(rows) / sizeof(rows[0]); row++) {
		CURL *easy = curl_easy_init();
		int64_t fresh;

		headers = rows[row].headers;
		curl_easy_setopt(easy, CURLOPT_URL, url);
		curl_easy_setopt(easy, CURLOPT_PROXY, "");
		assert_int_equal(curl_easy_perform(easy), CURLE_OK);
		fresh = http_headers_freshness(easy, NOW);
		if (fresh != rows[row].fresh)
			fail_msg("%s: %lld", rows[row].headers, (long long)fresh);
		assert_int_equal(http_headers_date(easy), rows[row].date);
		curl_easy_cleanup(easy);
	}
	server_stop(&s);
}

static void retry_after_is_a_number_or_a_date(void **state)
{
	static const struct {
		const char *headers;
		int64_t retry;
	} t[] = {
		{"", -1},
		{"Retry-After: 120\r\n", 120000},
		{"Retry-After: 120.5\r\n", 121000},
		{"Retry-After: 120.0\r\n", 120000},
		{"Retry-After: 0.65\r\n", 1000},
		{"Retry-After: .5\r\n", -1},
		{"Retry-After: 120s\r\n", 120000},
		{"Retry-After: 120 seconds\r\n", 120000},
		{"Retry-After: 5 minutes\r\n", -1},
		{"Retry-After: -1\r\n", -1},
		{"Retry-After: 15 Feb 2022 17:05:00 GMT\r\n", 82800000},
		{"Retry-After: 99999999999999999999\r\n", 86400000},
		{"Retry-After: 0\r\n", 0},
		{"Retry-After: 1644861960\r\n", 60000},
		{"Retry-After: 1644861840\r\n", 0},
		{"Retry-After: 999999999\r\n", 86400000},
		{"Retry-After:   30  \r\n", 30000},
		{"Retry-After: +30\r\n", -1},
		{"Retry-After: 0x10\r\n", -1},
		{"Retry-After: later\r\n", -1},
		{"Retry-After: \xff\xfe\r\n", -1},
		{"Retry-After: 1 2\r\n", -1},
		{"Retry-After:\r\n", -1},
		{"Retry-After: Mon, 14 Feb 2022 17:05:00 GMT\r\n", 0},
		{"Retry-After: Monday, 14-Feb-22 18:06:00 GMT\r\n", 60000},
		{"Retry-After: 2022-02-15T17:05:00Z\r\n", 82800000},
		{"Retry-After: 2022-02-15T18:05:00+01:00\r\n", 82800000},
		{"Retry-After: Wed, 01 Jan 2200 00:00:00 GMT\r\n", 86400000},
		{"Retry-After: 5\r\nRetry-After: 60\r\n", 60000},
	};
	static struct server s;
	char url[64];

	(void)state;
	server_start(&s, answer_headers);
	snprintf(url, sizeof(url), "http://127.0.0.1:%u/", s.port);
	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		CURL *easy = curl_easy_init();

		headers = t[i].headers;
		curl_easy_setopt(easy, CURLOPT_URL, url);
		curl_easy_setopt(easy, CURLOPT_PROXY, "");
		assert_int_equal(curl_easy_perform(easy), CURLE_OK);
		assert_int_equal(http_headers_retry_after(easy, NOW), t[i].retry);
		curl_easy_cleanup(easy);
	}
	server_stop(&s);
}

static void answer_links(struct server *s, int fd, char *request)
{
	(void)s;
	(void)request;
	server_say(fd, "HTTP/1.1 200 OK\r\nLink: <a>; rel=x\r\nEtag: x\r\nlink: <b>, <c>\r\n"
		       "Link: <\t\1>\r\nLink: <0123456789012345678901234567890>\r\nLink:\r\n"
		       "Content-Length: 0\r\nConnection: close\r\n\r\n");
}

static void headers_of_one_name_are_joined(void **state)
{
	static struct server s;
	CURL *easy = curl_easy_init();
	struct buf out;
	char url[64];

	(void)state;
	server_start(&s, answer_links);
	snprintf(url, sizeof(url), "http://127.0.0.1:%u/", s.port);
	curl_easy_setopt(easy, CURLOPT_URL, url);
	curl_easy_setopt(easy, CURLOPT_PROXY, "");
	assert_int_equal(curl_easy_perform(easy), CURLE_OK);
	buf_init(&out, 32);
	http_headers_join(easy, "Link", &out);
	assert_string_equal(buf_z(&out), "<a>; rel=x, <b>, <c>");
	buf_release(&out);
	curl_easy_cleanup(easy);
	server_stop(&s);
}

static void answer_many_links(struct server *s, int fd, char *request)
{
	(void)s;
	(void)request;
	server_say(fd, "HTTP/1.1 200 OK\r\n");
	for (int i = 0; i < HTTP_HEADERS_MAX + 10; i++)
		server_say(fd, "Link: a\r\n");
	server_say(fd, "Content-Length: 0\r\nConnection: close\r\n\r\n");
}

static void few_headers_of_one_name_are_read(void **state)
{
	static struct server s;
	CURL *easy = curl_easy_init();
	struct buf out;
	char url[64];

	(void)state;
	server_start(&s, answer_many_links);
	snprintf(url, sizeof(url), "http://127.0.0.1:%u/", s.port);
	curl_easy_setopt(easy, CURLOPT_URL, url);
	curl_easy_setopt(easy, CURLOPT_PROXY, "");
	assert_int_equal(curl_easy_perform(easy), CURLE_OK);
	buf_init(&out, 1000);
	http_headers_join(easy, "Link", &out);
	assert_int_equal(out.len, 3 * HTTP_HEADERS_MAX - 2);
	buf_release(&out);
	curl_easy_cleanup(easy);
	server_stop(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(freshness_and_date_are_read),
		cmocka_unit_test(retry_after_is_a_number_or_a_date),
		cmocka_unit_test(headers_of_one_name_are_joined),
		cmocka_unit_test(few_headers_of_one_name_are_read),
	};

	return cmocka_run_group_tests_name("io headers", tests, NULL, NULL);
}
