/* SPDX-License-Identifier: MIT */
/* What is wrong now, for status, the service manager and documents. */
#include "group.h"

#define FEEDS_PERCENT 5 /* may fail before an operator must act */

size_t troubles_count(const struct troubles *t, enum trouble_kind kind)
{
	return t->groups[kind].n[TROUBLE_DUE] + t->groups[kind].n[TROUBLE_TOLD];
}

static size_t trouble_list_some(
	const struct trouble_list *list, struct trouble *out, size_t n, size_t max)
{
	const struct trouble_entry *x;

	for (x = TAILQ_FIRST(list); x && n < max; x = TAILQ_NEXT(x, link))
		out[n++] = x->is;
	return n;
}

size_t troubles_list(
	const struct troubles *t, enum trouble_kind kind, struct trouble *out, size_t max)
{
	const struct trouble_group *g = &t->groups[kind];
	size_t n = trouble_list_some(&g->in[TROUBLE_TOLD], out, 0, max);

	return trouble_list_some(&g->in[TROUBLE_DUE], out, n, max);
}

static bool trouble_has_named_feed(const struct trouble_list *list, const struct conf *conf)
{
	const struct trouble_entry *x;

	TAILQ_FOREACH (x, list, link) {
		const struct conf_feed *f = conf_find_feed(conf, x->is.subject);

		if (f && f->named)
			return true;
	}
	return false;
}

static bool trouble_is_of_named_feed(const struct trouble_group *g, const struct conf *conf)
{
	return trouble_has_named_feed(&g->in[TROUBLE_DUE], conf) ||
	       trouble_has_named_feed(&g->in[TROUBLE_TOLD], conf);
}

bool troubles_need_person(const struct troubles *t, enum trouble_kind kind, const struct conf *conf)
{
	bool any = false;
	size_t n;

	if (kind == TROUBLE_KINDS) {
		for (int k = 0; k < TROUBLE_KINDS && !any; k++)
			any = troubles_need_person(t, (enum trouble_kind)k, conf);
		return any;
	}
	n = troubles_count(t, kind);
	if (n == 0)
		return false;
	switch (trouble_rows[kind].person) {
	case TROUBLE_NO_PERSON: break;
	case TROUBLE_PERSON: return true;
	case TROUBLE_PERSON_FEEDS:
		/* The two lists are short: above that share they are not searched. */
		return n * 100 > conf->n_feeds * FEEDS_PERCENT ||
		       trouble_is_of_named_feed(&t->groups[kind], conf);
	case TROUBLE_PERSON_NAMED: return trouble_is_of_named_feed(&t->groups[kind], conf);
	}
	return false;
}
