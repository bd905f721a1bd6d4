/* SPDX-License-Identifier: MIT */
/*
 * One reader for all products: a table each of words that are operators, at
 * which level they bind, and what they are called here. The result is written
 * as the text is read, with a bracket around every level that has an operator.
 */
#include "watch/dialect.h"

#include "watch/dialect_reader.h"
#include "watch/lex.h"

#define LEVELS 4

static const struct watch_dialect_operator near_words[] = {
	{"or", false, 0, "OR", 0, NULL},
	{"and", false, 0, "AND", 0, NULL},
	{"near/", true, 2, "ONEAR/", 0, "f"},
	{"near/", true, 2, "NEAR/", 0, NULL},
	{"onear/", true, 2, "ONEAR/", 0, NULL},
	{"near", false, 2, "NEAR/4", 0, NULL},
	{"onear", false, 2, "ONEAR/4", 0, NULL},
	{0},
};

static const struct watch_dialect_operator factiva_words[] = {
	{"or", false, 0, "OR", 0, NULL},
	{"and", false, 1, "AND", 0, NULL},
	{"same", false, 3, "PARA", 0, NULL},
	{"near", true, 3, "NEAR/", 1, NULL},
	{"adj", true, 3, "ONEAR/", 1, NULL},
	{"w/", true, 3, "ONEAR/", 1, NULL},
	{"/n", true, 3, "NEAR/", 1, "/"},
	{0},
};

static const struct watch_dialect_operator nexis_words[] = {
	{"and", false, 0, "AND", 0, NULL},
	{"w/s", false, 1, "SENT", 0, NULL},
	{"w/p", false, 1, "PARA", 0, NULL},
	{"w/", true, 1, "NEAR/", 1, NULL},
	{"near/", true, 1, "NEAR/", 1, NULL},
	{"pre/", true, 1, "ONEAR/", 1, NULL},
	{"onear/", true, 1, "ONEAR/", 1, NULL},
	{"or", false, 2, "OR", 0, NULL},
	{0},
};

static const struct watch_dialect_operator lucene_words[] = {
	{"or", false, 0, "OR", 0, NULL},
	{"||", false, 0, "OR", 0, NULL},
	{"and", false, 1, "AND", 0, NULL},
	{"&&", false, 1, "AND", 0, NULL},
	{0},
};

static const struct watch_dialect_field colon_fields[] = {
	{"title:", "title:"},
	{"body:", "body:"},
	{"content:", "body:"},
	{"author:", "author:"},
	{"site:", "site:"},
	{"url:", "url:"},
	{"links:", "url:"},
	{"language:", "lang:"},
	{"lang:", "lang:"},
	{"tag:", "category:"},
	{"category:", "category:"},
	{0},
};

static const struct watch_dialect_field factiva_fields[] = {
	{"hd=", "title:"},
	{"hlp=", "LEAD:"},
	{"by=", "author:"},
	{"la=", "lang:"},
	{"re=", NULL},
	{"co=", NULL},
	{"in=", NULL},
	{"ns=", NULL},
	{"sn=", "feed:"},
	{0},
};

static const struct watch_dialect_field nexis_fields[] = {
	{"headline(", "title:"},
	{"hlead(", "LEAD:"},
	{"body(", "body:"},
	{"byline(", "author:"},
	{"publication(", "feed:"},
	{"language(", "lang:"},
	{"caps(", NULL},
	{"allcaps(", NULL},
	{"nocaps(", NULL},
	{"singular(", NULL},
	{"plural(", NULL},
	{0},
};

static const struct watch_dialect dialects[] = {
	{.name = "brandwatch",
		.operators = near_words,
		.fields = colon_fields,
		.mixed_wrong = true},
	{.name = "meltwater",
		.operators = near_words,
		.fields = colon_fields,
		.any_case = true,
		.mixed_wrong = true,
		.boost = true},
	{.name = "factiva",
		.operators = factiva_words,
		.fields = factiva_fields,
		.any_case = true,
		.side_phrase = true,
		.dollar = true},
	{.name = "nexis",
		.operators = nexis_words,
		.fields = nexis_fields,
		.any_case = true,
		.side_phrase = true,
		.bang = true},
	{.name = "lucene",
		.operators = lucene_words,
		.fields = colon_fields,
		.side_or = true,
		.boost = true},
};

