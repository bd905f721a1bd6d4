/* SPDX-License-Identifier: MIT */
#include "lib/unit.h"

#include "lib/sink_fixture.h"

#include <sys/stat.h>
#include <unistd.h>

void notify_load(struct notify_fixture *f, const char *keys)
{
	static const struct conf_env env = {.timezone = "UTC", .notify_types = sink_conf_type};
	char dir[] = "/tmp/nightdesk-notify.XXXXXX", path[64];
	FILE *out;

	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/nightdesk.conf", dir);
	out = fopen(path, "w");
	assert_non_null(out);
	fprintf(out,
		"notify desk { %s }\nfeed f { url = http://a.example/ }\n"
		"watch w { query = 'x' notify = desk }\n",
		keys);
	assert_int_equal(fclose(out), 0);
	assert_int_equal(chmod(path, 0644), 0);
	conf_load(dir, &env, &f->conf, &f->diags);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(rmdir(dir), 0);
}

void notify_unload(struct notify_fixture *f)
{
	conf_unref(f->conf);
	conf_diags_release(&f->diags);
}

static struct alert sink_fixture_alert(struct watch_hit hits[2])
{
	hits[0] = (struct watch_hit){QUERY_TITLE, 3, 7, STR("embassy"), STR("embass*")};
	hits[1] = (struct watch_hit){QUERY_BODY, 32, 7, STR("embassy"), STR("embass*")};
	return (struct alert){
		.id = STR("al_abcdefghijklmnopqrstuvwxyz"),
		.created = SINK_NOW,
		.watch = STR("embassy-relocation"),
		.watch_title = STR("Embassy relocation"),
		.priority = ALERT_URGENT,
		.item_id = STR("urn:1"),
		.title = STR("US embassy <b>moves</b> & <!channel> *now*"),
		.link = STR("https://news.example/a?x=1&y=<2>|3"),
		.author = STR("A. Writer"),
		.body = STR("The United States is moving its embassy out of Kyiv."),
		.published = SINK_NOW - 95000,
		.feed = STR("wire"),
		.feed_title = STR("The Wire"),
		.source = STR("wire.example"),
		.language = STR("en"),
		.hits = hits,
		.n_hits = 2,
		.fetched = SINK_NOW - 400,
	};
}

int sink_fixture_open(void **state)
{
	struct sink_fixture *f = calloc(1, sizeof(*f));

	f->arena = arena_new(8 << 20);
	f->alert = sink_fixture_alert(f->hits);
	*state = f;
	return 0;
}

int sink_fixture_close(void **state)
{
	struct sink_fixture *f = *state;

	notify_unload(&f->notify);
	arena_free(f->arena);
	free(f);
	return 0;
}

void sink_fixture_configure(struct sink_fixture *f, const char *keys)
{
	notify_unload(&f->notify);
	notify_load(&f->notify, keys);
	if (!f->notify.conf)
		print_error("%s: %s\n", keys, f->notify.diags.v[0].text);
	assert_non_null(f->notify.conf);
}

void sink_fixture_configure_type(struct sink_fixture *f, const struct sink_type *type)
{
	char path[100], own[1000], keys[1100];
	size_t n;
	FILE *file;

	snprintf(path, sizeof(path), "tests/golden/messages/%s.conf", type->conf.name);
	file = fopen(path, "r");
	if (!file)
		fail_msg("no %s", path);
	n = fread(own, 1, sizeof(own) - 1, file);
	own[n] = '\0';
	assert_int_equal(fclose(file), 0);
	snprintf(keys, sizeof(keys), "type = %s %s", type->conf.name, own);
	sink_fixture_configure(f, keys);
	f->secrets.n = 0;
	sink_fixture_set_secret(f, "url", STR("https://hooks.example/x"));
	sink_fixture_set_secret(f, "token", STR("123:token"));
	sink_fixture_set_secret(f, "key", STR("0123456789abcdef0123456789abcdef"));
}

const struct conf_notify *sink_fixture_block(const struct sink_fixture *f)
{
	return &f->notify.conf->notifies[0];
}

void sink_fixture_set_secret(struct sink_fixture *f, const char *credential, struct str value)
{
	f->secrets.v[f->secrets.n++] = (struct sink_secret){credential, value};
}

int sink_fixture_render(struct sink_fixture *f)
{
	const struct sink_context ctx = {.notify = sink_fixture_block(f),
		.secrets = &f->secrets,
		.now = SINK_NOW,
		.hostname = "box",
		.pid = 42,
		.served = f->served};
	struct notice notice = notice_of_alert(&f->alert);
	int rc;

	notice.receipt = f->receipt;
	notice.asks = f->asks;
	rc = sink_render(&ctx, &notice, f->arena, &f->request, &f->err);

	assert_true(f->request.body.n <= sink_type_of(ctx.notify)->max_bytes);
	return rc;
}

const char *sink_fixture_header(const struct sink_fixture *f, const char *name)
{
	for (size_t i = 0; i < f->request.n_headers; i++)
		if (str_starts(f->request.headers[i], str_of(name)))
			return f->request.headers[i].p + strlen(name);
	return "(none)";
}
