/* SPDX-License-Identifier: MIT */
#include "lenient_tag.h"

#include <string.h>

#include "base/ascii.h"
#include "entity.h"
#include "element.h"

bool lenient_name_starts(char c)
{
	return ascii_is_alpha(c) || c == '_' || c == ':' || (c & 0x80);
}

size_t lenient_name_length(struct str s)
{
	size_t n = 0;

	while (n < s.n && (lenient_name_starts(s.p[n]) || ascii_is_digit(s.p[n]) || s.p[n] == '-' ||
				  s.p[n] == '.'))
		n++;
	return n;
}

void lenient_add_resolved(struct buf *out, struct str s)
{
	size_t i = 0;

	while (i < s.n) {
		const char *amp = memchr(s.p + i, '&', s.n - i);
		size_t n = amp ? (size_t)(amp - s.p) - i : s.n - i;
		struct str text;
		char scratch[8];

		buf_add(out, s.p + i, n);
		i += n;
		if (!amp)
			return;
		n = feed_entity_read(str_slice(amp, s.n - i), true, scratch, &text);
		if (n && amp[n - 1] == ';') {
			buf_adds(out, text);
			i += n;
		} else {
			buf_addc(out, '&');
			i++;
		}
	}
}

static void lenient_name_split(struct str qname, struct str *prefix, struct str *local)
{
	const char *colon = memchr(qname.p, ':', qname.n);
	size_t n = colon ? (size_t)(colon - qname.p) : 0;

	*prefix = str_slice(qname.p, n);
	*local = colon && n > 0 ? str_slice(colon + 1, qname.n - n - 1) : qname;
}

struct str lenient_name_local(struct str qname)
{
	struct str prefix, local;

	lenient_name_split(qname, &prefix, &local);
	return local;
}

/*
 * The opening quote of the next attribute closed this value: "a.mp3 type=". Returns the length of
 * what precedes that attribute's name; 0 if the value does not look like this.
 */
static size_t lenient_tag_swallowed(struct str value)
{
	size_t n = value.n;

	if (n < 4 || value.p[n - 1] != '=')
		return 0;
	for (n--; n > 0 && lenient_name_length(str_slice(value.p + n - 1, 1)); n--)
		;
	if (n == 0 || !ascii_is_xml_space(value.p[n - 1]) || n + 1 >= value.n)
		return 0;
	while (n > 0 && ascii_is_xml_space(value.p[n - 1]))
		n--;
	return n;
}

/*
 * Length of a quoted value whose closing quote was forgotten, so that the quote found belongs to a
 * later attribute: it ends with its tag, or where the next tag or attribute starts.
 */
static size_t lenient_tag_value_length(struct str value)
{
	const char *open = memchr(value.p, '<', value.n);
	const char *close = open ? memchr(value.p, '>', (size_t)(open - value.p)) : NULL;
	size_t before_attr;

	if (close)
		return (size_t)(close - value.p);
	before_attr = lenient_tag_swallowed(value);
	if (!before_attr)
		return value.n;
	return open ? (size_t)(open - value.p) : before_attr;
}

/* Reads the value at s, quoted or not; *used: bytes read. False if the closing quote is missing. */
static bool lenient_tag_read_value(
	struct lenient_tag *t, struct str s, struct str *value, size_t *used)
{
	size_t n = 0;

	if (s.n && (*s.p == '"' || *s.p == '\'')) {
		bool *none = &t->no_quote[*s.p == '"'];
		const char *end = *none ? NULL : memchr(s.p + 1, *s.p, s.n - 1);

		*none = !end;
		if (!end)
			return false;
		*value = str_slice(s.p + 1, (size_t)(end - s.p) - 1);
		n = lenient_tag_value_length(*value);
		*used = n == value->n ? n + 2 : n + 1;
		value->n = n;
		return true;
	}
	while (n < s.n && !ascii_is_xml_space(s.p[n]) && s.p[n] != '>' && s.p[n] != '<')
		n++;
	/* In <a href=x/> the slash closes the tag. */
	if (n > 0 && n < s.n && s.p[n] == '>' && s.p[n - 1] == '/')
		n--;
	*value = str_slice(s.p, n);
	*used = n;
	return true;
}

static void lenient_tag_add_attr(struct lenient_tag *t, struct str name, struct str value)
{
	size_t from = t->values.len;

	for (size_t i = 0; i < t->n_attrs; i++)
		if (str_eq(t->attrs[i].name, name))
			return;
	if (t->n_attrs == LENIENT_TAG_ATTRS)
		return;
	/* lenient_tag_read() reserved enough: the slices of earlier values stay valid. */
	lenient_add_resolved(&t->values, value);
	t->attrs[t->n_attrs++] = (struct feed_attr){
		.name = name, .value = str_slice(buf_z(&t->values) + from, t->values.len - from)};
}

