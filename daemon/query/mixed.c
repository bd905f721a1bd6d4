/* SPDX-License-Identifier: MIT */
#include "mixed.h"

#include "base/buf.h"

#define READING_MAX 240

bool query_mixed_add(struct query_mixed *m, struct arena *a, enum query_join join,
	struct query_node *node, size_t at)
{
	bool mixed = query_mixed_wrong(m);

	if (m->n == m->cap) {
		size_t cap = m->cap ? m->cap * 2 : 8;

		m->v = arena_grow(a, m->v, m->cap * sizeof(*m->v), cap * sizeof(*m->v));
		if (!m->v)
			return false;
		m->cap = cap;
	}
	m->v[m->n] = (struct query_part){join, node, at};
	if (m->n && join == QUERY_JOIN_OR)
		m->ors = true;
	else if (m->n)
		m->ands = true;
	if (!mixed && query_mixed_wrong(m))
		m->first_mixed = m->n;
	m->n++;
	return true;
}

static void mixed_put_join(struct buf *out, enum query_join join)
{
	static const char *const words[] = {" ", " AND ", " ", " OR "};

	buf_addz(out, words[join]);
}

/* Appends the text with brackets around sequences joined by OR, or by AND. */
static void mixed_put_reading(
	const struct query_mixed *m, struct str text, bool ors, struct buf *out)
{
	bool open = false;

	for (size_t i = 0; i < m->n; i++) {
		const struct query_node *n = m->v[i].node;
		bool next = i + 1 < m->n && (m->v[i + 1].join == QUERY_JOIN_OR) == ors;
		bool negated = ors && n->op == QUERY_NOT && !n->minus;

		if (i && m->v[i].join == QUERY_JOIN_NOT && open)
			buf_addc(out, ' ');
		else if (i)
			mixed_put_join(out, m->v[i].join);
		if (!open && next) {
			buf_addz(out, negated ? "NOT (" : "(");
			open = true;
			if (negated) /* NOT x OR y: NOT goes before the bracket */
				n = n->kids[0];
		}
		buf_adds(out, str_slice(text.p + n->offset, n->length));
		if (open && !next) {
			buf_addc(out, ')');
			open = false;
		}
	}
}

/* Returns false for -a OR b, which cannot be written with OR in brackets. */
static bool mixed_has_readings(const struct query_mixed *m)
{
	for (size_t i = 0; i + 1 < m->n; i++)
		if (m->v[i].node->op == QUERY_NOT && m->v[i].node->minus &&
			m->v[i + 1].join == QUERY_JOIN_OR)
			return false;
	for (size_t i = 1; i < m->n; i++)
		if (m->v[i].node->op == QUERY_NOT && m->v[i].join == QUERY_JOIN_OR)
			return false;
	return true;
}

void query_mixed_report(
	const struct query_mixed *m, struct arena *a, struct str text, struct query_reporter *r)
{
	const char *help = "put brackets around the parts that belong together";
	const struct query_part *part = &m->v[m->first_mixed];
	size_t length = part->join == QUERY_JOIN_OR ? 2 : part->join == QUERY_JOIN_SIDE ? 1 : 3;
	struct buf readings;

	buf_init(&readings, READING_MAX);
	buf_addz(&readings, "write ");
	mixed_put_reading(m, text, false, &readings);
	buf_addz(&readings, ", or ");
	mixed_put_reading(m, text, true, &readings);
	if (!buf_failed(&readings) && mixed_has_readings(m)) {
		const char *copy = arena_strdup(a, buf_z(&readings));

		help = copy ? copy : help;
	}
	buf_release(&readings);
	query_report(r, false, part->at, length, help, "AND and OR are mixed without brackets");
}
