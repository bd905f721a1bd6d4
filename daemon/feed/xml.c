/* SPDX-License-Identifier: MIT */
#include "xml.h"
#include "xml_error.h"

#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/counted_memory.h"
#include "builder_state.h"
#include "byte_scan.h"
#include "entity.h"
#include "xml_declaration.h"

#define ATTRS_MAX  1024 /* upper bound of feed_limits.attributes, which xml_guard enforces */
#define CACHE_SIZE 512
#define HELD_MAX   ((size_t)256 << 10)
#define DICT_MAX   ((size_t)512 << 10) /* names of earlier documents that a context may keep */
#define OPTIONS	   (XML_PARSE_NONET | XML_PARSE_IGNORE_ENC | XML_PARSE_NOWARNING)

#if LIBXML_VERSION >= 21200
typedef const xmlError *xml_error_ptr;
#else
typedef xmlError *xml_error_ptr;
#endif

/* Cache of feed_element_find(). libxml2 interns names, so that their addresses are the key. */
struct xml_name {
	const xmlChar *local, *uri;
	struct str name;
	const struct feed_element *rows;
	enum feed_ns ns;
};

struct feed_xml {
	struct xml_declaration_user declarations; /* the first member */
	struct feed_builder *build;
	xmlParserCtxtPtr ctxt;
	xmlEntity entity; /* returned by the last xml_on_entity(); libxml2 may write to it */
	char entity_text[80];
	uint32_t undeclared_line;
	struct xml_name cache[CACHE_SIZE];
	struct feed_attr attrs[ATTRS_MAX];
	struct buf values; /* attribute values with references resolved */
	struct buf held;   /* bytes not yet passed to libxml2 */
	uint32_t first_line;
	enum feed_xml_verdict verdict;
	bool loose;
	uint32_t error_line;
	char error[160];
};

static void xml_stop(struct feed_xml *x, enum feed_xml_verdict why)
{
	if (x->verdict == FEED_XML_FINE) {
		x->verdict = why;
		x->error_line = feed_xml_line(x);
	}
	xmlStopParser(x->ctxt);
}

static void xml_set_reason(struct feed_xml *x, const char *text)
{
	size_t n = strcspn(text, "\n");

	n = n < sizeof(x->error) - 1 ? n : sizeof(x->error) - 1;
	memcpy(x->error, text, n);
	x->error[n] = '\0';
}

uint32_t feed_xml_line(const struct feed_xml *x)
{
	if (x->verdict != FEED_XML_FINE)
		return x->error_line;
	if (!x->ctxt->input || x->ctxt->input->line < 1)
		return x->first_line;
	return x->first_line + (uint32_t)x->ctxt->input->line - 1;
}

const char *feed_xml_reason(const struct feed_xml *x)
{
	return x->error;
}

bool feed_xml_undeclared_prefix(const struct feed_xml *x)
{
	return x->loose;
}

uint32_t feed_xml_undeclared_entity(const struct feed_xml *x)
{
	return x->undeclared_line;
}

/* --- names ------------------------------------------------------------------------------------ */

static struct str xml_str(const xmlChar *z)
{
	return str_of((const char *)z);
}

static size_t xml_name_hash(const xmlChar *local, const xmlChar *uri)
{
	uint64_t a = (uintptr_t)local, b = (uintptr_t)uri;

	return (size_t)((a + (b << 16)) * UINT64_C(0x9E3779B97F4A7C15) >> 32) % CACHE_SIZE;
}

static const struct xml_name *xml_find_name(
	struct feed_xml *x, const xmlChar *local, const xmlChar *uri)
{
	struct xml_name *c = &x->cache[xml_name_hash(local, uri)];

	if (c->local == local && c->uri == uri)
		return c;
	c->local = local;
	c->uri = uri;
	c->name = xml_str(local);
	c->ns = feed_builder_ns(x->build, xml_str(uri));
	c->rows = feed_element_find(c->ns, c->name);
	return c;
}

/* --- attributes ------------------------------------------------------------------------------- */