/* Reads an attribute. Returns its length, or 0 if there is none at s. */
static size_t lenient_tag_read_attr(struct lenient_tag *t, struct str s)
{
	size_t n = lenient_name_length(s), used = 0;
	struct str name = str_slice(s.p, n), value = STR("");

	if (n == 0)
		return 0;
	while (n < s.n && ascii_is_xml_space(s.p[n]))
		n++;
	if (n < s.n && s.p[n] == '=') {
		n++;
		while (n < s.n && ascii_is_xml_space(s.p[n]))
			n++;
		if (!lenient_tag_read_value(t, str_slice(s.p + n, s.n - n), &value, &used))
			return 0;
		n += used;
	}
	lenient_tag_add_attr(t, name, value);
	return n;
}

bool lenient_tag_read(struct lenient_tag *t, struct str s, size_t max)
{
	size_t i = 1;

	s.n = s.n < max ? s.n : max;
	t->n_attrs = 0;
	t->length = 0;
	t->closed = t->no_quote[0] = t->no_quote[1] = false;
	if (s.n < 3 || !lenient_name_starts(s.p[1]))
		return false;
	i += lenient_name_length(str_slice(s.p + 1, s.n - 1));
	t->qname = str_slice(s.p + 1, i - 1);
	lenient_name_split(t->qname, &t->prefix, &t->local);
	if (i == s.n || t->local.n == 0 || (!ascii_is_xml_space(s.p[i]) && !strchr("/><", s.p[i])))
		return false;
	buf_clear(&t->values);
	if (!buf_reserve(&t->values, 2 * max))
		return false;
	while (i < s.n) {
		size_t n;

		if (s.p[i] == '>' || s.p[i] == '<') {
			t->length = i + (s.p[i] == '>');
			return true;
		}
		t->closed = s.p[i] == '/';
		n = ascii_is_xml_space(s.p[i]) || t->closed
			    ? 1
			    : lenient_tag_read_attr(t, str_slice(s.p + i, s.n - i));
		i += n ? n : 1;
	}
	t->length = i;
	return false;
}

/* --- namespaces ------------------------------------------------------------------------------- */

void lenient_tag_declare(struct lenient_tag *t, unsigned depth)
{
	for (size_t i = 0; i < t->n_attrs && t->n_ns < LENIENT_TAG_NS; i++) {
		struct feed_attr *a = &t->attrs[i];
		struct lenient_ns *ns = &t->ns[t->n_ns];
		struct str prefix, local;

		lenient_name_split(a->name, &prefix, &local);
		if (str_is(a->name, "xmlns"))
			local = STR("");
		else if (!str_is(prefix, "xmlns"))
			continue;
		if (a->value.n >= sizeof(ns->uri))
			continue;
		ns->prefix = local;
		ns->depth = depth;
		memcpy(ns->uri, a->value.p, a->value.n);
		ns->uri[a->value.n] = '\0';
		t->n_ns++;
	}
}

void lenient_tag_leave(struct lenient_tag *t, unsigned depth)
{
	while (t->n_ns > 0 && t->ns[t->n_ns - 1].depth >= depth)
		t->n_ns--;
}

static const struct lenient_ns *lenient_tag_find_ns(const struct lenient_tag *t, struct str prefix)
{
	for (size_t i = t->n_ns; i > 0; i--)
		if (str_eq(t->ns[i - 1].prefix, prefix))
			return &t->ns[i - 1];
	return NULL;
}

static enum feed_ns lenient_tag_ns(const struct lenient_tag *t, const struct feed_builder *b,
	struct str prefix, const char **uri)
{
	const struct lenient_ns *ns = lenient_tag_find_ns(t, prefix);

	*uri = ns ? ns->uri : NULL;
	if (ns || prefix.n == 0)
		return feed_builder_ns(b, ns ? str_of(ns->uri) : STR(""));
	return feed_ns_of_prefix(prefix);
}

void lenient_tag_resolve(struct lenient_tag *t, const struct feed_builder *b, struct feed_tag *out)
{
	size_t kept = 0;

	for (size_t i = 0; i < t->n_attrs; i++) {
		struct feed_attr a = t->attrs[i];
		struct str prefix, local;
		const char *uri;

		lenient_name_split(a.name, &prefix, &local);
		out->declares |= str_is(a.name, "xmlns");
		if (str_is(prefix, "xmlns") || str_is(a.name, "xmlns"))
			continue;
		a.name = local;
		a.ns = prefix.n ? lenient_tag_ns(t, b, prefix, &uri) : FEED_NS_NONE;
		t->attrs[kept++] = a;
	}
	t->n_attrs = kept;
	out->name = t->local;
	out->ns = lenient_tag_ns(t, b, t->prefix, &out->uri);
	out->rows = feed_element_find(out->ns, out->name);
	out->prefixed = t->prefix.n > 0;
	out->attrs = t->attrs;
	out->n_attrs = t->n_attrs;
}
