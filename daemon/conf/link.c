/* SPDX-License-Identifier: MIT */
/* Resolves references between blocks, and reports duplicates and missing blocks. */
#include "draft.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/ascii.h"
#include "base/nearest.h"
#include "conf/address.h"
#include "conf/form.h"
#include "feed/link.h"

#define GUESSES_MAX 100u /* limit of suggestions: each compares with every name */

/* Suggests the nearest of the names: "; did you mean x?" or "". */
static const char *link_suggest(
	struct conf_draft *d, struct str word, const struct conf_names *names)
{
	struct nearest near;

	nearest_init(&near, word);
	if (d->guesses++ < GUESSES_MAX)
		for (size_t i = 0; i < names->n; i++)
			nearest_try(&near, names->v[i].text);
	return conf_draft_suggest(d, &near);
}

/* --- groups --- */

static bool link_collect_groups(struct conf_draft *d)
{
	size_t n = 0, feeds = d->blocks[CONF_KIND_FEED].n;

	for (size_t i = 0; i < feeds; i++)
		n += d->feeds[i].groups.n;
	if (!conf_names_init(&d->groups, n, d->scratch))
		return false;
	for (size_t i = 0; i < feeds; i++)
		for (size_t j = 0; j < d->feeds[i].groups.n; j++)
			conf_names_add(&d->groups, d->feeds[i].groups.v[j], NULL);
	return true;
}

/* ASCII letters in lower case. Absent: out of memory. */
static struct str link_fold(struct arena *arena, struct str s)
{
	char *p = arena_alloc(arena, s.n + 1);

	for (size_t i = 0; p && i < s.n; i++)
		p[i] = ascii_lower(s.p[i]);
	return p ? str_slice(p, s.n) : STR_NONE;
}

static bool link_collect_sources(struct conf_draft *d)
{
	size_t feeds = d->blocks[CONF_KIND_FEED].n;

	if (!conf_names_init(&d->sources, feeds, d->scratch))
		return false;
	for (size_t i = 0; i < feeds; i++) {
		struct str source = str_of(d->feeds[i].source);

		if (!str_present(source))
			continue;
		source = link_fold(d->scratch, source);
		if (!source.p)
			return false;
		conf_names_add(&d->sources, source, NULL);
	}
	return true;
}

bool conf_draft_knows_source(const struct conf_draft *d, struct str name)
{
	struct str folded = link_fold(d->scratch, name);

	return folded.p && conf_names_find(&d->sources, folded) != TABLE_NONE;
}

/* It may be in a file that cannot be read. */
static void link_report_no_notify(
	struct conf_draft *d, const struct conf_node *key, size_t i, struct str name)
{
	if (!d->diags->unread)
		conf_error(d->diags, key->values[i].at, NULL, "there is no notify %s%s",
			conf_show(d->diags, name),
			link_suggest(d, name, &d->blocks[CONF_KIND_NOTIFY]));
}

/* --- receivers of troubles --- */

/* self: the block with the key, which cannot be among them; absent: any can. */
static void link_check_trouble(struct conf_draft *d, const struct conf_node *block,
	const struct conf_list *names, struct str self)
{
	const struct conf_names *notifies = &d->blocks[CONF_KIND_NOTIFY];
	const struct conf_node *key = conf_draft_key(block, "trouble");

	for (size_t i = 0; i < names->n; i++) {
		if (conf_names_find(notifies, names->v[i]) == TABLE_NONE)
			link_report_no_notify(d, key, i, names->v[i]);
		else if (str_present(self) && str_eq(self, names->v[i]))
			conf_error(d->diags, key->values[i].at, "name another notify block",
				"trouble: a receiver that takes no messages cannot take this one");
	}
}

static void link_troubles(struct conf_draft *d)
{
	const struct conf_names *notifies = &d->blocks[CONF_KIND_NOTIFY];
	const struct conf_names *daemon = &d->blocks[CONF_KIND_DAEMON];

	if (daemon->n)
		link_check_trouble(d, daemon->v[0].node, &d->daemon.trouble, STR_NONE);
	for (size_t i = 0; i < notifies->n; i++)
		link_check_trouble(d, notifies->v[i].node, &d->notifies[i].trouble,
			str_of(d->notifies[i].name));
}

/* --- watches --- */

