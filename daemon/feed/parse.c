/* SPDX-License-Identifier: MIT */
/*
 * Parses a document: buffers the body, chooses an encoding, decodes, checks (xml_guard), parses.
 *
 * The body is kept until the end and processed in blocks of one size, so that the result does not
 * depend on how it was pushed, and parsing can restart with another encoding or with the lenient
 * parser after an error.
 */
#include "feed/parse.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/utf8.h"
#include "builder.h"
#include "decoder.h"
#include "xml_guard.h"
#include "json.h"
#include "lenient_xml.h"
#include "sniff.h"
#include "xml.h"

#define BLOCK	   ((size_t)16 << 10)
#define KEEP_BYTES ((size_t)1 << 20) /* buffer that a parser keeps for the next document */

enum parse_state {
	GATHER,	 /* buffers the first block */
	STRICT,	 /* libxml2 parses each block */
	LENIENT, /* after an XML error: buffers the rest for the lenient parser */
	JSON,	 /* buffers the rest for the JSON parser */
};

struct feed_parser {
	const struct feed_parse_options *options;
	const struct feed_limits *limits;
	struct buf body;
	size_t taken; /* bytes of the body parsed so far */
	enum parse_state state;
	struct feed_charset_choice choice;
	struct feed_decoder *decoder;
	struct xml_guard guard;
	struct feed_builder *builder;
	struct feed_xml *xml;
	uint64_t decoded; /* bytes that the guard has checked */
	uint32_t first_line;
	struct str distrusted; /* label of the encoding that was ignored */
	char label[40];
	bool guessed; /* the encoding is neither declared nor UTF-8 */
	bool junk;    /* there was text before the XML declaration */
	bool begun;   /* libxml2 got the first byte */
	int64_t cpu_us;
	struct err error; /* cls 0: none */
};

static const struct feed_parse_options no_options = {.headers_only = false};

static int parse_fail(struct feed_parser *p, const struct err *why, struct err *e)
{
	if (p->error.cls == ERR_NONE)
		p->error = *why;
	if (e)
		*e = p->error;
	return -(int)p->error.cls;
}

struct feed_parser *feed_parser_new(const struct feed_parse_options *o)
{
	struct feed_parser *p = calloc(1, sizeof(*p));

	if (!p)
		return NULL;
	buf_init(&p->body, SIZE_MAX / 2);
	p->builder = feed_builder_new();
	p->xml = p->builder ? feed_xml_new(p->builder) : NULL;
	p->decoder = feed_decoder_new(feed_charset_utf8());
	if (!p->xml || !p->decoder) {
		feed_parser_free(p);
		return NULL;
	}
	feed_parser_reset(p, o);
	return p;
}

void feed_parser_free(struct feed_parser *p)
{
	if (!p)
		return;
	feed_xml_free(p->xml);
	feed_builder_free(p->builder);
	feed_decoder_free(p->decoder);
	buf_release(&p->body);
	free(p);
}

void feed_parser_reset(struct feed_parser *p, const struct feed_parse_options *o)
{
	p->options = o ? o : &no_options;
	p->limits = p->options->limits ? p->options->limits : &feed_limits_default;
	if (p->body.cap > KEEP_BYTES)
		buf_release(&p->body);
	p->body.max = p->limits->body_bytes;
	buf_clear(&p->body);
	p->taken = 0;
	p->state = GATHER;
	p->guessed = false;
	p->cpu_us = 0;
	p->error.cls = ERR_NONE;
}

/* --- blocks ----------------------------------------------------------------------------------- */

static int parse_begin(struct feed_parser *p, const struct feed_charset *charset, struct err *e)
{
	if (!feed_decoder_restart(p->decoder, charset))
		return err_set(
			e, ERR_INPUT, "this system cannot convert from %s (iconv)", charset->name);
	p->taken = p->choice.skip;
	p->decoded = 0;
	p->first_line = 1;
	p->junk = p->begun = false;
	xml_guard_init(&p->guard, p->limits->tag_bytes, p->limits->attributes);
	return feed_builder_begin(p->builder, p->options, e);
}