/*
 * Without entity replacement, libxml2 leaves two kinds of references in attribute values: "&#38;"
 * for an ampersand, and "&name;" for a general entity.
 */
static struct str xml_resolve_value(struct feed_xml *x, struct str raw)
{
	size_t from = x->values.len, i = 0;

	while (i < raw.n) {
		const char *amp = memchr(raw.p + i, '&', raw.n - i);
		size_t n = amp ? (size_t)(amp - raw.p) - i : raw.n - i;
		struct feed_entity entity;
		const char *semicolon;
		bool known;
		struct str name;

		buf_add(&x->values, raw.p + i, n);
		i += n;
		if (!amp)
			break;
		semicolon = memchr(amp, ';', raw.n - i);
		name = str_slice(amp + 1, semicolon ? (size_t)(semicolon - amp) - 1 : 0);
		known = feed_entity_find(name, &entity);
		if (str_is(name, "#38"))
			buf_addc(&x->values, '&');
		else if (known)
			buf_addz(&x->values, entity.text);
		else
			buf_addc(&x->values, '&');
		i += str_is(name, "#38") || known ? name.n + 2 : 1;
	}
	return str_slice(buf_z(&x->values) + from, x->values.len - from);
}

/* raw: five pointers for each attribute: name, prefix, namespace URI, start and end of the value.
 */
static size_t xml_read_attrs(struct feed_xml *x, size_t n, const xmlChar **raw)
{
	size_t bytes = 0;

	n = n < ATTRS_MAX ? n : ATTRS_MAX;
	for (size_t i = 0; i < n; i++)
		bytes += (size_t)(raw[i * 5 + 4] - raw[i * 5 + 3]);
	buf_clear(&x->values);
	/* A resolved value is not longer: the buffer is not reallocated, and slices stay valid. */
	if (!buf_reserve(&x->values, bytes + 8)) {
		xml_stop(x, FEED_XML_NOMEM);
		return 0;
	}
	for (size_t i = 0; i < n; i++) {
		const char *value = (const char *)raw[i * 5 + 3];
		struct feed_attr *a = &x->attrs[i];

		a->name = xml_str(raw[i * 5]);
		a->ns = raw[i * 5 + 2]	 ? feed_builder_ns(x->build, xml_str(raw[i * 5 + 2]))
			: raw[i * 5 + 1] ? feed_ns_of_prefix(xml_str(raw[i * 5 + 1]))
					 : FEED_NS_NONE;
		a->value = str_slice(value, (size_t)((const char *)raw[i * 5 + 4] - value));
		if (memchr(a->value.p, '&', a->value.n))
			a->value = xml_resolve_value(x, a->value);
	}
	return n;
}

/* --- SAX -------------------------------------------------------------------------------------- */

static void xml_on_start(void *user, const xmlChar *local, const xmlChar *prefix,
	const xmlChar *uri, int n_ns, const xmlChar **ns, int n_attrs, int n_defaulted,
	const xmlChar **attrs)
{
	struct feed_xml *x = user;
	struct feed_tag tag = {.attrs = x->attrs, .uri = (const char *)uri};

	(void)n_defaulted;
	if (feed_builder_depth(x->build) == 0) {
		if (feed_builder_root(x->build, xml_str(uri), xml_str(local), prefix != NULL))
			memset(x->cache, 0, sizeof(x->cache));
		/* the default namespace of <rdf:RDF> says the version */
		for (int i = 0; i < n_ns; i++)
			if (!ns[2 * i])
				tag.uri = (const char *)ns[2 * i + 1];
	}
	tag.prefixed = prefix != NULL;
	for (int i = 0; i < n_ns; i++)
		tag.declares |= !ns[2 * i];
	if (prefix && !uri) {
		x->loose = true;
		tag.name = xml_str(local);
		tag.ns = feed_ns_of_prefix(xml_str(prefix));
		tag.rows = feed_element_find(tag.ns, tag.name);
	} else {
		const struct xml_name *c = xml_find_name(x, local, uri);

		tag.name = c->name;
		tag.ns = c->ns;
		tag.rows = c->rows;
	}
	tag.line = x->first_line + (uint32_t)x->ctxt->input->line - 1;
	if (n_attrs > 0)
		tag.n_attrs = xml_read_attrs(x, (size_t)n_attrs, attrs);
	feed_builder_start(x->build, &tag);
	if (feed_builder_error(x->build))
		xml_stop(x, FEED_XML_REFUSED);
}

