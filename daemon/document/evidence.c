/* SPDX-License-Identifier: MIT */
#include "document/evidence.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alert/json.h"
#include "base/digest.h"
#include "document/delivery.h"
#include "store/documents.h"
#include "value.h"

#define ARENA_MAX     ((size_t)64 * 1024 * 1024)
#define DOCUMENTS_MAX ((size_t)STORE_REVISIONS_MAX + 1)
#define CHECK	      "jq -cSj 'del(.digest)' FILE | sha256sum"
/* jq writes this character in another way than RFC 8785. */
#define DELETE	      '\x7f'
#define DELETE_SYMBOL "\xe2\x90\xa1"

/* What is gathered for one alert. */
struct evidence {
	struct store *store;
	struct arena *arena;
	struct store_item_row item;
	struct store_revision *revisions; /* newest first */
	size_t n_revisions;
	/* The documents that are named, by the number that they have here, from 1. */
	int64_t rows[DOCUMENTS_MAX];
	struct store_document documents[DOCUMENTS_MAX];
	size_t n_documents;
};

static const char *const evidence_forms[] = {
	[STORE_DOCUMENT_WHOLE] = "whole",
	[STORE_DOCUMENT_PART] = "part",
	[STORE_DOCUMENT_CUT] = "cut",
	[STORE_DOCUMENT_PUSHED] = "pushed",
};

/* --- documents --- */

/* Its number; 0: it is not known. */
static size_t evidence_number_of(const struct evidence *v, int64_t row)
{
	for (size_t i = 0; i < v->n_documents; i++)
		if (v->rows[i] == row)
			return i + 1;
	return 0;
}

static int evidence_add_document(struct evidence *v, int64_t row, struct err *e)
{
	bool found = false;
	int rc;

	if (!row || evidence_number_of(v, row) || v->n_documents == DOCUMENTS_MAX)
		return 0;
	rc = store_document_get(v->store, row, v->arena, &v->documents[v->n_documents], &found, e);
	if (!rc && found)
		v->rows[v->n_documents++] = row;
	return rc;
}

/* One line of the origin. */
static void evidence_set_line(json_t *o, struct str line)
{
	static const struct {
		struct str start;
		const char *object, *key;
	} kinds[] = {{STR("url "), NULL, NULL}, {STR("peer "), "server", "address"},
		{STR("issuer "), "certificate", "issuer"},
		{STR("certificate "), "certificate", "sha256"}};
	const char *colon;
	char name[64];

	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		struct str value = str_slice(line.p + kinds[i].start.n, line.n - kinds[i].start.n);
		json_t *part = kinds[i].object ? json_object_get(o, kinds[i].object) : NULL;

		if (!str_starts(line, kinds[i].start))
			continue;
		if (!kinds[i].object) {
			json_array_append_new(
				json_object_get(o, "urls"), json_stringn(value.p, value.n));
			return;
		}
		if (!part)
			json_object_set_new(o, kinds[i].object, part = json_object());
		document_set_text(part, kinds[i].key, value);
		return;
	}
	colon = memchr(line.p, ':', line.n);
	if (!colon || (size_t)(colon - line.p) >= sizeof(name))
		return;
	snprintf(name, sizeof(name), "%.*s", (int)(colon - line.p), line.p);
	document_set_text(json_object_get(o, "headers"), name,
		str_trim(str_slice(colon + 1, (size_t)(line.p + line.n - colon - 1))));
}

static void evidence_set_origin(json_t *o, struct str origin)
{
	json_object_set_new(o, "urls", json_array());
	json_object_set_new(o, "headers", json_object());
	while (origin.n > 0) {
		const char *end = memchr(origin.p, '\n', origin.n);
		size_t n = end ? (size_t)(end - origin.p) : origin.n;

		evidence_set_line(o, str_slice(origin.p, n));
		n += end != NULL;
		origin = str_slice(origin.p + n, origin.n - n);
	}
}

static void evidence_set_hash(json_t *o, const char *key, const uint8_t hash[SHA256_SIZE])
{
	struct buf hex;

	buf_init(&hex, 2 * SHA256_SIZE + 1);
	digest_hex(&hex, hash, SHA256_SIZE);
	document_set_text(o, key, buf_str(&hex));
	buf_release(&hex);
}

