/* SPDX-License-Identifier: MIT */
/*
 * What the replies of a mail server mean: RFC 5321 §4.2 and the enhanced codes of RFC 3463. Servers
 * also answer 5xx to what an administrator can fix: a login, a block, a full mailbox. Such a reply
 * is never final for a mail.
 */
#include <string.h>

#include "base/ascii.h"
#include "sinks.h"

#define SERVED_MAX ((size_t)64 * 1024)
#define ANSWER_MAX ((size_t)4096)
#define NAMED_MAX  8 /* limit of refused recipients listed in an answer */

enum smtp_stage {
	SMTP_SESSION = 1 << 0, /* greeting, EHLO, STARTTLS, AUTH, MAIL FROM */
	SMTP_RCPT = 1 << 1,
	SMTP_DATA = 1 << 2,
	SMTP_MAIL = SMTP_RCPT | SMTP_DATA,
};

/* The first row that fits decides. */
static const struct smtp_row {
	unsigned stages;
	long from, to;
	const char *enhanced; /* beginning of the enhanced code; "": there is none; NULL: any */
	const char *says;
	enum sink_verdict_kind kind;
	bool denied;
} smtp_rows[] = {
	{SMTP_SESSION, 530, 539, NULL, NULL, SINK_TROUBLE, true}, /* login, TLS required */
	{SMTP_SESSION, 550, 559, NULL, NULL, SINK_TROUBLE, true}, /* client or sender blocked */
	{SMTP_SESSION, 1, 999, NULL, NULL, SINK_TROUBLE, false},
	{SMTP_MAIL, 421, 421, NULL, NULL, SINK_TROUBLE, false}, /* the server shuts down */
	{SMTP_MAIL, 400, 499, NULL, NULL, SINK_LATER, false},	/* greylisting, rate, mailbox */
	{SMTP_MAIL, 500, 504, NULL, NULL, SINK_TROUBLE, true},	/* our commands, our host name */
	{SMTP_MAIL, 530, 539, NULL, NULL, SINK_TROUBLE, true},
	{SMTP_MAIL, 552, 552, NULL, NULL, SINK_TROUBLE, true},	  /* quota */
	{SMTP_MAIL, 500, 599, "5.1.7", NULL, SINK_TROUBLE, true}, /* the sender's address */
	{SMTP_MAIL, 500, 599, "5.1.8", NULL, SINK_TROUBLE, true},
	{SMTP_MAIL, 500, 599, "5.2.2", NULL, SINK_TROUBLE, true}, /* the mailbox is full */
	{SMTP_MAIL, 500, 599, "5.3.", NULL, SINK_TROUBLE, true},  /* the system */
	{SMTP_MAIL, 500, 599, "5.4.", NULL, SINK_TROUBLE, true},  /* routing */
	{SMTP_MAIL, 500, 599, "5.5.", NULL, SINK_TROUBLE, true},  /* protocol */
	{SMTP_MAIL, 500, 599, "5.7.", NULL, SINK_TROUBLE, true},  /* policy */
	{SMTP_MAIL, 500, 599, "5.", NULL, SINK_BAD, false},	  /* 5.1.1: no such user */
	/* Servers without enhanced codes. */
	{SMTP_MAIL, 500, 599, "", "relay", SINK_TROUBLE, true},
	{SMTP_MAIL, 500, 599, "", "spam", SINK_TROUBLE, true},
	{SMTP_MAIL, 500, 599, "", "block", SINK_TROUBLE, true},
	{SMTP_MAIL, 500, 599, "", "blacklist", SINK_TROUBLE, true},
	{SMTP_MAIL, 500, 599, "", "policy", SINK_TROUBLE, true},
	{SMTP_MAIL, 500, 599, "", "reputation", SINK_TROUBLE, true},
	{SMTP_MAIL, 500, 599, "", "authenticat", SINK_TROUBLE, true},
	{SMTP_MAIL, 500, 599, "", "access denied", SINK_TROUBLE, true},
	{SMTP_MAIL, 500, 599, "", "quota", SINK_TROUBLE, true},
	{SMTP_MAIL, 500, 599, "", "full", SINK_TROUBLE, true},
	{SMTP_MAIL, 500, 599, "", NULL, SINK_BAD, false},
	{0},
};

/* "5.1.1 no such user": its enhanced code, or an empty text. */
static struct str smtp_enhanced(struct str said)
{
	size_t n = 0, dots = 0;

	while (n < said.n && (ascii_is_digit(said.p[n]) || said.p[n] == '.'))
		dots += said.p[n++] == '.';
	return str_slice(said.p, dots == 2 && n >= 5 ? n : 0);
}

