/* SPDX-License-Identifier: MIT */
/* Blocks and values parsed to a draft: defaults, the schema, errors. */
#include "lib/unit.h"

#include "base/clock.h"
#include "conf/schema.h"
#include "lib/conf_fixture.h"
#include "lib/conf_types.h"

static void invalid_blocks_are_explained(void **state)
{
#define FEED  "feed f { url = http://a.example/ groups = world }\n"
#define NOTE  "notify desk { type = stdout }\n"
#define WATCH "watch w { query = 'x' notify = desk }\n"
	static const struct {
		const char *text, *diags;
	} rows[] = {
		{FEED NOTE WATCH, ""},
		{"", "0:0 warning: there is no feed to read\n"
		     "0:0 warning: there is no watch, so nothing will ever alert\n"},
		{FEED NOTE WATCH "pol { }\ngizmo x { }\ntest { }",
			"4:1 pol is no kind of block; did you mean poll?\n"
			"5:1 gizmo is no kind of block\n"
			"6:1 a block test stands inside its watch\n"},
		{FEED NOTE WATCH "poll { evry = 5m  Parallel = 3 colour = red per_host = 2 }",
			"4:8 evry is no key of poll; did you mean every?\n"
			"4:19 Parallel is no key of poll; did you mean parallel?\n"
			"4:32 colour is no key of poll\n"
			"4:45 per_host is no key of poll; did you mean per-host?\n"},
		{FEED NOTE WATCH FEED "poll { every = 5m every = 6m }\npoll { }\n",
			"4:6 feed f stands twice; the first is at t.conf:1:6\n"
			"5:19 every stands twice; the first is in line 5\n"
			"6:1 poll stands twice; the first is at t.conf:5:1\n"},
		{FEED NOTE WATCH "feed { url = http://b.example/ }\nfeed -x { }\ndaemon d { }",
			"4:1 a feed needs a name: feed NAME { … }\n5:6 -x is no name\n"
			"6:8 daemon has no name\n"},
		{FEED NOTE "watch w { query = 'x' notify = { desk, x, deks } feeds = { f, g } "
			   "groups = { word } }",
			"3:40 there is no notify x\n"
			"3:43 there is no notify deks; did you mean desk?\n"
			"3:63 there is no feed g\n"
			"3:78 warning: no feed is in the group word; did you mean world?\n"},
		{FEED NOTE "watch w { query = 'x' notify = desk }\n"
			   "daemon { trouble = { desk, deks } }\n"
			   "notify own { type = \"stdout\" trouble = { desk, own } }",
			"4:28 there is no notify deks; did you mean desk?\n"
			"5:48 trouble: a receiver that takes no messages cannot take this one\n"},
		{FEED NOTE "watch w { query = 'x' }\nwatch v { query = 'x' notify = desk }\n"
			   "feed g { url = http://a.example/ }\n",
			"3:7 warning: watch w notifies nobody\n"
			"4:7 warning: watch v has the same query as watch w at t.conf:3\n"
			"5:6 warning: feed g has the same url as feed f at t.conf:1\n"},
		{FEED NOTE
			"watch w { notify = desk test { } test { match = a body = b title = c } }",
			"3:1 watch w needs the key query\n3:25 a test has either match or "
			"no-match\n"
			"3:34 a test with title and body has no place for the text of match\n"},
		{FEED NOTE WATCH "notify a { type = stdout url = nowhere to = a@b.example }",
			"4:26 type stdout has no key url; it belongs to hook and chat\n"
			"4:40 type stdout has no key to; it belongs to mail\n"},
		{FEED NOTE WATCH "mention { flash = a }\n"
				 "notify a { type = stdout mention { flash = \"@a\" } }\n"
				 "notify b { type = chat mention x { flash = \"@a\" low = b } }\n"
				 "notify c { type = chat mention { } mention { } test { } }\n"
				 "notify d { type = chat mention { flsh = \"@a\" test { } } }",
			"4:1 a block mention stands inside its notify\n"
			"5:26 messages of type stdout ring nobody\n"
			"6:32 a mention has no name\n6:49 this mentions nobody\n"
			"7:36 mention stands twice; the first is in line 7\n"
			"7:48 a block test cannot stand in a block notify\n"
			"8:34 flsh is no key of mention; did you mean flash?\n"
			"8:46 a block test cannot stand in a block mention\n"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		conf_fixture_expect(rows[i].text, rows[i].diags, true);
}

#define FIRST                                                                                      \
	"escalate: who gets the alert first cannot acknowledge it there: desk is of type stdout\n"

static void invalid_escalations_are_explained(void **state)
{
	(void)state;
	conf_fixture_expect(FEED NOTE
		"escalate { }\n"
		"notify n { type = hook url = http://a.example/ quiet = \"23:00-06:00\" }\n"
		"watch a { query = x notify = desk escalate { after = 1s to = m }\n"
		" escalate z { to = { m } test { } } escalate { after = 5m } }\n"
		"watch c { query = z notify = desk escalate { after = 10m to = n }\n"
		" escalate { after = 9m to = { n, nn } } escalate { aftr = 1h to = desk } "
		"}\n"
		"watch d { query = w notify = desk priority = flash\n"
		" escalate { after = 10m to = n } escalate { after = 7d to = { } } }",
		"3:1 a block escalate stands inside its watch\n"
		"5:35 warning: " FIRST "5:54 after: at least 10s\n"
		"5:62 there is no notify m\n"
		"6:2 escalate z needs the key after\n"
		"6:11 an escalate has no name\n"
		"6:22 there is no notify m\n"
		"6:26 a block test cannot stand in a block escalate\n"
		"6:37 escalate needs the key to\n"
		"7:35 warning: " FIRST
		"7:63 warning: to: in its quiet hours n gets no alerts of priority normal\n"
		"8:13 after is not longer than in the block escalate before\n"
		"8:31 warning: to: n has the alert already, and does not get it again\n"
		"8:34 there is no notify nn\n"
		"8:52 aftr is no key of escalate; did you mean after?\n"
		"8:67 warning: to: desk has the alert already, and does not get it "
		"again\n"
		"10:2 warning: " FIRST "10:34 warning: escalate: nobody gets the alert\n",
		true);
}

static const struct {
	const char *block, *diag;
} invalid[] = {
	{"poll { every = 5x }", "every: this is no duration"},
	{"poll { every = 0 }", "every: at least 1s"},
	{"poll { every = 31d }", "every: at most 30d"},
	{"poll { per-host = 0 }", "per-host: at least 1"},
	{"poll { per-host = two }", "per-host: this is no whole number"},
	{"poll { max-body = 8MB }", "max-body: this is no size"},
	{"poll { max-body = 99999999999999999999GiB }", "max-body: this is no size"},
	{"poll { private-networks = { 10.0.0.0/33 } }",
		"private-networks: this is no block of addresses"},
	{"poll { contact = { a, b } }", "contact takes one value, not a list"},
	{"daemon { log = loud }", "log: this must be error, warn, notice, info or debug"},
	{"daemon { log = inf }", "log: this must be error, warn, notice, info or debug "
				 "(did you mean info?)"},
	{"daemon { strip-parameters = { a*b } }",
		"strip-parameters: this is no name of a parameter"},
	{"feed x { url = ftp://a.example/ }", "url: this must begin with https:// or http://"},
	{"feed x { url = \"http://u:p@a.example/\" }",
		"url: a name or password does not belong in an address"},
	{"feed x { url = \"http:///x\" }", "url: this is no complete address"},
	{"feed x { title = X }", "feed x needs the key url, or url-credential"},
	{"feed x { url = http://b.example/ url-credential = a }",
		"feed x has both url and url-credential"},
	{"feed x { url = http://b.example/ user = u password-credential = b "
	 "bearer-credential = a }",
		"feed x has both a login and bearer-credential"},
	{"feed x { url = http://b.example/ user = u }",
		"feed x: user and password-credential go together"},
	{"feed x { url = http://b.example/ bearer-credential = a headers = "
	 "\"authorization: x\" }",
		"feed x: the header Authorization is that of bearer-credential too"},
	{"feed x { url = https://b.example/ client-key-credential = a }",
		"feed x: client-certificate and client-key-credential go together"},
	{"feed x { url = https://b.example/ client-certificate = /nowhere.pem "
	 "client-key-credential = a }",
		"client-certificate: No such file or directory"},
	{"feed x { url = https://b.example/ http2 = on }", "http2: this must be auto or off"},
	{"feed x { url-credential = a/b }", "url-credential: this is no name of a credential"},
	{"feed x { url = http://b.example/ proxy = socks5://127.0.0.1:1080 }",
		"proxy: this is no proxy"},
	{"poll { proxy = \"http://p.example\" }", "proxy: this is no proxy"},
	{"poll { proxy = \"http://u:p@p.example:3128\" }",
		"proxy: a proxy with a login is not supported"},
	{"feed x { url = http://b.example/ insecure-redirect = yes }",
		"insecure-redirect: this must be deny or allow (did you mean allow?)"},
	{"feed x { url = http://b.example/ headers = \"X-A\" }", "headers: this is no header"},
	{"feed x { url = http://b.example/ headers = \"host: x\" }",
		"headers: this header is nightdesk's own to set"},
	{"feed x { url = http://b.example/ user = u }",
		"feed x: user and password-credential go together"},
	{"feed x { url = http://b.example/ lang = English }", "lang: this is no language"},
	{"feed x { url = http://b.example/ groups = { a/b } }", "groups: this is no name"},
	{"feed x { url = http://b.example/ every = \"force\" }", "every: this is no duration"},
	{"feed x { url = http://b.example/ title = \"a\\nb\" }",
		"title: this must be one line, without tabs"},
	{"notify x { type = hok }", "type: this must be hook, chat, mail or stdout "
				    "(did you mean hook?)"},
	{"notify x { type = hook url-credential = a/b }",
		"url-credential: this is no name of a credential"},
	{"notify x { type = hook url = \"http://u:p@a.example/\" }",
		"url: a name or password does not belong in an address"},
	{"notify x { type = hook urll = a }", "urll is no key of notify; did you mean url?"},
	{"notify x { type = mail to = a@b.example }", "notify x needs the key server"},
	{"notify x { type = mail server = mail://h }", "notify x needs to"},
	{"notify x { type = mail server = mail to = a@b.example }",
		"server: mail is no server for type mail"},
	{"notify x { type = mail server = mail://h to = \"A <a@b.example>\" }",
		"to: this is no mail address"},
	{"notify x { type = mail server = mail://h to = d\xc3\xbcrre@a.example }",
		"to: this is no mail address"},
	{"notify x { type = mail server = mail://h to = a@d\xc3\xbcrre.example }",
		"to: this is no mail address"},
	{"notify x { type = mail server = mail://h to = { a@b, c@d, e@f } }",
		"notify x has too many friends"},
	{"notify x { type = mail server = mail://h to = a@b level = low strict = high }",
		"strict is too much for low"},
	{"notify x { type = mail server = mail://h to = a@b tag = \"a b\" }",
		"tag: this is no tag"},
	{"define d { query = ' ' }\nwatch v { query = '@d' notify = desk }",
		"query: this query is empty"},
};

static void invalid_values_are_explained(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(invalid) / sizeof(invalid[0]); i++) {
		struct conf_fixture f;
		struct buf text;

		buf_init(&text, 1 << 16);
		buf_printf(&text, "%s", FEED NOTE WATCH);
		buf_addz(&text, invalid[i].block);
		conf_fixture_read(&f, buf_str(&text));
		if (f.diags.n != 1 || strcmp(f.diags.v[0].text, invalid[i].diag) != 0)
			print_error("%s: %zu: %s\n", invalid[i].block, f.diags.n,
				f.diags.n ? f.diags.v[0].text : "-");
		assert_int_equal(f.diags.n, 1);
		assert_string_equal(f.diags.v[0].text, invalid[i].diag);
		assert_false(f.diags.v[0].warning);
		conf_fixture_release(&f);
		buf_release(&text);
	}
}

static void defaults_are_filled_in(void **state)
{
	struct conf_fixture f;
	const struct conf_feed *feed;
	const struct test_mail *mail;

	(void)state;
	conf_fixture_read(&f,
		STR("poll { every = 10m }\nfeed a { url = \"https://www.a.example/x\" }\n"
		    "feed b { url = http://b.example every = \"force 1m\" first-run = newest }\n"
		    "notify m { to = {x@y.z} type = mail server = mail://h:25 }\n"
		    "daemon { state = s.db control = \"\" log-format = json }"));
	assert_int_equal(f.diags.errors, 0);
	feed = &f.draft.feeds[0];
	assert_int_equal(feed->every, 10 * CLOCK_MINUTE);
	assert_false(feed->force);
	assert_int_equal(feed->first_run, CONF_FIRST_QUIET);
	assert_string_equal(feed->source, "a.example");
	feed = &f.draft.feeds[1];
	assert_int_equal(feed->every, CLOCK_MINUTE);
	assert_true(feed->force);
	assert_int_equal(feed->first_run, CONF_FIRST_NEWEST);
	assert_string_equal(f.draft.daemon.state, "/etc/nightdesk/s.db");
	assert_null(f.draft.daemon.control);
	assert_int_equal(f.draft.daemon.retention, 90 * CLOCK_DAY);
	assert_int_equal(f.draft.daemon.log, LOG_LEVEL_INFO);
	assert_true(f.draft.daemon.log_json);
	assert_int_equal(f.draft.daemon.strip_parameters.n, 3);
	assert_int_equal(f.draft.poll.max_body, 8 << 20);
	assert_int_equal(f.draft.poll.per_host, 2);
	mail = f.draft.notifies[0].settings;
	assert_string_equal(mail->server, "mail://h:25");
	assert_string_equal(mail->tag, "nightdesk");
	assert_int_equal(mail->to.n, 1);
	assert_int_equal(mail->level, 1);
	assert_int_equal(mail->strict, -1);
	conf_fixture_release(&f);
}

static void invalid_canaries_are_explained(void **state)
{
#define CANARY                                                                                     \
	"feed f { url = http://a.example/ } watch w { query = x notify = ops }\n"                  \
	"notify ops { type = mail server = mail://h:25 to = x@y.example }\n"                       \
	"notify duty { type = mail server = mail://h:25 to = x@y.example }\n"
	static const char *const rows[][2] = {
		{CANARY "canary { to = opss }\ncanary { }",
			"4:15 there is no notify opss; did you mean ops?\n"
			"5:1 canary stands twice; the first is at t.conf:4:1\n"},
		{CANARY "canary x { every = 10s }",
			"4:1 canary x needs the key to\n4:8 canary has no name\n"
			"4:20 every: at least 1m\n"},
		{CANARY "canary { to = ops }",
			"4:1 warning: canary: no receiver but ops itself would hear that it did "
			"not arrive\n"},
		{CANARY "canary { to = ops }\ndaemon { trouble = { ops, duty } }", ""},
		{CANARY "canary { to = { ops, duty } }\ndaemon { trouble = duty }",
			"4:22 to: at most 1 value\n"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		conf_fixture_expect(rows[i][0], rows[i][1], true);
}

static void every_row_of_the_schema_is_complete(void **state)
{
	const struct conf_key_row *row;

	(void)state;
	for (enum conf_kind k = 0; k < CONF_KINDS; k++)
		for (row = conf_kinds[k].keys; row->key; row++) {
			assert_non_null(row->help);
			assert_true(row->required || conf_schema_default(row)[0]);
			assert_non_null(conf_schema_type_name(row->type));
			assert_ptr_equal(
				conf_schema_find_key(conf_kinds[k].keys, str_of(row->key)), row);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(invalid_blocks_are_explained),
		cmocka_unit_test(invalid_escalations_are_explained),
		cmocka_unit_test(invalid_values_are_explained),
		cmocka_unit_test(defaults_are_filled_in),
		cmocka_unit_test(invalid_canaries_are_explained),
		cmocka_unit_test(every_row_of_the_schema_is_complete),
	};

	return cmocka_run_group_tests_name("conf draft", tests, NULL, NULL);
}
