/* SPDX-License-Identifier: MIT */
/* What `nightdesk explain` tells, to people and to programs. */
#include <string.h>

#include "base/clock.h"
#include "base/utf8.h"
#include "explain.h"
#include "hits.h"
#include "document/delivery.h"
#include "stored.h"

#define HITS_SHOWN 12

static void put_name(const char *name)
{
	printf("%-11s ", name);
}

static void put_line(const char *name, struct str s)
{
	if (!str_present(s))
		return;
	put_name(name);
	utf8_print(stdout, s);
	putchar('\n');
}

static void put_stamp(const char *name, int64_t ms)
{
	if (ms == STAMP_NONE)
		return;
	put_name(name);
	cli_put_stamp(ms);
	putchar('\n');
}

static void put_came(const struct desk_explanation *x)
{
	int64_t late = x->item.first_seen - x->item.item.published;

	put_stamp("published", x->item.item.published);
	put_stamp("updated", x->item.item.updated);
	put_name("first seen");
	cli_put_stamp(x->item.first_seen);
	if (x->item.item.published != STAMP_NONE && late >= 0 && late < 2 * CLOCK_HOUR)
		printf(", %lld s after it was published", (long long)(late / CLOCK_SECOND));
	if (x->first_run)
		fputs(", with the first body of its feed", stdout);
	putchar('\n');
}

static void put_item(const struct desk_explanation *x)
{
	const struct feed_item *i = &x->item.item;

	put_line("title", i->title);
	put_line("id", i->id);
	put_line("link", i->link);
	put_line("author", i->author.text);
	put_name("number");
	printf("#%lld\n", (long long)x->item.id);
	put_name("feed");
	utf8_print(stdout, x->item.feed);
	fputs("  ", stdout);
	utf8_print(stdout, x->feed.url);
	puts(x->conf_feed ? "" : "  (no longer in the configuration)");
	put_came(x);
}

static void put_change(const char *name, struct str was, struct str is)
{
	if (!str_present(was) && !str_present(is))
		return;
	printf("  %-9s was: ", name);
	utf8_print(stdout, str_present(was) ? was : STR("(none)"));
	printf("\n  %-9s is:  ", "");
	utf8_print(stdout, str_present(is) ? is : STR("(none)"));
	putchar('\n');
}

static void put_edit(const struct desk_edit *e)
{
	put_stamp("edited", e->at);
	put_change("title", e->was_title, e->is_title);
	put_change("text", e->was_text, e->is_text);
}

static void put_hits(
	const struct cli *cli, const struct desk_explanation *x, const struct desk_verdict *v)
{
	for (size_t i = 0; i < v->n_hits && i < HITS_SHOWN; i++) {
		printf("  %s: ", query_field_name(v->hits[i].field));
		utf8_print(stdout, v->hits[i].text);
		fputs("   (", stdout);
		utf8_print(stdout, v->hits[i].term);
		fputs(")\n", stdout);
	}
	if (v->n_hits > HITS_SHOWN)
		printf("  and %zu more\n", v->n_hits - HITS_SHOWN);
	fputs("  ", stdout);
	cli_put_snippet(cli, &x->view, v->hits, v->n_hits);
	putchar('\n');
}

/* Bit k: does it match with k edits undone? */
static uint64_t matched_texts(const struct desk_verdict *v)
{
	return (uint64_t)v->earlier << 1 | v->matches;
}

/* Which edit made it match, or no longer. */
static void put_turns(const struct desk_explanation *x, const struct desk_verdict *v)
{
	uint64_t matched = matched_texts(v);

	for (size_t k = x->n_edits; k-- > 0;) {
		unsigned turn = matched >> k & 3;

		if (turn == 0 || turn == 3)
			continue;
		fputs(turn == 1 ? "  matches since the edit of " : "  matched until the edit of ",
			stdout);
		cli_put_stamp(x->edits[k].at);
		putchar('\n');
	}
}

/* An edit of what matched already is told only where the watch asks for that. */
static bool has_quiet_edit(const struct desk_explanation *x, const struct desk_verdict *v)
{
	uint64_t matched = matched_texts(v);

	for (size_t k = 0; k < x->n_edits && !v->watch->on_update_alert; k++)
		if ((matched >> k & 3) == 3)
			return true;
	return false;
}

