/* SPDX-License-Identifier: MIT */
#include "bidi.h"

#include "base/utf8.h"

#define BIDI_CONTROLS 64 /* further ones in a line count as unbalanced */

enum bidi_control {
	BIDI_NONE,
	BIDI_EMBED,    /* U+202A, U+202B */
	BIDI_OVERRIDE, /* U+202D, U+202E */
	BIDI_ISOLATE,  /* U+2066 to U+2068 */
	BIDI_END,      /* U+202C, of the first two */
	BIDI_END_ISOLATE,
};

/* Controls that are open, the innermost last. */
struct bidi_stack {
	struct {
		enum bidi_control control;
		unsigned number;
	} open[BIDI_CONTROLS];
	unsigned n;
};

static enum bidi_control bidi_control_of(uint32_t cp)
{
	switch (cp) {
	case 0x202A:
	case 0x202B: return BIDI_EMBED;
	case 0x202D:
	case 0x202E: return BIDI_OVERRIDE;
	case 0x2066:
	case 0x2067:
	case 0x2068: return BIDI_ISOLATE;
	case 0x202C: return BIDI_END;
	case 0x2069: return BIDI_END_ISOLATE;
	default: return BIDI_NONE;
	}
}

/* Closes the innermost control, which the end `number` belongs to. */
static void bidi_close(struct bidi_line *l, struct bidi_stack *s, unsigned number)
{
	s->n--;
	if (s->open[s->n].control != BIDI_OVERRIDE)
		l->balanced |= UINT64_C(1) << s->open[s->n].number | UINT64_C(1) << number;
}

/* An isolate ends all that is open inside it; an end of embedding does not reach out of one. */
static void bidi_see(
	struct bidi_line *l, struct bidi_stack *s, enum bidi_control control, unsigned number)
{
	unsigned n = s->n;

	switch (control) {
	case BIDI_NONE: break;
	case BIDI_EMBED:
	case BIDI_OVERRIDE:
	case BIDI_ISOLATE:
		s->open[s->n].control = control;
		s->open[s->n++].number = number;
		break;
	case BIDI_END:
		if (n && s->open[n - 1].control != BIDI_ISOLATE)
			bidi_close(l, s, number);
		break;
	case BIDI_END_ISOLATE:
		while (n && s->open[n - 1].control != BIDI_ISOLATE)
			n--;
		if (n) {
			s->n = n;
			bidi_close(l, s, number);
		}
		break;
	}
}

/* Reads the controls up to the end of the line. */
static struct bidi_line bidi_read_line(struct str text)
{
	struct bidi_line l = {.read = true};
	struct bidi_stack s = {.n = 0};
	unsigned number = 0;

	for (size_t i = 0; i < text.n && text.p[i] != '\n' && number < BIDI_CONTROLS;) {
		uint32_t cp = 0;
		size_t n = utf8_decode(text.p + i, text.n - i, &cp);
		enum bidi_control control = n ? bidi_control_of(cp) : BIDI_NONE;

		if (control != BIDI_NONE)
			bidi_see(&l, &s, control, number++);
		i += n ? n : 1;
	}
	return l;
}

bool bidi_is_override(uint32_t cp)
{
	return bidi_control_of(cp) == BIDI_OVERRIDE;
}

bool bidi_line_keeps(struct bidi_line *l, uint32_t cp, struct str text)
{
	enum bidi_control control = bidi_control_of(cp);
	unsigned number;

	if (cp == '\n')
		*l = (struct bidi_line){0};
	if (control == BIDI_NONE)
		return true;
	if (!l->read)
		*l = bidi_read_line(text);
	number = l->next++;
	return control == BIDI_OVERRIDE || (number < BIDI_CONTROLS && l->balanced >> number & 1);
}
