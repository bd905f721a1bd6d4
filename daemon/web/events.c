/* SPDX-License-Identifier: MIT */
#include "events.h"

#include <stdlib.h>

#include "base/log.h"
#include "document/wall.h"
#include "event_look.h"
#include "event_resume.h"
#include "event_status.h"
#include "event_text.h"

#define LOOK_EVERY   (2 * CLOCK_SECOND)
#define LOOK_GAP     100 /* ms between two looks that new alerts cause */
#define BEAT_EVERY   (15 * CLOCK_SECOND)
#define STATUS_EVERY CLOCK_SECOND
#define WALL_EVERY   (2 * CLOCK_SECOND)
#define WALL_SHARE   20 /* reading the wall takes at most one part in so many of the time */

struct event_stream {
	LIST_ENTRY(event_stream) link;
	struct web_events *events;
	struct httpd_stream *to; /* NULL: it has ended, and only the resume is under way */
	enum {
		STREAM_NEW,    /* before the first look */
		STREAM_BEHIND, /* gets what it has missed, piece by piece */
		STREAM_LIVE,
	} state;
	bool busy;		     /* not all that was written has left */
	bool reading;		     /* the resume is with the reader */
	int64_t row;		     /* LIVE: of the last alert that was sent */
	unsigned wall;		     /* version that was sent; 0: none */
	unsigned status;	     /* the same */
	struct event_resume *resume; /* NEW or BEHIND; NULL: none */
};

struct web_events {
	struct web_site *site;
	LIST_HEAD(, event_stream) streams;
	struct loop_alarm *alarm;
	struct event_look look;
	struct web_read read;
	bool looking, look_again;   /* looking: look is with the reader */
	int64_t newest;		    /* row of the newest alert that was sent to all */
	int64_t looked_at, wall_at; /* monotonic */
	/* What is shared; each version begins with 1. */
	struct buf wall_now;
	uint32_t generation;
	unsigned wall_version;
	struct httpd_text *wall_whole, *wall_change; /* from the version before; NULL: none */
	unsigned status_version;
	uint64_t status_hash;
	int64_t status_at, beat_at; /* monotonic: when it is made, and sent though unchanged */
	struct httpd_text *status_text;
};

/* --- one stream --- */

static void events_free_resume(struct event_stream *t)
{
	if (t->resume)
		event_resume_release(t->resume);
	free(t->resume);
	t->resume = NULL;
}

/* Not while the reader has its resume: then when that comes back. */
static void events_free_stream(struct event_stream *t)
{
	t->to = NULL;
	if (t->reading)
		return;
	LIST_REMOVE(t, link);
	events_free_resume(t);
	free(t);
}

static void events_on_closed(void *arg)
{
	events_free_stream(arg);
}

static bool events_share(struct event_stream *t, struct httpd_text *text)
{
	if (!text || httpd_stream_share(t->to, text))
		return false;
	t->busy = true;
	return true;
}

/* Sends the newest of what replaces itself, if all that was written before has left. */
static void events_refresh(struct event_stream *t)
{
	struct web_events *v = t->events;
	bool whole = t->wall + 1 != v->wall_version || !v->wall_change;

	if (t->busy || t->state == STREAM_NEW)
		return;
	if (t->status != v->status_version && events_share(t, v->status_text))
		t->status = v->status_version;
	if (t->wall != v->wall_version && events_share(t, whole ? v->wall_whole : v->wall_change))
		t->wall = v->wall_version;
}

static void events_resume(struct event_stream *t);

static void events_on_resumed(void *arg, int rc, const struct err *e)
{
	struct event_stream *t = arg;
	struct event_resume *r = t->resume;

	(void)e;
	t->reading = false;
	if (!t->to || rc) {
		httpd_stream_end(t->to); /* the client comes again */
		events_free_stream(t);
		return;
	}
	if (r->text.len > 0) {
		t->busy = true;
		if (httpd_stream_write(t->to, buf_str(&r->text)) != 0)
			return; /* the same piece again from events_on_drained() */
	}
	event_resume_accept(r);
	t->row = r->row;
	if (!r->more && r->row >= t->events->newest) {
		t->state = STREAM_LIVE;
		events_free_resume(t);
	}
	events_resume(t);
}

/* Reads the next piece for a stream that is behind. */
static void events_resume(struct event_stream *t)
{
	struct err e;

	if (t->state != STREAM_BEHIND || t->busy || t->reading || !t->resume)
		return;
	t->resume->read.done = events_on_resumed;
	t->resume->read.arg = t;
	t->reading = web_reader_post(t->events->site->reader, &t->resume->read, &e) == 0;
}

static int events_run_resume(void *arg, struct store *store, struct err *e)
{
	const struct event_stream *t = arg;

	return event_resume_run(t->resume, store, e);
}