const struct watch_dialect *watch_dialect_find(struct str name)
{
	for (size_t i = 0; i < sizeof(dialects) / sizeof(dialects[0]); i++)
		if (str_is(name, dialects[i].name))
			return &dialects[i];
	return NULL;
}

static void read_level(struct watch_dialect_reader *r, unsigned level);

static bool at_end(struct watch_dialect_reader *r)
{
	watch_dialect_space(r);
	return r->at == r->text.n;
}

static bool at(struct watch_dialect_reader *r, char c)
{
	return !at_end(r) && r->text.p[r->at] == c;
}

static void insert(struct watch_dialect_reader *r, size_t where, const char *text)
{
	size_t n = strlen(text), behind = r->out->len - where;

	buf_addz(r->out, text);
	if (buf_failed(r->out))
		return;
	memmove(r->out->data + where + n, r->out->data + where, behind);
	memcpy(r->out->data + where, text, n);
}

static void read_brackets(struct watch_dialect_reader *r)
{
	size_t from = r->at++;

	if (++r->depth > WATCH_DEPTH_MAX) {
		if (r->depth == WATCH_DEPTH_MAX + 1)
			watch_dialect_wrong(r, from, 1, "put a part of it in a define",
				"brackets deeper than 100 levels");
		r->at = r->text.n;
		return;
	}
	buf_addc(r->out, '(');
	read_level(r, 0);
	buf_addc(r->out, ')');
	r->depth--;
	if (at(r, ')'))
		r->at++;
	else
		watch_dialect_wrong(
			r, from, 1, "put a ) where it ends", "a bracket that is never closed");
}

/* --- fields and functions --- */

/* The field that begins here; *n bytes of it. *unknown: it looks like one that
 * is not known. */
static const struct watch_dialect_field *field_at(
	const struct watch_dialect_reader *r, size_t *n, bool *unknown)
{
	struct str s = str_slice(r->text.p + r->at, r->text.n - r->at);
	size_t i = 0;

	for (const struct watch_dialect_field *f = r->d->fields; f->name; f++) {
		*n = strlen(f->name);
		if (s.n > *n && str_eq_nocase(str_slice(s.p, *n), str_of(f->name)))
			return f;
	}
	while (i < s.n && ((s.p[i] >= 'a' && s.p[i] <= 'z') || (s.p[i] >= 'A' && s.p[i] <= 'Z')))
		i++;
	*n = i + 1;
	*unknown = i && i + 1 < s.n && (s.p[i] == ':' || s.p[i] == '=');
	return NULL;
}

static void read_operand(struct watch_dialect_reader *r);

/* What follows a field: one word, a phrase or a bracket. */
static void read_of_field(struct watch_dialect_reader *r)
{
	struct str s;

	watch_dialect_space(r);
	s = watch_dialect_word(r);
	if (s.n == 0) {
		read_operand(r);
		return;
	}
	watch_dialect_put_word(r, s);
	r->at += s.n;
}

/* True: there was one. */
static bool read_field(struct watch_dialect_reader *r)
{
	bool unknown = false, lead;
	size_t n;
	const struct watch_dialect_field *f = field_at(r, &n, &unknown);

	if (!f && !unknown)
		return false;
	if (!f || !f->ours)
		watch_dialect_wrong(r, r->at, n, "take it out; nightdesk has nothing like it",
			"not known here");
	lead = f && f->ours && str_is(str_of(f->ours), "LEAD:");
	if (f && f->ours)
		buf_addz(r->out, lead ? "LEAD/50(" : f->ours);
	r->at += n - (f && f->name[n - 1] == '(');
	read_of_field(r);
	buf_addz(r->out, lead ? ")" : "");
	return true;
}

