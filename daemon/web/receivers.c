/* SPDX-License-Identifier: MIT */
#include "receivers.h"

#include "alert_card.h"

static struct receivers_row *receivers_find(struct receivers *r, struct str name)
{
	for (size_t i = 0; i < r->n; i++)
		if (str_eq(r->v[i].name, name))
			return &r->v[i];
	r->v[r->n] = (struct receivers_row){
		.name = name, .orphan = true, .day.delivered_at = STAMP_NONE};
	return &r->v[r->n++];
}

static void receivers_sum(struct receivers *r)
{
	for (size_t i = 0; i < r->n; i++) {
		const int64_t *d = r->v[i].day.deliveries;

		r->delivered += d[STORE_DELIVERED];
		r->refused += d[STORE_DEAD] + d[STORE_EXPIRED];
		r->waiting += r->v[i].waiting;
	}
}

int receivers_read(struct web_call *c, struct store *store, struct receivers *out, struct err *e)
{
	struct store_activity_receiver *day;
	struct store_waiting *waiting;
	size_t n_day, n_waiting;
	int rc;

	*out = (struct receivers){.n = 0};
	rc = store_activity_receivers(store, c->now - RECEIVERS_PERIOD, c->arena, &day, &n_day, e);
	if (!rc)
		rc = store_outbox_waiting(store, c->arena, &waiting, &n_waiting, e);
	if (rc)
		return rc;
	out->v =
		arena_array(c->arena, c->conf->n_notifies + n_day + n_waiting + 1, sizeof(*out->v));
	if (!out->v)
		return err_nomem(e);
	for (size_t i = 0; i < c->conf->n_notifies; i++)
		receivers_find(out, str_of(c->conf->notifies[i].name))->orphan = false;
	for (size_t i = 0; i < n_day; i++)
		receivers_find(out, day[i].notify)->day = day[i];
	for (size_t i = 0; i < n_waiting; i++)
		receivers_find(out, waiting[i].notify)->waiting = waiting[i].deliveries;
	receivers_sum(out);
	return 0;
}

void receivers_put_sentence(struct html *h, const struct receivers *r)
{
	if (!r->n) {
		html_markup(h, "No receiver is configured: alerts are only here");
		return;
	}
	if (r->delivered + r->waiting + r->refused == 0) {
		html_markup(h, "Nothing was to be delivered in 24 hours");
		return;
	}
	html_count(h, r->delivered);
	html_markup(h, " delivered in 24 hours");
	if (r->waiting) {
		html_markup(h, ", ");
		html_count(h, r->waiting);
		html_markup(h, r->waiting == 1 ? " waits" : " wait");
	}
	if (r->refused) {
		html_markup(h, ", ");
		html_count(h, r->refused);
		html_markup(h, r->refused == 1 ? " was refused" : " were refused");
	}
	if (!r->waiting && !r->refused)
		html_markup(h, ", none waits");
}

static const struct page_sign *receivers_sign(const struct receivers_row *row)
{
	static const struct page_sign idle = {"–", "nothing to deliver", "quiet"};
	const int64_t *d = row->day.deliveries;

	if (row->orphan)
		return card_delivery_sign(STORE_ORPHANED);
	if (d[STORE_DEAD] + d[STORE_EXPIRED])
		return card_delivery_sign(STORE_DEAD);
	if (row->waiting)
		return card_delivery_sign(STORE_PENDING);
	return d[STORE_DELIVERED] ? card_delivery_sign(STORE_DELIVERED) : &idle;
}

void receivers_put_table(struct html *h, const struct receivers *r)
{
	if (!r->n)
		return;
	html_markup(h, "<table>\n<thead><tr><th scope=\"col\">Receiver</th><th "
		       "scope=\"col\">State</th><th scope=\"col\" class=\"n\">Delivered</th><th "
		       "scope=\"col\" class=\"n\">Waits</th><th scope=\"col\" "
		       "class=\"wide\">Last</th></tr></thead>\n<tbody>\n");
	for (size_t i = 0; i < r->n; i++) {
		const struct receivers_row *row = &r->v[i];

		html_markup(h, "<tr><th scope=\"row\">");
		html_name(h, row->name);
		html_markup(h, "</th><td class=\"state\">");
		page_put_sign(h, receivers_sign(row));
		html_markup(h, "</td><td class=\"n\">");
		html_count(h, row->day.deliveries[STORE_DELIVERED]);
		html_markup(h, "</td><td class=\"n\">");
		html_count(h, row->waiting);
		html_markup(h, "</td><td class=\"wide\">");
		if (row->day.delivered_at == STAMP_NONE)
			html_markup(h, "–");
		else
			html_time(h, row->day.delivered_at);
		html_markup(h, "</td></tr>\n");
	}
	html_markup(h, "</tbody>\n</table>\n");
}
