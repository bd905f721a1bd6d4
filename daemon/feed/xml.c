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
#include "xml_names.h"
#include "xml_text.h"

#define ATTRS_MAX 1024 /* upper bound of feed_limits.attributes, which xml_guard enforces */
#define HELD_MAX  ((size_t)256 << 10)
#define DICT_MAX  ((size_t)512 << 10) /* names of earlier documents that a context may keep */
#define OPTIONS	  (XML_PARSE_NONET | XML_PARSE_IGNORE_ENC | XML_PARSE_NOWARNING)

#if LIBXML_VERSION >= 21200
typedef const xmlError *xml_error_ptr;
#else
typedef xmlError *xml_error_ptr;
#endif

struct feed_xml {
	struct xml_declaration_user declarations; /* the first member */
	struct feed_builder *build;
	xmlParserCtxtPtr ctxt;
	xmlEntity entity; /* returned by the last xml_on_entity(); libxml2 may write to it */
	char entity_text[80];
	uint32_t undeclared_line;
	struct xml_names names;
	struct feed_attr attrs[ATTRS_MAX];
	struct buf values; /* attribute values with references resolved */
	struct buf text;   /* that feed_xml_text() resolved */
	struct buf held;   /* bytes not yet passed to libxml2, or the end of a text */
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

/* --- attributes ------------------------------------------------------------------------------- */

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
			a->value = xml_text_value(a->value, &x->values);
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
			xml_names_clear(&x->names);
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
		const struct xml_name *c = xml_names_find(&x->names, x->build, local, uri);

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
	buf_init(&x->text, SIZE_MAX / 2);
	buf_init(&x->held, SIZE_MAX / 2);
	return x;
}

static void xml_free_context(struct feed_xml *x)
{
	if (x->ctxt)
		xmlFreeParserCtxt(x->ctxt);
	x->ctxt = NULL;
	xml_names_clear(&x->names);
}

void feed_xml_free(struct feed_xml *x)
{
	if (!x)
		return;
	xml_free_context(x);
	buf_release(&x->values);
	buf_release(&x->text);
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

	if (!last && (!s.n || xml_hold(x, s)))
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

/* Whether libxml2 has read all that was pushed, and waits for text. */
static bool xml_awaits_text(const struct feed_xml *x, xmlParserInputState state)
{
	const xmlParserInput *in = x->ctxt->input;

	return x->verdict == FEED_XML_FINE && in && in->cur == in->end && xml_state(x) == state;
}

static void xml_count_lines(struct feed_xml *x, struct str s)
{
	const char *p = s.p, *end = s.p + s.n;

	for (; (p = byte_scan_char(p, end, '\n')); p++)
		x->ctxt->input->line++;
}

/* Keeps what needs the bytes after the text, in case that more of it follows. */
static bool xml_take_text(struct feed_xml *x, struct str text, bool more)
{
	size_t n_tail = more ? xml_text_tail(text) : 0;
	struct str whole = str_slice(text.p, text.n - n_tail);
	char tail[XML_TEXT_TAIL_MAX];

	buf_clear(&x->text);
	if (!xml_text_resolve(whole, &x->text))
		return false;
	feed_builder_text(x->build, x->text.data, x->text.len);
	xml_count_lines(x, whole);
	memcpy(tail, whole.p + whole.n, n_tail);
	buf_clear(&x->held);
	buf_add(&x->held, tail, n_tail);
	return true;
}

enum feed_xml_verdict feed_xml_text(struct feed_xml *x, struct str text, bool more)
{
	size_t n_held = x->held.len;
	struct str whole = text;

	if (!xml_awaits_text(x, XML_PARSER_CONTENT))
		return feed_xml_push(x, text, false);
	if (n_held) {
		buf_adds(&x->held, text);
		whole = buf_str(&x->held);
	}
	if (!buf_failed(&x->held) && xml_take_text(x, whole, more))
		return FEED_XML_FINE;
	buf_truncate(&x->held, n_held);
	return feed_xml_push(x, text, false);
}

enum feed_xml_verdict feed_xml_cdata(struct feed_xml *x, struct str text)
{
	if (!xml_awaits_text(x, XML_PARSER_CDATA_SECTION))
		return feed_xml_push(x, text, false);
	feed_builder_text(x->build, text.p, text.n);
	xml_count_lines(x, text);
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
