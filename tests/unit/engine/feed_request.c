/* SPDX-License-Identifier: MIT */
/*
 * Redirects: which are followed, which hosts receive secrets, errors of responses without a feed.
 */
#include "lib/unit.h"

#include "engine/feed_request.h"

#define ARENA ((size_t)256 * 1024)

static const struct {
	const char *from;
	long status;
	const char *location;
	const char *to;	 /* NULL: refused */
	const char *why; /* substring of the reason */
	unsigned permanent;
} follows[] = {
	{"https://a.example/x", 301, "/y", "https://a.example/y", NULL, 1},
	{"https://a.example/x", 308, "y?z=1", "https://a.example/y?z=1", NULL, 1},
	{"https://a.example/x", 302, "//b.example/", "https://b.example/", NULL, 0},
	{"http://a.example/x", 307, "https://a.example/x", "https://a.example/x", NULL, 0},
	{"https://a.example/x", 302, NULL, NULL, "without saying where to", 0},
	{"https://a.example/x", 302, "http://a.example/x", NULL, "from https to http", 0},
	{"https://a.example/x", 302, "/x", NULL, "in a circle", 0},
	{"https://a.example/x", 302, "file:///etc/passwd", NULL, "(\"file:\")", 0},
	{"https://a.example/x", 302, "gopher://a.example/?secret", NULL, "(\"gopher:\")", 0},
};

static const struct conf_feed plain_feed = {.name = "a"};
static const struct feed_request_asker nobody = {.home = ""},
				       plain = {.feed = &plain_feed, .home = ""};

static int follow(
	struct feed_request *h, struct arena *a, long status, const char *location, struct err *e)
{
	const struct fetch_answer answer = {.status = status, .location = location};

	return feed_request_follow(h, a, &nobody, &answer, e);
}

static void redirects_are_followed_within_limits(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(follows) / sizeof(follows[0]); i++) {
		struct arena *a = arena_new(ARENA);
		struct feed_request h;
		struct err e = {0};
		int rc;

		assert_int_equal(feed_request_start(&h, a, follows[i].from), 0);
		rc = follow(&h, a, follows[i].status, follows[i].location, &e);
		if (follows[i].to) {
			assert_int_equal(rc, 0);
			assert_int_equal(h.n, 2);
			assert_string_equal(h.urls[1], follows[i].to);
		} else {
			assert_int_equal(rc, -ERR_PERM);
			assert_int_equal(h.n, 1);
			assert_non_null(strstr(e.text, follows[i].why));
			assert_null(strstr(e.text, "secret"));
		}
		assert_int_equal(h.n_permanent, follows[i].permanent);
		arena_free(a);
	}
}

static void the_number_of_redirects_is_limited(void **state)
{
	struct arena *a = arena_new(ARENA);
	struct feed_request h;
	struct err e = {0};

	(void)state;
	assert_int_equal(feed_request_start(&h, a, "https://a.example/0"), 0);
	for (int i = 1; i <= FEED_REQUEST_HOPS_MAX; i++) {
		char to[16];

		snprintf(to, sizeof(to), "/%d", i);
		assert_int_equal(follow(&h, a, i == 3 ? 302 : 301, to, &e), 0);
	}
	/* Hops after a temporary redirect are not permanent. */
	assert_int_equal(h.n_permanent, 2);
	assert_int_equal(follow(&h, a, 302, "/more", &e), -ERR_PERM);
	assert_non_null(strstr(e.text, "more than 5 times"));
	arena_free(a);
}

#define COOKIE(host, expires, name, value) host "\tFALSE\t/\tFALSE\t" expires "\t" name "\t" value

