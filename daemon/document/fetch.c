/* SPDX-License-Identifier: MIT */
#include "document/fetch.h"

#include "base/clock.h"
#include "document/batch.h"
#include "value.h"

/* Texts of people for the daemon's own reasons; of the schedule alone. */
struct document_interval document_fetch_interval(const struct document_fetch *f)
{
	struct document_interval i = document_reason(f->plan.why);

	i.ms = f->plan.interval;
	if (f->plan.why != SCHEDULE_EVERY)
		return i;
	if (f->poll.force) {
		i.why = "force";
		i.text = "every of the feed, whatever it asks for (force)";
	} else if (f->poll.every_default) {
		i.why = "default";
		i.text = "the default (poll every)";
	}
	return i;
}

const char *document_fetch_advice(const struct document_answer *a)
{
	const struct document_hop *h = &a->hops[a->n - 1];
	const struct fetch_details *d = &h->details;

	if (a->error.cls != ERR_TEMP || a->status)
		return NULL;
	if (a->no_host)
		return "look at the spelling of the name; `getent hosts NAME` shows what this "
		       "machine "
		       "makes of it, /etc/resolv.conf whom it asks";
	if (!d->address[0])
		return "nothing listens there, or a firewall is in the way: try the address in a "
		       "browser, and from another network";
	if (str_starts(str_of(h->url), STR("https:")) && d->tls_us < 0)
		return "an expired or wrong certificate is the publisher's to mend; where the site "
		       "has an "
		       "authority of its own, ca-file on the feed names its certificate; nothing "
		       "is "
		       "fetched without a valid one";
	return "the server took the request and failed to answer it whole: mostly this passes; if "
	       "not, "
	       "http2 = \"off\" or another User-Agent in headers may tell whether it is the "
	       "request";
}

/* --- the connection --- */

static void fetch_set_phase(json_t *o, const char *key, int64_t from_us, int64_t to_us)
{
	if (to_us >= 0)
		document_set_int(o, key, to_us - (from_us > 0 ? from_us : 0));
}

/* How long each phase took. */
static json_t *fetch_phases(const struct fetch_details *d)
{
	int64_t ready = d->tls_us > d->connect_us ? d->tls_us : d->connect_us;
	json_t *o = json_object();

	fetch_set_phase(o, "name_us", 0, d->name_us);
	fetch_set_phase(o, "connect_us", d->name_us, d->connect_us);
	fetch_set_phase(o, "tls_us", d->connect_us, d->tls_us);
	fetch_set_phase(o, "first_byte_us", ready, d->first_us);
	if (d->first_us >= 0)
		fetch_set_phase(o, "body_us", d->first_us, d->total_us);
	return o;
}

static void fetch_set_connection(json_t *o, const struct fetch_details *d)
{
	json_t *tls;

	json_object_set_new(o, "time", fetch_phases(d));
	document_set_text(o, "http", fetch_details_text(d->http));
	document_set_text(o, "address", fetch_details_text(d->address));
	if (d->port)
		document_set_int(o, "port", d->port);
	if (!d->tls[0])
		return;
	tls = json_object();
	document_set_text(tls, "connection", fetch_details_text(d->tls));
	document_set_text(tls, "subject", fetch_details_text(d->subject));
	document_set_text(tls, "issuer", fetch_details_text(d->issuer));
	document_set_stamp(tls, "valid_from", d->valid_from);
	document_set_stamp(tls, "valid_until", d->valid_until);
	json_object_set_new(o, "tls", tls);
}

static void fetch_set_size(json_t *o, const struct document_answer *a)
{
	document_set_int(o, "bytes", (int64_t)a->body.n);
	document_set_int(o, "transferred", (int64_t)a->hops[a->n - 1].details.body_bytes);
}

static json_t *fetch_hops(const struct document_answer *a)
{
	json_t *list = json_array();

	for (size_t i = 0; i < a->n; i++) {
		const struct document_hop *h = &a->hops[i];
		json_t *o = json_object();

		document_set_url(o, "url", str_of(h->url));
		if (h->status)
			document_set_int(o, "status", h->status);
		document_set_url(o, "location", str_of(h->location));
		document_set_int(o, "ms", h->ms);
		document_set_int(o, "wire_bytes", (int64_t)h->wire_bytes);
		fetch_set_connection(o, &h->details);
		json_array_append_new(list, o);
	}
	return list;
}

