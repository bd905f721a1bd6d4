/* SPDX-License-Identifier: MIT */
#include "slots.h"

#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "base/array.h"
#include "base/digest.h"
#include "base/utf8.h"
#include "feed/date.h"
#include "html.h"

#define AUTHORS_MAX 512 /* bytes of all names together */

void feed_slots_clear(struct feed_slots *d)
{
	struct feed_slots old = *d;

	*d = (struct feed_slots){
		.published = STAMP_NONE,
		.updated = STAMP_NONE,
		.categories = old.categories,
		.cap_categories = old.cap_categories,
		.enclosures = old.enclosures,
		.cap_enclosures = old.cap_enclosures,
	};
}

void feed_slots_release(struct feed_slots *d)
{
	free(d->categories);
	free(d->enclosures);
	*d = (struct feed_slots){.published = STAMP_NONE};
}

/* Carriage returns come as references, and from files that were mended. */
static struct str without_returns(char *p, size_t n)
{
	size_t kept = 0;

	for (size_t i = 0; i < n; i++)
		if (p[i] != '\r')
			p[kept++] = p[i];
	p[kept] = '\0';
	return kept ? str_slice(p, kept) : STR_NONE;
}

static struct str keep(struct feed_memory *k, struct str s)
{
	char *copy;

	if (!s.n)
		return STR_NONE;
	copy = arena_alloc(k->arena, s.n + 1);
	if (!copy) {
		k->nomem = true;
		return STR_NONE;
	}
	memcpy(copy, s.p, s.n);
	copy[s.n] = '\0';
	return memchr(copy, '\r', s.n) ? without_returns(copy, s.n) : str_slice(copy, s.n);
}

struct str feed_memory_keep(struct feed_memory *k, struct str s)
{
	s = str_trim(s);
	return s.n ? keep(k, s) : STR_NONE;
}

void *feed_memory_copy(struct feed_memory *k, const void *list, size_t n, size_t size)
{
	void *copy = n ? arena_alloc(k->arena, n * size) : NULL;

	if (copy)
		memcpy(copy, list, n * size);
	k->nomem |= n && !copy;
	return copy;
}

bool feed_slots_wants(const struct feed_slots *d, enum feed_slot slot, unsigned rank)
{
	return rank > d->rank[slot];
}

void feed_slots_yield(struct feed_slots *d, enum feed_slot slot, unsigned rank)
{
	if (d->rank[slot] == rank)
		d->rank[slot]--;
}

static void set(struct feed_slots *d, enum feed_slot slot, unsigned rank, struct str kept)
{
	d->value[slot] = kept;
	d->rank[slot] = (uint8_t)rank;
}

void feed_slots_put(struct feed_slots *d, struct feed_memory *k, enum feed_slot slot, unsigned rank,
	struct str text)
{
	text = str_trim(text);
	if (text.n && feed_slots_wants(d, slot, rank))
		set(d, slot, rank, keep(k, text));
}

/* --- text ------------------------------------------------------------------------------------- */

/* Runs of white space become one space, or a blank line where one was; none at the ends. */
static void add_plain(struct buf *out, struct str s, bool paragraphs)
{
	size_t i = 0;

	s = str_trim(s);
	while (i < s.n) {
		size_t from = i, newlines = 0;

		while (i < s.n && !ascii_is_xml_space(s.p[i]))
			i++;
		buf_add(out, s.p + from, i - from);
		for (; i < s.n && ascii_is_xml_space(s.p[i]); i++)
			newlines += s.p[i] == '\n';
		if (i < s.n)
			buf_addz(out, paragraphs && newlines > 1 ? "\n\n" : " ");
	}
}

static void visible(struct buf *out, struct str s, enum feed_form form, bool line)
{
	buf_clear(out);
	if (form == FEED_FORM_PLAIN)
		add_plain(out, s, !line);
	else if (line)
		feed_html_to_line(s, out);
	else
		feed_html_to_text(s, out);
}

/* Into the arena; absent when it is no base64, or no text that XML could hold. */
static struct str from_base64(struct feed_memory *k, struct str s)
{
	char *out = arena_alloc(k->arena, s.n / 4 * 3 + 4);
	uint32_t bits = 0;
	size_t n = 0;
	unsigned have = 0;

