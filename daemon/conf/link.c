/* SPDX-License-Identifier: MIT */
/* Resolves references between blocks, and reports duplicates and missing blocks. */
#include "draft.h"

#include "base/nearest.h"
#include "feed/link.h"

#define GUESSES_MAX 100u /* limit of suggestions: each compares with every name */

struct linker {
	struct conf_draft *d;
	unsigned guesses;
};

static const char *link_quote(struct linker *l, struct str s)
{
	return conf_show(l->d->diags, s);
}

static struct str link_feed_at(const void *draft, size_t i)
{
	return ((const struct conf_draft *)draft)->feeds[i].node->name;
}

static struct str link_notify_at(const void *draft, size_t i)
{
	return ((const struct conf_draft *)draft)->notifies[i].node->name;
}

static struct str link_group_at(const void *draft, size_t i)
{
	return ((const struct conf_draft *)draft)->groups[i];
}

/* Suggests the nearest of n names: "; did you mean x?" or "". */
static const char *link_suggest(struct linker *l, struct str word, table_name_fn *name_at, size_t n)
{
	struct nearest near;

	nearest_init(&near, word);
	if (l->guesses++ < GUESSES_MAX)
		for (size_t i = 0; i < n; i++)
			nearest_try(&near, name_at(l->d, i));
	return conf_draft_suggest(l->d, &near);
}

/* --- groups --- */

size_t conf_draft_find_group(const struct conf_draft *d, struct str name)
{
	return table_find_name(&d->group_names, name, link_group_at, d);
}

static bool link_collect_groups(struct conf_draft *d)
{
	size_t n = 0;

	for (size_t i = 0; i < d->n_feeds; i++)
		n += d->feeds[i].feed.groups.n;
	d->groups = arena_array(d->scratch, n, sizeof(*d->groups));
	if (!d->groups || !table_init(&d->group_names, n, d->scratch))
		return false;
	for (size_t i = 0; i < d->n_feeds; i++) {
		const struct conf_list *g = &d->feeds[i].feed.groups;

		for (size_t j = 0; j < g->n; j++) {
			if (conf_draft_find_group(d, g->v[j]) != TABLE_NONE)
				continue;
			d->groups[d->n_groups] = g->v[j];
			table_add_name(&d->group_names, g->v[j], d->n_groups++);
		}
	}
	return true;
}

/* --- watches --- */

static void link_watch_notify(struct linker *l, struct conf_draft_watch *w)
{
	struct conf_draft *d = l->d;
	const struct conf_node *key = conf_draft_key(w->node, "notify");
	struct conf_list *names = &w->watch.notify;

	if (!names->n && key && !key->list)
		return; /* invalid value, reported already */
	if (!names->n) {
		conf_warn(d->diags, w->node->name_at, "add notify = { NAME }",
			"watch %s notifies nobody", link_quote(l, w->node->name));
		return;
	}
	w->watch.notify_index = arena_array(d->arena, names->n, sizeof(size_t));
	if (!w->watch.notify_index) {
		d->nomem = true;
		return;
	}
	for (size_t i = 0; i < names->n; i++) {
		size_t n = conf_draft_find_notify(d, names->v[i]);

		w->watch.notify_index[i] = n;
		if (n == TABLE_NONE)
			conf_error(d->diags, key->values[i].at, NULL, "there is no notify %s%s",
				link_quote(l, names->v[i]),
				link_suggest(l, names->v[i], link_notify_at, d->n_notifies));
	}
}