static int parse_choose(struct feed_parser *p, struct err *e)
{
	size_t n = p->body.len < BLOCK ? p->body.len : BLOCK;
	struct str head = str_slice(buf_z(&p->body), n);

	if (feed_sniff(head) == FEED_KIND_OTHER)
		return feed_sniff_refuse(head, "", e);
	p->choice = feed_charset_choose(head, p->options->content_type);
	/* The label may be a slice of the body, which is reallocated when it grows. */
	p->distrusted = utf8_cut(p->choice.distrusted, sizeof(p->label));
	if (p->distrusted.n)
		p->distrusted.p = memcpy(p->label, p->distrusted.p, p->distrusted.n);
	p->state = feed_sniff(head) == FEED_KIND_JSON ? JSON : STRICT;
	return parse_begin(p, p->choice.charset, e);
}

/* Line of a decoded byte, for errors of the guard, which does not count lines. */
static uint32_t parse_line_of(struct feed_parser *p, uint64_t at)
{
	struct str all = str_slice(p->body.data + p->choice.skip, p->body.len - p->choice.skip);
	const struct feed_charset *charset = p->choice.charset;
	uint32_t line = 1;

	if (!feed_decoder_restart(p->decoder, charset))
		return 0;
	while (all.n > 0 && at > 0) {
		size_t n = all.n < BLOCK ? all.n : BLOCK;
		struct str s = feed_decoder_step(p->decoder, str_slice(all.p, n), n == all.n);

		for (size_t i = 0; i < s.n && at > 0; i++, at--)
			line += s.p[i] == '\n';
		all = str_slice(all.p + n, all.n - n);
	}
	return line;
}

static int parse_refuse(
	struct feed_parser *p, enum xml_guard_verdict why, uint64_t at, struct err *e)
{
	uint32_t line = parse_line_of(p, at);

	if (why == XML_GUARD_DECLARATION)
		return err_set(e, ERR_INPUT,
			"line %u: the DOCTYPE declares entities, elements or attributes of its "
			"own, which is "
			"how XML attacks are made; refused",
			line);
	if (why == XML_GUARD_TAG_TOO_LONG)
		return err_set(e, ERR_LIMIT, "line %u: a tag longer than %zu KiB; refused", line,
			p->limits->tag_bytes >> 10);
	return err_set(e, ERR_LIMIT, "line %u: an element with more than %u attributes; refused",
		line, p->limits->attributes);
}

/* Skips junk and white space before the document. False if there was nothing else. */
static bool parse_skip_junk(struct feed_parser *p, struct str *s)
{
	size_t start = feed_sniff_start(*s, &p->junk);

	for (size_t i = 0; i < start; i++)
		p->first_line += s->p[i] == '\n';
	p->decoded += start;
	*s = str_slice(s->p + start, s->n - start);
	return s->n > 0;
}

static int parse_check_verdict(struct feed_parser *p, enum feed_xml_verdict verdict, struct err *e)
{
	const struct err *why = feed_builder_error(p->builder);

	switch (verdict) {
	case FEED_XML_FINE: return 0;
	case FEED_XML_BROKEN: p->state = LENIENT; return 0;
	case FEED_XML_FORBIDDEN: return parse_refuse(p, XML_GUARD_DECLARATION, 0, e);
	case FEED_XML_REFUSED: *e = *why; return -(int)why->cls;
	case FEED_XML_NOMEM: break;
	}
	return err_nomem(e);
}

static void parse_use_fallback(struct feed_parser *p)
{
	p->guessed = p->choice.charset == feed_charset_utf8() && !p->choice.declared;
	p->choice.charset = p->choice.otherwise;
	p->choice.otherwise = NULL;
}

/* Parses the next block in state STRICT. */
static int parse_block(struct feed_parser *p, bool last, struct err *e)
{
	size_t n = p->body.len - p->taken;
	enum xml_guard_verdict verdict;
	struct str s;
	size_t at = 0;

	n = n < BLOCK ? n : BLOCK;
	s = feed_decoder_step(p->decoder, str_slice(buf_z(&p->body) + p->taken, n), last);
	if (!s.p)
		return err_nomem(e);
	p->taken += n;
	if (p->choice.otherwise && feed_decoder_replaced(p->decoder)) {
		parse_use_fallback(p);
		return parse_begin(p, p->choice.charset, e);
	}
	if (!p->begun) {
		if (!parse_skip_junk(p, &s) && !last)
			return 0;
		p->begun = true;
		if (!feed_xml_begin(p->xml, p->first_line))
			return err_nomem(e);
	}
	verdict = xml_guard_check(&p->guard, s, &at);
	if (verdict != XML_GUARD_OK)
		return parse_refuse(p, verdict, p->decoded + at, e);
	p->decoded += s.n;
	return parse_check_verdict(p, feed_xml_push(p->xml, s, last), e);
}

