/* SPDX-License-Identifier: MIT */
#include "event_resume.h"

#include <stdio.h>

#include "event_text.h"

#define PIECE	 ((size_t)8 * 1024) /* a piece ends after that */
#define TEXT_MAX ((size_t)64 * 1024)

void event_resume_init(struct event_resume *r, struct str after, int64_t seen)
{
	*r = (struct event_resume){.seen = seen, .row = -1, .repeat = EVENT_RESUME_REPEAT};
	if (str_present(after) && after.n < sizeof(r->after))
		snprintf(r->after, sizeof(r->after), "%.*s", STR_ARG(after));
	buf_init(&r->text, TEXT_MAX);
}

void event_resume_accept(struct event_resume *r)
{
	r->row = r->next;
	r->lost = false;
}

void event_resume_release(struct event_resume *r)
{
	buf_release(&r->text);
}

static int resume_note_row(void *ctx, const struct store_alert_row *row)
{
	struct event_resume *r = ctx;

	r->seen = row->row;
	return 0;
}

/* Sets row, seen and lost. last: row of the newest alert. */
static int resume_find(struct event_resume *r, struct store *s, int64_t last, struct err *e)
{
	const struct store_alert_filter f = {
		.id = str_of(r->after), .since = STAMP_NONE, .acks = true, .limit = 1};
	int rc = 0;

	if (r->after[0]) {
		r->seen = -1;
		rc = store_alert_each(s, &f, resume_note_row, r, e);
	}
	r->lost = r->seen < 0 || r->seen > last || last - r->seen > EVENT_RESUME_MAX;
	if (r->lost)
		r->seen = r->row = last;
	else
		r->row = r->seen > r->repeat ? r->seen - r->repeat : 0;
	return rc;
}

static int resume_add(void *ctx, const struct store_alert_row *row)
{
	struct event_resume *r = ctx;

	event_text_add_alert(&r->text, row, row->row > r->seen);
	r->next = row->row;
	r->more = r->text.len >= PIECE;
	return r->more;
}

static int resume_read(struct event_resume *r, struct store *s, struct err *e)
{
	struct store_alert_filter f = {.since = STAMP_NONE, .acks = true, .ascending = true};
	int64_t last = 0;
	int rc = store_alert_last(s, &last, e);

	if (!rc && r->row < 0)
		rc = resume_find(r, s, last, e);
	if (rc)
		return rc;
	if (r->lost) {
		event_text_add(&r->text, "reset", STR_NONE, json_object());
		r->next = r->row;
		return 0;
	}
	f.after = r->row;
	rc = store_alert_each(s, &f, resume_add, r, e);
	if (rc < 0)
		return rc;
	if (!r->more)
		r->next = last; /* rows of other kinds may follow the last alert */
	return buf_failed(&r->text) ? err_nomem(e) : 0;
}

int event_resume_run(struct event_resume *r, struct store *s, struct err *e)
{
	int rc;

	buf_clear(&r->text);
	r->more = false;
	rc = store_begin_read(s, e);
	if (!rc)
		rc = resume_read(r, s, e);
	return store_end(s, rc, e);
}