static void link_watch_feeds(struct linker *l, struct conf_draft_watch *w)
{
	struct conf_draft *d = l->d;
	const struct conf_node *feeds = conf_draft_key(w->node, "feeds"),
			       *groups = conf_draft_key(w->node, "groups");
	const struct conf_list *f = &w->watch.feeds, *g = &w->watch.groups;

	for (size_t i = 0; i < f->n; i++)
		if (conf_draft_find_feed(d, f->v[i]) == TABLE_NONE)
			conf_error(d->diags, feeds->values[i].at, NULL, "there is no feed %s%s",
				link_quote(l, f->v[i]),
				link_suggest(l, f->v[i], link_feed_at, d->n_feeds));
	for (size_t i = 0; i < g->n; i++)
		if (conf_draft_find_group(d, g->v[i]) == TABLE_NONE)
			conf_warn(d->diags, groups->values[i].at, NULL,
				"no feed is in the group %s%s", link_quote(l, g->v[i]),
				link_suggest(l, g->v[i], link_group_at, d->n_groups));
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

struct link_texts {
	const struct str *v;
};

static struct str link_text_at(const void *ctx, size_t i)
{
	return ((const struct link_texts *)ctx)->v[i];
}

/* Returns, for each of n texts, the index of the first equal text. NULL: out of memory. */
static size_t *link_find_duplicates(struct conf_draft *d, const struct str *v, size_t n)
{
	struct link_texts ctx = {v};
	struct table names;
	size_t *first = arena_array(d->scratch, n, sizeof(*first));

	if (!first || !table_init(&names, n, d->scratch))
		return NULL;
	for (size_t i = 0; i < n; i++) {
		first[i] = table_find_name(&names, v[i], link_text_at, &ctx);
		if (first[i] == TABLE_NONE) {
			first[i] = i;
			table_add_name(&names, v[i], i);
		}
	}
	return first;
}

static bool link_check_same_query(struct linker *l)
{
	struct conf_draft *d = l->d;
	struct str *v = arena_array(d->scratch, d->n_watches, sizeof(*v));
	size_t *first;
	struct buf b;

	if (!v)
		return false;
	buf_init(&b, (size_t)1 << 30);
	for (size_t i = 0; i < d->n_watches; i++) {
		link_describe_watch(&d->watches[i], &b);
		v[i] = arena_str(d->scratch, buf_str(&b));
	}
	buf_release(&b);
	first = link_find_duplicates(d, v, d->n_watches);
	for (size_t i = 0; first && i < d->n_watches; i++)
		if (first[i] != i && d->watches[i].queries.n)
			conf_warn(d->diags, d->watches[i].node->name_at, NULL,
				"watch %s has the same query as watch %s at %s:%u",
				link_quote(l, d->watches[i].node->name),
				link_quote(l, d->watches[first[i]].node->name),
				d->watches[first[i]].node->at.file->name,
				d->watches[first[i]].node->at.line);
	return first != NULL;
}

static bool link_check_same_url(struct linker *l)
{
	struct conf_draft *d = l->d;
	struct str *v = arena_array(d->scratch, d->n_feeds, sizeof(*v));
	size_t *first;

	if (!v)
		return false;
	for (size_t i = 0; i < d->n_feeds; i++)
		v[i] = d->feeds[i].feed.url ? str_of(d->feeds[i].feed.url) : STR("");
	first = link_find_duplicates(d, v, d->n_feeds);
	for (size_t i = 0; first && i < d->n_feeds; i++)
		if (first[i] != i && v[i].n)
			conf_warn(d->diags, d->feeds[i].node->name_at, NULL,
				"feed %s has the same url as feed %s at %s:%u",
				link_quote(l, d->feeds[i].node->name),
				link_quote(l, d->feeds[first[i]].node->name),
				d->feeds[first[i]].node->at.file->name,
				d->feeds[first[i]].node->at.line);
	return first != NULL;
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

static void link_feed(struct conf_draft *d, struct conf_feed *f)
{
	if (!f->every)
		f->every = d->poll.every;
	if (!f->source && f->url)
		f->source = link_registrable_domain(d, f->url);
}

static const char *link_join_path(struct conf_draft *d, struct str dir, const char *name)
{
	struct buf b;
	const char *path;

	buf_init(&b, 8192);
	buf_adds(&b, dir);
	buf_printf(&b, "/%s", name);
	path = arena_strdup(d->arena, buf_z(&b));
	buf_release(&b);
	d->nomem |= !path;
	return path;
}

/* systemd separates several directories by colons; the first one is used. */
static struct str link_first_dir(const char *dirs, const char *otherwise)
{
	struct str dir = str_of(dirs && *dirs ? dirs : otherwise);
	const char *colon = memchr(dir.p, ':', dir.n);

	return str_slice(dir.p, colon ? (size_t)(colon - dir.p) : dir.n);
}

/* Relative paths are relative to the configuration directory. */
static const char *link_absolute_path(struct conf_draft *d, const char *path)
{
	return path[0] == '/' || !d->dir ? path : link_join_path(d, str_of(d->dir), path);
}

void conf_draft_link_paths(struct conf_draft *d)
{
	struct conf_daemon *c = &d->daemon;

	c->state = c->state && *c->state
			   ? link_absolute_path(d, c->state)
			   : link_join_path(d,
				     link_first_dir(d->env->state_directory, "/var/lib/nightdesk"),
				     "nightdesk.db");
	if (!c->control)
		c->control = link_join_path(d,
			link_first_dir(d->env->runtime_directory, "/run/nightdesk"),
			"control.sock");
	else if (!*c->control)
		c->control = NULL;
	else
		c->control = link_absolute_path(d, c->control);
	/* sun_path has 108 bytes, with the NUL. */
	if (c->control && strlen(c->control) > 107) {
		const struct conf_node *key =
			d->daemon_node ? conf_draft_key(d->daemon_node, "control") : NULL;

		if (key)
			conf_error(d->diags, key->values[0].at, NULL,
				"control: the path of a socket has at most 107 bytes");
	}
}

static void link_check_emptiness(struct conf_draft *d, const struct conf_source *first)
{
	if (!d->n_feeds)
		conf_warn_file(d->diags, first, "add a block feed NAME { url = \"…\" }",
			"there is no feed to read");
	if (!d->n_watches)
		conf_warn_file(d->diags, first, "add a block watch NAME { query = '…' }",
			"there is no watch, so nothing will ever alert");
}

int conf_draft_link(struct conf_draft *d, const struct conf_source *first)
{
	struct linker l = {.d = d};

	conf_draft_link_paths(d);
	if (!link_collect_groups(d))
		return -ERR_NOMEM;
	for (size_t i = 0; i < d->n_feeds; i++)
		link_feed(d, &d->feeds[i].feed);
	for (size_t i = 0; i < d->n_watches; i++) {
		link_watch_notify(&l, &d->watches[i]);
		link_watch_feeds(&l, &d->watches[i]);
	}
	if (!link_check_same_query(&l) || !link_check_same_url(&l))
		return -ERR_NOMEM;
	link_check_emptiness(d, first);
	return d->nomem ? -ERR_NOMEM : 0;
}