static json_t *evidence_documents(const struct evidence *v)
{
	json_t *list = json_array();

	for (size_t i = 0; i < v->n_documents; i++) {
		const struct store_document *d = &v->documents[i];
		json_t *o = json_object();

		document_set_int(o, "number", (int64_t)i + 1);
		evidence_set_hash(o, "sha256", d->sha256);
		document_set_int(o, "bytes", d->bytes);
		if (d->form <= STORE_DOCUMENT_PUSHED)
			document_set_text(o, "form", str_of(evidence_forms[d->form]));
		document_set_stamp(o, "asked", d->asked);
		document_set_stamp(o, "received", d->fetched);
		evidence_set_origin(o, d->origin);
		json_array_append_new(list, o);
	}
	return list;
}

/* --- versions of the item --- */

static json_t *evidence_version(const struct feed_item *i, int64_t from, int64_t until)
{
	json_t *o = json_object(), *categories = json_array();

	document_set_stamp(o, "from", from);
	document_set_stamp(o, "until", until);
	document_set_text(o, "title", i->title);
	document_set_text(o, "author", i->author.text);
	document_set_text(o, "summary", i->summary);
	document_set_text(o, "content", i->content);
	for (size_t k = 0; k < i->n_categories; k++)
		json_array_append_new(
			categories, json_stringn(i->categories[k].p, i->categories[k].n));
	json_object_set_new(o, "categories", categories);
	return o;
}

/* The first version first. */
static json_t *evidence_versions(const struct evidence *v)
{
	json_t *list = json_array();
	int64_t from = v->item.first_seen;

	for (size_t k = v->n_revisions + 1; k-- > 0;) {
		const struct store_revision *r = k > 0 ? &v->revisions[k - 1] : NULL;
		size_t number = evidence_number_of(v, r ? r->document : v->item.document);
		json_t *o;

		/* Versions between the first and this one may have been deleted. */
		if (number && v->n_revisions == STORE_REVISIONS_MAX && k + 1 == v->n_revisions)
			from = v->documents[number - 1].fetched;
		o = evidence_version(r ? &r->item : &v->item.item, from, r ? r->until : STAMP_NONE);
		if (number)
			document_set_int(o, "document", (int64_t)number);
		json_array_append_new(list, o);
		from = r ? r->until : STAMP_NONE;
	}
	return list;
}

static json_t *evidence_item(const struct evidence *v, const struct store_feed *feed)
{
	const struct feed_item *i = &v->item.item;
	json_t *o = json_object(), *f = json_object();

	document_set_int(o, "number", v->item.id);
	document_set_text(o, "id", i->id);
	document_set_text(o, "link", i->link);
	document_set_stamp(o, "published", i->published);
	document_set_stamp(o, "updated", i->updated);
	document_set_text(o, "language", i->language);
	document_set_stamp(o, "first_seen", v->item.first_seen);
	document_set_text(f, "name", v->item.feed);
	document_set_text(f, "title", feed->title);
	document_set_url(f, "url", feed->url);
	json_object_set_new(o, "feed", f);
	json_object_set_new(o, "versions", evidence_versions(v));
	/* The first and the newest ones are kept. */
	document_set_bool(o, "versions_left_out", v->n_revisions == STORE_REVISIONS_MAX);
	return o;
}

static int evidence_read_item(struct evidence *v, int64_t row, json_t *o, struct err *e)
{
	struct store_feed feed = {0};
	bool found = false;
	int rc = row ? store_item_get(v->store, row, v->arena, &v->item, &found, e) : 0;

	if (rc || !found)
		return rc;
	rc = store_item_revisions(v->store, &v->item, v->arena, &v->revisions, &v->n_revisions, e);
	for (size_t k = v->n_revisions; k-- > 0 && !rc;)
		rc = evidence_add_document(v, v->revisions[k].document, e);
	if (!rc)
		rc = evidence_add_document(v, v->item.document, e);
	if (!rc)
		rc = store_feed_get(v->store, v->item.feed, v->arena, &feed, e);
	if (!rc)
		json_object_set_new(o, "item", evidence_item(v, &feed));
	return rc;
}

/* --- the alert --- */