	if (!out) {
		k->nomem = true;
		return STR_NONE;
	}
	for (size_t i = 0; i < s.n && s.p[i] != '='; i++) {
		int digit = digest_base64_value(s.p[i]);

		if (ascii_is_xml_space(s.p[i]))
			continue;
		if (digit < 0)
			return STR_NONE;
		bits = bits << 6 | (uint32_t)digit;
		if (++have == 4) {
			out[n++] = (char)(bits >> 16);
			out[n++] = (char)(bits >> 8);
			out[n++] = (char)bits;
			have = 0;
		}
	}
	/* 2 digits are one byte and 4 idle bits, 3 digits two bytes and 2 idle bits. */
	if (have == 2)
		out[n++] = (char)(bits >> 4);
	if (have == 3) {
		out[n++] = (char)(bits >> 10);
		out[n++] = (char)(bits >> 2);
	}
	for (size_t i = 0; i < n; i++)
		if ((unsigned char)out[i] < 0x20 && !ascii_is_xml_space(out[i]))
			return STR_NONE;
	return utf8_valid(str_slice(out, n)) ? str_slice(out, n) : STR_NONE;
}

/* What is inside base64 is HTML when it looks so: no feed says it otherwise. */
static enum feed_form unwrap(struct feed_memory *k, struct str *text, enum feed_form form)
{
	if (form != FEED_FORM_BASE64)
		return form;
	*text = from_base64(k, *text);
	if (!text->p)
		return FEED_FORM_PLAIN;
	return memchr(text->p, '<', text->n) || memchr(text->p, '&', text->n) ? FEED_FORM_HTML
									      : FEED_FORM_PLAIN;
}

void feed_slots_put_line(struct feed_slots *d, struct feed_memory *k, const struct feed_element *el,
	struct str text, enum feed_form form)
{
	if (!feed_slots_wants(d, el->slot, el->rank))
		return;
	form = unwrap(k, &text, form);
	visible(&k->text, text, form, true);
	if (k->text.len > 0)
		set(d, el->slot, el->rank, keep(k, buf_str(&k->text)));
}

void feed_slots_put_body(struct feed_slots *d, struct feed_memory *k, const struct feed_element *el,
	struct str text, enum feed_form form)
{
	int which = el->slot == FEED_SLOT_CONTENT;

	text = str_trim(text);
	form = unwrap(k, &text, form);
	if (text.n == 0 || !feed_slots_wants(d, el->slot, el->rank))
		return;
	d->html[which] = form == FEED_FORM_PLAIN ? STR_NONE : keep(k, text);
	d->rank[el->slot] = el->rank;
	d->value[el->slot] = STR_NONE;
	if (k->headers_only)
		return;
	visible(&k->text, text, form, false);
	if (k->text.len > 0)
		d->value[el->slot] = keep(k, buf_str(&k->text));
}

/* --- dates ------------------------------------------------------------------------------------ */

bool feed_slots_put_date(struct feed_slots *d, enum feed_slot slot, unsigned rank, struct str text)
{
	bool odd = false;
	int64_t when;

	text = str_trim(text);
	when = text.n ? feed_date_parse(text, &odd) : STAMP_NONE;
	if (when == STAMP_NONE)
		return text.n == 0;
	if (slot != FEED_SLOT_UPDATED && rank >= d->rank[FEED_SLOT_PUBLISHED]) {
		d->published = when;
		d->published_odd = odd;
		d->rank[FEED_SLOT_PUBLISHED] = (uint8_t)rank;
	}
	if (slot != FEED_SLOT_PUBLISHED && rank >= d->rank[FEED_SLOT_UPDATED]) {
		d->updated = when;
		d->updated_odd = odd;
		d->rank[FEED_SLOT_UPDATED] = (uint8_t)rank;
	}
	return true;
}

/* --- people ----------------------------------------------------------------------------------- */

static bool in_address(char c)
{
	return ascii_is_alnum(c) || (c && strchr(".!#$%&'*+-/=?^_`{|}~", c)) || (c & 0x80);
}

/* The first mail address in s. */
static struct str find_address(struct str s)
{
	const char *at = s.n ? memchr(s.p, '@', s.n) : NULL, *end = s.p + s.n;

	for (; at; at = memchr(at + 1, '@', (size_t)(end - at - 1))) {
		const char *from = at, *to = at + 1;

		while (from > s.p && in_address(from[-1]))
			from--;
		while (to < end && in_address(*to))
			to++;
		while (to > at + 1 && to[-1] == '.')
			to--;
		if (from < at && to > at + 1)
			return str_slice(from, (size_t)(to - from));
	}
	return STR_NONE;
}

/* What is left of a name when its address is taken away: without brackets and quotes around. */
static struct str bare_name(struct str s)
{
	static const char around[] = "()<>[]\"'-,:;";