static json_t *fetch_headers(const struct document_answer *a)
{
	const struct fetch_details *d = &a->hops[a->n - 1].details;
	json_t *o = json_object();

	document_set_text(o, "content-type", str_of(a->content_type));
	document_set_text(o, "etag", str_of(a->etag));
	document_set_text(o, "last-modified", str_of(a->last_modified));
	document_set_text(o, "cache-control", str_of(a->cache_control));
	document_set_text(o, "expires", fetch_details_text(d->expires));
	document_set_text(o, "age", fetch_details_text(d->age));
	document_set_text(o, "content-encoding", fetch_details_text(d->encoding));
	document_set_text(o, "vary", str_of(a->vary));
	document_set_text(o, "server", fetch_details_text(d->server));
	return o;
}

static json_t *fetch_body(const struct feed_batch *b)
{
	json_t *o = json_object(), *problems = json_array();

	document_set_text(o, "format", str_of(document_format_name(b->feed.format)));
	document_set_text(o, "format_version", b->feed.format_version);
	document_set_text(o, "encoding", b->feed.encoding);
	document_set_text(o, "title", b->feed.title);
	document_set_int(o, "items", (int64_t)b->n_items);
	if (b->left_out)
		document_set_int(o, "left_out", (int64_t)b->left_out);
	if (b->n_children)
		document_set_int(o, "sitemaps", (int64_t)b->n_children);
	document_set_url(o, "hub", b->feed.hub);
	document_set_bool(o, "well_formed", b->well_formed);
	document_set_bool(o, "complete", b->complete);
	for (size_t i = 0; i < b->n_problems; i++) {
		json_t *p = json_object();

		document_set_int(p, "line", b->problems[i].line);
		document_set_text(p, "text", b->problems[i].text);
		json_array_append_new(problems, p);
	}
	json_object_set_new(o, "problems", problems);
	return o;
}

static void fetch_set_seconds(json_t *o, const char *key, int64_t ms)
{
	if (ms > 0)
		document_set_int(o, key, ms / CLOCK_SECOND);
}

static json_t *fetch_next_poll(const struct document_fetch *f)
{
	const struct schedule_poll *p = &f->poll;
	json_t *o = json_object();

	fetch_set_seconds(o, "configured_s", p->every);
	if (!p->failed)
		fetch_set_seconds(o, "every_s", f->plan.interval);
	else
		fetch_set_seconds(o, "again_s", f->plan.interval);
	document_set_text(o, "why", str_of(document_fetch_interval(f).why));
	if (!p->failed)
		document_set_bool(o, "conditional", f->answer->etag || f->answer->last_modified);
	fetch_set_seconds(o, "max_age_s", p->max_age);
	fetch_set_seconds(o, "ttl_s", p->ttl);
	fetch_set_seconds(o, "retry_after_s", p->retry_after);
	fetch_set_seconds(o, "skipped_s", f->skipped);
	if (p->skip_hours)
		json_object_set_new(o, "skip_hours", document_bits(p->skip_hours, NULL));
	if (p->skip_days)
		json_object_set_new(o, "skip_days", document_bits(p->skip_days, document_weekdays));
	return o;
}

json_t *document_fetch(const struct document_fetch *f)
{
	const struct document_answer *a = f->answer;
	const struct err *e = a->error.cls != ERR_NONE ? &a->error : &f->refusal;
	json_t *o = json_object(), *error;

	json_object_set_new(o, "hops", fetch_hops(a));
	if (a->status)
		document_set_int(o, "status", a->status);
	json_object_set_new(o, "headers", fetch_headers(a));
	if (!f->batch)
		document_set_text(o, "bot_check", str_of(a->wall));
	if (f->feed)
		document_set_text(o, "configured_as", str_of(f->feed->name));
	if (a->error.cls == ERR_NONE)
		fetch_set_size(o, a);
	if (f->batch)
		json_object_set_new(o, "feed", fetch_body(f->batch));
	else
		document_set_text(o, "begins_with", f->beginning);
	if (f->batch && a->cut.cls != ERR_NONE)
		document_set_text(o, "cut", str_of(a->cut.text));
	if (e->cls != ERR_NONE) {
		error = json_object();
		document_set_text(error, "class", str_of(err_class_name(e->cls)));
		document_set_text(error, "text", str_of(e->text));
		document_set_text(error, "advice", str_of(document_fetch_advice(a)));
		json_object_set_new(o, "error", error);
	}
	json_object_set_new(o, "next", fetch_next_poll(f));
	return o;
}
