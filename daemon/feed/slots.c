/* SPDX-License-Identifier: MIT */
#include "slots.h"

#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "base/array.h"
#include "base/digest.h"
#include "base/utf8.h"
#include "feed/date.h"
#include "feed/html.h"

#define AUTHORS_MAX 512 /* bytes of all names joined */

void feed_slots_clear(struct feed_slots *slots)
{
	struct feed_slots old = *slots;

	*slots = (struct feed_slots){
		.published = STAMP_NONE,
		.updated = STAMP_NONE,
		.categories = old.categories,
		.cap_categories = old.cap_categories,
		.enclosures = old.enclosures,
		.cap_enclosures = old.cap_enclosures,
	};
}

void feed_slots_release(struct feed_slots *slots)
{
	free(slots->categories);
	free(slots->enclosures);
	*slots = (struct feed_slots){.published = STAMP_NONE};
}

/* Carriage returns come from character references and from the lenient parser. */
static struct str slots_remove_returns(char *p, size_t n)
{
	size_t kept = 0;

	for (size_t i = 0; i < n; i++)
		if (p[i] != '\r')
			p[kept++] = p[i];
	p[kept] = '\0';
	return kept ? str_slice(p, kept) : STR_NONE;
}

static struct str slots_copy(struct feed_memory *m, struct str s)
{
	char *copy;

	if (!s.n)
		return STR_NONE;
	copy = arena_alloc(m->arena, s.n + 1);
	if (!copy) {
		m->nomem = true;
		return STR_NONE;
	}
	memcpy(copy, s.p, s.n);
	copy[s.n] = '\0';
	return memchr(copy, '\r', s.n) ? slots_remove_returns(copy, s.n) : str_slice(copy, s.n);
}

struct str feed_memory_keep(struct feed_memory *m, struct str s)
{
	s = str_trim(s);
	return s.n ? slots_copy(m, s) : STR_NONE;
}

void *feed_memory_copy(struct feed_memory *m, const void *list, size_t n, size_t size)
{
	void *copy = n ? arena_alloc(m->arena, n * size) : NULL;

	if (copy)
		memcpy(copy, list, n * size);
	m->nomem |= n && !copy;
	return copy;
}

bool feed_slots_wants(const struct feed_slots *slots, enum feed_slot slot, unsigned rank)
{
	return rank > slots->rank[slot];
}

void feed_slots_yield(struct feed_slots *slots, enum feed_slot slot, unsigned rank)
{
	if (slots->rank[slot] == rank)
		slots->rank[slot]--;
}

static void slots_set(struct feed_slots *slots, enum feed_slot slot, unsigned rank, struct str kept)
{
	slots->value[slot] = kept;
	slots->rank[slot] = (uint8_t)rank;
}

void feed_slots_put(struct feed_slots *slots, struct feed_memory *m, enum feed_slot slot,
	unsigned rank, struct str text)
{
	text = str_trim(text);
	if (text.n && feed_slots_wants(slots, slot, rank))
		slots_set(slots, slot, rank, slots_copy(m, text));
}

/* --- text ------------------------------------------------------------------------------------- */

/* Collapses white space: to a blank line if it contains one and paragraphs is set, else to a space.
 */
static void slots_add_plain(struct buf *out, struct str s, bool paragraphs)
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

/* Into m->text. */
static void slots_render(struct feed_memory *m, struct str s, enum feed_form form, bool line)
{
	struct buf *out = &m->text;

	buf_clear(out);
	if (form == FEED_FORM_PLAIN)
		slots_add_plain(out, s, !line);
	else if (line)
		feed_html_to_line(s, out);
	else
		feed_html_to_text(s, out);
	m->nomem |= buf_failed(out);
}

/* Decodes into the arena. Absent if invalid, or if the result is not text that XML allows. */
static struct str slots_decode_base64(struct feed_memory *m, struct str s)
{
	char *out = arena_alloc(m->arena, s.n / 4 * 3 + 4);
	uint32_t bits = 0;
	size_t n = 0;
	unsigned have = 0;