/* atleast3 word, atleast3(word), wc>300, length > 300 */
static bool read_function(struct watch_dialect_reader *r)
{
	struct str s = watch_dialect_word(r);
	unsigned n;

	if (s.n > 7 && str_eq_nocase(str_slice(s.p, 7), STR("atleast")) &&
		watch_dialect_digits(str_slice(s.p + 7, s.n - 7), &n)) {
		r->at += s.n;
		buf_printf(r->out, "ATLEAST/%u(", n);
		read_of_field(r);
		buf_addc(r->out, ')');
		return true;
	}
	if (r->d->side_phrase && s.n > 3 && str_eq_nocase(str_slice(s.p, 2), STR("wc")) &&
		(s.p[2] == '<' || s.p[2] == '>') &&
		watch_dialect_digits(str_slice(s.p + 3, s.n - 3), &n)) {
		r->at += s.n;
		buf_printf(r->out, "words%c%u", s.p[2], n);
		return true;
	}
	return false;
}

static void read_braced(struct watch_dialect_reader *r)
{
	const char *p = r->text.p + r->at, *end = memchr(p, '}', r->text.n - r->at);
	size_t n = end ? (size_t)(end - p) + 1 : r->text.n - r->at;

	if (r->d->side_or || r->d->side_phrase)
		watch_dialect_wrong(r, r->at, n, "take it out; nightdesk has nothing like it",
			"a range is not known here");
	buf_add(r->out, p, n);
	r->at += n;
}

static void read_operand(struct watch_dialect_reader *r)
{
	struct str s;
	unsigned n;

	if (at_end(r) || at(r, ')')) {
		watch_dialect_wrong(r, r->at ? r->at - 1 : 0, 1, "write a term there",
			"something is missing here");
		return;
	}
	if (at(r, '(')) {
		read_brackets(r);
	} else if (at(r, '{') || at(r, '[')) {
		read_braced(r);
	} else if (watch_lex_quote(r->text.p + r->at, r->text.n - r->at)) {
		watch_dialect_quoted(r);
	} else if (at(r, ']') || at(r, '}')) {
		watch_dialect_wrong(
			r, r->at++, 1, "take it out", "a bracket that was never opened");
	} else if (watch_dialect_operator_at(r, &n) || watch_dialect_not(r)) {
		s = watch_dialect_word(r);
		watch_dialect_wrong(r, r->at, s.n, "write a term before it",
			"an operator without a term before it");
		r->at += s.n;
	} else if (!read_function(r) && !read_field(r)) {
		s = watch_dialect_word(r);
		if (r->d->side_phrase) {
			watch_dialect_side(r);
		} else {
			watch_dialect_put_word(r, s);
			r->at += s.n;
		}
	}
}

/* --- levels --- */

static unsigned level_of_and(const struct watch_dialect *d)
{
	const struct watch_dialect_operator *o = d->operators;

	while (!str_is(str_of(o->ours), "AND"))
		o++;
	return o->level;
}

static void put_operator(
	struct watch_dialect_reader *r, const struct watch_dialect_operator *o, unsigned n)
{
	size_t length = watch_dialect_word(r).n;

	if (o->number && (n < (unsigned)o->less || n - (unsigned)o->less > WATCH_DISTANCE_MAX))
		watch_dialect_wrong(
			r, r->at, length, "write a smaller distance, from 1", "no such distance");
	buf_printf(r->out, " %s", o->ours);
	if (o->number)
		buf_printf(r->out, "%u", n - (unsigned)o->less);
	buf_addc(r->out, ' ');
	r->at += length;
	watch_dialect_space(r);
}

/* not w/5 */
static bool read_not_near(struct watch_dialect_reader *r, unsigned level)
{
	const struct watch_dialect_operator *o;
	size_t before = r->at;
	unsigned n;

	if (!watch_dialect_not(r))
		return false;
	r->at += 3;
	watch_dialect_space(r);
	o = watch_dialect_operator_at(r, &n);
	if (o && o->level == level && o->number) {
		buf_addz(r->out, " NOT");
		put_operator(r, o, n);
		return true;
	}
	r->at = before;
	return false;
}

