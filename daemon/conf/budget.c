/* SPDX-License-Identifier: MIT */
/* Budgets: their defaults, contradictions between them, and which feeds go first in them. */
#include "draft.h"

#include "base/ascii.h"
#include "conf/form.h"
#include "feed/link.h"

/* The domains of all budgets, with the block of each. */
struct budget_domains {
	struct conf_names names;
	bool *used; /* by the URL of a feed, by the number of the name */
};

/* As feed_link_domain() writes hosts. */
static struct str budget_lower(struct conf_draft *d, struct str domain)
{
	char *copy = arena_alloc(d->arena, domain.n + 1);

	d->nomem |= !copy;
	for (size_t i = 0; copy && i < domain.n; i++)
		copy[i] = ascii_lower(domain.p[i]);
	if (copy)
		copy[domain.n] = '\0';
	return str_slice(copy, copy ? domain.n : 0);
}

static void budget_check_domain(struct conf_draft *d, struct budget_domains *all,
	const struct conf_node *block, const struct conf_value *v, struct str domain)
{
	const struct conf_node *first;

	if (!domain.p || !conf_form_domain(domain))
		return; /* reported already */
	if (feed_link_is_suffix(domain.p))
		conf_error(d->diags, v->at, "name the domains of one publisher",
			"domains: %s is a suffix that many publishers share",
			conf_show(d->diags, domain));
	if (conf_names_find(&all->names, domain) == TABLE_NONE) {
		conf_names_add(&all->names, domain, block);
		return;
	}
	first = conf_names_add(&all->names, domain, block);
	if (first == block)
		conf_error(d->diags, v->at, "leave one of them", "domains: %s stands twice",
			conf_show(d->diags, domain));
	else
		conf_error(d->diags, v->at, "leave it in one of them",
			"domains: %s is in the budget %s too, at %s:%u",
			conf_show(d->diags, domain), conf_show(d->diags, first->name),
			conf_show(d->diags, str_of(first->at.file->name)), first->at.line);
}

static void budget_link(struct conf_draft *d, struct budget_domains *all, struct conf_budget *b,
	const struct conf_node *block)
{
	const struct conf_node *key = conf_draft_key(block, "domains");

	if (!b->parallel)
		b->parallel = d->poll.per_host;
	if (!conf_draft_key(block, "gap"))
		b->gap = d->poll.host_gap;
	for (size_t i = 0; key && i < b->domains.n; i++) {
		b->domains.v[i] = budget_lower(d, b->domains.v[i]);
		budget_check_domain(d, all, block, &key->values[i], b->domains.v[i]);
	}
}

/* --- budgets without feeds --- */

/* False: its host is not known here. */
static bool budget_note_feed(const struct budget_domains *all, const struct conf_feed *f)
{
	char host[FEED_HOST_MAX];
	size_t i = TABLE_NONE;

	if (f->url_credential || !f->url || !feed_link_domain(str_of(f->url), host))
		return false;
	for (const char *at = host; at && i == TABLE_NONE;) {
		i = conf_names_find(&all->names, str_of(at));
		at = strchr(at, '.');
		at = at ? at + 1 : NULL;
	}
	if (i != TABLE_NONE)
		all->used[i] = true;
	return true;
}

static bool budget_is_used(const struct budget_domains *all, const struct conf_node *block)
{
	bool used = false;

	for (size_t i = 0; i < all->names.n; i++)
		used |= all->used[i] && all->names.v[i].node == block;
	return used;
}

static void budget_check_used(struct conf_draft *d, const struct budget_domains *all)
{
	const struct conf_names *budgets = &d->blocks[CONF_KIND_BUDGET];
	bool known = true;

	for (size_t i = 0; i < d->blocks[CONF_KIND_FEED].n; i++)
		known &= budget_note_feed(all, &d->feeds[i]);
	for (size_t i = 0; known && !d->diags->unread && i < budgets->n; i++)
		if (d->budgets[i].domains.n && !budget_is_used(all, budgets->v[i].node))
			conf_warn(d->diags, budgets->v[i].node->name_at, NULL,
				"no feed has its address at a domain of the budget %s",
				conf_show(d->diags, budgets->v[i].text));
}

/* --- urgent feeds --- */

static bool budget_is_urgent(const struct conf_watch *w)
{
	return w->priority == ALERT_FLASH || w->priority == ALERT_URGENT;
}

static size_t budget_count_urgent(const struct conf_draft *d)
{
	size_t n = 0;

	for (size_t i = 0; i < d->blocks[CONF_KIND_WATCH].n; i++)
		if (budget_is_urgent(&d->watches[i].watch))
			n += d->watches[i].watch.groups.n;
	return n;
}

/* A watch without feeds and groups is for all, and so puts none of them before others. */
static bool budget_mark_urgent(struct conf_draft *d)
{
	const struct conf_names *feeds = &d->blocks[CONF_KIND_FEED];
	struct conf_names groups;
	size_t at;

	if (!conf_names_init(&groups, budget_count_urgent(d), d->scratch))
		return false;
	for (size_t i = 0; i < d->blocks[CONF_KIND_WATCH].n; i++) {
		const struct conf_watch *w = &d->watches[i].watch;

		for (size_t k = 0; budget_is_urgent(w) && k < w->groups.n; k++)
			conf_names_add(&groups, w->groups.v[k], NULL);
		for (size_t k = 0; budget_is_urgent(w) && k < w->feeds.n; k++)
			if ((at = conf_names_find(feeds, w->feeds.v[k])) != TABLE_NONE)
				d->feeds[at].urgent = true;
	}
	for (size_t i = 0; groups.n && i < feeds->n; i++)
		for (size_t k = 0; k < d->feeds[i].groups.n; k++)
			d->feeds[i].urgent |=
				conf_names_find(&groups, d->feeds[i].groups.v[k]) != TABLE_NONE;
	return true;
}

int conf_draft_link_budgets(struct conf_draft *d)
{
	const struct conf_names *budgets = &d->blocks[CONF_KIND_BUDGET];
	struct budget_domains all;
	size_t n = 0;

	for (size_t i = 0; i < budgets->n; i++)
		n += d->budgets[i].domains.n;
	all.used = arena_array(d->scratch, n, sizeof(*all.used));
	if (!all.used || !conf_names_init(&all.names, n, d->scratch) || !budget_mark_urgent(d))
		return -ERR_NOMEM;
	for (size_t i = 0; i < budgets->n; i++)
		budget_link(d, &all, &d->budgets[i], budgets->v[i].node);
	if (budgets->n)
		budget_check_used(d, &all);
	return d->nomem ? -ERR_NOMEM : 0;
}
