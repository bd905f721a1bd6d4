/* SPDX-License-Identifier: MIT */
/* Answers of bot protections are named, and ordinary refusals and pages are not taken for them. */
#include "lib/unit.h"

#include "lib/fetch_fixture.h"

static const struct row {
	const char *status, *headers, *body;
	const char *wall; /* NULL: none */
} t[] = {
	/* by headers */
	{"403", "cf-mitigated: challenge", "", "Cloudflare"},
	{"403", "CF-Mitigated: challenge", "<html><title>Nur einen Moment…</title>", "Cloudflare"},
	{"503", "Server: cloudflare", "<html><script>window._cf_chl_opt={}</script>", "Cloudflare"},
	{"403", "Server: cloudflare", "error code: 1020", "Cloudflare"},
	{"403", "X-DataDome: protected", "{\"url\":\"x\"}", "DataDome"},
	{"401", "x-datadome: protected", "<html lang=en><head><title>reuters.com</title>",
		"DataDome"},
	{"202", "x-amzn-waf-action: challenge", "", "AWS WAF"},
	{"405", "x-amzn-waf-action: captcha", "", "AWS WAF"},
	{"429", "x-vercel-mitigated: challenge", "", "Vercel"},
	{"202", "sg-captcha: challenge", "", "SiteGround"},
	{"403", "Server: AkamaiGHost", "<HTML><TITLE>Access Denied</TITLE>", "Akamai"},
	{"403", "X-Iinfo: 1-2-3", "", "Imperva"},
	{"403", "X-CDN: Incapsula", "", "Imperva"},
	{"403", "Server: Sucuri/Cloudproxy", "", "Sucuri"},
	{"403", "Server: ddos-guard", "", "DDoS-Guard"},
	{"429", "x-kpsdk-ct: abc", "", "Kasada"},
	/* by what is in the page */
	{"403", "", "<html><script src='https://geo.captcha-delivery.com/c.js'>", "DataDome"},
	{"403", "", "Reference #18.1 https://errors.edgesuite.net/18.1", "Akamai"},
	{"200", "", "<html><iframe src='/_Incapsula_Resource?x'></iframe>", "Imperva"},
	{"200", "", "<html><title>Pardon Our Interruption</title>", "Imperva"},
	{"403", "", "<html><title>Sucuri WebSite Firewall - Access Denied</title>", "Sucuri"},
	{"200", "", "<html><title>You are being redirected...</title>sucuri_cloudproxy_js",
		"Sucuri"},
	{"200", "",
		"<!doctype html><title>Making sure you&#39;re not a bot!</title>"
		"<script src=/.within.website/x/cmd/anubis/main.mjs>",
		"Anubis"},
	{"200", "", "<!DOCTYPE html><html lang=\"en-US\"><head><title>Just a moment...</title>",
		"Cloudflare"},
	{"200", "", "<html><head><TITLE>DDoS-Guard</TITLE>", "DDoS-Guard"},
	{"403", "", "<html><title>Vercel Security Checkpoint</title>", "Vercel"},
	{"200", "", "<html><title>Client Challenge</title>", "challenge page"},
	{"200", "", "<html><title> Are you a robot? </title>", "challenge page"},
	{"503", "", "<html><title>Verify you are human</title>", "challenge page"},
	{"200", "", "<html><title>Captcha</title>", "captcha"},
	{"403", "", "<html><script src='https://www.google.com/recaptcha/api.js'>", "reCAPTCHA"},
	{"200", "",
		"<html><div class=h-captcha></div><script src=https://js.hcaptcha.com/1/api.js>",
		"hCaptcha"},
	{"403", "", "<html><title>Access to this page has been denied</title>", "HUMAN"},
	{"200", "",
		"<html><body>The requested URL was rejected. Please consult with your "
		"administrator.",
		"F5"},
	/* ordinary answers of sites that have such a product, and others */
	{"200", "X-DataDome: protected", "<rss><channel><title>News</title></channel></rss>", NULL},
	{"200", "Server: cloudflare", "<html><title>News</title>", NULL},
	{"404", "Server: cloudflare", "<html><title>Just a moment...</title>", NULL},
	{"404", "X-Iinfo: 1-2-3", "<html><title>Not found</title>", NULL},
	{"403", "Server: cloudflare", "<html><title>Forbidden</title>", NULL},
	{"403", "Server: nginx", "<html><title>403 Forbidden</title>", NULL},
	{"401", "X-Iinfo: 1-2-3", "<html><title>Log in</title>recaptcha", NULL},
	{"401", "WWW-Authenticate: Basic", "", NULL},
	{"503", "Server: AkamaiGHost", "<html><title>Service Unavailable</title>", NULL},
	{"429", "Server: cloudflare", "slow down", NULL},
	{"500", "", "<html><title>Captcha</title>", NULL},
	{"302", "cf-mitigated: challenge\r\nLocation: /x", "", NULL},
	{"200", "",
		"<rss><channel><title>Captcha news</title><item><title>Are you a robot?</title>",
		NULL},
	{"200", "", "<?xml version='1.0'?><feed><title>captcha-delivery.com explained</title>",
		NULL},
	{"200", "", "{\"title\": \"_cf_chl_opt\", \"items\": []}", NULL},
	{"200", "", "<html><title>The Harbour Desk</title><p>Sirens", NULL},
	{"200", "", "", NULL},
};
static const struct row *row;
static size_t padding; /* of the body */

static void answer(struct server *s, int fd, char *request)
{
	(void)s;
	(void)request;
	server_say(fd, "HTTP/1.1 ");
	server_say(fd, row->status);
	server_say(fd, " X\r\nConnection: close\r\n");
	server_say(fd, row->headers);
	server_say(fd, *row->headers ? "\r\n\r\n" : "\r\n");
	server_say(fd, row->body);
	for (size_t i = 0; i < padding; i++)
		server_say(fd, "<p>news</p>");
}

static const char *fetch_wall(const struct row *r)
{
	static struct fetch_fixture x;
	struct fetch_outcome o;

	row = r;
	o = fetch_fixture_run(&x, answer, NULL);
	assert_int_equal(o.error.cls, ERR_NONE);
	return o.wall;
}

static void walls_are_named_and_others_are_not(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		const char *wall = fetch_wall(&t[i]);

		if (wall != t[i].wall && (!wall || !t[i].wall || strcmp(wall, t[i].wall) != 0))
			fail_msg("%s %s %s: %s", t[i].status, t[i].headers, t[i].body,
				wall ? wall : "none");
	}
}

/* Large pages load such scripts for their forms. */
static void scripts_of_ordinary_pages_are_no_wall(void **state)
{
	static const struct row page = {"200", "",
		"<html><title>News</title><script src='https://www.google.com/recaptcha/api.js'>",
		NULL};

	(void)state;
	padding = 1000;
	assert_null(fetch_wall(&page));
	padding = 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(walls_are_named_and_others_are_not),
		cmocka_unit_test(scripts_of_ordinary_pages_are_no_wall),
	};

	return cmocka_run_group_tests_name("io bot wall", tests, NULL, NULL);
}