static void put_silence(const struct desk_explanation *x, const struct desk_verdict *v)
{
	switch (v->alert_state) {
	case DESK_ALERTED:
		fputs("  alert ", stdout);
		utf8_print(stdout, v->alert_id);
		putchar('\n');
		if (has_quiet_edit(x, v))
			puts("  edits of what matched already are not told again"
			     " (on-update = quiet)");
		break;
	case DESK_FIRST_RUN:
		puts(x->first_run_guessed
				? "  no alert: the feed held it, it seems, when it was first read"
				: "  no alert: the feed held it when it was first read "
				  "(first-run)");
		break;
	case DESK_SAME_STORY:
		fputs("  no alert of its own: the same link was told as ", stdout);
		utf8_print(stdout, v->alert_id);
		putchar('\n');
		break;
	case DESK_NOT_RECORDED:
		puts("  no alert: the watch was another, or there was none, when it came");
		break;
	}
}

/* Line by line, so that a query with a line break in it cannot pass for one of ours. */
static void put_reasons(struct str why)
{
	while (why.n > 0) {
		const char *end = memchr(why.p, '\n', why.n);
		size_t n = end ? (size_t)(end - why.p) : why.n;

		fputs("  ", stdout);
		utf8_print(stdout, str_slice(why.p, n));
		putchar('\n');
		n += end != NULL;
		why = str_slice(why.p + n, why.n - n);
	}
}

static void put_list(const char *name, const struct conf_list *list)
{
	for (size_t i = 0; i < list->n; i++) {
		printf("%s", i ? ", " : name);
		utf8_print(stdout, list->v[i]);
	}
}

static void put_verdict(
	const struct cli *cli, const struct desk_explanation *x, const struct desk_verdict *v)
{
	bool alerted = false;

	put_name("watch");
	utf8_print(stdout, str_of(v->watch->name));
	puts(v->matches ? ": matches" : ": does not match");
	put_turns(x, v);
	if (v->matches) {
		put_hits(cli, x, v);
		put_silence(x, v);
		return;
	}
	if (v->outside) {
		fputs("  its feed is none of this watch's:", stdout);
		put_list(" feeds ", &v->watch->feeds);
		put_list(" groups ", &v->watch->groups);
		putchar('\n');
	}
	put_reasons(v->why);
	for (size_t i = 0; i < x->n_alerts; i++)
		alerted = alerted || str_is(x->alerts[i].watch, v->watch->name);
	if (alerted)
		puts(v->earlier ? "  it alerted before that"
				: "  yet it alerted: the watch was another then");
}

static void put_delivery(const struct store_delivery *d)
{
	fputs("  ", stdout);
	utf8_print(stdout, d->notify);
	printf(": %s", document_delivery_state(d->state));
	if (d->state != STORE_PENDING) {
		fputs(" at ", stdout);
		cli_put_stamp(d->done_at);
	} else if (d->attempts) {
		fputs(", again at ", stdout);
		cli_put_stamp(d->next_at);
	}
	printf(", %u attempt%s", d->attempts, d->attempts == 1 ? "" : "s");
	if (str_present(d->answer)) {
		fputs(", last answer: ", stdout);
		utf8_print(stdout, d->answer);
	}
	printf(" (delivery %lld)\n", (long long)d->id);
}

static void put_alert(const struct desk_alert *a)
{
	put_name("alert");
	utf8_print(stdout, a->id);
	fputs("  ", stdout);
	utf8_print(stdout, a->watch);
	fputs("  ", stdout);
	cli_put_stamp(a->created);
	putchar('\n');
	if (a->n_deliveries == 0)
		puts("  told nobody: the watch has no notify");
	for (size_t i = 0; i < a->n_deliveries; i++)
		put_delivery(&a->deliveries[i]);
}

void explain_print(const struct cli *cli, const struct desk_explanation *x)
{
	put_item(x);
	for (size_t i = x->n_edits; i > 0; i--)
		put_edit(&x->edits[i - 1]);
	for (size_t i = 0; i < x->n_verdicts; i++)
		put_verdict(cli, x, &x->verdicts[i]);
	if (x->n_unexplained) {
		put_name("watch");
		printf("%zu others do not match; --watch NAME tells why\n", x->n_unexplained);
	}
	for (size_t i = x->n_alerts; i > 0; i--)
		put_alert(&x->alerts[i - 1]);
}