/* As it was raised, but for what is no integer and what only repeats the item. */
static json_t *evidence_alert(const struct store_alert_row *row)
{
	json_t *whole = alert_json_make(&row->alert);
	json_t *o = json_incref(json_object_get(whole, "data"));

	json_object_del(o, "latency");
	if (json_is_null(json_object_get(o, "story")))
		json_object_del(o, "story");
	document_set_text(o, "type", str_of(alert_json_type(&row->alert)));
	document_set_stamp(o, "raised", row->alert.created);
	json_decref(whole);
	return o;
}

static int evidence_add_delivery(void *list, const struct store_due *row)
{
	return json_array_append_new(list, document_delivery(&row->d)) ? -(int)ERR_NOMEM : 0;
}

static int evidence_gather(
	struct evidence *v, const struct store_alert_row *row, json_t *o, struct err *e)
{
	const struct store_delivery_filter f = {
		.alert_id = row->alert.id, .state = -1, .since = STAMP_NONE};
	json_t *deliveries = json_array(), *ack;
	int rc = store_delivery_each(v->store, &f, evidence_add_delivery, deliveries, e);

	json_object_set_new(o, "evidence", json_integer(1));
	json_object_set_new(o, "alert", evidence_alert(row));
	json_object_set_new(o, "deliveries", deliveries);
	if (str_present(row->acked_by)) {
		ack = json_object();
		document_set_text(ack, "by", row->acked_by);
		document_set_stamp(ack, "at", row->acked_at);
		json_object_set_new(o, "acknowledged", ack);
	}
	if (!rc)
		rc = evidence_read_item(v, row->item, o, e);
	if (!rc)
		json_object_set_new(o, "documents", evidence_documents(v));
	return rc;
}

struct evidence_walk {
	struct evidence *v;
	json_t *out;
	struct err *e; /* of the caller: a walk sets it for its own errors only */
};

static int evidence_take_alert(void *ctx, const struct store_alert_row *row)
{
	struct evidence_walk *w = ctx;

	w->out = json_object();
	return evidence_gather(w->v, row, w->out, w->e);
}

int document_evidence_read(struct store *store, struct str alert, json_t **out, struct err *e)
{
	const struct store_alert_filter f = {.id = alert, .since = STAMP_NONE};
	struct evidence v = {.store = store, .arena = arena_new(ARENA_MAX)};
	struct evidence_walk w = {.v = &v, .e = e};
	bool inside = store_in_transaction(store);
	int rc = v.arena ? 0 : err_nomem(e);

	/* One state of the database for all of it. */
	if (!rc && !inside)
		rc = store_begin_read(store, e);
	if (!rc) {
		rc = store_alert_each(store, &f, evidence_take_alert, &w, e);
		rc = inside ? rc : store_end(store, rc, e);
	}
	arena_free(v.arena);
	if (rc)
		json_decref(w.out);
	*out = rc ? NULL : w.out;
	return rc;
}

/* --- the text --- */

static int evidence_dump(const json_t *evidence, struct buf *out)
{
	char *text = json_dumps(evidence, JSON_COMPACT | JSON_SORT_KEYS);
	const char *from = text, *at;

	if (!text)
		return -(int)ERR_NOMEM;
	while ((at = strchr(from, DELETE)) != NULL) {
		buf_add(out, from, (size_t)(at - from));
		buf_addz(out, DELETE_SYMBOL);
		from = at + 1;
	}
	buf_addz(out, from);
	free(text);
	return buf_failed(out) ? -(int)(out->overflow ? ERR_LIMIT : ERR_NOMEM) : 0;
}

int document_evidence_write(json_t *evidence, struct buf *out)
{
	uint8_t hash[SHA256_SIZE];
	json_t *digest = json_object();
	struct buf bare;
	int rc;

	buf_init(&bare, out->max);
	rc = evidence_dump(evidence, &bare);
	if (!rc && !digest_sha256(buf_str(&bare), hash))
		rc = -(int)ERR_NOMEM;
	buf_release(&bare);
	if (rc) {
		json_decref(digest);
		return rc;
	}
	evidence_set_hash(digest, "sha256", hash);
	document_set_text(digest, "check", STR(CHECK));
	if (json_object_set_new(evidence, "digest", digest) != 0)
		return -(int)ERR_NOMEM;
	return evidence_dump(evidence, out);
}
