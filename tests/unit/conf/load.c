/* SPDX-License-Identifier: MIT */
/* Complete configurations: loading, look-up by name, compilation, matching, references, errors. */
#include "lib/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "conf/conf.h"
#include "conf/trial.h"
#include "lib/conf_types.h"

static const struct conf_env env = {
	.state_directory = "/var/lib/a:/var/lib/b", .notify_types = test_types};

struct fixture {
	char dir[64];
	struct conf *conf;
	struct conf_diags diags;
	int rc;
};

static void load_watch(struct fixture *f, const char *text, const char *watch)
{
	char path[128];
	FILE *out;

	*f = (struct fixture){0};
	snprintf(f->dir, sizeof(f->dir), "/tmp/nightdesk-load.XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	snprintf(path, sizeof(path), "%s/nightdesk.conf", f->dir);
	out = fopen(path, "w");
	assert_non_null(out);
	assert_true(fputs(text, out) >= 0);
	assert_int_equal(fclose(out), 0);
	assert_int_equal(chmod(path, 0644), 0);
	f->rc = conf_load_watch(f->dir, &env, str_of(watch), &f->conf, &f->diags);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(rmdir(f->dir), 0);
}

static void load(struct fixture *f, const char *text)
{
	load_watch(f, text, NULL);
}

static void unload(struct fixture *f)
{
	conf_unref(f->conf);
	conf_diags_release(&f->diags);
}

static const char good[] =
	"notify b { type = stdout } notify a { type = hook url-credential = x"
	"  secret-credential = { y, z } }\n"
	"feed one { url = \"https://news.bbc.co.uk/x\" groups = { g } }\n"
	"feed two { url = http://two.example/ source = two every = 1m }\n"
	"define kyiv { query = 'Kyiv OR Kiev' }\n"
	"watch first { query = 'embassy AND @kyiv' notify = { a, b } title = \"First\"\n"
	"  test { match = \"The embassy in Kyiv\" } test { no-match = \"The embassy in Lviv\" } }\n"
	"watch second { query = { 'football', 'tennis' } feeds = two priority = flash notify = b\n"
	"  on-update = alert exclude = 'table' test { match = \"table tennis\" } }\n"
	"daemon { log = warn }\n";

static void a_loaded_configuration_is_complete(void **state)
{
	struct fixture f;
	const struct conf_watch *w;
	const char *names[2];

	(void)state;
	load(&f, good);
	assert_int_equal(f.rc, 0);
	assert_int_equal(f.diags.n, 0);
	assert_int_equal(f.conf->n_feeds, 2);
	assert_int_equal(f.conf->n_notifies, 2);
	assert_int_equal(watch_set_count(f.conf->set), 2);
	assert_string_equal(f.conf->daemon.state, "/var/lib/a/nightdesk.db");
	assert_string_equal(f.conf->daemon.control, "/run/nightdesk/control.sock");
	assert_string_equal(conf_find_feed(f.conf, STR("one"))->source, "bbc.co.uk");
	assert_string_equal(conf_find_feed(f.conf, STR("two"))->source, "two");
	assert_null(conf_find_feed(f.conf, STR("three")));
	assert_int_equal(conf_notify_credentials(conf_find_notify(f.conf, STR("b")), names, 2), 0);
	assert_int_equal(conf_notify_credentials(conf_find_notify(f.conf, STR("a")), names, 2), 2);
	assert_string_equal(names[0], "x");
	assert_string_equal(names[1], "y");
	w = conf_find_watch(f.conf, STR("first"));
	assert_string_equal(w->title, "First");
	assert_int_equal(w->priority, ALERT_NORMAL);
	assert_int_equal(w->place.line, 5);
	assert_string_equal(w->place.file, "nightdesk.conf");
	assert_int_equal(w->notify_index[0], 1);
	assert_int_equal(w->notify_index[1], 0);
	w = conf_find_watch(f.conf, STR("second"));
	assert_string_equal(w->title, "second");
	assert_true(w->on_update_alert);
	assert_true(str_is(watch_set_name(f.conf->set, (size_t)(w - f.conf->watches)), "second"));
	unload(&f);
}

static void count_trial(void *ctx, const struct conf_trial *t)
{
	int *seen = ctx;

	seen[0]++;
	seen[1] += !t->passed;
	if (!t->passed)
		assert_string_equal(t->watch->name, "second");
}

static void tests_of_watches_are_run(void **state)
{
	struct fixture f;
	int seen[2] = {0, 0};

	(void)state;
	load(&f, good);
	assert_int_equal(conf_run_trials(f.conf, count_trial, seen, NULL), 0);
	assert_int_equal(seen[0], 3);
	assert_int_equal(seen[1], 1);
	unload(&f);
}

static void a_generation_lives_until_the_last_reference(void **state)
{
	struct fixture f;
	struct conf *kept;

	(void)state;
	load(&f, good);
	kept = conf_ref(f.conf);
	unload(&f);
	assert_non_null(conf_find_watch(kept, STR("first")));
	conf_unref(kept);
	conf_unref(NULL);
}

static void errors_of_queries_have_their_position(void **state)
{
	static const char text[] =
		"notify n { type = stdout }\nfeed f { url = http://a.example/ }\n"
		"watch w { query = 'Україна''s\r\n  AND (a OR b' notify = n }\n"
		"watch v { query = \"a \\\"b c\" exclude = 'x NEAR/q y' notify = n stem = zz }\n"
		"poll { every = never }\n";
	static const struct {
		unsigned line, column;
	} places[] = {{4, 7}, {5, 22}, {5, 42}, {5, 63}, {6, 16}};
	struct fixture f;

	(void)state;
	load(&f, text);
	assert_int_equal(f.rc, -ERR_CONF);
	assert_null(f.conf);
	assert_int_equal(f.diags.errors, sizeof(places) / sizeof(places[0]));
	for (size_t i = 0; i < f.diags.n; i++) {
		assert_int_equal(f.diags.v[i].place.line, places[i].line);
		assert_int_equal(f.diags.v[i].place.column, places[i].column);
	}
	assert_string_equal(f.diags.v[0].source, "AND (a OR b");
	assert_int_equal(f.diags.v[0].caret, 4);
	unload(&f);
}

static void one_watch_is_loaded_alone(void **state)
{
	static const char text[] = "feed f { url = http://a.example/ }\n"
				   "define kyiv { query = 'Kyiv' }\n"
				   "watch broken { query = 'a AND (b' }\n"
				   "watch sound { query = 'embassy AND @kyiv' }\n";
	struct fixture f;

	(void)state;
	load_watch(&f, text, "sound");
	assert_int_equal(f.rc, 0);
	assert_int_equal(f.conf->n_watches, 1);
	assert_int_equal(f.conf->n_feeds, 1);
	assert_int_equal(watch_set_count(f.conf->set), 1);
	assert_ptr_equal(conf_find_watch(f.conf, STR("sound")), &f.conf->watches[0]);
	unload(&f);
	load_watch(&f, text, "broken");
	assert_int_equal(f.rc, -ERR_CONF);
	unload(&f);
	load_watch(&f, text, "none");
	assert_int_equal(f.rc, 0);
	assert_int_equal(f.conf->n_watches, 0);
	unload(&f);
}

/* For commands, when the rest is invalid or missing. */
static void the_paths_of_the_daemon_have_defaults(void **state)
{
	struct conf *c = NULL;
	char dir[] = "/tmp/nightdesk-load.XXXXXX";

	(void)state;
	assert_non_null(mkdtemp(dir));
	assert_int_equal(conf_load_daemon(dir, &env, &c), 0);
	assert_string_equal(c->daemon.state, "/var/lib/a/nightdesk.db");
	assert_string_equal(c->daemon.control, "/run/nightdesk/control.sock");
	conf_unref(c);
	assert_int_equal(rmdir(dir), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_loaded_configuration_is_complete),
		cmocka_unit_test(tests_of_watches_are_run),
		cmocka_unit_test(a_generation_lives_until_the_last_reference),
		cmocka_unit_test(errors_of_queries_have_their_position),
		cmocka_unit_test(one_watch_is_loaded_alone),
		cmocka_unit_test(the_paths_of_the_daemon_have_defaults),
	};

	return cmocka_run_group_tests_name("conf load", tests, NULL, NULL);
}