static int parse_advance(struct feed_parser *p, bool last, struct err *e)
{
	int64_t before = clock_thread_cpu_us();
	int rc = 0;

	if (p->state == GATHER && (p->body.len >= BLOCK || last))
		rc = parse_choose(p, e);
	while (rc == 0 && p->state == STRICT && p->body.len - p->taken >= BLOCK) {
		int64_t now;

		rc = parse_block(p, false, e);
		now = clock_thread_cpu_us();
		p->cpu_us += now - before;
		before = now;
		if (rc == 0 && p->cpu_us > p->limits->cpu_us)
			rc = err_set(e, ERR_LIMIT,
				"the document takes more than %lld ms of computing time; refused",
				(long long)(p->limits->cpu_us / 1000));
	}
	return rc;
}

int feed_parser_push(struct feed_parser *p, const char *bytes, size_t n, struct err *e)
{
	struct err why = {.cls = ERR_NONE};

	if (p->error.cls != ERR_NONE)
		return parse_fail(p, &p->error, e);
	buf_add(&p->body, bytes, n);
	if (buf_failed(&p->body)) {
		if (p->body.overflow)
			err_set(&why, ERR_LIMIT, "the document is larger than %zu MiB; refused",
				p->limits->body_bytes >> 20);
		else
			err_nomem(&why);
		return parse_fail(p, &why, e);
	}
	return parse_advance(p, false, &why) ? parse_fail(p, &why, e) : 0;
}

/* --- end of the document ---------------------------------------------------------------------- */

/* Decodes the whole body into *out; restarts with the fallback encoding at an invalid byte. */
static int parse_decode_body(struct feed_parser *p, struct buf *out, struct err *e)
{
	buf_init(out, SIZE_MAX / 2);
	for (size_t at = p->choice.skip;;) {
		size_t n = p->body.len - at < BLOCK ? p->body.len - at : BLOCK;
		struct str s = feed_decoder_step(
			p->decoder, str_slice(buf_z(&p->body) + at, n), at + n == p->body.len);

		if (p->choice.otherwise && feed_decoder_replaced(p->decoder)) {
			parse_use_fallback(p);
			if (!feed_decoder_restart(p->decoder, p->choice.charset))
				return err_nomem(e);
			at = p->choice.skip;
			buf_clear(out);
			continue;
		}
		if (!s.p)
			return err_nomem(e);
		buf_adds(out, s);
		at += n;
		if (at == p->body.len)
			break;
	}
	return buf_failed(out) ? err_nomem(e) : 0;
}

static void parse_report_error(struct feed_parser *p)
{
	struct buf shown;

	buf_init(&shown, 600);
	utf8_escape(&shown, str_of(feed_xml_reason(p->xml)), 160, false);
	feed_builder_problem(p->builder, feed_xml_line(p->xml), "broken XML: %s", buf_z(&shown));
	buf_release(&shown);
}

static int parse_leniently(struct feed_parser *p, struct err *e)
{
	struct buf text;
	bool junk = p->junk;
	int rc = parse_begin(p, p->choice.charset, e);

	if (rc)
		return rc;
	p->junk = junk;
	parse_report_error(p);
	rc = parse_decode_body(p, &text, e);
	if (rc == 0)
		rc = feed_lenient_parse(p->builder, buf_str(&text), p->limits, e);
	buf_release(&text);
	return rc;
}

static const char *parse_encoding_name(const struct feed_parser *p)
{
	if (p->choice.declared && !feed_decoder_wide(p->decoder))
		return p->choice.declared->name;
	return p->choice.charset->name;
}

/* Sets the rest of the batch, for which its arena may have no room. */
static int parse_complete_batch(struct feed_parser *p, struct feed_batch **out, struct err *e)
{
	struct feed_batch *batch = *out;

	batch->feed.encoding = arena_str(batch->arena, str_of(parse_encoding_name(p)));
	batch->body_bytes = p->body.len;
	if (batch->feed.encoding.p)
		return 0;
	feed_batch_free(batch);
	*out = NULL;
	return feed_builder_set_too_large(p->limits, e);
}

static void parse_report_label(struct feed_parser *p)
{
	struct buf shown;

	if (!p->distrusted.n)
		return;
	buf_init(&shown, 400);
	utf8_escape(&shown, p->distrusted, sizeof(p->label), true);
	feed_builder_problem(p->builder, 1, "the encoding %s is unknown or not taken; read as %s",
		buf_z(&shown), p->choice.charset->name);
	buf_release(&shown);
}