static struct event_resume *events_new_resume(struct str after, int64_t seen)
{
	struct event_resume *r = malloc(sizeof(*r));

	if (!r)
		return NULL;
	event_resume_init(r, after, seen);
	r->read.run = events_run_resume;
	return r;
}

/* The buffer of a slow client is full. */
static void events_fall_behind(struct event_stream *t)
{
	t->state = STREAM_BEHIND;
	t->resume = events_new_resume(STR_NONE, t->row);
	if (t->resume) {
		events_resume(t); /* or from events_on_drained() */
		return;
	}
	httpd_stream_end(t->to);
	events_free_stream(t);
}

static void events_on_drained(void *arg)
{
	struct event_stream *t = arg;

	t->busy = false;
	events_refresh(t);
	events_resume(t);
}

/* --- all streams --- */

static void events_refresh_all(struct web_events *v)
{
	struct event_stream *t;

	LIST_FOREACH (t, &v->streams, link)
		if (t->to)
			events_refresh(t);
}

/* NULL, or *old stays, if there is no memory: then the next version comes whole. */
static void events_set_text(struct httpd_text **old, const char *name, json_t *data)
{
	struct buf b;

	httpd_text_unref(*old);
	*old = NULL;
	if (!data)
		return;
	buf_init(&b, (size_t)8 * 1024 * 1024);
	event_text_add(&b, name, STR_NONE, data);
	if (!buf_failed(&b))
		*old = httpd_text_new(buf_str(&b));
	buf_release(&b);
}

static void events_take_wall(struct web_events *v)
{
	struct str now = buf_str(&v->look.wall);
	uint32_t generation = document_wall_generation(v->look.conf);
	bool whole = v->wall_version == 0 || generation != v->generation;
	json_t *changes = NULL;

	if (!whole)
		changes = document_wall_changes(generation, buf_str(&v->wall_now), now, &whole);
	if (!whole && !changes)
		return;
	v->wall_version++;
	v->generation = generation;
	events_set_text(&v->wall_change, "feeds", changes);
	events_set_text(&v->wall_whole, "feeds", document_wall(generation, now));
	buf_clear(&v->wall_now);
	buf_adds(&v->wall_now, now);
}

static void events_take_status(struct web_events *v)
{
	json_t *data;
	uint64_t hash;

	if (v->status_text && clock_mono() < v->status_at)
		return;
	v->status_at = clock_mono() + STATUS_EVERY;
	data = event_status_make(v->site->parts.admin);
	hash = event_status_hash(data);
	if (v->status_text && hash == v->status_hash && clock_mono() < v->beat_at) {
		json_decref(data);
		return;
	}
	v->status_hash = hash;
	v->status_version++;
	v->beat_at = clock_mono() + BEAT_EVERY;
	event_status_stamp(data, clock_wall());
	events_set_text(&v->status_text, "status", data);
}

/* part: of an alert; text: the event, shared by all. */
static void events_broadcast(
	struct web_events *v, const struct event_look_part *part, struct httpd_text *text)
{
	struct event_stream *t, *next;

	for (t = LIST_FIRST(&v->streams); t; t = next) {
		next = LIST_NEXT(t, link);
		if (!t->to || t->state != STREAM_LIVE || (part->fresh && part->row <= t->row))
			continue;
		if (!events_share(t, text))
			events_fall_behind(t);
		else if (part->fresh)
			t->row = part->row;
	}
}

static void events_take_alerts(struct web_events *v)
{
	const struct event_look *l = &v->look;
	size_t from = 0;

	for (size_t i = 0; i < l->n_parts; i++) {
		struct httpd_text *text =
			httpd_text_new(str_slice(l->text.data + from, l->parts[i].end - from));

		events_broadcast(v, &l->parts[i], text);
		httpd_text_unref(text);
		from = l->parts[i].end;
	}
}

/* Streams that waited for the first look. */
static void events_begin_new(struct web_events *v)
{
	struct event_stream *t, *next;

	for (t = LIST_FIRST(&v->streams); t; t = next) {
		next = LIST_NEXT(t, link);
		if (t->state != STREAM_NEW || !t->to)
			continue;
		t->state = t->resume ? STREAM_BEHIND : STREAM_LIVE;
		t->row = v->newest;
		events_refresh(t);
		events_resume(t);
	}
}

/* --- looks --- */

static void events_plan(struct web_events *v, int64_t ms)
{
	if (LIST_EMPTY(&v->streams))
		loop_alarm_clear(v->alarm);
	else
		loop_alarm_set(v->alarm, ms);
}