static void xml_on_end(void *user, const xmlChar *local, const xmlChar *prefix, const xmlChar *uri)
{
	struct feed_xml *x = user;

	(void)prefix;
	(void)uri;
	feed_builder_end(x->build, x->build->markup ? xml_str(local) : STR_NONE);
}

static void xml_on_text(void *user, const xmlChar *text, int n)
{
	struct feed_xml *x = user;

	if (x->build->leaf && n > 0)
		feed_builder_text(x->build, (const char *)text, (size_t)n);
}

/* The only access to this state; deprecated in newer versions, but still set. */
static xmlParserInputState xml_state(const struct feed_xml *x)
{
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
	return x->ctxt->instate;
#pragma GCC diagnostic pop
}

/*
 * In an attribute value, 2.9.14 copies only the first byte of a predefined entity, but leaves a
 * general entity without content as "&name;", for xml_resolve_value().
 */
static xmlEntityPtr xml_on_entity(void *user, const xmlChar *name)
{
	struct feed_xml *x = user;
	struct feed_entity known;
	xmlEntityPtr predefined = xmlGetPredefinedEntity(name);

	if (predefined)
		return predefined;
	if (feed_entity_find(xml_str(name), &known)) {
		snprintf(x->entity_text, sizeof(x->entity_text), "%s", known.text);
	} else if (strlen((const char *)name) + 3 > sizeof(x->entity_text)) {
		xml_set_reason(x, "a reference to an entity that is not defined");
		xml_stop(x, FEED_XML_BROKEN);
		return NULL;
	} else {
		snprintf(x->entity_text, sizeof(x->entity_text), "&%s;", (const char *)name);
		if (!x->undeclared_line)
			x->undeclared_line = feed_xml_line(x);
	}
	memset(&x->entity, 0, sizeof(x->entity));
	x->entity.type = XML_ENTITY_DECL;
	x->entity.name = name;
	if (xml_state(x) == XML_PARSER_ATTRIBUTE_VALUE) {
		x->entity.etype = XML_INTERNAL_GENERAL_ENTITY;
		return &x->entity;
	}
	x->entity.content = (xmlChar *)x->entity_text;
	x->entity.length = (int)strlen(x->entity_text);
	x->entity.etype = XML_INTERNAL_PREDEFINED_ENTITY;
	return &x->entity;
}

static void xml_forbid(void *user)
{
	xml_stop(user, FEED_XML_FORBIDDEN);
}

static void xml_on_error(void *user, xml_error_ptr error)
{
	struct feed_xml *x = user;
	const char *words;

	if (error->level != XML_ERR_FATAL || x->verdict != FEED_XML_FINE ||
		error->code == XML_ERR_USER_STOP)
		return;
	x->error_line = x->first_line + (error->line > 0 ? (uint32_t)error->line - 1 : 0);
	x->verdict = error->code == XML_ERR_NO_MEMORY ? FEED_XML_NOMEM : FEED_XML_BROKEN;
	words = feed_xml_error_text(error->code, feed_builder_root_closed(x->build));
	xml_set_reason(x, words ? words : error->message ? error->message : "not well-formed");
}

static xmlSAXHandler handler = {
	.initialized = XML_SAX2_MAGIC,
	.startElementNs = xml_on_start,
	.endElementNs = xml_on_end,
	.characters = xml_on_text,
	/* The same function: else libxml2 checks each text for being blank. */
	.ignorableWhitespace = xml_on_text,
	.cdataBlock = xml_on_text,
	.getEntity = xml_on_entity,
	.serror = xml_on_error,
};

/* --- document --------------------------------------------------------------------------------- */

struct feed_xml *feed_xml_new(struct feed_builder *b)
{
	struct feed_xml *x = calloc(1, sizeof(*x));

