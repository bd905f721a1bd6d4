/* SPDX-License-Identifier: MIT */
/*
 * Parses a document: buffers the body, chooses an encoding, decodes, checks (xml_guard), parses.
 *
 * The body is kept until the end and processed in blocks of one size, so that the result does not
 * depend on how it was pushed, and parsing can restart with another encoding or with the lenient
 * parser after an error.
 */
#include "parse_state.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/digest.h"
#include "base/utf8.h"
#include "sniff.h"

#define KEEP_BYTES ((size_t)1 << 20) /* buffer that a parser keeps for the next document */

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
	buf_init(&p->pieces, SIZE_MAX / 2);
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
	buf_release(&p->pieces);
	free(p);
}

void feed_parser_reset(struct feed_parser *p, const struct feed_parse_options *o)
{
	p->options = o ? o : &no_options;
	p->limits = p->options->limits ? p->options->limits : &feed_limits_default;
	if (p->pieces.cap > KEEP_BYTES)
		buf_release(&p->pieces);
	p->pieces.max = p->limits->body_bytes;
	buf_clear(&p->pieces);
	p->body = STR("");
	p->taken = 0;
	p->state = FEED_PARSE_GATHER;
	p->cpu_us = 0;
	p->error.cls = ERR_NONE;
}

/* --- blocks ----------------------------------------------------------------------------------- */

static int parse_choose(struct feed_parser *p, struct err *e)
{
	size_t n = p->body.n < FEED_PARSE_BLOCK ? p->body.n : FEED_PARSE_BLOCK;
	struct str head = str_slice(p->body.p, n);

	if (feed_sniff(head) == FEED_KIND_OTHER)
		return feed_sniff_refuse(head, "", e);
	p->choice = feed_charset_choose(head, p->options->content_type);
	/* The label may be a slice of the body, which is reallocated when it grows. */
	p->distrusted = utf8_cut(p->choice.distrusted, sizeof(p->label));
	if (p->distrusted.n)
		p->distrusted.p = memcpy(p->label, p->distrusted.p, p->distrusted.n);
	p->state = feed_sniff(head) == FEED_KIND_JSON ? FEED_PARSE_JSON : FEED_PARSE_STRICT;
	return feed_parse_begin(p, p->choice.charset, e);
}

/* Line of a decoded byte, for errors of the guard, which does not count lines. */
static uint32_t parse_line_of(struct feed_parser *p, uint64_t at)
{
	struct str all = str_slice(p->body.p + p->choice.skip, p->body.n - p->choice.skip);
	const struct feed_charset *charset = p->choice.charset;
	uint32_t line = 1;

	if (!feed_decoder_restart(p->decoder, charset))
		return 0;
	while (all.n > 0 && at > 0) {
		size_t n = all.n < FEED_PARSE_BLOCK ? all.n : FEED_PARSE_BLOCK;
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
	case FEED_XML_BROKEN: p->state = FEED_PARSE_LENIENT; return 0;
	case FEED_XML_FORBIDDEN:
		return err_set(e, ERR_INPUT, "the document declares entities; refused");
	case FEED_XML_REFUSED: *e = *why; return -(int)why->cls;
	case FEED_XML_NOMEM: break;
	}
	return err_nomem(e);
}

/* Lets libxml2 see only the line breaks of the subset, so that it counts lines. */
static enum feed_xml_verdict parse_skip_subset(struct feed_parser *p, struct str *s)
{
	struct str subset = str_slice(s->p, xml_guard_skip(&p->guard, *s));
	enum feed_xml_verdict verdict = FEED_XML_FINE;

	for (size_t i = 0; i < subset.n && verdict == FEED_XML_FINE; i++)
		if (subset.p[i] == '\n')
			verdict = feed_xml_push(p->xml, STR("\n"), false);
	p->decoded += subset.n;
	*s = str_slice(s->p + subset.n, s->n - subset.n);
	return verdict;
}

/* Parses what starts at *s, where the guard has stopped, and removes it from *s. */
static enum feed_xml_verdict parse_special(
	struct feed_parser *p, enum xml_guard_verdict what, struct str *s)
{
	struct str text = *s;

	if (what == XML_GUARD_SUBSET)
		return parse_skip_subset(p, s);
	text.n = what == XML_GUARD_TEXT ? xml_guard_text(&p->guard, text)
					: xml_guard_cdata(&p->guard, text);
	p->decoded += text.n;
	*s = str_slice(s->p + text.n, s->n - text.n);
	return what == XML_GUARD_TEXT ? feed_xml_text(p->xml, text, s->n == 0)
				      : feed_xml_cdata(p->xml, text);
}

