/* SPDX-License-Identifier: MIT */
#include "letter_run.h"

#include <endian.h>
#include <stdbool.h>
#include <string.h>

#include "letter.h"

/* Returns the length of the sequence of 1 to 3 bytes at p; 0 if it is longer or invalid. */
static inline size_t run_decode_short(const unsigned char *p, size_t n, uint32_t *cp)
{
	if (p[0] < 0x80) {
		*cp = p[0];
		return 1;
	}
	if (n >= 2 && p[0] < 0xE0) {
		*cp = (p[0] & 0x1Fu) << 6 | (p[1] & 0x3Fu);
		return (p[0] & 0x40) && *cp >= 0x80 && (p[1] & 0xC0) == 0x80 ? 2 : 0;
	}
	if (n < 3 || (p[0] & 0xF0) != 0xE0 || (p[1] & 0xC0) != 0x80 || (p[2] & 0xC0) != 0x80)
		return 0;
	*cp = (p[0] & 0x0Fu) << 12 | (p[1] & 0x3Fu) << 6 | (p[2] & 0x3Fu);
	return *cp < 0x800 || (*cp & 0xF800) == 0xD800 ? 0 : 3;
}

/* Input and output pointers of a run. */
struct run_copy {
	const unsigned char *p, *stop; /* 4 bytes may be read up to stop */
	char *out;
	const char *full; /* a form may be written up to here */
	const struct text_letter *last;
};

/* Appends the letter's form. False: the letter needs a decision. */
static inline bool run_copy_letter(struct run_copy *c, const struct text_letter *l, size_t length)
{
	if (!(l->flags & TEXT_LETTER_PLAIN))
		return false;
	memcpy(c->out, l, sizeof(*l));
	c->out += l->n;
	c->p += length;
	c->last = l;
	return true;
}

static inline uint32_t run_load_4(const unsigned char *p)
{
	uint32_t v;

	memcpy(&v, p, sizeof(v));
	return le32toh(v);
}

/*
 * Copies letters of the same page that have two bytes: one comparison checks lead byte, page and
 * continuation byte together.
 */
static inline bool run_copy_two(
	struct run_copy *c, const struct text_letter *page, unsigned char lead)
{
	/* C0 and C1 would start overlong forms, so page 0 has only the lead bytes C2 and C3. */
	uint32_t mask = lead < 0xC4 ? 0xC0FE : 0xC0FC, key = (lead | 0x8000u) & mask;

	while (c->p <= c->stop && c->out <= c->full) {
		uint32_t v = run_load_4(c->p);

		if ((v & mask) != key)
			break;
		if (!run_copy_letter(c, &page[(v & 3) << 6 | (v >> 8 & 0x3F)], 2))
			return false;
	}
	return true;
}

/* Copies letters that have three bytes. (Surrogates are never plain.) */
static inline bool run_copy_three(struct run_copy *c)
{
	while (c->p <= c->stop && c->out <= c->full) {
		uint32_t v = run_load_4(c->p), cp;
		const struct text_letter *l;

		if ((v & 0xC0C0F0) != 0x8080E0)
			break;
		cp = (v & 0xF) << 12 | (v >> 2 & 0xFC0) | (v >> 16 & 0x3F);
		l = cp >= 0x800 ? text_letter_of(cp) : NULL;
		if (!l || !run_copy_letter(c, l, 3))
			return false;
	}
	return true;
}

struct text_letter_run text_letter_run(const struct text_words *w, size_t at)
{
	const unsigned char *text = (const unsigned char *)w->text.p;
	struct run_copy c = {
		.p = text + at,
		.stop = text + w->text.n - 4,
		.out = w->pool + w->pool_length,
		.full = w->pool + w->pool_room - TEXT_FORM_PAD - sizeof(struct text_letter),
	};

	while (w->text.n >= 4 && c.p <= c.stop && c.out <= c.full) {
		const struct text_letter *l;
		uint32_t cp;
		size_t length = run_decode_short(c.p, 4, &cp);

		l = length ? text_letter_of(cp) : NULL;
		if (!l || !run_copy_letter(&c, l, length))
			break;
		if (length == 2 && !run_copy_two(&c, l - (cp & 0xFF), c.p[-2]))
			break;
		if (length == 3 && !run_copy_three(&c))
			break;
	}
	return (struct text_letter_run){
		.last = c.last,
		.end = (size_t)(c.p - text),
		.form_length = (size_t)(c.out - (w->pool + w->pool_length)),
	};
}
