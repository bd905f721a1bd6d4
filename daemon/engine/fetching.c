/* SPDX-License-Identifier: MIT */
/*
 * FETCHING: the requests of one poll, redirects followed hop by hop so that every hop is looked at
 * and waits its turn at its host; then what the last answer means.
 */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/digest.h"
#include "engine/polling.h"

#define VISIT_ARENA_MAX ((size_t)256 * 1024)
#define HOST_REST	CLOCK_MINUTE /* after a 429 that names no time */

struct origin {
	char host[FEED_HOST_MAX];
	bool tls;
	char port[8]; /* "": the scheme's own */
};

/* url is absolute and was put together by feed/link.h, so its parts are where they should be. */
static bool origin_of(const char *url, struct origin *out)
{
	struct str u = str_of(url);
	const char *p, *end, *colon = NULL;

	if (!feed_link_domain(u, out->host))
		return false;
	out->tls = str_starts(u, STR("https:"));
	p = strstr(url, "://");
	p = p ? p + 3 : url;
	end = p + strcspn(p, "/?#");
	for (const char *q = p; q < end; q++) {
		if (*q == '@' || *q == ']')
			colon = NULL;
		else if (*q == ':')
			colon = q;
	}
	out->port[0] = '\0';
	if (colon && (size_t)(end - colon - 1) < sizeof(out->port)) {
		memcpy(out->port, colon + 1, (size_t)(end - colon - 1));
		out->port[end - colon - 1] = '\0';
	}
	if (strcmp(out->port, out->tls ? "443" : "80") == 0)
		out->port[0] = '\0';
	return true;
}

/* The same server, or the same one made safer: then what was meant for one may go to the other. */
static bool same_house(const char *from, const char *to)
{
	struct origin a, b;

	if (!origin_of(from, &a) || !origin_of(to, &b))
		return false;
	return strcmp(a.host, b.host) == 0 && strcmp(a.port, b.port) == 0 && (b.tls || !a.tls);
}

const char *poll_address(const struct poll_feed *f)
{
	return f->moved_to && f->moved_seen >= POLL_MOVED_AFTER ? f->moved_to : f->cf->url;
}

static struct poll_visit *visit_new(struct poll_feed *f)
{
	struct poll_visit *v = calloc(1, sizeof(*v));

	if (!v)
		return NULL;
	v->arena = arena_new(VISIT_ARENA_MAX);
	v->urls[0] = v->arena ? arena_strdup(v->arena, poll_address(f)) : NULL;
	if (!v->urls[0]) {
		arena_free(v->arena);
		free(v);
		return NULL;
	}
	v->n_urls = 1;
	v->from_moved = poll_address(f) != f->cf->url;
	v->feed = f;
	v->conf = conf_ref(f->poller->conf);
	v->cf = f->cf;
	v->generation = f->generation;
	v->max_age = v->retry_after = -1;
	v->poll.feed = str_of(f->name);
	v->poll.started = v->poll.fetched = clock_wall();
	v->full = clock_mono() >= f->full_at;
	v->conditional = (f->etag || f->last_modified) && !v->full;
	return v;
}

static void on_answer(void *arg, struct fetch_answer *a);

static const char *user_agent(struct poll_visit *v)
{
	const char *contact = v->conf->poll.contact;

	if (!contact)
		return "nightdesk/" NIGHTDESK_VERSION;
	return arena_printf(v->arena, "nightdesk/" NIGHTDESK_VERSION " (%s)", contact);
}

/* What only the configured server may see. */
static int add_secrets(struct poll_visit *v, struct fetch_request *r, struct buf *password)
{
	const struct conf_feed *cf = v->cf;
	const char **headers;
	int rc;

	if (cf->headers.n > 0) {
		headers = arena_array(v->arena, cf->headers.n, sizeof(*headers));
		if (!headers)
			return err_nomem(&v->error);
		for (size_t i = 0; i < cf->headers.n; i++)
			headers[i] = cf->headers.v[i].p;
		r->headers = headers;
		r->n_headers = cf->headers.n;
	}
	r->user = cf->user;
	if (!cf->password_credential)
		return 0;
	rc = conf_secret_read(v->conf, cf->password_credential, password, &v->error);
	if (rc == 0)
		r->password = buf_z(password);
	return rc;
}

