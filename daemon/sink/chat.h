/* SPDX-License-Identifier: MIT */
/*
 * Messages for services where people talk. What a message says, in which order, and what is left
 * out of it where a service limits its size, is the same for all: chat.c. A service only says how
 * text is written there.
 */
#ifndef SINK_CHAT_H
#define SINK_CHAT_H

#include "sinks.h"
#include "text/cut.h"

/* How a piece of text looks. */
enum chat_face { CHAT_PLAIN, CHAT_STRONG, CHAT_HIT };
#define CHAT_FACES 3

/* A line, or several that belong together. */
enum chat_block {
	CHAT_HEAD,  /* the first line */
	CHAT_LINE,  /* what nightdesk says */
	CHAT_QUOTE, /* what the item says */
	CHAT_ITEM,  /* an alert of a digest */
	CHAT_SMALL, /* why, when and the id */
};
#define CHAT_BLOCKS 5

struct chat_format {
	/* Escapes any text; of its link only the first part of a template is used. */
	struct sink_escape escape;
	struct chat_marks {
		const char *open, *close;
	} faces[CHAT_FACES];
	/*
	 * Instead of escape.text and faces: appends text in a face. The text has no control
	 * characters.
	 */
	void (*run)(struct buf *out, enum chat_face face, struct str text);
	/* Instead of the mention itself, at the beginning of the first line. NULL: as it is. */
	void (*mention)(struct buf *out, struct str mention);
	/* Appends a link with that text. url is as chat_put_url() writes it. */
	void (*link)(struct buf *out, struct str url, struct str text);
	struct chat_block_marks {
		/* line: between two lines in it; NULL: a run with a line break. */
		const char *open, *line, *close;
	} blocks[CHAT_BLOCKS];
	bool mention_apart;  /* the service puts it elsewhere */
	bool list;	     /* the blocks are elements of a JSON array: a comma is put between */
	enum text_unit unit; /* of max */
	size_t max;	     /* of the whole message */
	/*
	 * A receipt has so many words, of letters, digits and these characters. Another one is
	 * taken for none.
	 */
	size_t receipt_words;
	const char *receipt_marks;
	const char *prompt; /* what people are asked to do to acknowledge; NULL: not with words */
	bool replies;	    /* with a receipt, a message is tied to the first one by the service */
	bool edits; /* with a receipt, acknowledgements and growth change the first message */
};

/* Is this message to change the first one, whose receipt m has? */
bool chat_is_edit(const struct chat_format *f, const struct notice *m);
/* Is it to be tied to the first one, whose receipt m has? */
bool chat_is_reply(const struct chat_format *f, const struct notice *m);
/* Appends what a message that changes the first one adds to it; nothing for other messages. */
void chat_put_change(const struct alert *a, const struct zone *zone, struct buf *out);
/* Sets *second to what follows the first space of a receipt, absent: there is none. */
void chat_split_receipt(struct str receipt, struct str *first, struct str *second);

/* Reports each mention of a block that is not one of the service; help: what to write. */
void chat_check_mentions(
	struct conf_check *c, bool (*is_mention)(struct str mention), const char *help);

/*
 * Appends the message with its mention, in at most f->max units. template: of the block, or NULL.
 * out fails if memory runs out.
 */
void chat_put_message(const struct chat_format *f, const struct conf_notify *n,
	const char *template, const struct notice *m, struct buf *out);
/* Appends the first line in one face, for a preview: "URGENT  Norland moves · The Wire". */
void chat_put_preview(const struct alert *a, struct buf *out);
/* Appends the comma before the next element of a list of JSON, unless it is the first. */
void chat_put_comma(struct buf *list);

#define CHAT_JOINER "\xE2\x81\xA0" /* U+2060, which has no width */
/*
 * Would a client find the rest of a name or an address there, after its first characters: "all"
 * of "@all", "//a.example", ".example", and "tag" of "#tag" or "/tag"? A joiner before it prevents
 * that.
 */
bool chat_begins_name(struct str text, size_t at);
/* Appends text without control characters; `broken`: with joiners where a name begins. */
void chat_put_clean(struct buf *out, struct str text, bool broken);
/* The same with a backslash before each character that Markdown could understand. */
void chat_put_markdown(struct buf *out, struct str text);
/* The same as HTML. */
void chat_put_html(struct buf *out, struct str text);
/*
 * Appends a link that may be opened by a click, with all characters percent-encoded that could end
 * it in any markup; nothing if it is no http or https address. Returns whether it is.
 */
bool chat_put_url(struct buf *out, struct str url);
/* chat_put_url() for templates. */
void chat_put_template_url(struct buf *out, struct str url);
/* Appends text as a JSON string, with its quotes. */
void chat_put_json(struct buf *out, struct str text);

#endif
