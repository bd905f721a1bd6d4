/* SPDX-License-Identifier: MIT */
#include "lib/unit.h"

#include "lib/fetch_fixture.h"

const struct conf_poll fetch_fixture_deny = {.private_networks = CONF_PRIVATE_DENY};
const struct conf_poll fetch_fixture_allow = {.private_networks = CONF_PRIVATE_ALLOW};

void fetch_fixture_open(struct fetch_fixture *x, server_fn *answer)
{
	*x = (struct fetch_fixture){.loop = loop_new()};
	x->fetch = fetch_new(x->loop, 64);
	if (answer)
		server_start(&x->server, answer);
}

void fetch_fixture_close(struct fetch_fixture *x)
{
	fetch_free(x->fetch);
	loop_free(x->loop);
	if (x->server.fn)
		server_stop(&x->server);
}

static void fetch_fixture_keep(char *out, size_t size, const char *z)
{
	snprintf(out, size, "%s", z ? z : "(none)");
}

void fetch_fixture_note(void *arg, struct fetch_answer *a)
{
	struct fetch_outcome *o = arg;

	o->calls++;
	o->error = a->error;
	o->cut = a->cut;
	o->status = a->status;
	o->reach = a->reach;
	o->crowded = a->crowded;
	o->wall = a->wall;
	o->body_len = a->body.n;
	if (a->error.cls == ERR_NONE)
		snprintf(o->body, sizeof(o->body), "%.*s", (int)(a->body.n < 200 ? a->body.n : 200),
			a->body.p);
	fetch_fixture_keep(o->etag, sizeof(o->etag), a->etag);
	snprintf(o->origin, sizeof(o->origin), "%.*s", STR_ARG(a->origin));
	fetch_fixture_keep(o->im, sizeof(o->im), a->im);
	fetch_fixture_keep(o->vary, sizeof(o->vary), a->vary);
	fetch_fixture_keep(o->location, sizeof(o->location), a->location);
	fetch_fixture_keep(o->type, sizeof(o->type), a->content_type);
	o->retry_after = a->retry_after;
	o->max_age = a->max_age;
	loop_stop(o->loop);
}

struct fetch_request fetch_fixture_request(struct fetch_fixture *x, const char *path)
{
	snprintf(x->url, sizeof(x->url), "http://127.0.0.1:%u%s", x->server.port, path);
	return (struct fetch_request){.url = x->url,
		.user_agent = "test",
		.max_body = 100000,
		.policy = &fetch_fixture_allow};
}

struct fetch_outcome fetch_fixture_ask(struct fetch_fixture *x, const struct fetch_request *r)
{
	struct fetch_outcome o = {.loop = x->loop};
	struct port_fetch port = fetch_port(x->fetch);

	assert_non_null(port.start(port.ctx, r, fetch_fixture_note, &o));
	assert_int_equal(o.calls, 0);
	assert_int_equal(loop_run(x->loop, NULL), 0);
	assert_int_equal(o.calls, 1);
	return o;
}

struct fetch_outcome fetch_fixture_run(
	struct fetch_fixture *x, server_fn *answer, const struct fetch_request *r)
{
	struct fetch_request all, plain;
	struct fetch_outcome o;

	fetch_fixture_open(x, answer);
	all = plain = fetch_fixture_request(x, "/feed?token=secret");
	if (r) {
		all = *r;
		all.url = plain.url;
		all.user_agent = plain.user_agent;
		if (!all.max_body)
			all.max_body = plain.max_body;
		if (!all.policy)
			all.policy = plain.policy;
	}
	o = fetch_fixture_ask(x, &all);
	fetch_fixture_close(x);
	return o;
}