/* What joins the next part of this level, written; false when there is none. */
static bool read_joint(struct watch_dialect_reader *r, unsigned level, bool *or_, bool *and_)
{
	bool here = level == level_of_and(r->d);
	const struct watch_dialect_operator *o;
	unsigned n;

	if (at_end(r) || at(r, ')'))
		return false;
	if (read_not_near(r, level))
		return true;
	o = watch_dialect_operator_at(r, &n);
	if (o && o->level != level)
		return false;
	if (o) {
		*or_ = *or_ || str_is(str_of(o->ours), "OR");
		*and_ = *and_ || str_is(str_of(o->ours), "AND");
		put_operator(r, o, n);
	} else if (!here || r->d->side_or) {
		return false;
	} else {
		*and_ = true;
		buf_addc(r->out, ' ');
	}
	if (here && watch_dialect_not(r)) {
		buf_addz(r->out, "NOT ");
		r->at += 3;
	} else if (here && at(r, '-') && !r->d->side_phrase) {
		buf_addz(r->out, "NOT ");
		r->at++;
	}
	return true;
}

/* Lucene: +a must, -a must not, others should; those only count when nothing
 * must. */
static void read_clauses(struct watch_dialect_reader *r)
{
	struct buf must, without, *out = r->out;
	unsigned n, musts = 0, shoulds = 0;
	size_t start = out->len;

	buf_init(&must, out->max);
	buf_init(&without, out->max);
	while (!at_end(r) && !at(r, ')')) {
		const struct watch_dialect_operator *o = watch_dialect_operator_at(r, &n);
		char sign = r->text.p[r->at];
		struct buf *to = out;

		if (o && shoulds + musts && str_is(str_of(o->ours), "OR")) {
			r->at += watch_dialect_word(r).n;
			continue;
		}
		if (watch_dialect_not(r)) {
			r->at += 3;
			to = &without;
		} else if (sign == '+' || sign == '-' || sign == '!') {
			r->at++;
			to = sign == '+' ? &must : &without;
		}
		if (to == &without)
			buf_addz(to, " NOT ");
		else if (to == &must ? musts++ : shoulds++)
			buf_addz(to, to == &must ? " AND " : " OR ");
		r->out = to;
		read_level(r, 1);
		r->out = out;
	}
	if (musts) {
		buf_truncate(out, start);
		buf_adds(out, buf_str(&must));
	} else if (shoulds > 1) {
		insert(r, start, "(");
		buf_addc(out, ')');
	}
	buf_adds(out, buf_str(&without));
	if (buf_failed(&must) || buf_failed(&without))
		out->failed = true;
	buf_release(&must);
	buf_release(&without);
}

static void read_level(struct watch_dialect_reader *r, unsigned level)
{
	bool or_ = false, and_ = false;
	size_t start = r->out->len, from = r->at;
	unsigned parts = 1;

	if (level == LEVELS) {
		read_operand(r);
		return;
	}
	if (level == 0 && r->d->side_or) {
		read_clauses(r);
		return;
	}
	if (level == level_of_and(r->d) && !at_end(r) && watch_dialect_not(r)) {
		buf_addz(r->out, "NOT ");
		r->at += 3;
	}
	read_level(r, level + 1);
	for (; read_joint(r, level, &or_, &and_); parts++)
		read_level(r, level + 1);
	if (or_ && and_ && r->d->mixed_wrong)
		watch_dialect_wrong(r, from, r->at - from,
			"put brackets around parts that belong "
			"together",
			"AND and OR are mixed without brackets");
	if (parts > 1) {
		insert(r, start, "(");
		buf_addc(r->out, ')');
	}
}

int watch_dialect_read(const struct watch_dialect *d, struct arena *a, struct str text,
	struct watch_reporter *report, struct buf *out)
{
	struct watch_dialect_reader r = {
		.d = d, .arena = a, .report = report, .text = text, .out = out};
	size_t before = report->errors;

	read_level(&r, 0);
	if (!at_end(&r) && report->errors == before)
		watch_dialect_wrong(&r, r.at, 1, "take it out, or put a ( where the part begins",
			"a closing bracket that was never opened");
	if (buf_failed(out))
		return -(int)ERR_NOMEM;
	return report->errors == before ? 0 : -(int)ERR_CONF;
}
