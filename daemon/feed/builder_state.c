/* SPDX-License-Identifier: MIT */
#include "builder_state.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"

void feed_builder_refuse(struct feed_builder *b, enum err_class cls, const char *fmt, ...)
{
	va_list ap;

	if (b->error.cls != ERR_NONE)
		return;
	b->error.cls = cls;
	va_start(ap, fmt);
	vsnprintf(b->error.text, sizeof(b->error.text), fmt, ap);
	va_end(ap);
}

const struct err *feed_builder_error(const struct feed_builder *b)
{
	return b->error.cls != ERR_NONE ? &b->error : NULL;
}

void feed_builder_problem(struct feed_builder *b, uint32_t line, const char *fmt, ...)
{
	struct feed_problem *p = &b->problems[b->n_problems];
	char text[ERR_TEXT_MAX];
	va_list ap;

	if (b->n_problems > FEED_PROBLEMS_MAX)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	p->line = line;
	p->text = str_slice(text, utf8_valid_prefix(text, strlen(text)));
	if (b->n_problems == FEED_PROBLEMS_MAX) {
		p->line = 0;
		p->text = STR("more problems, not listed");
	}
	p->text = feed_memory_keep(&b->memory, p->text);
	b->n_problems++;
}

static const struct feed_element *builder_find_element(
	enum feed_ns ns, const struct feed_tag *tag, unsigned scope)
{
	return feed_element_in(feed_element_find(ns, tag->name), scope);
}

/*
 * RSS under the default namespace of Atom or of an extension is RSS: an element without a prefix
 * belongs to the format of the element around it, unless it declares its namespace itself.
 */
const struct feed_element *feed_builder_element(
	const struct feed_builder *b, const struct feed_tag *tag, unsigned n)
{
	const struct feed_frame *in = n ? &b->frames[n - 1] : NULL;
	unsigned scope = in ? in->scope : FEED_IN_DOCUMENT;
	enum feed_ns inside = in ? (enum feed_ns)in->el->ns : FEED_NS_NONE;
	const struct feed_element *own = feed_element_in(tag->rows, scope), *el;
	enum feed_ns format;

	if (tag->prefixed || (own && (tag->declares || tag->ns == inside)))
		return own;
	format = inside == FEED_NS_ATOM || inside == FEED_NS_CORE ? inside : b->no_ns;
	if (own && tag->ns == format)
		return own;
	el = builder_find_element(format, tag, scope);
	if (el || own)
		return el ? el : own;
	/* <item> in Atom, <entry> in RSS */
	el = builder_find_element(format == FEED_NS_ATOM ? FEED_NS_CORE : FEED_NS_ATOM, tag, scope);
	return el && el->verb < FEED_TEXT ? el : NULL;
}

struct str feed_tag_attr(const struct feed_tag *tag, const char *name)
{
	struct str want = str_of(name);

	for (size_t i = 0; i < tag->n_attrs; i++) {
		const struct feed_attr *a = &tag->attrs[i];

		if (a->name.n == want.n && a->ns != FEED_NS_XML &&
			(memcmp(a->name.p, name, want.n) == 0 || str_eq_nocase(a->name, want)))
			return a->value;
	}
	return STR_NONE;
}

struct str feed_builder_base(const struct feed_builder *b)
{
	if (b->n_bases == 1 && b->in_item && b->home.p)
		return b->home;
	return b->bases[b->n_bases - 1];
}
