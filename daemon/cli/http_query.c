/* SPDX-License-Identifier: MIT */
#include "http_query.h"

#include <stdlib.h>
#include <unistd.h>
#include <string.h>

#include "base/clock.h"
#include "conf/form.h"
#include "conf_dir.h"
#include "engine/hosts.h"
#include "engine/secrets.h"
#include "feed/link.h"
#include "io/fetch.h"
#include "io/loop.h"
#include "report.h"

#define ARENA_MAX ((size_t)1024 * 1024) /* of the strings of one request */

struct http_query {
	struct conf *conf;
	char *home; /* the URL of the command line */
	struct loop *loop;
	struct fetch *fetch;
	struct host_budgets budgets;
	struct hosts hosts;
	struct host_slot slot;
	struct arena *arena;
	struct feed_request hops;
	struct feed_request_asker who;
	struct document_answer out;
	char *body;
};

/* Holds a reference to c. NULL: out of memory. */
static struct http_query *http_query_new(struct conf *c, const char *home)
{
	struct http_query *q = calloc(1, sizeof(*q));

	if (!q)
		return NULL;
	q->conf = conf_ref(c);
	q->home = strdup(home);
	q->arena = arena_new(ARENA_MAX);
	q->loop = loop_new();
	q->fetch = q->loop ? fetch_new(q->loop, 1) : NULL;
	if (q->home && q->arena && q->fetch && host_budgets_init(&q->budgets) == 0) {
		hosts_init(&q->hosts, &q->budgets);
		if (host_budgets_set(&q->budgets, c) == 0)
			return q;
	}
	http_query_free(q);
	return NULL;
}

void http_query_free(struct http_query *q)
{
	if (!q)
		return;
	free(q->body);
	free(q->home);
	hosts_release(&q->hosts);
	host_budgets_release(&q->budgets);
	feed_request_wipe(&q->hops, q->who.feed);
	fetch_free(q->fetch);
	loop_free(q->loop);
	arena_free(q->arena);
	conf_unref(q->conf);
	free(q);
}

int http_query_exit(const struct document_answer *a)
{
	/* The server answered with a refusal. */
	if (a->status && a->error.cls == ERR_PERM)
		return CLI_FINDINGS;
	return report_exit_code(&a->error);
}

/*
 * Encoded as the address of a configured feed is, so that the two compare equal. NULL, after a
 * message, if it is not an address.
 */
static char *http_query_address(const char *word)
{
	struct arena *arena;
	struct str url = STR_NONE;
	struct buf b;
	char *out;

	if (!strstr(word, "://") && access(word, F_OK) == 0) {
		report_error("%s is a file, not an address; try: nightdesk parse %s", word, word);
		return NULL;
	}
	arena = arena_new((size_t)4 * FEED_LINK_MAX);
	buf_init(&b, FEED_LINK_MAX + 1);
	conf_form_encode_url(str_of(word), &b);
	if (arena && !buf_failed(&b))
		url = feed_link_resolve_feed(arena, STR_NONE, buf_str(&b));
	out = str_present(url) ? strdup(url.p) : NULL;
	buf_release(&b);
	arena_free(arena);
	if (!out)
		report_error("%s is neither an http or https address nor the name of a feed", word);
	return out;
}

int http_query_open(const struct cli_call *call, struct http_query **q, char **url)
{
	int code = CLI_OK;
	struct conf *c = conf_dir_load_or_default(call->cli, call->options.dir, &code);
	const struct conf_feed *feed;

	feed = c ? conf_find_feed(c, str_of(call->operands[0])) : NULL;
	*url = feed ? strdup(feed->url) : c ? http_query_address(call->operands[0]) : NULL;
	*q = *url ? http_query_new(c, *url) : NULL;
	if (c && !*q)
		code = *url ? report_nomem() : CLI_USAGE;
	conf_unref(c);
	return code;
}

void http_query_hide(const struct http_query *q, char *text)
{
	feed_request_hide(&q->hops, text);
}

const struct conf *http_query_conf(const struct http_query *q)
{
	return q->conf;
}

static void http_query_end(struct http_query *q)
{
	loop_stop(q->loop);
}

static void http_query_queue(struct http_query *q, int64_t pause);

/* NULL if the arena is full, which the limits of the headers exclude. */
static const char *http_query_keep(struct http_query *q, const char *z)
{
	char *kept = z ? arena_strdup(q->arena, z) : NULL;

	if (kept)
		feed_request_hide(&q->hops, kept);
	return kept;
}

static void http_query_take(struct http_query *q, struct fetch_answer *f)
{
	struct document_answer *o = &q->out;

	o->etag = http_query_keep(q, f->etag);
	o->last_modified = http_query_keep(q, f->last_modified);
	o->content_type = http_query_keep(q, f->content_type);
	o->content_language = http_query_keep(q, f->content_language);
	o->cache_control = http_query_keep(q, f->cache_control);
	o->link = http_query_keep(q, f->link);
	o->vary = http_query_keep(q, f->vary);
	o->max_age = f->max_age;
	o->cut = f->cut;
	feed_request_hide(&q->hops, o->cut.text);
	o->wall = f->wall;
	q->body = f->body_owned;
	o->body = f->body;
	f->body_owned = NULL;
}