static bool smtp_row_fits(const struct smtp_row *row, unsigned stage, long status, struct str said)
{
	struct str code = smtp_enhanced(said);

	if (!(row->stages & stage) || status < row->from || status > row->to)
		return false;
	if (row->enhanced &&
		(*row->enhanced ? !str_starts(code, str_of(row->enhanced)) : code.n > 0))
		return false;
	return !row->says || sink_verdict_says(said, row->says);
}

static const struct smtp_row *smtp_find_row(unsigned stage, long status, struct str said)
{
	static const struct smtp_row unknown = {.kind = SINK_TROUBLE};

	for (const struct smtp_row *row = smtp_rows; row->to; row++)
		if (smtp_row_fits(row, stage, status, said))
			return row;
	return &unknown;
}

static bool smtp_is_success(long status)
{
	return status >= 200 && status < 300;
}

/* --- replies to each recipient --- */

struct smtp_count {
	size_t taken, refused, later, trouble;
	bool denied;
};

static void smtp_count_recipient(
	const struct sink_recipient *r, struct smtp_count *n, struct buf *text, struct buf *served)
{
	const struct smtp_row *row;

	if (smtp_is_success(r->status)) {
		buf_printf(served, "%s%.*s", n->taken++ ? " " : "", STR_ARG(r->address));
		return;
	}
	if (r->status == 0)
		return;
	row = smtp_find_row(SMTP_RCPT, r->status, r->said);
	n->later += row->kind == SINK_LATER;
	n->trouble += row->kind == SINK_TROUBLE;
	n->denied = n->denied || row->denied;
	if (n->refused++ < NAMED_MAX)
		buf_printf(text, "%s %ld for %.*s", text->len ? ";" : "SMTP", r->status,
			STR_ARG(r->address));
}

/*
 * A server that takes the mail for others is not in trouble: what it refuses is then tried again by
 * the schedule of this mail.
 */
static enum sink_verdict_kind smtp_kind_of(const struct smtp_count *n)
{
	if (n->trouble && !n->taken)
		return SINK_TROUBLE;
	return n->later || n->trouble ? SINK_LATER : SINK_BAD;
}

/* Judges by recipient. Returns false if none was refused, or the mail as a whole was. */
static bool smtp_judge_recipients(
	const struct sink_answer *a, struct arena *arena, struct sink_verdict *out)
{
	struct smtp_count n = {0};
	struct buf text, served;
	bool judged;

	buf_init(&text, ANSWER_MAX);
	buf_init(&served, SERVED_MAX);
	for (size_t i = 0; i < a->n_recipients; i++) {
		const struct sink_recipient *r = &a->recipients[i];
		size_t before = n.refused;

		smtp_count_recipient(r, &n, &text, &served);
		if (n.refused > before && n.refused <= NAMED_MAX)
			buf_addz(&text, sink_verdict_quote(arena, r->said));
	}
	if (n.refused > NAMED_MAX)
		buf_printf(&text, "; and %zu more", n.refused - NAMED_MAX);
	if (n.taken)
		buf_addz(&text, "; delivered to all others");
	/* An error after some recipients were accepted is about the mail. */
	judged = n.refused && a->status && (smtp_is_success(a->status) || !n.taken);
	if (judged) {
		out->kind = smtp_kind_of(&n);
		out->denied = out->kind == SINK_TROUBLE && n.denied;
		sink_verdict_say(out, arena_strdup(arena, buf_z(&text)));
		if (n.taken)
			out->served = arena_str(arena, buf_str(&served));
	}
	buf_release(&text);
	buf_release(&served);
	return judged;
}

/* Where the last reply belongs. */
static enum smtp_stage smtp_stage_of(const struct sink_answer *a)
{
	for (size_t i = 0; i < a->n_recipients; i++)
		if (a->recipients[i].status)
			return SMTP_DATA;
	return SMTP_SESSION;
}

void sink_smtp_judge(const struct sink_answer *a, struct arena *arena, struct sink_verdict *out)
{
	const struct smtp_row *row;

	if (smtp_judge_recipients(a, arena, out))
		return;
	if (a->status == 0) {
		sink_write_judge(a, arena, out);
		/* The server may have it: tried again as this mail, with its Message-ID. */
		if (a->sent && out->kind == SINK_TROUBLE)
			out->kind = SINK_LATER;
		return;
	}
	if (!smtp_is_success(a->status)) {
		row = smtp_find_row(smtp_stage_of(a), a->status, a->body);
		out->kind = row->kind;
		out->denied = row->denied;
	}
	sink_verdict_say(out,
		arena_printf(arena, "SMTP %ld%s", a->status,
			out->kind == SINK_DELIVERED ? "" : sink_verdict_quote(arena, a->body)));
}
