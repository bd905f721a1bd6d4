/* SPDX-License-Identifier: MIT */
/* All types of receivers at once, with the keys of their golden messages. */
#include "scenario/world.h"

#include <stdlib.h>
#include <string.h>

#include "alert/notice.h"
#include "base/clock.h"
#include "sink/sink.h"

/* In the keys of several types; here each has a host of its own. */
#define HOOKS	  "hooks.example"
#define HOST_MAX  200
#define BLOCK_MAX 4096

static bool services_read(struct world *w, const char *type, char *out, size_t size)
{
	char path[100];
	FILE *f;
	size_t n;

	snprintf(path, sizeof(path), "tests/golden/messages/%s.conf", type);
	f = fopen(path, "r");
	if (!f) {
		world_fail(w, "no %s", path);
		return false;
	}
	n = fread(out, 1, size - 1, f);
	out[n] = '\0';
	fclose(f);
	return true;
}

/* Appends the keys with hosts and credentials of that type. */
static void services_put_keys(struct buf *out, const char *keys, const char *type)
{
	static const char credential[] = "-credential = ";

	while (*keys) {
		if (strncmp(keys, HOOKS, strlen(HOOKS)) == 0) {
			buf_printf(out, "%s.example", type);
			keys += strlen(HOOKS);
		} else if (strncmp(keys, credential, strlen(credential)) == 0) {
			buf_printf(out, "%s%s-", credential, type);
			keys += strlen(credential);
		} else {
			buf_addc(out, *keys++);
		}
	}
}

void services_write(struct world *w, const char *word)
{
	char keys[BLOCK_MAX], path[128], url[128];
	struct buf blocks, names;

	buf_init(&blocks, (size_t)1 << 20);
	buf_init(&names, (size_t)1 << 16);
	for (size_t i = 0; sinks[i]; i++) {
		const char *type = sinks[i]->conf.name;
		const char *const credentials[][2] = {{"token", "123:token"},
			{"key", "0123456789abcdef0123456789abcdef"}, {"url", url}};

		/* A reply of a script is no exit status. */
		if (strcmp(type, "exec") == 0 || !services_read(w, type, keys, sizeof(keys)))
			continue;
		snprintf(url, sizeof(url), "https://%s.example/x", type);
		for (size_t k = 0; k < sizeof(credentials) / sizeof(credentials[0]); k++) {
			snprintf(path, sizeof(path), "credentials/%s-%s", type, credentials[k][0]);
			world_write_file(w, path, credentials[k][1], 0600);
		}
		buf_printf(&blocks, "notify %s { type = \"%s\"\n", type, type);
		services_put_keys(&blocks, keys, type);
		buf_addz(&blocks, "\n}\n");
		buf_printf(&names, "%s%s", names.len ? ", " : "", type);
	}
	buf_printf(
		&blocks, "watch services { query = '%s' notify = { %s } }\n", word, buf_z(&names));
	world_write_file(w, "feeds.d/services.conf", buf_z(&blocks), 0600);
	buf_release(&blocks);
	buf_release(&names);
}

/* --- what they got --- */

/* Sets host to "https://host" of a message to that block; "" if it is not sent by HTTP. */
static void services_host(struct world *w, const struct conf_notify *n, char host[HOST_MAX])
{
	struct arena *arena = arena_new((size_t)1 << 20);
	struct sink_secrets secrets = {.n = 0};
	struct buf values[SINK_SECRETS_MAX];
	const char *names[SINK_SECRETS_MAX];
	struct sink_request request;
	struct alert alert;
	struct notice notice;
	struct err e;

	secrets.n = conf_notify_credentials(n, names, SINK_SECRETS_MAX);
	for (size_t i = 0; i < secrets.n; i++) {
		buf_init(&values[i], 4096);
		if (conf_secret_read(w->conf, names[i], &values[i], &e) != 0)
			world_fail(w, "%s: %s", n->name, e.text);
		secrets.v[i] = (struct sink_secret){names[i], buf_str(&values[i])};
	}
	alert_make_test(clock_wall(), arena, &alert);
	notice = notice_of_alert(&alert);
	*host = '\0';
	if (sink_render(&(struct sink_context){.notify = n, .secrets = &secrets, .hostname = "box"},
		    &notice, arena, &request, &e) != 0)
		world_fail(w, "%s: %s", n->name, e.text);
	else if (request.transport == SINK_HTTP)
		snprintf(host, HOST_MAX, "%.*s", (int)(8 + strcspn(request.url.p + 8, "/")),
			request.url.p);
	for (size_t i = 0; i < secrets.n; i++)
		buf_release(&values[i]);
	arena_free(arena);
}

/* Checks that n messages were sent there, each within its size, and not faster than its pace. */
static void services_expect_one(
	struct world *w, const struct conf_notify *notify, const char *host, int n)
{
	const struct sink_type *type = sink_type_of(notify);
	struct record *r, *next;
	int64_t last = INT64_MIN / 2;
	int got = 0;

	for (r = TAILQ_FIRST(&w->sends); r; r = next) {
		next = TAILQ_NEXT(r, link);
		if (strncmp(r->url, host, strlen(host)) != 0)
			continue;
		if (r->at - last < type->pace_ms)
			world_fail(w, "%s: a message %lld ms after the last", notify->name,
				(long long)(r->at - last));
		if (strlen(r->body) > type->max_bytes)
			world_fail(w, "%s: a message of %zu bytes", notify->name, strlen(r->body));
		last = r->at;
		got++;
		TAILQ_REMOVE(&w->sends, r, link);
		record_free(r);
	}
	if (type->repeat_ms ? got < n : got != n) /* while alerts are open, they are sent again */
		world_fail(w, "%s: %d messages", notify->name, got);
}

void services_expect(struct world *w, int n)
{
	char host[HOST_MAX];

	for (size_t i = 0; i < w->conf->n_notifies && !w->failed; i++) {
		services_host(w, &w->conf->notifies[i], host);
		if (*host)
			services_expect_one(w, &w->conf->notifies[i], host, n);
	}
}