static void link_watch_notify(
	struct conf_draft *d, struct conf_watch *w, const struct conf_node *block)
{
	const struct conf_names *notifies = &d->blocks[CONF_KIND_NOTIFY];
	const struct conf_node *key = conf_draft_key(block, "notify");
	struct conf_list *names = &w->notify;

	if (!names->n && ((key && !key->list) || (!key && block->misspelt)))
		return; /* reported already */
	if (!names->n) {
		conf_warn(d->diags, block->name_at, "add notify = { NAME }",
			"watch %s notifies nobody", conf_show(d->diags, block->name));
		return;
	}
	w->notify_index = arena_array(d->arena, names->n, sizeof(size_t));
	if (!w->notify_index) {
		d->nomem = true;
		return;
	}
	for (size_t i = 0; i < names->n; i++) {
		w->notify_index[i] = conf_names_find(notifies, names->v[i]);
		if (w->notify_index[i] == TABLE_NONE)
			link_report_no_notify(d, key, i, names->v[i]);
	}
}

static void link_watch_feeds(
	struct conf_draft *d, const struct conf_watch *w, const struct conf_node *block)
{
	size_t at;
	const struct conf_names *names = &d->blocks[CONF_KIND_FEED];
	const struct conf_node *feeds = conf_draft_key(block, "feeds"),
			       *groups = conf_draft_key(block, "groups");
	const struct conf_list *f = &w->feeds, *g = &w->groups;

	for (size_t i = 0; i < f->n; i++) {
		at = conf_names_find(names, f->v[i]);
		if (at != TABLE_NONE)
			d->feeds[at].named = true;
		else if (!d->diags->unread)
			conf_error(d->diags, feeds->values[i].at, NULL, "there is no feed %s%s",
				conf_show(d->diags, f->v[i]), link_suggest(d, f->v[i], names));
	}
	for (size_t i = 0; i < g->n; i++)
		if (conf_names_find(&d->groups, g->v[i]) == TABLE_NONE)
			conf_warn(d->diags, groups->values[i].at, NULL,
				"no feed is in the group %s%s", conf_show(d->diags, g->v[i]),
				link_suggest(d, g->v[i], &d->groups));
}

static bool link_is_told(const struct conf_watch *w, size_t step, struct str name)
{
	for (size_t i = 0; i < w->notify.n; i++)
		if (str_eq(w->notify.v[i], name))
			return true;
	for (size_t k = 0; k < step; k++)
		for (size_t i = 0; i < w->escalations[k].to.n; i++)
			if (str_eq(w->escalations[k].to.v[i], name))
				return true;
	return false;
}

static void link_escalation_to(struct conf_draft *d, const struct conf_watch *w, size_t step,
	const struct conf_node *key, size_t i)
{
	const struct conf_escalation *e = &w->escalations[step];
	struct str name = e->to.v[i];
	const struct conf_notify *n;

	e->to_index[i] = conf_names_find(&d->blocks[CONF_KIND_NOTIFY], name);
	if (e->to_index[i] == TABLE_NONE) {
		link_report_no_notify(d, key, i, name);
		return;
	}
	n = &d->notifies[e->to_index[i]];
	if (link_is_told(w, step, name))
		conf_warn(d->diags, key->values[i].at, "name another notify block",
			"to: %s has the alert already, and does not get it again",
			conf_show(d->diags, name));
	else if (n->quiet.given && w->priority > n->quiet_passes)
		conf_warn(d->diags, key->values[i].at,
			"write quiet-passes there, or a higher priority here",
			"to: in its quiet hours %s gets no alerts of priority %s",
			conf_show(d->diags, name), alert_priority_words[w->priority]);
}

/* Those who get the alert first should be able to say, where they read it, that they have it. */
static void link_check_acks(
	struct conf_draft *d, const struct conf_watch *w, const struct conf_node *escalate)
{
	const struct conf_notify *n = NULL;

	for (size_t i = 0; w->notify_index && i < w->notify.n; i++) {
		if (w->notify_index[i] == TABLE_NONE)
			return;
		n = &d->notifies[w->notify_index[i]];
		if (!n->type || (n->type->acks && n->type->acks(n->settings)))
			return;
	}
	if (n)
		conf_warn(d->diags, escalate->at,
			"acknowledge with nightdesk alerts ack ID, or name a block in notify that "
			"can",
			"escalate: who gets the alert first cannot acknowledge it there: %s is of "
			"type %s%s",
			conf_show(d->diags, w->notify.v[0]),
			d->notifies[w->notify_index[0]].type->name,
			d->notifies[w->notify_index[0]].type->acks ? " without a token" : "");
}