static void http_query_on_answer(void *arg, struct fetch_answer *f)
{
	struct http_query *q = arg;
	struct document_answer *o = &q->out;
	struct document_hop *hop = &o->hops[o->n - 1];

	hosts_leave(&q->hosts, &q->slot);
	o->error = f->error;
	o->status = hop->status = f->error.cls == ERR_NONE ? f->status : 0;
	if (!q->who.feed || !q->who.feed->url_credential)
		hop->location = http_query_keep(q, f->location);
	/* A redirect may ask for it too, as in the poller. */
	if (f->retry_after > o->retry_after)
		o->retry_after = f->retry_after;
	o->no_host = f->no_host;
	hop->ms = f->total_ms;
	hop->wire_bytes = f->wire_bytes;
	if (o->status && feed_request_is_redirect(o->status) &&
		feed_request_follow(&q->hops, q->arena, &q->who, f, &o->error) == 0) {
		http_query_queue(q, feed_request_pause(f));
		return;
	}
	feed_request_hide(&q->hops, o->error.text);
	if (o->status)
		http_query_take(q, f);
	if (o->status && !feed_request_has_body(o->status) && o->error.cls == ERR_NONE)
		(void)feed_request_refused(o->status, f->wall, &o->error);
	http_query_end(q);
}

/* Asks for the last URL, or finds it out first. False: nothing is under way. */
static bool http_query_start(struct http_query *q, const struct secrets *s)
{
	const struct port_fetch port = fetch_port(q->fetch);
	struct err *e = &q->out.error;
	struct fetch_request r;

	if (feed_request_lacks_url(&q->hops)) {
		if (feed_request_reveal(&q->hops, q->arena, q->who.feed, buf_z(&s->v[0]), e) != 0)
			return false;
		q->who.home = q->hops.urls[0];
		http_query_queue(q, 0);
		return e->cls == ERR_NONE;
	}
	if (feed_request_fill(&q->hops, &q->who, s, q->arena, &r, e) != 0)
		return false;
	r.details = &q->out.hops[q->out.n - 1].details;
	if (port.start(port.ctx, &r, http_query_on_answer, q))
		return true;
	err_nomem(e);
	return false;
}

static void http_query_on_turn(void *arg)
{
	struct http_query *q = arg;
	const char *names[FEED_REQUEST_CREDENTIALS];
	size_t n = feed_request_credentials(&q->hops, &q->who, names);
	struct secrets secrets;
	bool going;

	if (!hosts_take_ready(&q->hosts, clock_mono(), false)) {
		http_query_queue(q, 0);
		return;
	}
	going = secrets_read(q->conf, names, n, &secrets, &q->out.error) == 0 &&
		http_query_start(q, &secrets);
	secrets_wipe(&secrets);
	if (going)
		return;
	hosts_leave(&q->hosts, &q->slot);
	http_query_end(q);
}

static void http_query_queue(struct http_query *q, int64_t pause)
{
	struct document_answer *o = &q->out;
	const char *url = q->hops.urls[q->hops.n - 1];
	char host[FEED_HOST_MAX];
	int64_t now = clock_mono();

	if (o->n < q->hops.n)
		o->n++;
	o->hops[o->n - 1].url = feed_request_shown_url(&q->hops, q->arena, q->who.feed);
	if (!feed_link_domain(str_of(url), host))
		host[0] = '\0';
	hosts_leave(&q->hosts, &q->slot);
	hosts_block_name(&q->hosts, host, now + pause, now);
	if (hosts_enqueue(&q->hosts, &q->slot, host, true, now) != 0 ||
		!loop_timer(q->loop, "ask", hosts_next_ready(&q->hosts, false) - now,
			http_query_on_turn, q)) {
		err_nomem(&o->error);
		http_query_end(q);
	}
}

int http_query_ask(struct http_query *q, const char *url, const struct conf_feed *feed,
	const struct document_answer **out, struct err *e)
{
	free(q->body);
	q->body = NULL;
	feed_request_wipe(&q->hops, q->who.feed);
	arena_clear(q->arena);
	q->hops = (struct feed_request){0};
	q->out = (struct document_answer){.retry_after = -1, .max_age = -1};
	*out = &q->out;
	q->who = (struct feed_request_asker){q->conf, feed, q->home};
	if (feed_request_start(&q->hops, q->arena, url) != 0)
		return err_nomem(e);
	http_query_queue(q, 0);
	if (q->out.error.cls == ERR_NOMEM)
		return err_nomem(e);
	return loop_run(q->loop, e);
}