/* Passes decoded text to libxml2, without the internal subset of the DOCTYPE. */
static int parse_text(struct feed_parser *p, struct str s, bool last, struct err *e)
{
	enum xml_guard_verdict verdict;
	enum feed_xml_verdict pushed;

	do {
		struct str rest;
		size_t at;

		verdict = xml_guard_check(&p->guard, s, &at);
		if (verdict == XML_GUARD_TAG_TOO_LONG || verdict == XML_GUARD_ATTRIBUTES)
			return parse_refuse(p, verdict, p->decoded + at, e);
		at = verdict == XML_GUARD_OK ? s.n : at;
		rest = str_slice(s.p + at, s.n - at);
		p->decoded += at;
		pushed = feed_xml_push(p->xml, str_slice(s.p, at), last && verdict == XML_GUARD_OK);
		if (pushed == FEED_XML_FINE && verdict != XML_GUARD_OK)
			pushed = parse_special(p, verdict, &rest);
		s = rest;
	} while (verdict != XML_GUARD_OK && pushed == FEED_XML_FINE && s.n > 0);
	if (last && verdict != XML_GUARD_OK && pushed == FEED_XML_FINE)
		pushed = feed_xml_push(p->xml, STR(""), true);
	return parse_check_verdict(p, pushed, e);
}

/* Parses the next block in state STRICT. */
static int parse_block(struct feed_parser *p, bool last, struct err *e)
{
	size_t n = p->body.n - p->taken;
	struct str s;

	n = n < FEED_PARSE_BLOCK ? n : FEED_PARSE_BLOCK;
	s = feed_decoder_step(p->decoder, str_slice(p->body.p + p->taken, n), last);
	if (!s.p)
		return err_nomem(e);
	p->taken += n;
	if (p->choice.otherwise && feed_decoder_failed(p->decoder)) {
		p->state = FEED_PARSE_UNSURE;
		return 0;
	}
	if (!p->begun) {
		if (!parse_skip_junk(p, &s) && !last)
			return 0;
		p->begun = true;
		if (!feed_xml_begin(p->xml, p->first_line))
			return err_nomem(e);
	}
	return parse_text(p, s, last, e);
}

/* parse_block() with a limit on the computing time. */
static int parse_block_timed(struct feed_parser *p, bool last, struct err *e)
{
	int64_t before = clock_thread_cpu_us();
	int rc = parse_block(p, last, e);

	p->cpu_us += clock_thread_cpu_us() - before;
	if (rc == 0 && p->cpu_us > p->limits->cpu_us)
		rc = err_set(e, ERR_LIMIT,
			"the document takes more than %lld ms of computing time; refused",
			(long long)(p->limits->cpu_us / 1000));
	return rc;
}

static int parse_advance(struct feed_parser *p, bool last, struct err *e)
{
	int rc = 0;

	if (p->state == FEED_PARSE_GATHER && (p->body.n >= FEED_PARSE_BLOCK || last))
		rc = parse_choose(p, e);
	while (rc == 0 && p->state == FEED_PARSE_STRICT && p->body.n - p->taken >= FEED_PARSE_BLOCK)
		rc = parse_block_timed(p, false, e);
	return rc;
}

static int parse_grow(struct feed_parser *p, struct str body, bool overflow, struct err *e)
{
	struct err why = {.cls = ERR_NONE};

	if (overflow) {
		err_set(&why, ERR_LIMIT, "the document is larger than %zu MiB; refused",
			p->limits->body_bytes >> 20);
		return parse_fail(p, &why, e);
	}
	p->body = body;
	return parse_advance(p, false, &why) ? parse_fail(p, &why, e) : 0;
}

int feed_parser_push(struct feed_parser *p, const char *bytes, size_t n, struct err *e)
{
	struct err why = {.cls = ERR_NONE};

	if (p->error.cls != ERR_NONE)
		return parse_fail(p, &p->error, e);
	buf_add(&p->pieces, bytes, n);
	if (buf_failed(&p->pieces) && !p->pieces.overflow) {
		err_nomem(&why);
		return parse_fail(p, &why, e);
	}
	return parse_grow(p, buf_str(&p->pieces), p->pieces.overflow, e);
}

int feed_parser_push_whole(struct feed_parser *p, struct str body, struct err *e)
{
	return parse_grow(p, body.n ? body : STR(""), body.n > p->limits->body_bytes, e);
}

/* Parses the rest of the body in the states FEED_PARSE_STRICT and FEED_PARSE_UNSURE. */
static int parse_rest(struct feed_parser *p, struct err *e)
{
	int rc = parse_advance(p, true, e);
	bool last = false;

	while (rc == 0 &&
		((p->state == FEED_PARSE_STRICT && !last) || p->state == FEED_PARSE_UNSURE)) {
		if (p->state == FEED_PARSE_UNSURE) {
			feed_parse_settle_charset(p);
			p->state = FEED_PARSE_STRICT;
			rc = feed_parse_begin(p, p->choice.charset, e);
		}
		last = p->body.n - p->taken < FEED_PARSE_BLOCK;
		if (rc == 0)
			rc = parse_block_timed(p, last, e);
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
		rc = p->state == FEED_PARSE_JSON ? feed_parse_finish_json(p, out, &why)
						 : feed_parse_finish_xml(p, out, &why);
	if (rc == 0 && p->options->digest)
		(*out)->has_sha256 = digest_sha256(p->body, (*out)->sha256);
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
		rc = feed_parser_push_whole(p, body, e);
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