static void link_watch_escalations(
	struct conf_draft *d, const struct conf_watch *w, const struct conf_node *block)
{
	const struct conf_node *b = block->first;

	for (size_t k = 0; k < w->n_escalations; k++, b = b->next) {
		struct conf_escalation *e = &w->escalations[k];

		while (!b->block || !str_is(b->word, "escalate"))
			b = b->next;
		if (k == 0)
			link_check_acks(d, w, b);
		e->to_index = arena_array(d->arena, e->to.n, sizeof(size_t));
		d->nomem |= !e->to_index;
		if (!e->to.n && conf_draft_key(b, "to") && conf_draft_key(b, "to")->list)
			conf_warn(d->diags, b->at, "write to = { NAME }",
				"escalate: nobody gets the alert");
		for (size_t i = 0; e->to_index && i < e->to.n; i++)
			link_escalation_to(d, w, k, conf_draft_key(b, "to"), i);
	}
}

/* --- duplicates --- */

/* Serializes what decides which items a watch matches. */
static void link_describe_watch(const struct conf_draft_watch *w, struct buf *out)
{
	const struct conf_value_list *parts[] = {&w->queries, &w->exclude};
	const struct conf_list *lists[] = {&w->stems, &w->watch.feeds, &w->watch.groups};

	buf_clear(out);
	for (size_t p = 0; p < 2; p++) {
		for (size_t i = 0; i < parts[p]->n; i++)
			buf_printf(out, "%s%c", parts[p]->v[i].text.p, 1);
		buf_addc(out, 2);
	}
	for (size_t p = 0; p < 3; p++) {
		for (size_t i = 0; i < lists[p]->n; i++)
			buf_printf(out, "%s%c", lists[p]->v[i].p, 1);
		buf_addc(out, 2);
	}
}

/* Warns of blocks whose text is that of an earlier block; an empty text is not compared. */
static bool link_report_duplicates(
	struct conf_draft *d, enum conf_kind kind, const char *key, const struct str *texts)
{
	const struct conf_names *blocks = &d->blocks[kind];
	const char *name = conf_kinds[kind].name;
	struct conf_names seen;

	if (!conf_names_init(&seen, blocks->n, d->scratch))
		return false;
	for (size_t i = 0; i < blocks->n; i++) {
		const struct conf_node *node = blocks->v[i].node, *first = node;

		if (texts[i].n)
			first = conf_names_add(&seen, texts[i], node);
		if (first != node)
			conf_warn(d->diags, node->name_at, NULL,
				"%s %s has the same %s as %s %s at %s:%u", name,
				conf_show(d->diags, node->name), key, name,
				conf_show(d->diags, first->name), first->at.file->name,
				first->at.line);
	}
	return true;
}

static bool link_check_same_query(struct conf_draft *d)
{
	size_t n = d->blocks[CONF_KIND_WATCH].n;
	struct str *v = arena_array(d->scratch, n, sizeof(*v));
	struct buf b;

	if (!v)
		return false;
	buf_init(&b, (size_t)1 << 30);
	for (size_t i = 0; i < n; i++) {
		link_describe_watch(&d->watches[i], &b);
		if (d->watches[i].queries.n)
			v[i] = arena_str(d->scratch, buf_str(&b));
	}
	buf_release(&b);
	return link_report_duplicates(d, CONF_KIND_WATCH, "query", v);
}

static bool link_check_same_url(struct conf_draft *d)
{
	size_t n = d->blocks[CONF_KIND_FEED].n;
	struct str *v = arena_array(d->scratch, n, sizeof(*v));

	for (size_t i = 0; v && i < n; i++)
		v[i] = str_of(d->feeds[i].url);
	return v && link_report_duplicates(d, CONF_KIND_FEED, "url", v);
}

/* --- feeds and paths --- */

static const char *link_registrable_domain(struct conf_draft *d, const char *url)
{
	char domain[FEED_HOST_MAX];
	char *kept;

	if (!feed_link_registrable(str_of(url), domain))
		return url;
	kept = arena_strdup(d->arena, domain);
	d->nomem |= !kept;
	return kept;
}

/* A private address that is spelt out; one that a name leads to is refused when it is fetched. */
static void link_check_address(
	struct conf_draft *d, const struct conf_feed *f, const struct conf_node *block)
{
	const struct conf_node *key = conf_draft_key(block, "url");
	struct str host = f->url ? conf_form_url_host(str_of(f->url)) : STR_NONE;
	uint8_t address[16];

