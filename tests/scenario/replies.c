/* SPDX-License-Identifier: MIT */
/* Replies of the script, or of the driver, and the records of what was asked and sent. */
#include "scenario/world.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

static char *copy(const char *z)
{
	return z ? strdup(z) : NULL;
}

static char *copy_str(struct str s)
{
	return s.p ? strndup(s.p, s.n) : NULL;
}

/*
 * Returns the next reply of that address; it stays in the list if it is for always or the last one.
 */
static struct reply *next_reply(struct reply_list *list, const char *url)
{
	struct reply *r;

	TAILQ_FOREACH (r, list, link) {
		if (r->left != 0 && (strcmp(r->url, url) == 0 || strcmp(r->url, "*") == 0)) {
			r->left -= r->left > 0;
			return r;
		}
	}
	return NULL;
}

static struct record *record_add(struct record_list *list, const char *url)
{
	struct record *r = calloc(1, sizeof(*r));

	r->url = strdup(url);
	r->at = clock_mono();
	TAILQ_INSERT_TAIL(list, r, link);
	return r;
}

static void add_header(struct record *r, const char *name, const char *value)
{
	struct buf b;

	buf_init(&b, 65536);
	buf_printf(&b, "%s%s%s\n", r->headers ? r->headers : "", name, value);
	free(r->headers);
	r->headers = b.data;
}

struct reply *reply_to_request(struct world *w, const struct fetch_request *q)
{
	struct reply *reply;
	struct record *r;

	if (w->driver)
		return w->driver->reply(w->driver->ctx, q);
	reply = next_reply(&w->replies, q->url);
	r = record_add(&w->requests, q->url);
	r->etag = copy(q->etag);
	r->modified = copy(q->last_modified);
	r->user = copy(q->user);
	r->learnt = q->learnt;
	r->delta = q->delta;
	if (q->form)
		hub_note(w, q->form);
	if (q->password)
		add_header(r, "password: ", q->password);
	for (size_t i = 0; i < q->n_headers; i++)
		add_header(r, "", q->headers[i]);
	if (!reply)
		world_fail(w, "no reply is left for a request to %s", q->url);
	else if (reply->publisher)
		publisher_write(reply);
	return reply;
}

static const char *send_key(const struct sink_request *q)
{
	switch (q->transport) {
	case SINK_HTTP: return "http";
	case SINK_SMTP: return "smtp";
	case SINK_SOCKET: return "socket";
	case SINK_STDOUT: return "stdout";
	case SINK_FILE: return "file";
	case SINK_EXEC: return "exec";
	}
	return "";
}

struct reply *reply_to_message(struct world *w, const struct sink_request *q)
{
	struct reply *reply;
	struct record *r;
	char *url;

	if (w->driver)
		return w->driver->answer(w->driver->ctx, q);
	url = q->url.p ? copy_str(q->url) : strdup(send_key(q));
	r = record_add(&w->sends, url);
	reply = next_reply(&w->answers, url);
	r->body = copy_str(q->body);
	for (size_t i = 0; i < q->n_headers; i++) {
		if (str_starts(q->headers[i], STR("webhook-id: ")))
			r->id = copy_str(str_slice(q->headers[i].p + 12, q->headers[i].n - 12));
	}
	if (!reply)
		world_fail(w, "no answer is left for a message to %s", url);
	free(url);
	return reply;
}