static void request(struct poll_visit *v)
{
	struct poll_feed *f = v->feed;
	const struct port_fetch *port = &f->poller->o.ports->fetch;
	const char *url = v->urls[v->n_urls - 1];
	bool home = same_house(v->cf->url, url);
	struct fetch_request r = {
		.url = url,
		.max_body = v->conf->poll.max_body,
		.policy = &v->conf->poll,
		.learnt = !home && (v->n_urls > 1 || v->from_moved),
		.user_agent = user_agent(v),
	};
	struct buf password;
	int rc;

	if (v->conditional) {
		r.etag = f->etag;
		r.last_modified = f->last_modified;
	}
	buf_init(&password, 4096);
	rc = home ? add_secrets(v, &r, &password) : 0;
	if (rc == 0 && r.user_agent)
		v->op = port->start(port->ctx, &r, on_answer, v);
	conf_secret_wipe(&password);
	if (v->op)
		return;
	hosts_leave(&f->poller->hosts, &f->seat);
	if (rc != 0)
		poll_fail(v, "%s", v->error.text);
	else
		poll_fail(v, "out of memory");
}

void poll_fetch(struct poll_feed *f)
{
	poll_set_state(f, POLL_FETCHING);
	if (!f->visit)
		f->visit = visit_new(f);
	if (f->visit) {
		request(f->visit);
		return;
	}
	/* Not even a visit can be had: leave the host, come back in a minute. */
	hosts_leave(&f->poller->hosts, &f->seat);
	poll_rest(f, CLOCK_MINUTE);
}

void poll_fetch_cancel(struct poll_visit *v)
{
	const struct port_fetch *port = &v->feed->poller->o.ports->fetch;

	if (v->op)
		port->cancel(port->ctx, v->op);
	v->op = NULL;
}

/* --- what came back --- */

static const char *kept(struct poll_visit *v, const char *value)
{
	size_t n = value ? strlen(value) : 0;

	if (n == 0 || n > POLL_VALIDATOR_MAX)
		return NULL;
	for (size_t i = 0; i < n; i++) {
		if ((unsigned char)value[i] < 0x20 || value[i] == 0x7f)
			return NULL;
	}
	return arena_strdup(v->arena, value);
}

static void redirect(struct poll_visit *v, const struct fetch_answer *a)
{
	const char *from = v->urls[v->n_urls - 1];
	struct str to;

	if (!a->location) {
		poll_fail(v, "the server answered %ld without saying where to", a->status);
		return;
	}
	if (v->n_urls > POLL_HOPS_MAX) {
		poll_fail(v, "redirected more than %d times", POLL_HOPS_MAX);
		return;
	}
	to = feed_link_resolve(v->arena, str_of(from), str_of(a->location));
	if (!str_present(to)) {
		poll_fail(v, "redirected to what is no http or https address (\"%.*s\")",
			(int)strcspn(a->location, "/?#"), a->location);
		return;
	}
	if (str_starts(str_of(from), STR("https:")) && !str_starts(to, STR("https:"))) {
		poll_fail(v, "redirected from https to http, which anybody on the way could read "
			     "and change");
		return;
	}
	for (unsigned i = 0; i < v->n_urls; i++) {
		if (str_is(to, v->urls[i])) {
			poll_fail(v, "redirected in a circle");
			return;
		}
	}
	if ((a->status == 301 || a->status == 308) && v->n_permanent == v->n_urls - 1)
		v->n_permanent++;
	v->urls[v->n_urls++] = to.p;
	poll_line_up(v->feed, true);
}

