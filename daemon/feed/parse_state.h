/* SPDX-License-Identifier: MIT */
/*
 * The state of a parser, private to the files that implement it: parse.c (the bytes of the body),
 * parse_document.c (its start, its encoding, and what follows the last byte).
 */
#ifndef FEED_PARSE_STATE_H
#define FEED_PARSE_STATE_H

#include "base/buf.h"
#include "builder.h"
#include "decoder.h"
#include "feed/parse.h"
#include "xml.h"
#include "xml_guard.h"

#define FEED_PARSE_BLOCK ((size_t)16 << 10) /* bytes of the body in one step */

enum feed_parse_state {
	FEED_PARSE_GATHER, /* buffers the first block */
	FEED_PARSE_STRICT, /* libxml2 parses each block */
	FEED_PARSE_UNSURE, /* after an invalid byte: buffers the rest, which decides the encoding */
	FEED_PARSE_LENIENT, /* after an XML error: buffers the rest for the lenient parser */
	FEED_PARSE_JSON,    /* buffers the rest for the JSON parser */
};

struct feed_parser {
	const struct feed_parse_options *options;
	const struct feed_limits *limits;
	struct str body; /* of the caller, or in pieces */
	struct buf pieces;
	size_t taken; /* bytes of the body parsed so far */
	enum feed_parse_state state;
	struct feed_charset_choice choice;
	struct feed_decoder *decoder;
	struct xml_guard guard;
	struct feed_builder *builder;
	struct feed_xml *xml;
	uint64_t decoded; /* bytes that the guard has checked */
	uint32_t first_line;
	struct str distrusted; /* label of the encoding that was ignored */
	char label[40];
	bool junk;  /* there was text before the XML declaration */
	bool begun; /* libxml2 got the first byte */
	int64_t cpu_us;
	struct err error; /* cls 0: none */
};

/* Starts the document in that encoding, from its first byte. 0 or an error. */
int feed_parse_begin(struct feed_parser *p, const struct feed_charset *charset, struct err *e);
/* Decides the encoding over the whole body, in which there is an invalid byte. */
void feed_parse_settle_charset(struct feed_parser *p);
/* Parses what libxml2 refused, or JSON, and returns the batch. */
int feed_parse_finish_xml(struct feed_parser *p, struct feed_batch **out, struct err *e);
int feed_parse_finish_json(struct feed_parser *p, struct feed_batch **out, struct err *e);

#endif