	if (!x)
		return NULL;
	x->declarations.forbid = xml_forbid;
	x->build = b;
	buf_init(&x->values, SIZE_MAX / 2);
	buf_init(&x->held, SIZE_MAX / 2);
	return x;
}

static void xml_free_context(struct feed_xml *x)
{
	if (x->ctxt)
		xmlFreeParserCtxt(x->ctxt);
	x->ctxt = NULL;
	memset(x->cache, 0, sizeof(x->cache));
}

void feed_xml_free(struct feed_xml *x)
{
	if (!x)
		return;
	xml_free_context(x);
	buf_release(&x->values);
	buf_release(&x->held);
	free(x);
}

bool feed_xml_begin(struct feed_xml *x, uint32_t line)
{
	x->verdict = FEED_XML_FINE;
	x->loose = false;
	x->undeclared_line = 0;
	buf_clear(&x->held);
	x->first_line = line;
	x->error[0] = '\0';
	/* The dictionary keeps the names of all documents: bound its size. */
	if (x->ctxt && xmlDictGetUsage(x->ctxt->dict) > DICT_MAX)
		xml_free_context(x);
	feed_xml_error_mute();
	if (x->ctxt && xmlCtxtResetPush(x->ctxt, NULL, 0, NULL, NULL) != 0)
		xml_free_context(x);
	if (!x->ctxt)
		x->ctxt = xmlCreatePushParserCtxt(&handler, x, NULL, 0, NULL);
	if (!x->ctxt)
		return false;
	xmlCtxtUseOptions(x->ctxt, OPTIONS);
	x->ctxt->userData = x;
	return true;
}

/*
 * Buffers s until it is as long as what libxml2 has not parsed yet: at each chunk libxml2 searches
 * all of that again for the end of a construct, which would take quadratic time.
 */
static bool xml_hold(struct feed_xml *x, struct str s)
{
	const xmlParserInput *in = x->ctxt->input;
	size_t waiting = in ? (size_t)(in->end - in->cur) : 0;

	if (x->held.len + s.n >= (waiting < HELD_MAX ? waiting : HELD_MAX))
		return false;
	buf_adds(&x->held, s);
	if (buf_failed(&x->held))
		x->verdict = FEED_XML_NOMEM;
	return true;
}

enum feed_xml_verdict feed_xml_push(struct feed_xml *x, struct str s, bool last)
{
	int rc;

	if (!last && xml_hold(x, s))
		return x->verdict;
	if (x->held.len) {
		buf_adds(&x->held, s);
		if (buf_failed(&x->held))
			return x->verdict = FEED_XML_NOMEM;
		s = buf_str(&x->held);
	}
	rc = xmlParseChunk(x->ctxt, s.p, (int)s.n, last);
	buf_clear(&x->held);
	if (rc != 0 && x->verdict == FEED_XML_FINE && !x->ctxt->wellFormed) {
		x->error_line = feed_xml_line(x);
		x->verdict = FEED_XML_BROKEN;
		xml_set_reason(x, "the document is not well-formed");
	}
	return x->verdict;
}

static bool xml_awaits_cdata(const struct feed_xml *x)
{
	const xmlParserInput *in = x->ctxt->input;

	return !x->held.len && in && in->cur == in->end && xml_state(x) == XML_PARSER_CDATA_SECTION;
}

enum feed_xml_verdict feed_xml_cdata(struct feed_xml *x, struct str text)
{
	const char *p = text.p, *end = text.p + text.n;

	if (x->verdict != FEED_XML_FINE || !xml_awaits_cdata(x))
		return feed_xml_push(x, text, false);
	xml_on_text(x, (const xmlChar *)text.p, (int)text.n);
	for (; (p = byte_scan_char(p, end, '\n')); p++)
		x->ctxt->input->line++;
	return FEED_XML_FINE;
}

void feed_xml_global_init(void)
{
	xml_declaration_set(&handler);
	xmlMemSetup(free, counted_malloc, counted_realloc, counted_strdup);
	feed_xml_error_mute();
	xmlInitParser();
}

void feed_xml_global_cleanup(void)
{
	xmlCleanupParser();
}