static void parse_report_problems(struct feed_parser *p)
{
	uint64_t bad = feed_decoder_replaced(p->decoder),
		 dropped = feed_decoder_dropped(p->decoder);

	parse_report_label(p);
	if (p->guessed)
		feed_builder_problem(p->builder, 1,
			"no encoding is declared and the text is not UTF-8; read as %s",
			p->choice.charset->name);
	if (!feed_builder_root_closed(p->builder))
		feed_builder_problem(p->builder, 0, "the document ends before <%.40s> is closed",
			feed_builder_root_name(p->builder));
	if (p->junk)
		feed_builder_problem(
			p->builder, 1, "something stands before the start of the XML document");
	if (bad)
		feed_builder_problem(p->builder, 0,
			"bytes that are not valid %s, in %llu places; each place became U+FFFD",
			p->choice.charset->name, (unsigned long long)bad);
	if (dropped)
		feed_builder_problem(p->builder, 0,
			"control characters that XML forbids, left out: %llu",
			(unsigned long long)dropped);
	if (feed_xml_undeclared_prefix(p->xml) && p->state == STRICT)
		feed_builder_problem(
			p->builder, 0, "a namespace prefix is used that was never declared");
}

static int parse_finish_xml(struct feed_parser *p, struct feed_batch **out, struct err *e)
{
	struct str head = str_slice(buf_z(&p->body), p->body.len < BLOCK ? p->body.len : BLOCK);
	bool clean, closed;
	int rc;

	if (p->state == LENIENT && (rc = parse_leniently(p, e)) != 0)
		return rc;
	if (!feed_builder_is_feed(p->builder))
		return feed_sniff_refuse(head, feed_builder_root_name(p->builder), e);
	parse_report_problems(p);
	closed = feed_builder_root_closed(p->builder);
	clean = p->state == STRICT && closed;
	rc = feed_builder_finish(p->builder, out, e);
	if (rc)
		return rc;
	(*out)->complete = clean;
	(*out)->well_formed =
		clean && !p->junk && !p->guessed && !feed_xml_undeclared_prefix(p->xml) &&
		feed_decoder_replaced(p->decoder) == 0 && feed_decoder_dropped(p->decoder) == 0;
	return parse_complete_batch(p, out, e);
}

static int parse_finish_json(struct feed_parser *p, struct feed_batch **out, struct err *e)
{
	struct buf text;
	int rc = parse_decode_body(p, &text, e);

	if (rc == 0)
		rc = feed_json_parse(buf_str(&text), p->options, out, e);
	buf_release(&text);
	return rc ? rc : parse_complete_batch(p, out, e);
}

/* Parses the rest of the body in state STRICT. */
static int parse_rest(struct feed_parser *p, struct err *e)
{
	int rc = parse_advance(p, true, e);
	bool more = true;

	while (rc == 0 && p->state == STRICT && more) {
		bool last = p->body.len - p->taken < BLOCK;

		rc = parse_block(p, last, e);
		more = !last || p->taken < p->body.len; /* the block may have restarted */
	}
	return rc;
}

int feed_parser_finish(struct feed_parser *p, struct feed_batch **out, struct err *e)
{
	struct err why = {.cls = ERR_NONE};
	int rc;

	*out = NULL;
	if (p->error.cls != ERR_NONE)
		return parse_fail(p, &p->error, e);
	rc = parse_rest(p, &why);
	if (rc == 0)
		rc = p->state == JSON ? parse_finish_json(p, out, &why)
				      : parse_finish_xml(p, out, &why);
	return rc ? parse_fail(p, &why, e) : 0;
}

int feed_parse(
	struct str body, const struct feed_parse_options *o, struct feed_batch **out, struct err *e)
{
	struct feed_parser *p = feed_parser_new(o);
	int rc = 0;

	*out = NULL;
	if (!p)
		return err_nomem(e);
	if (body.n)
		rc = feed_parser_push(p, body.p, body.n, e);
	if (rc == 0)
		rc = feed_parser_finish(p, out, e);
	feed_parser_free(p);
	return rc;
}

void feed_parse_global_init(void)
{
	feed_xml_global_init();
}

void feed_parse_global_cleanup(void)
{
	feed_xml_global_cleanup();
}