/* Each step: where to, and the cookies held then. The last redirect returns to /rss. */
static const struct {
	const char *to[4], *cookies[4][2];
	bool circle;
} walls[] = {
	{{"/gate", "/rss"}, {{NULL}, {NULL}}, true},
	{{"/gate", "/rss"}, {{NULL}, {COOKIE("a.example", "0", "seen", "1")}}, false},
	/* to itself, with a cookie; and again with the same one, although it now expires later */
	{{"/rss"}, {{COOKIE("a.example", "10", "seen", "1")}}, false},
	{{"/rss", "/rss"},
		{{COOKIE("a.example", "10", "seen", "1")},
			{COOKIE("a.example", "11", "seen", "1")}},
		true},
	{{"/rss", "/rss"},
		{{COOKIE("a.example", "10", "seen", "1")},
			{COOKIE("a.example", "10", "seen", "2")}},
		false},
	{{"/rss", "/rss"},
		{{COOKIE("a.example", "0", "a", "1"), COOKIE("a.example", "0", "b", "2")},
			{COOKIE("a.example", "0", "b", "2"), COOKIE("a.example", "0", "a", "1")}},
		true},
	/* there and back, the cookie of the other host */
	{{"https://b.example/", "https://a.example/rss"},
		{{NULL}, {COOKIE("b.example", "0", "ok", "1")}}, false},
	{{"https://b.example/", "https://a.example/rss", "https://b.example/"},
		{{NULL}, {COOKIE("b.example", "0", "ok", "1")},
			{COOKIE("b.example", "0", "ok", "1")}},
		false},
};

static void an_address_may_come_again_with_other_cookies(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(walls) / sizeof(walls[0]); i++) {
		struct arena *a = arena_new(ARENA);
		struct feed_request h;
		struct err e = {0};
		int rc = 0;

		assert_int_equal(feed_request_start(&h, a, "https://a.example/rss"), 0);
		for (size_t k = 0; k < 4 && walls[i].to[k] && rc == 0; k++) {
			const char *const *cookies = walls[i].cookies[k];
			const struct fetch_answer answer = {.status = 302,
				.location = walls[i].to[k],
				.cookies = cookies,
				.n_cookies =
					(size_t)(cookies[0] != NULL) + (cookies[0] && cookies[1])};

			rc = feed_request_follow(&h, a, &plain, &answer, &e);
			if (rc == 0 && cookies[0])
				assert_string_equal(h.cookies[0], cookies[0]);
		}
		assert_int_equal(rc, walls[i].circle ? -ERR_PERM : 0);
		assert_true(!walls[i].circle || strstr(e.text, "circle"));
		arena_free(a);
	}
}

static void a_redirect_to_http_needs_consent_and_no_login(void **state)
{
	static struct conf_login login = {.bearer_credential = "token"};
	static const struct {
		struct conf_feed feed;
		int rc;
	} t[] = {
		{{.name = "a"}, -ERR_PERM},
		{{.name = "a", .insecure_redirect = true}, 0},
		{{.name = "a", .insecure_redirect = true, .login = &login}, -ERR_PERM},
		{{.name = "a", .insecure_redirect = true, .url_credential = "c"}, -ERR_PERM},
	};
	const struct fetch_answer answer = {.status = 302, .location = "http://a.example/y"};

	(void)state;
	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		const struct feed_request_asker who = {
			.feed = &t[i].feed, .home = "https://a.example/x"};
		struct arena *a = arena_new(ARENA);
		struct feed_request h;
		struct err e = {0};

		assert_int_equal(feed_request_start(&h, a, "https://a.example/x"), 0);
		assert_int_equal(feed_request_follow(&h, a, &who, &answer, &e), t[i].rc);
		assert_true(t[i].rc == 0 || strstr(e.text, "insecure-redirect"));
		arena_free(a);
	}
}

static const struct {
	const char *secret;
	const char *url, *shown; /* NULL: refused */
} addresses[] = {
	{"https://a.example/t0ken/rss?k=t0ken", "https://a.example/t0ken/rss?k=t0ken",
		"https://a.example/"},
	{" HTTP://u:t0ken@a.example:8080/x y \r", "http://u:t0ken@a.example:8080/x%20y",
		"http://a.example:8080/"},
	{"https://[::1]:8443/t0ken", "https://[::1]:8443/t0ken", "https://[::1]:8443/"},
	{"https://a.example?t0ken", "https://a.example?t0ken", "https://a.example/"},
	{"ftp://t0ken.example/", NULL, NULL},
	{"t0ken", NULL, NULL},
	{"https://a.example/\nhttps://t0ken.example/", NULL, NULL},
	{"", NULL, NULL},
};