static void events_on_looked(void *arg, int rc, const struct err *e)
{
	struct web_events *v = arg;

	v->looking = false;
	v->looked_at = clock_mono();
	if (rc) {
		log_debug("events-not-read", LOG_E(e));
	} else {
		v->newest = v->look.newest;
		if (v->look.read_wall) {
			int64_t rest = v->look.wall_ms * WALL_SHARE;

			events_take_wall(v);
			v->wall_at = clock_mono() + (rest > WALL_EVERY ? rest : WALL_EVERY);
		}
		events_take_status(v);
		events_begin_new(v);
		events_take_alerts(v);
		events_refresh_all(v);
	}
	conf_unref(v->look.conf);
	v->look.conf = NULL;
	events_plan(v, rc == 0 && (v->look_again || v->look.more) ? LOOK_GAP : LOOK_EVERY);
	v->look_again = false;
}

static int events_run_look(void *arg, struct store *store, struct err *e)
{
	struct web_events *v = arg;

	return event_look_run(&v->look, store, e);
}

static void events_look(void *arg)
{
	struct web_events *v = arg;
	struct err e;

	if (v->looking || LIST_EMPTY(&v->streams))
		return;
	v->look.conf = conf_ref(v->site->conf);
	v->look.read_wall = clock_mono() >= v->wall_at;
	v->read = (struct web_read){.run = events_run_look, .done = events_on_looked, .arg = v};
	v->looking = web_reader_post(v->site->reader, &v->read, &e) == 0;
	if (v->looking)
		return;
	conf_unref(v->look.conf);
	v->look.conf = NULL;
	events_plan(v, LOOK_EVERY);
}

void web_events_poke(struct web_events *v)
{
	int64_t wait = v->looked_at + LOOK_GAP - clock_mono();

	if (v->looking)
		v->look_again = true;
	else
		events_plan(v, wait > 0 ? wait : 0);
}

void web_events_reload(struct web_events *v)
{
	v->wall_at = 0;
	web_events_poke(v);
}

/* --- life --- */

static void events_set_resume(struct event_stream *t, const struct httpd_request *q)
{
	const char *last = httpd_header(q, "Last-Event-ID");
	struct buf after;

	buf_init(&after, EVENT_ID_MAX);
	if (last && *last)
		buf_addz(&after, last);
	else
		(void)httpd_parameter(q->query, "after", &after);
	if (!buf_failed(&after) && after.len > 0)
		t->resume = events_new_resume(buf_str(&after), -1);
	else if (buf_failed(&after))
		t->resume = events_new_resume(STR("?"), -1); /* it is unknown */
	buf_release(&after);
	if (t->resume && !(last && *last))
		t->resume->repeat = 0; /* it has just read them in another way */
}

void web_events_open(
	struct web_site *s, struct httpd_call *call, const struct httpd_request *q, struct str name)
{
	struct event_stream *t = calloc(1, sizeof(*t));
	const struct httpd_stream_events events = {events_on_drained, events_on_closed, t};
	const struct httpd_field fields[] = {{"X-Accel-Buffering", "no"},
		{"Content-Security-Policy", WEB_POLICY}, {"Referrer-Policy", "no-referrer"}};

	(void)name;
	if (!t) {
		web_reply_failure(call, WEB_FOR_API, q->path, 503, "out of memory");
		return;
	}
	t->events = s->events;
	events_set_resume(t, q);
	t->to = httpd_stream(call,
		&(struct httpd_reply){.status = 200,
			.content_type = "text/event-stream",
			.headers = fields,
			.n_headers = sizeof(fields) / sizeof(*fields)},
		&events);
	if (LIST_EMPTY(&s->events->streams) && !s->events->looking)
		s->events->look.newest = -1; /* nothing was read for a while */
	LIST_INSERT_HEAD(&s->events->streams, t, link);
	if (!t->to) {
		events_free_stream(t);
		return;
	}
	t->busy = httpd_stream_write(t->to, STR("retry: 2000\n\n")) == 0;
	web_events_poke(s->events);
}

void web_events_close(void *arg)
{
	struct web_events *v = arg;
	struct event_stream *t, *next;

	for (t = LIST_FIRST(&v->streams); t; t = next) {
		next = LIST_NEXT(t, link);
		httpd_stream_end(t->to);
		events_free_stream(t);
	}
}

struct web_events *web_events_new(struct web_site *s)
{
	struct web_events *v = calloc(1, sizeof(*v));

	if (!v)
		return NULL;
	v->site = s;
	LIST_INIT(&v->streams);
	event_look_init(&v->look);
	buf_init(&v->wall_now, (size_t)4 * 1024 * 1024);
	v->alarm = loop_alarm_new(s->parts.loop, "events", events_look, v);
	if (v->alarm)
		return v;
	free(v);
	return NULL;
}

void web_events_free(struct web_events *v)
{
	if (!v)
		return;
	web_events_close(v);
	loop_alarm_free(v->alarm);
	event_look_release(&v->look);
	buf_release(&v->wall_now);
	httpd_text_unref(v->wall_whole);
	httpd_text_unref(v->wall_change);
	httpd_text_unref(v->status_text);
	free(v);
}
