/* SPDX-License-Identifier: MIT */
/*
 * Alerts as a feed (RFC 4287), in pages (RFC 5005 §3). An entry leads to the article; its id is
 * made of that of the alert, which is the same wherever the feed is read.
 */
#include "atom.h"

#include <string.h>

#include "alert/alert.h"
#include "api.h"
#include "base/digest.h"
#include "base/utf8.h"
#include "html.h"

#define ATOM_TYPE    "application/atom+xml; charset=utf-8"
#define SNIPPET_MAX  600
#define SNIPPET_ROOM ((size_t)64 * 1024)
#define TITLE_MAX    ((size_t)400)

struct atom_feed {
	struct web_call *call;
	struct buf *out;
	const char *up; /* from the address of the feed to that of the site: "", or "../" */
	size_t n, limit;
	int64_t last;	/* row of the last entry */
	int64_t newest; /* when the first was raised */
	struct buf entries;
};

/* --- text --- */

/* XML 1.0 has no control characters and no U+FFFE, U+FFFF, escaped or not. */
static bool atom_may_hold(uint32_t cp)
{
	return cp == '\t' || cp == '\n' ||
	       (cp >= 0x20 && cp != 0x7f && cp != 0xfffe && cp != 0xffff);
}

static void atom_add_text(struct buf *out, struct str s)
{
	struct buf clean;

	buf_init(&clean, 4 * s.n + 16);
	for (size_t i = 0; i < s.n;) {
		uint32_t cp;
		size_t n = utf8_decode(s.p + i, s.n - i, &cp);

		if (n == 0)
			break;
		utf8_append(&clean, atom_may_hold(cp) ? cp : 0xfffd);
		i += n;
	}
	buf_add_markup(out, buf_str(&clean));
	buf_pass_lack(out, &clean);
	buf_release(&clean);
}

static void atom_add_element(struct buf *out, const char *name, struct str text)
{
	if (!str_present(text))
		return;
	buf_printf(out, "<%s>", name);
	atom_add_text(out, text);
	buf_printf(out, "</%s>\n", name);
}

static void atom_add_stamp(struct buf *out, const char *name, int64_t ms)
{
	char stamp[STAMP_TEXT_MAX];

	if (ms != STAMP_NONE)
		buf_printf(out, "<%s>%s</%s>\n", name, clock_rfc3339(ms, false, stamp), name);
}

/* A UUID of the form for names (RFC 9562 §5.8), of these texts. */
static void atom_add_id(struct buf *out, struct str kind, struct str name)
{
	uint8_t h[SHA256_SIZE] = {0};
	struct digest *d = digest_new();
	struct buf hex;

	if (!d) {
		out->failed = true;
		return;
	}
	digest_part(d, STR("nightdesk atom"));
	digest_part(d, kind);
	digest_part(d, name);
	digest_final(d, h);
	h[6] = (uint8_t)(0x80 | (h[6] & 0x0f));
	h[8] = (uint8_t)(0x80 | (h[8] & 0x3f));
	buf_init(&hex, 64);
	digest_hex(&hex, h, 16);
	buf_printf(out, "<id>urn:uuid:%.8s-%.4s-%.4s-%.4s-%.12s</id>\n", buf_z(&hex),
		buf_z(&hex) + 8, buf_z(&hex) + 12, buf_z(&hex) + 16, buf_z(&hex) + 20);
	buf_release(&hex);
}

/* --- entries --- */

/* The article, and the page of the alert; only the latter if the item has no link. */
static void atom_add_links(struct atom_feed *f, const struct alert *a)
{
	struct buf *out = &f->entries;
	bool article = str_present(a->link) && html_is_web_link(a->link);

	if (article) {
		buf_addz(out, "<link rel=\"alternate\" href=\"");
		atom_add_text(out, a->link);
		buf_addz(out, "\"/>\n");
	}
	buf_printf(out, "<link rel=\"%s\" href=\"%salerts/%.*s\"/>\n",
		article ? "related" : "alternate", f->up, STR_ARG(a->id));
}

/* HTML with the hits in bold, as text: readers unescape it once. */
static void atom_add_summary(struct buf *out, const struct alert *a)
{
	static const struct watch_marks marks = {"<b>", "</b>", buf_add_markup, "<br>"};
	struct buf html;

	if (a->kind == ALERT_DIGEST || alert_is_notice(a))
		return;
	buf_init(&html, SNIPPET_ROOM);
	alert_snippet(a, SNIPPET_MAX, &marks, &html);
	if (html.len) {
		buf_addz(out, "<summary type=\"html\">");
		atom_add_text(out, buf_str(&html));
		buf_addz(out, "</summary>\n");
	}
	buf_pass_lack(out, &html);
	buf_release(&html);
}

static void atom_add_title(struct buf *out, const struct alert *a)
{
	struct buf title;

	buf_init(&title, 4 * TITLE_MAX);
	buf_addz(&title, alert_headline_mark(a));
	alert_headline(a, TITLE_MAX, &title);
	atom_add_element(out, "title", buf_str(&title));
	buf_pass_lack(out, &title);
	buf_release(&title);
}

/* An entry needs an author: who published it, as far as that is known. */
static struct str atom_author(const struct alert *a)
{
	if (str_present(a->author))
		return a->author;
	if (str_present(a->feed_title))
		return a->feed_title;
	return str_present(a->feed) ? a->feed : STR("nightdesk");
}