	for (;;) {
		s = str_trim(s);
		if (s.n && *s.p && strchr(around, *s.p))
			s = str_slice(s.p + 1, s.n - 1);
		else if (s.n && s.p[s.n - 1] && strchr(around, s.p[s.n - 1]))
			s.n--;
		else
			return s;
	}
}

static void compose(struct feed_author *a, struct feed_memory *k)
{
	char *text;

	if (!a->name.p || !a->email.p) {
		a->text = a->name.p ? a->name : a->email;
		return;
	}
	text = arena_printf(k->arena, "%.*s (%.*s)", STR_ARG(a->name), STR_ARG(a->email));
	if (!text)
		k->nomem = true;
	a->text = str_of(text);
}

/* Of several authors the first is the author; the others stand in the text beside it. */
static bool join(struct feed_slots *d, struct feed_memory *k, unsigned rank, struct str text)
{
	char *both;

	if (rank != d->rank[FEED_SLOT_AUTHOR] || !d->author.text.p)
		return false;
	text = keep(k, text); /* carriage returns are gone before it is joined */
	if (!text.p || d->author.text.n + text.n > AUTHORS_MAX ||
		str_find(d->author.text, text) >= 0)
		return true;
	both = arena_printf(k->arena, "%.*s, %.*s", STR_ARG(d->author.text), STR_ARG(text));
	if (both)
		d->author.text = str_of(both);
	else
		k->nomem = true;
	return true;
}

void feed_slots_put_author(
	struct feed_slots *d, struct feed_memory *k, unsigned rank, struct str text)
{
	struct feed_author a = {.text = STR_NONE};
	struct str mail, before, after;

	text = str_trim(text);
	if (text.n == 0 || join(d, k, rank, text) || !feed_slots_wants(d, FEED_SLOT_AUTHOR, rank))
		return;
	mail = find_address(text);
	if (!mail.p) {
		a.name = a.text = keep(k, text);
	} else {
		before = bare_name(str_slice(text.p, (size_t)(mail.p - text.p)));
		after = bare_name(
			str_slice(mail.p + mail.n, text.n - mail.n - (size_t)(mail.p - text.p)));
		if (before.n >= 6 &&
			str_eq_nocase(str_slice(before.p + before.n - 6, 6), STR("mailto")))
			before = bare_name(str_slice(before.p, before.n - 6));
		a.email = keep(k, mail);
		a.name = feed_memory_keep(k, before.n ? before : after);
		compose(&a, k);
	}
	d->author = a;
	d->rank[FEED_SLOT_AUTHOR] = (uint8_t)rank;
}

void feed_slots_put_person(struct feed_slots *d, struct feed_memory *k, unsigned rank,
	const struct feed_author *person)
{
	struct str who = person->name.p ? person->name : person->email;

	if (!who.p && !person->uri.p)
		return;
	if (who.p && join(d, k, rank, who))
		return;
	if (!feed_slots_wants(d, FEED_SLOT_AUTHOR, rank))
		return;
	d->author = *person;
	compose(&d->author, k);
	d->rank[FEED_SLOT_AUTHOR] = (uint8_t)rank;
}

/* --- lists ------------------------------------------------------------------------------------ */

void feed_slots_add_category(struct feed_slots *d, struct feed_memory *k, struct str text)
{
	text = str_trim(text);
	if (text.n == 0)
		return;
	if (d->n_categories == FEED_CATEGORIES_MAX) {
		d->cut = true;
		return;
	}
	if (!array_room(&d->categories, d->n_categories, &d->cap_categories, 1,
		    sizeof(*d->categories))) {
		k->nomem = true;
		return;
	}
	text = keep(k, text);
	if (text.p)
		d->categories[d->n_categories++] = text;
}

void feed_slots_add_enclosure(
	struct feed_slots *d, struct feed_memory *k, const struct feed_enclosure *e)
{
	if (!e->url.p)
		return;
	if (d->n_enclosures == FEED_ENCLOSURES_MAX) {
		d->cut = true;
		return;
	}
	if (!array_room(&d->enclosures, d->n_enclosures, &d->cap_enclosures, 1,
		    sizeof(*d->enclosures))) {
		k->nomem = true;
		return;
	}
	d->enclosures[d->n_enclosures++] = (struct feed_enclosure){
		.url = e->url,
		.type = feed_memory_keep(k, e->type),
		.length = feed_memory_keep(k, e->length),
	};
}