static void an_address_may_be_a_secret(void **state)
{
	const struct conf c = {.poll = {.max_body = 1000}};
	const struct conf_feed f = {
		.name = "a", .url = CONF_CREDENTIAL_URL "key", .url_credential = "key"};

	(void)state;
	for (size_t i = 0; i < sizeof(addresses) / sizeof(addresses[0]); i++) {
		struct feed_request_asker who = {&c, &f, f.url};
		struct arena *a = arena_new(ARENA);
		struct feed_request h;
		struct fetch_request r;
		struct err e = {0};
		const char *names[FEED_REQUEST_CREDENTIALS];
		char said[200];
		int rc;

		assert_int_equal(feed_request_start(&h, a, f.url), 0);
		assert_true(feed_request_lacks_url(&h));
		assert_int_equal(feed_request_credentials(&h, &who, names), 1);
		assert_string_equal(names[0], "key");
		assert_string_equal(feed_request_shown_url(&h, a, &f), "credential:key");
		rc = feed_request_reveal(&h, a, &f, addresses[i].secret, &e);
		assert_int_equal(rc, addresses[i].url ? 0 : -ERR_CONF);
		assert_null(strstr(e.text, "t0ken"));
		if (rc == 0) {
			who.home = h.urls[0];
			assert_string_equal(h.urls[0], addresses[i].url);
			assert_string_equal(feed_request_shown_url(&h, a, &f), addresses[i].shown);
			assert_int_equal(feed_request_credentials(&h, &who, names), 0);
			assert_int_equal(feed_request_fill(&h, &who, NULL, a, &r, NULL), 0);
			assert_true(r.hide && !r.learnt);
			snprintf(said, sizeof(said), "no %s here", h.urls[0]);
			feed_request_hide(&h, said);
			assert_null(strstr(said, "t0ken"));
			feed_request_wipe(&h, &f);
			assert_string_equal(h.urls[0], "");
		}
		arena_free(a);
	}
}

static void a_bot_check_is_named(void **state)
{
	static const struct {
		long status;
		int rc;
	} t[] = {{200, -ERR_PERM}, {403, -ERR_PERM}, {429, -ERR_TEMP}, {503, -ERR_TEMP}};

	(void)state;
	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		struct err e = {0};

		assert_int_equal(feed_request_refused(t[i].status, "Anubis", &e), t[i].rc);
		assert_non_null(strstr(e.text, "a bot check (Anubis)"));
		assert_non_null(strstr(e.text, "ask the site"));
	}
}

static const struct {
	const char *home, *url;
	bool shown, learnt;
	unsigned home_port;
} secrets[] = {
	{"https://a.example/x", "https://a.example/x", true, false, 0},
	{"https://a.example/x", "https://a.example/y", true, false, 0},
	{"https://a.example/x", "https://a.example:443/y", true, false, 0},
	{"http://a.example/x", "https://a.example/x", true, false, 0},
	{"https://a.example/x", "http://a.example/x", false, true, 0},
	{"https://a.example/x", "https://a.example:8443/x", false, true, 0},
	{"https://a.example/x", "https://b.example/x", false, true, 0},
	{"https://a.example/x", "https://a.example@b.example/x", false, true, 0},
	{"http://[::1]:8080/x", "http://[::1]:8080/y", true, false, 8080},
	{"http://[::1]:8080/x", "http://[::1]/y", false, true, 8080},
	{"http://10.0.0.9/feed", "http://10.0.0.9/feed/", true, false, 0},
	{"http://10.0.0.9/feed", "http://10.0.0.9:6379/", false, true, 0},
	{"http://10.0.0.9:8000/feed", "http://10.0.0.8:8000/", false, true, 8000},
	{"http://10.0.0.9/feed", "http://10.0.0.9./feed/", false, true, 0},
	{"http://u:p@10.0.0.9:81/feed", "http://u@10.0.0.9:81/", true, false, 81},
};

/* As secrets_read() returns them. */
static void fill_secrets(struct secrets *s, const char *const *names, size_t n)
{
	*s = (struct secrets){.shown.n = n};
	for (size_t i = 0; i < n; i++) {
		buf_init(&s->v[i], 100);
		buf_printf(&s->v[i], "the-%s", names[i]);
		s->shown.v[i] = (struct sink_secret){names[i], buf_str(&s->v[i])};
	}
}

