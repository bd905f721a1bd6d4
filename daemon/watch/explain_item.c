/* SPDX-License-Identifier: MIT */
/* Explains what an item lacks besides words: attributes, length, age, sources. */
#include "explain.h"

#include "base/clock.h"
#include "base/utf8.h"
#include "operator.h"
#include "print.h"

#define PART_MAX 160

static void explain_put_part(struct watch_explainer *t, const struct buf *part)
{
	t->told++;
	buf_adds(t->out, utf8_cut(buf_str(part), PART_MAX));
	buf_addz(t->out, part->len > PART_MAX ? "…: " : ": ");
}

void watch_explain_start_line(
	struct watch_explainer *t, const char *before, uint32_t step, bool inner)
{
	struct buf part;

	buf_init(&part, (size_t)1 << 20);
	buf_addz(&part, before);
	watch_print_step(t->p, step, inner, &part);
	explain_put_part(t, &part);
	buf_release(&part);
}

void watch_explain_start_chain(struct watch_explainer *t, uint32_t step, uint32_t n)
{
	struct buf part;

	buf_init(&part, (size_t)1 << 20);
	watch_print_chain(t->p, step, n, &part);
	explain_put_part(t, &part);
	buf_release(&part);
}

void watch_explain_age(struct watch_explainer *t, uint32_t at, uint32_t lead)
{
	static const struct {
		int64_t ms;
		char unit;
	} units[] = {{86400000, 'd'}, {3600000, 'h'}, {60000, 'm'}, {1000, 's'}};
	const struct watch_view *v = t->s->item.view;
	int64_t since = v->published != STAMP_NONE ? v->published : v->first_seen, passed;
	size_t i = 0;

	(void)lead;
	watch_explain_start_line(t, "", at, false);
	if (__builtin_sub_overflow(v->now, since, &passed)) {
		buf_addz(t->out, "the item has no date\n");
		return;
	}
	while (i < 3 && passed < 2 * units[i].ms)
		i++;
	buf_printf(t->out, "the item is %lld%c old\n", (long long)(passed / units[i].ms),
		units[i].unit);
}

void watch_explain_put_value(struct watch_explainer *t, const char *what, struct str value)
{
	buf_printf(t->out, "%s is ", what);
	if (str_present(value))
		utf8_escape(t->out, value, WATCH_FOUND_MAX, false);
	else
		buf_addz(t->out, "not known");
	buf_addc(t->out, '\n');
}

void watch_explain_attribute(struct watch_explainer *t, uint32_t at, uint32_t lead)
{
	const struct watch_view *v = t->s->item.view;
	size_t n = v->n_groups;

	(void)lead;
	watch_explain_start_line(t, "", at, false);
	switch ((enum query_attribute)t->p->atoms[t->p->steps[at].first].edits) {
	case QUERY_ATTR_FEED: watch_explain_put_value(t, "the item's feed", v->feed); break;
	case QUERY_ATTR_LANG: watch_explain_put_value(t, "the item's language", v->lang); break;
	case QUERY_ATTR_SITE: watch_explain_put_value(t, "the item's site", v->site); break;
	case QUERY_ATTR_GROUP:
		buf_addz(t->out, n ? "the item's feed is in " : "the item's feed is in no group");
		for (size_t i = 0; i < n && i < WATCH_REASONS_MAX; i++) {
			buf_addz(t->out, i ? ", " : "");
			utf8_escape(t->out, v->groups[i], WATCH_FOUND_MAX, false);
		}
		buf_addz(t->out, n > WATCH_REASONS_MAX ? " …\n" : "\n");
		break;
	case QUERY_ATTR_SOURCE: watch_explain_put_value(t, "the item's source", v->source); break;
	case QUERY_ATTR_TIER:
		watch_explain_put_value(t, "the tier of the item's feed", v->tier);
		break;
	case QUERY_ATTR_URL: break;
	}
}

void watch_explain_url(struct watch_explainer *t, uint32_t at, uint32_t lead)
{
	(void)lead;
	watch_explain_start_line(t, "", at, false);
	buf_addz(t->out, "not in the item's link\n");
}

void watch_explain_length(struct watch_explainer *t, uint32_t at, uint32_t lead)
{
	(void)lead;
	watch_explain_start_line(t, "", at, false);
	buf_printf(t->out, "the body has %zu %s\n", t->s->item.words_in_body,
		t->s->item.words_in_body == 1 ? "word" : "words");
}

static void explain_put_ordinal(struct watch_explainer *t, uint32_t n)
{
	static const char *const words[] = {"first", "second", "third", "fourth", "fifth"};

	if (n >= 1 && n <= sizeof(words) / sizeof(words[0]))
		buf_printf(t->out, "a %s source", words[n - 1]);
	else
		buf_printf(t->out, "%u sources", n);
}

/* "waits for a third source: 2 of 3: AP, Reuters" */
void watch_explain_sources(struct watch_explainer *t, uint32_t at, uint32_t lead)
{
	const struct watch_view *v = t->s->item.view;
	uint32_t needed = t->p->steps[at].n, have = v->sources ? v->sources : 1;

	(void)lead;
	watch_explain_start_line(t, "", at, false);
	buf_addz(t->out, "waits for ");
	explain_put_ordinal(t, needed);
	buf_printf(t->out, ": %u of %u", have, needed);
	for (size_t i = 0; i < v->n_origins && i < WATCH_REASONS_MAX; i++) {
		buf_addz(t->out, i ? ", " : ": ");
		utf8_escape(t->out, v->origins[i], WATCH_FOUND_MAX, false);
	}
	buf_addz(t->out, v->n_origins > WATCH_REASONS_MAX ? " …\n" : "\n");
}