	if (!out) {
		m->nomem = true;
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
	/* 2 digits are one byte and 4 unused bits, 3 digits two bytes and 2 unused bits. */
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

/* Decodes base64. The feed does not declare what it contains: HTML if it has a tag or reference. */
static enum feed_form slots_unwrap(struct feed_memory *m, struct str *text, enum feed_form form)
{
	if (form != FEED_FORM_BASE64)
		return form;
	*text = slots_decode_base64(m, *text);
	if (!text->p)
		return FEED_FORM_PLAIN;
	return memchr(text->p, '<', text->n) || memchr(text->p, '&', text->n) ? FEED_FORM_HTML
									      : FEED_FORM_PLAIN;
}

void feed_slots_put_line(struct feed_slots *slots, struct feed_memory *m,
	const struct feed_element *el, struct str text, enum feed_form form)
{
	if (!feed_slots_wants(slots, el->slot, el->rank))
		return;
	form = slots_unwrap(m, &text, form);
	slots_render(m, text, form, true);
	if (m->text.len > 0)
		slots_set(slots, el->slot, el->rank, slots_copy(m, buf_str(&m->text)));
}

void feed_slots_put_body(struct feed_slots *slots, struct feed_memory *m,
	const struct feed_element *el, struct str text, enum feed_form form)
{
	int which = el->slot == FEED_SLOT_CONTENT;

	text = str_trim(text);
	form = slots_unwrap(m, &text, form);
	if (text.n == 0 || !feed_slots_wants(slots, el->slot, el->rank))
		return;
	slots->html[which] = form == FEED_FORM_PLAIN ? STR_NONE : slots_copy(m, text);
	slots->rank[el->slot] = el->rank;
	slots->value[el->slot] = STR_NONE;
	if (m->headers_only)
		return;
	slots_render(m, text, form, false);
	if (m->text.len > 0)
		slots->value[el->slot] = slots_copy(m, buf_str(&m->text));
}

/* --- dates ------------------------------------------------------------------------------------ */

bool feed_slots_put_date(
	struct feed_slots *slots, enum feed_slot slot, unsigned rank, struct str text)
{
	bool odd = false;
	int64_t when;

	text = str_trim(text);
	when = text.n ? feed_date_parse(text, &odd) : STAMP_NONE;
	if (when == STAMP_NONE)
		return text.n == 0;
	if (slot != FEED_SLOT_UPDATED && rank >= slots->rank[FEED_SLOT_PUBLISHED]) {
		slots->published = when;
		slots->published_odd = odd;
		slots->rank[FEED_SLOT_PUBLISHED] = (uint8_t)rank;
	}
	if (slot != FEED_SLOT_PUBLISHED && rank >= slots->rank[FEED_SLOT_UPDATED]) {
		slots->updated = when;
		slots->updated_odd = odd;
		slots->rank[FEED_SLOT_UPDATED] = (uint8_t)rank;
	}
	return true;
}

/* --- authors ---------------------------------------------------------------------------------- */

static bool slots_is_address_char(char c)
{
	return ascii_is_alnum(c) || (c && strchr(".!#$%&'*+-/=?^_`{|}~", c)) || (c & 0x80);
}

/* The first mail address in s, or absent. */
static struct str slots_find_address(struct str s)
{
	const char *at = s.n ? memchr(s.p, '@', s.n) : NULL, *end = s.p + s.n;

	for (; at; at = memchr(at + 1, '@', (size_t)(end - at - 1))) {
		const char *from = at, *to = at + 1;

		while (from > s.p && slots_is_address_char(from[-1]))
			from--;
		while (to < end && slots_is_address_char(*to))
			to++;
		while (to > at + 1 && to[-1] == '.')
			to--;
		if (from < at && to > at + 1)
			return str_slice(from, (size_t)(to - from));
	}
	return STR_NONE;
}

/* Without the brackets, quotes and separators that surrounded a removed mail address. */
static struct str slots_trim_name(struct str s)
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

static void slots_compose_author(struct feed_author *a, struct feed_memory *m)
{
	char *text;

	if (!a->name.p || !a->email.p) {
		a->text = a->name.p ? a->name : a->email;
		return;
	}
	text = arena_printf(m->arena, "%.*s (%.*s)", STR_ARG(a->name), STR_ARG(a->email));
	if (!text)
		m->nomem = true;
	a->text = str_of(text);
}

/* Appends a further author of the same rank to the text. False if this is the first author. */
static bool slots_join_author(
	struct feed_slots *slots, struct feed_memory *m, unsigned rank, struct str text)
{
	char *both;

	if (rank != slots->rank[FEED_SLOT_AUTHOR] || !slots->author.text.p)
		return false;
	text = slots_copy(m, text); /* without carriage returns */
	if (!text.p || slots->author.text.n + text.n > AUTHORS_MAX ||
		str_find(slots->author.text, text) >= 0)
		return true;
	both = arena_printf(m->arena, "%.*s, %.*s", STR_ARG(slots->author.text), STR_ARG(text));
	if (both)
		slots->author.text = str_of(both);
	else
		m->nomem = true;
	return true;
}

void feed_slots_put_author(
	struct feed_slots *slots, struct feed_memory *m, unsigned rank, struct str text)
{
	struct feed_author a = {.text = STR_NONE};
	struct str mail, before, after;

	text = str_trim(text);
	if (text.n == 0 || slots_join_author(slots, m, rank, text) ||
		!feed_slots_wants(slots, FEED_SLOT_AUTHOR, rank))
		return;
	mail = slots_find_address(text);
	if (!mail.p) {
		a.name = a.text = slots_copy(m, text);
	} else {
		before = slots_trim_name(str_slice(text.p, (size_t)(mail.p - text.p)));
		after = slots_trim_name(
			str_slice(mail.p + mail.n, text.n - mail.n - (size_t)(mail.p - text.p)));
		if (before.n >= 6 &&
			str_eq_nocase(str_slice(before.p + before.n - 6, 6), STR("mailto")))
			before = slots_trim_name(str_slice(before.p, before.n - 6));
		a.email = slots_copy(m, mail);
		a.name = feed_memory_keep(m, before.n ? before : after);
		slots_compose_author(&a, m);
	}
	slots->author = a;
	slots->rank[FEED_SLOT_AUTHOR] = (uint8_t)rank;
}

void feed_slots_put_person(struct feed_slots *slots, struct feed_memory *m, unsigned rank,
	const struct feed_author *person)
{
	struct str who = person->name.p ? person->name : person->email;

	if (!who.p && !person->uri.p)
		return;
	if (who.p && slots_join_author(slots, m, rank, who))
		return;
	if (!feed_slots_wants(slots, FEED_SLOT_AUTHOR, rank))
		return;
	slots->author = *person;
	slots_compose_author(&slots->author, m);
	slots->rank[FEED_SLOT_AUTHOR] = (uint8_t)rank;
}

/* --- lists ------------------------------------------------------------------------------------ */

void feed_slots_add_category(struct feed_slots *slots, struct feed_memory *m, struct str text)
{
	text = str_trim(text);
	if (text.n == 0)
		return;
	if (slots->n_categories == FEED_CATEGORIES_MAX) {
		slots->cut = true;
		return;
	}
	if (!array_room(&slots->categories, slots->n_categories, &slots->cap_categories, 1,
		    sizeof(*slots->categories))) {
		m->nomem = true;
		return;
	}
	text = slots_copy(m, text);
	if (text.p)
		slots->categories[slots->n_categories++] = text;
}

void feed_slots_add_enclosure(
	struct feed_slots *slots, struct feed_memory *m, const struct feed_enclosure *e)
{
	if (!e->url.p)
		return;
	if (slots->n_enclosures == FEED_ENCLOSURES_MAX) {
		slots->cut = true;
		return;
	}
	if (!array_room(&slots->enclosures, slots->n_enclosures, &slots->cap_enclosures, 1,
		    sizeof(*slots->enclosures))) {
		m->nomem = true;
		return;
	}
	slots->enclosures[slots->n_enclosures++] = (struct feed_enclosure){
		.url = e->url,
		.type = feed_memory_keep(m, e->type),
		.length = feed_memory_keep(m, e->length),
	};
}