	if (!key || address_of_host(host, address) != 0 || address_allowed(address, &d->poll))
		return;
	conf_error(d->diags, key->values[0].at,
		d->poll.private_networks == CONF_PRIVATE_ALLOW
			? "allow does not include link-local addresses: list its block"
			: "if it is yours: poll { private-networks = allow }, or a list of blocks "
			  "of addresses",
		"url: %s is not on the public internet, and private-networks does not allow it",
		conf_show(d->diags, host));
}

static void link_feed(struct conf_draft *d, struct conf_feed *f, const struct conf_node *block)
{
	if (!f->every) {
		f->every = d->poll.every;
		f->every_default = true;
	}
	if (f->learns && f->fastest >= f->every)
		conf_warn(d->diags, conf_draft_key(block, "rhythm")->at,
			"make fastest shorter than every, or every longer",
			"rhythm has no effect: fastest is not shorter than every");
	if (f->fastest > f->every)
		f->fastest = f->every;
	if (!f->source && f->url_credential)
		f->source = f->name;
	if (!f->source && f->url)
		f->source = link_registrable_domain(d, f->url);
}

/* --- proxies and certificates --- */

static void link_poll(struct conf_draft *d)
{
	const struct conf_names *poll = &d->blocks[CONF_KIND_POLL];

	d->poll.ca_file = conf_draft_link_file(
		d, d->poll.ca_file, poll->n ? poll->v[0].node : NULL, "ca-file");
	if (d->poll.proxy && !*d->poll.proxy)
		d->poll.proxy = NULL;
}

/* A key of the feed goes before that of poll; "" is none. */
static void link_feed_route(
	struct conf_draft *d, struct conf_feed *f, const struct conf_node *block)
{
	if (!f->proxy)
		f->proxy = d->poll.proxy;
	else if (!*f->proxy)
		f->proxy = NULL;
	f->ca_file = f->ca_file ? conf_draft_link_file(d, f->ca_file, block, "ca-file")
				: d->poll.ca_file;
	if (f->login && f->login->client_certificate)
		f->login->client_certificate = conf_draft_link_file(
			d, f->login->client_certificate, block, "client-certificate");
}

/* Errors, and files that were passed over, explain why there is none. */
static void link_check_emptiness(struct conf_draft *d, const struct conf_source *first)
{
	if (d->diags->errors || d->diags->passed_over)
		return;
	if (!d->blocks[CONF_KIND_FEED].n)
		conf_warn_file(d->diags, first, "add a block feed NAME { url = \"…\" }",
			"there is no feed to read");
	if (!d->blocks[CONF_KIND_WATCH].n)
		conf_warn_file(d->diags, first, "add a block watch NAME { query = '…' }",
			"there is no watch, so nothing will ever alert");
}

int conf_draft_link(struct conf_draft *d, const struct conf_source *first)
{
	const struct conf_names *watches = &d->blocks[CONF_KIND_WATCH];

	conf_draft_link_paths(d);
	link_poll(d);
	if (!link_collect_groups(d))
		return -ERR_NOMEM;
	for (size_t i = 0; i < d->blocks[CONF_KIND_FEED].n; i++) {
		link_feed(d, &d->feeds[i], d->blocks[CONF_KIND_FEED].v[i].node);
		link_feed_route(d, &d->feeds[i], d->blocks[CONF_KIND_FEED].v[i].node);
		link_check_address(d, &d->feeds[i], d->blocks[CONF_KIND_FEED].v[i].node);
	}
	if (!link_collect_sources(d))
		return -ERR_NOMEM;
	for (size_t i = 0; i < watches->n; i++) {
		link_watch_notify(d, &d->watches[i].watch, watches->v[i].node);
		link_watch_feeds(d, &d->watches[i].watch, watches->v[i].node);
		link_watch_escalations(d, &d->watches[i].watch, watches->v[i].node);
	}
	link_troubles(d);
	conf_draft_link_canary(d);
	conf_draft_link_burst(d);
	if (conf_draft_link_budgets(d) != 0)
		return -ERR_NOMEM;
	if (!link_check_same_query(d) || !link_check_same_url(d))
		return -ERR_NOMEM;
	link_check_emptiness(d, first);
	return d->nomem ? -ERR_NOMEM : 0;
}
