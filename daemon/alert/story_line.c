/* SPDX-License-Identifier: MIT */
#include "alert/alert.h"

#include "base/clock.h"

#define ALSO_SHOWN 6 /* outlets in a line */

static void story_put_separator(struct buf *out, size_t start)
{
	if (out->len > start)
		buf_addz(out, " · ");
}

static void story_put_also(const struct alert_story *s, struct buf *out)
{
	size_t shown = s->n_also < ALSO_SHOWN ? s->n_also : ALSO_SHOWN;
	/* All but its own outlet; the list may have only the first ones. */
	size_t others = s->outlets > s->n_also + 1 ? s->outlets - 1 : s->n_also;

	buf_addz(out, "also: ");
	for (size_t i = 0; i < shown; i++) {
		buf_addz(out, i ? ", " : "");
		buf_adds(out, s->also[i]);
	}
	if (others > shown)
		buf_printf(out, " and %zu more", others - shown);
}

/* "9 min", "2 h": since the first report. */
static void story_put_span(int64_t ms, struct buf *out)
{
	if (ms >= 2 * CLOCK_DAY)
		buf_printf(out, "%lld d", (long long)(ms / CLOCK_DAY));
	else if (ms >= 2 * CLOCK_HOUR)
		buf_printf(out, "%lld h", (long long)(ms / CLOCK_HOUR));
	else
		buf_printf(out, "%lld min", (long long)(ms / CLOCK_MINUTE));
}

void alert_put_story(const struct alert_story *s, struct buf *out)
{
	size_t start = out->len;

	if (!s)
		return;
	if (str_present(s->via)) {
		buf_addz(out, "via ");
		buf_adds(out, s->via);
	}
	if (s->n_also) {
		story_put_separator(out, start);
		story_put_also(s, out);
	}
	if (s->sources > 1) {
		story_put_separator(out, start);
		buf_printf(out, "at least %zu sources", s->sources);
	}
	if (s->n_also && s->span >= CLOCK_MINUTE) {
		story_put_separator(out, start);
		story_put_span(s->span, out);
	}
}
