/* SPDX-License-Identifier: MIT */
#include "chat.h"
#include "sinks.h"

#define TITLE_MAX_BYTES ((size_t)4096)
#define TEXT_MAX_BYTES	((size_t)64 * 1024)
#define WHY_MAX		((size_t)160) /* units of a line that says why */
#define MORE_MAX	((size_t)60)  /* units of "and 14 more: …" */

enum alert_priority sink_short_priority(const struct alert *a)
{
	return a->kind == ALERT_ACKNOWLEDGED || a->kind == ALERT_STORY ? ALERT_LOW : a->priority;
}

/* Appends a line in which apps find no name or address that would become a link. */
static void short_put_unlinked(struct buf *out, struct str line)
{
	chat_put_clean(out, line, true);
}

/* Appends text of at most max units, with "…" for what does not fit. */
static void short_put_cut(struct str text, size_t max, enum text_unit unit, struct buf *out)
{
	const struct str ellipsis = STR("…");
	size_t room = text_size(ellipsis, unit);

	if (text_size(text, unit) <= max) {
		buf_adds(out, text);
	} else if (max > room) {
		buf_adds(out, text_cut_by(text, max - room, unit));
		buf_adds(out, ellipsis);
	}
}

/* The same for lines of text of a feed. */
static void short_put_lines(struct str text, size_t max, enum text_unit unit, struct buf *out)
{
	struct buf lines;

	buf_init(&lines, TEXT_MAX_BYTES);
	sink_text_lines(text, "\n", short_put_unlinked, &lines);
	short_put_cut(buf_str(&lines), max, unit, out);
	buf_pass_lack(out, &lines);
	buf_release(&lines);
}

void sink_short_title(const struct alert *a, size_t max, enum text_unit unit, struct buf *out)
{
	struct buf line, clean;

	buf_init(&line, TITLE_MAX_BYTES);
	buf_init(&clean, 8 * TITLE_MAX_BYTES);
	if (a->priority != ALERT_NORMAL || a->escalated) { /* as in the subject of a mail */
		sink_text_priority(a, &line);
		buf_addc(&line, ' ');
	}
	buf_addz(&line, sink_text_subject_word(a));
	alert_headline_short(a, &line);
	sink_text_put(&clean, buf_str(&line));
	short_put_cut(buf_str(&clean), max, unit, out);
	buf_pass_lack(out, &line);
	buf_pass_lack(out, &clean);
	buf_release(&line);
	buf_release(&clean);
}

/* --- the alerts of a digest --- */

static void short_put_entry(const struct alert *digest, size_t i, bool links, struct buf *out)
{
	const struct alert *a = &digest->digest->alerts[i];
	struct buf who;

	buf_init(&who, TEXT_MAX_BYTES);
	if (sink_text_new_watch(digest, i)) {
		sink_text_priority(a, out);
		buf_addc(out, ' ');
		sink_text_put(out, a->watch_title);
		buf_addc(out, '\n');
	}
	buf_addz(out, "- ");
	short_put_unlinked(out, a->title);
	sink_text_short_who(digest, i, &who);
	short_put_unlinked(out, buf_str(&who));
	buf_addc(out, '\n');
	if (links && chat_put_url(out, a->link))
		buf_addc(out, '\n');
	buf_pass_lack(out, &who);
	buf_release(&who);
}

static void short_put_digest(
	const struct alert *a, const struct sink_short *form, size_t max, struct buf *out)
{
	const struct alert_digest *d = a->digest;
	size_t used = 0, shown = 0;
	struct buf entry;

	max -= max < MORE_MAX ? max : MORE_MAX;
	buf_init(&entry, TEXT_MAX_BYTES);
	for (; shown < d->n; shown++) {
		buf_pass_lack(out, &entry);
		buf_clear(&entry);
		short_put_entry(a, shown, form->links, &entry);
		used += text_size(buf_str(&entry), form->unit);
		if (used > max)
			break;
		buf_adds(out, buf_str(&entry));
	}
	buf_pass_lack(out, &entry);
	buf_release(&entry);
	if (d->n - shown + d->left_out)
		buf_printf(
			out, "and %zu more: nightdesk alerts list\n", d->n - shown + d->left_out);
}

/* --- the text --- */

/* Appends a line made by put, cut to max units; nothing if it is empty. */
static void short_put_line(const struct alert *a, void (*put)(const struct alert *, struct buf *),
	size_t max, enum text_unit unit, struct buf *out)
{
	struct buf line;

	buf_init(&line, TEXT_MAX_BYTES);
	put(a, &line);
	if (line.len) {
		short_put_lines(buf_str(&line), max, unit, out);
		buf_addc(out, '\n');
	}
	buf_pass_lack(out, &line);
	buf_release(&line);
}

/* What follows the content, and is always there. */
static void short_put_end(const struct alert *a, const struct sink_short *form, struct buf *out)
{
	struct buf line;

	if (!alert_is_notice(a) && str_present(a->watch_title))
		short_put_line(a, sink_text_why, WHY_MAX, form->unit, out);
	buf_init(&line, TEXT_MAX_BYTES);
	sink_text_last(a, form->zone, &line);
	short_put_lines(buf_str(&line), WHY_MAX, form->unit, out);
	buf_pass_lack(out, &line);
	buf_release(&line);
}

static void short_put_content(
	const struct alert *a, const struct sink_short *form, size_t max, struct buf *out)
{
	struct buf content;

	if (a->kind == ALERT_DIGEST) {
		short_put_digest(a, form, max, out);
		return;
	}
	buf_init(&content, TEXT_MAX_BYTES);
	sink_text_content(a, &content);
	short_put_lines(buf_str(&content), max, form->unit, out);
	if (content.len)
		buf_addc(out, '\n');
	buf_pass_lack(out, &content);
	buf_release(&content);
}

static void short_put_template(
	const struct alert *a, const struct sink_short *form, struct buf *out)
{
	static const struct sink_escape escape = {short_put_unlinked, chat_put_template_url};
	struct buf text;

	buf_init(&text, TEXT_MAX_BYTES);
	sink_template_write(form->template, a, form->zone, &escape, &text);
	short_put_cut(buf_str(&text), form->max, form->unit, out);
	buf_pass_lack(out, &text);
	buf_release(&text);
}

void sink_short_text(const struct alert *a, const struct sink_short *form, struct buf *out)
{
	size_t used;
	struct buf text, end;

	if (form->template) {
		short_put_template(a, form, out);
		return;
	}
	buf_init(&text, TEXT_MAX_BYTES);
	buf_init(&end, TEXT_MAX_BYTES);
	if (a->kind == ALERT_DIGEST)
		buf_printf(&text, "%s\n", alert_why_texts[a->digest->why]);
	else
		short_put_line(a, sink_text_who, WHY_MAX, form->unit, &text);
	short_put_end(a, form, &end);
	used = text_size(buf_str(&text), form->unit) + text_size(buf_str(&end), form->unit) + 1;
	if (used < form->max)
		short_put_content(a, form, form->max - used, &text);
	buf_adds(out, buf_str(&text));
	buf_adds(out, buf_str(&end));
	buf_pass_lack(out, &text);
	buf_pass_lack(out, &end);
	buf_release(&text);
	buf_release(&end);
}
