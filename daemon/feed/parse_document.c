/* SPDX-License-Identifier: MIT */
/* Start and end of a document: encoding, repair of broken XML, JSON, report of what was wrong. */
#include <string.h>

#include "base/utf8.h"
#include "charset_guess.h"
#include "json.h"
#include "lenient_xml.h"
#include "parse_state.h"
#include "sniff.h"

int feed_parse_begin(struct feed_parser *p, const struct feed_charset *charset, struct err *e)
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

void feed_parse_settle_charset(struct feed_parser *p)
{
	size_t skip = p->choice.skip;

	feed_charset_settle(&p->choice, str_slice(p->body.p + skip, p->body.n - skip));
}

static int parse_decode_body(struct feed_parser *p, struct buf *out, struct err *e)
{
	buf_init(out, SIZE_MAX / 2);
	if (!feed_decode_body(p->decoder, &p->choice, p->body, out) || buf_failed(out))
		return err_nomem(e);
	return 0;
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
	int rc = feed_parse_begin(p, p->choice.charset, e);

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
	batch->body_bytes = p->body.n;
	if (batch->feed.encoding.p)
		return 0;
	feed_batch_free(batch);
	*out = NULL;
	return feed_builder_set_too_large(p->limits, e);
}

/* Kinds of problems of the encoding. */
enum parse_note { NOTE_LABEL, NOTE_GUESSED, NOTE_REPLACED, NOTE_STRAY, NOTE_DROPPED, NOTES };

/* Writes the text of the note; false if there is no such problem. */
static bool parse_write_note(const struct feed_parser *p, enum parse_note note, struct buf *out)
{
	const char *name = p->choice.charset->name;
	unsigned long long n = 0;

	buf_clear(out);
	switch (note) {
	case NOTE_LABEL:
		if (p->distrusted.n) {
			buf_addz(out, "the encoding ");
			utf8_escape(out, p->distrusted, sizeof(p->label), true);
			buf_printf(out, " is unknown or not taken; read as %s", name);
		}
		break;
	case NOTE_GUESSED:
		if (p->choice.guessed)
			buf_printf(out, "%s; read as %s", p->choice.guessed, name);
		break;
	case NOTE_REPLACED:
		n = feed_decoder_replaced(p->decoder);
		if (n)
			buf_printf(out,
				"bytes that are not valid %s, in %llu places; each place became "
				"U+FFFD",
				name, n);
		break;
	case NOTE_STRAY:
		n = feed_decoder_stray(p->decoder);
		if (n)
			buf_printf(out,
				"bytes that are not valid UTF-8, read as windows-1252: %llu", n);
		break;
	case NOTE_DROPPED:
		n = feed_decoder_dropped(p->decoder);
		if (n)
			buf_printf(out, "control characters that XML forbids, left out: %llu", n);
		break;
	case NOTES: break;
	}
	return out->len > 0;
}

static bool parse_is_clean(const struct feed_parser *p)
{
	return !p->choice.guessed && !feed_decoder_failed(p->decoder) &&
	       feed_decoder_dropped(p->decoder) == 0;
}

static void parse_report_problems(struct feed_parser *p)
{
	struct buf note;

	buf_init(&note, 600);
	for (int i = 0; i < NOTES; i++)
		if (parse_write_note(p, (enum parse_note)i, &note))
			feed_builder_problem(
				p->builder, i <= NOTE_GUESSED ? 1 : 0, "%s", buf_z(&note));
	buf_release(&note);
	if (!feed_builder_root_closed(p->builder))
		feed_builder_problem(p->builder, 0, "the document ends before <%.40s> is closed",
			feed_builder_root_name(p->builder));
	if (p->junk)
		feed_builder_problem(
			p->builder, 1, "something stands before the start of the XML document");
	if (p->state == FEED_PARSE_STRICT && p->guard.declares)
		feed_builder_problem(p->builder, 0, FEED_SUBSET_PROBLEM);
	if (p->state == FEED_PARSE_STRICT && feed_xml_undeclared_entity(p->xml))
		feed_builder_problem(p->builder, feed_xml_undeclared_entity(p->xml),
			"a reference to an entity that is not defined; it stays as text");
	if (feed_xml_undeclared_prefix(p->xml) && p->state == FEED_PARSE_STRICT)
		feed_builder_problem(
			p->builder, 0, "a namespace prefix is used that was never declared");
}

int feed_parse_finish_xml(struct feed_parser *p, struct feed_batch **out, struct err *e)
{
	struct str head =
		str_slice(p->body.p, p->body.n < FEED_PARSE_BLOCK ? p->body.n : FEED_PARSE_BLOCK);
	bool closed;
	int rc;

	if (p->state == FEED_PARSE_LENIENT && (rc = parse_leniently(p, e)) != 0)
		return rc;
	if (!feed_builder_is_feed(p->builder))
		return feed_sniff_refuse(head, feed_builder_root_name(p->builder), e);
	parse_report_problems(p);
	closed = feed_builder_root_closed(p->builder);
	rc = feed_builder_finish(p->builder, out, e);
	if (rc)
		return rc;
	(*out)->complete = closed;
	(*out)->well_formed = p->state == FEED_PARSE_STRICT && closed && !p->junk &&
			      parse_is_clean(p) && !feed_xml_undeclared_prefix(p->xml) &&
			      !feed_xml_undeclared_entity(p->xml);
	return parse_complete_batch(p, out, e);
}

/* The same problems for a batch that is not made by the builder. */
static void parse_report_json(const struct feed_parser *p, struct feed_batch *b)
{
	struct buf note;

	buf_init(&note, 600);
	for (int i = 0; i < NOTES && b->n_problems < FEED_PROBLEMS_MAX; i++) {
		struct str text;

		if (!parse_write_note(p, (enum parse_note)i, &note))
			continue;
		text = arena_str(b->arena, buf_str(&note));
		if (text.p)
			b->problems[b->n_problems++] =
				(struct feed_problem){i <= NOTE_GUESSED ? 1 : 0, text};
	}
	buf_release(&note);
	b->well_formed &= parse_is_clean(p);
}

int feed_parse_finish_json(struct feed_parser *p, struct feed_batch **out, struct err *e)
{
	struct buf text;
	int rc = parse_decode_body(p, &text, e);

	if (rc == 0)
		rc = feed_json_parse(buf_str(&text), p->options, out, e);
	buf_release(&text);
	if (rc == 0)
		parse_report_json(p, *out);
	return rc ? rc : parse_complete_batch(p, out, e);
}