static void atom_add_category(
	struct buf *out, const char *scheme, struct str term, struct str label)
{
	buf_printf(out, "<category scheme=\"urn:nightdesk:%s\" term=\"", scheme);
	atom_add_text(out, term);
	buf_addz(out, "\" label=\"");
	atom_add_text(out, str_present(label) ? label : term);
	buf_addz(out, "\"/>\n");
}

static int atom_add_entry(void *ctx, const struct store_alert_row *row)
{
	struct atom_feed *f = ctx;
	const struct alert *a = &row->alert;
	struct buf *out = &f->entries;

	if (++f->n > f->limit)
		return 0;
	f->last = row->row;
	if (f->newest == STAMP_NONE || a->created > f->newest)
		f->newest = a->created;
	buf_addz(out, "<entry>\n");
	atom_add_id(out, STR("alert"), a->id);
	atom_add_title(out, a);
	atom_add_stamp(out, "updated", a->created);
	atom_add_stamp(out, "published", a->published);
	buf_addz(out, "<author>");
	atom_add_element(out, "name", atom_author(a));
	buf_addz(out, "</author>\n");
	atom_add_links(f, a);
	if (str_present(a->watch))
		atom_add_category(out, "watch", a->watch, a->watch_title);
	atom_add_category(out, "priority", str_of(alert_priority_words[a->priority]), STR_NONE);
	atom_add_summary(out, a);
	buf_addz(out, "</entry>\n");
	return buf_failed(out) ? -(int)ERR_LIMIT : 0;
}

/* --- the feed --- */

static void atom_add_self(struct atom_feed *f, const char *rel, struct str file, int64_t before)
{
	buf_printf(f->out, "<link rel=\"%s\" type=\"application/atom+xml\" href=\"", rel);
	atom_add_text(f->out, file);
	if (f->limit != API_LIMIT || before)
		buf_addc(f->out, '?');
	if (f->limit != API_LIMIT)
		buf_printf(f->out, "limit=%zu%s", f->limit, before ? "&amp;" : "");
	if (before)
		buf_printf(f->out, "cursor=%lld", (long long)before);
	buf_addz(f->out, "\"/>\n");
}

/* file: its own name, for relative addresses. */
static int atom_write(struct atom_feed *f, struct store *store, const struct store_alert_filter *by,
	struct str title, struct str file, struct err *e)
{
	struct str watch = by->watch;
	int rc;

	buf_init(&f->entries, f->out->max);
	rc = store_alert_each(store, by, atom_add_entry, f, e);
	if (rc == -(int)ERR_LIMIT)
		rc = err_set(e, ERR_LIMIT, "the feed is too large: ask for less, limit=20");
	buf_addz(f->out, "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"
			 "<feed xmlns=\"http://www.w3.org/2005/Atom\">\n");
	atom_add_id(f->out, str_of(f->call->conf->daemon.state), watch);
	atom_add_element(f->out, "title", title);
	atom_add_stamp(f->out, "updated", f->newest == STAMP_NONE ? 0 : f->newest);
	buf_addz(f->out, "<generator version=\"" NIGHTDESK_VERSION "\">nightdesk</generator>\n");
	atom_add_self(f, "self", file, by->before);
	if (f->n > f->limit)
		atom_add_self(f, "next", file, f->last);
	buf_printf(f->out, "<link rel=\"alternate\" href=\"%salerts\"/>\n", f->up);
	buf_adds(f->out, buf_str(&f->entries));
	buf_addz(f->out, "</feed>\n");
	buf_pass_lack(f->out, &f->entries);
	buf_release(&f->entries);
	return rc;
}

static int atom_begin(
	struct atom_feed *f, struct web_call *c, struct store_alert_filter *by, struct err *e)
{
	static const char *const known[] = {"since", NULL};
	struct api_page page;
	int rc = api_page_read(c, known, &page, e);

	*f = (struct atom_feed){.call = c, .out = &c->body, .newest = STAMP_NONE};
	if (!rc)
		rc = api_page_row(&page, &by->before, e);
	c->type = ATOM_TYPE;
	f->limit = page.limit;
	by->limit = page.limit + 1;
	by->since = page.since;
	return rc;
}

int atom_alerts_read(struct web_call *c, struct store *store, struct err *e)
{
	struct store_alert_filter by = {.since = STAMP_NONE};
	struct atom_feed f;
	int rc = atom_begin(&f, c, &by, e);

	f.up = "";
	return rc ? rc
		  : atom_write(&f, store, &by, STR("nightdesk: alerts"), STR("alerts.atom"), e);
}

int atom_watch_read(struct web_call *c, struct store *store, struct err *e)
{
	struct store_alert_filter by = {.watch = c->name, .since = STAMP_NONE};
	const struct conf_watch *w = conf_find_watch(c->conf, c->name);
	struct atom_feed f;
	struct buf file, title;
	int rc = atom_begin(&f, c, &by, e);

	if (!rc && (!w || str_is(c->name, ALERT_CANARY)))
		rc = api_none("watch", "watches", c->name, conf_nearest_watch(c->conf, c->name), e);
	if (rc)
		return rc;
	f.up = "../";
	buf_init(&file, 4 * c->path.n + 16);
	buf_init(&title, 1024);
	/* As it was asked for: encoded. */
	buf_addz(&file, strrchr(c->path.p, '/') + 1);
	buf_printf(&title, "nightdesk: %s", w->title);
	rc = atom_write(&f, store, &by, buf_str(&title), buf_str(&file), e);
	buf_release(&file);
	buf_release(&title);
	return rc;
}