static void assert_secret(const char *got, const char *expected)
{
	if (expected)
		assert_string_equal(got, expected);
	else
		assert_null(got);
}

static void ask_with_login(size_t row, struct conf_login *login, bool bearer)
{
	struct str header = STR("X-Key: 1");
	const struct conf c = {.poll = {.max_body = 1000, .contact = "desk@example.org"}};
	const struct conf_feed f = {.login = login, .headers = {&header, 1}, .http1 = bearer};
	const struct feed_request_asker who = {&c, &f, secrets[row].home};
	bool shown = secrets[row].shown;
	struct arena *a = arena_new(ARENA);
	const char *names[FEED_REQUEST_CREDENTIALS];
	char said[] = "the-word, the-token";
	struct feed_request h;
	struct fetch_request r;
	struct secrets s;
	size_t n;

	assert_int_equal(feed_request_start(&h, a, secrets[row].url), 0);
	n = feed_request_credentials(&h, &who, names);
	assert_int_equal(n, shown ? 2 : 0);
	fill_secrets(&s, names, n);
	assert_int_equal(feed_request_fill(&h, &who, &s, a, &r, NULL), 0);
	assert_string_equal(r.url, secrets[row].url);
	assert_int_equal(r.learnt, secrets[row].learnt);
	assert_int_equal(r.home_port, secrets[row].home_port);
	assert_int_equal(r.http1, bearer);
	assert_secret(r.user, shown && !bearer ? "u" : NULL);
	assert_secret(r.password, shown && !bearer ? "the-word" : NULL);
	assert_secret(r.bearer, shown && bearer ? "the-token" : NULL);
	assert_secret(r.client_certificate, shown ? "/c.pem" : NULL);
	assert_secret(r.client_key, shown ? "the-pem" : NULL);
	assert_int_equal(r.n_headers, shown ? 1 : 0);
	assert_true(r.policy == &c.poll && r.max_body == 1000);
	assert_non_null(strstr(r.user_agent, "(desk@example.org)"));
	feed_request_hide(&h, said);
	assert_int_equal(!strstr(said, bearer ? "the-token" : "the-word"), shown);
	feed_request_wipe(&h, &f);
	secrets_wipe(&s);
	arena_free(a);
}

static void secrets_stay_with_their_origin(void **state)
{
	struct conf_login login = {.user = "u",
		.password_credential = "word",
		.client_certificate = "/c.pem",
		.client_key_credential = "pem"};
	struct conf_login bearer = {.bearer_credential = "token",
		.client_certificate = "/c.pem",
		.client_key_credential = "pem"};

	(void)state;
	for (size_t i = 0; i < sizeof(secrets) / sizeof(secrets[0]); i++) {
		ask_with_login(i, &login, false);
		ask_with_login(i, &bearer, true);
	}
}

static void error_statuses_are_explained(void **state)
{
	static const struct {
		long status;
		int rc;
		const char *says;
	} t[] = {
		{401, -ERR_PERM, "password-credential"},
		{404, -ERR_PERM, "nothing is at this address"},
		{407, -ERR_PERM, "the proxy answered 407"},
		{410, -ERR_PERM, "gone for good"},
		{429, -ERR_TEMP, "too often"},
		{503, -ERR_TEMP, "503: trouble on its side"},
		{204, -ERR_PERM, "204, which is no feed"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		struct err e = {0};

		assert_int_equal(feed_request_refused(t[i].status, NULL, &e), t[i].rc);
		assert_non_null(strstr(e.text, t[i].says));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(redirects_are_followed_within_limits),
		cmocka_unit_test(the_number_of_redirects_is_limited),
		cmocka_unit_test(an_address_may_come_again_with_other_cookies),
		cmocka_unit_test(a_redirect_to_http_needs_consent_and_no_login),
		cmocka_unit_test(an_address_may_be_a_secret),
		cmocka_unit_test(a_bot_check_is_named),
		cmocka_unit_test(secrets_stay_with_their_origin),
		cmocka_unit_test(error_statuses_are_explained),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