static void take_body(struct poll_visit *v, struct fetch_answer *a)
{
	struct poll_feed *f = v->feed;
	const char *etag = kept(v, a->etag), *modified = kept(v, a->last_modified);

	v->poll.etag = str_of(etag);
	v->poll.last_modified = str_of(modified);
	v->max_age = a->max_age;
	if (a->body.n == 0) {
		poll_fail(v, "the server answered with nothing in it");
		return;
	}
	v->poll.body_hash = digest_fast64(a->body, 0);
	if (v->poll.body_hash == f->body_hash && !v->full) {
		v->poll.outcome = DESK_UNCHANGED;
		poll_ingest(v);
		return;
	}
	v->body = a->body_owned ? a->body_owned : malloc(a->body.n);
	if (!v->body) {
		poll_fail(v, "out of memory");
		return;
	}
	if (!a->body_owned)
		memcpy(v->body, a->body.p, a->body.n);
	a->body_owned = NULL;
	v->body_len = a->body.n;
	f->poller->bytes += v->body_len;
	v->options = (struct feed_parse_options){
		.url = str_of(v->urls[v->n_urls - 1]),
		.content_type = arena_str(v->arena, str_of(a->content_type)),
		.content_location = arena_str(v->arena, str_of(a->content_location)),
		.content_language = arena_str(v->arena, str_of(a->content_language)),
		.strip_parameters = v->conf->daemon.strip_parameters.v,
		.n_strip_parameters = v->conf->daemon.strip_parameters.n,
	};
	poll_parse(v);
}

static void refused(struct poll_visit *v, long status)
{
	switch (status) {
	case 401:
	case 403:
		poll_fail(v,
			"the server answered %ld: it does not let us in; look at user, "
			"password-credential and headers of the feed",
			status);
		break;
	case 404:
		poll_fail(v, "the server answered 404: nothing is at this address; look for the "
			     "feed's new one");
		break;
	case 410:
		v->poll.gone = true;
		poll_fail(v, "the server answered 410: the feed is gone for good; it is asked once "
			     "a day");
		break;
	case 429: poll_fail(v, "the server answered 429: it is asked too often"); break;
	default:
		poll_fail(v, "the server answered %ld%s", status,
			status >= 500 ? ": trouble on its side" : ", which is no feed");
	}
}

static void judge(struct poll_visit *v, struct fetch_answer *a)
{
	if (a->error.cls != ERR_NONE) {
		poll_fail(v, "%s", a->error.text);
		return;
	}
	switch (a->status) {
	case 200:
	case 203: take_body(v, a); break;
	case 301:
	case 302:
	case 303:
	case 307:
	case 308: redirect(v, a); break;
	case 304:
		if (!v->conditional) {
			poll_fail(v, "the server answered 304 to a question without a condition");
			break;
		}
		v->max_age = a->max_age;
		v->poll.outcome = DESK_UNCHANGED;
		poll_ingest(v);
		break;
	default: refused(v, a->status);
	}
}

/*
 * The host wants to be left alone, so everybody leaves it alone. With once nobody has that much
 * time: who stands in its line fails now.
 */
static void rest_host(struct poll_visit *v, const struct fetch_answer *a)
{
	struct poller *p = v->feed->poller;
	int64_t rest = a->retry_after;
	struct host_seat *s;

	if (rest < 0)
		rest = a->status == 429 ? HOST_REST : 0;
	if (rest > SCHEDULE_ASK_MAX)
		rest = SCHEDULE_ASK_MAX;
	v->retry_after = rest;
	hosts_block(&p->hosts, &v->feed->seat, clock_mono() + rest);
	while (p->o.once && rest > 0 && (s = hosts_behind(&v->feed->seat)) != NULL) {
		struct poll_feed *f = s->owner;

		hosts_leave(&p->hosts, s);
		poll_set_state(f, POLL_FETCHING);
		if (!f->visit)
			f->visit = visit_new(f);
		if (f->visit)
			poll_fail(f->visit,
				"the host answered another feed with %ld: it is asked "
				"too often",
				a->status);
		else
			poll_rest(f, rest);
	}
}

static void on_answer(void *arg, struct fetch_answer *a)
{
	struct poll_visit *v = arg;
	struct poller *p = v->feed->poller;

	v->op = NULL;
	v->poll.fetched = clock_wall();
	if (a->error.cls == ERR_NONE && (a->status == 429 || a->status == 503))
		rest_host(v, a);
	hosts_leave(&p->hosts, &v->feed->seat);
	judge(v, a);
	poll_poke(p);
}
