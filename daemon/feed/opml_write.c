/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "base/utf8.h"
#include "feed/opml.h"

/* One feed in one group. */
struct opml_placement {
	struct str group;
	size_t entry;
};

static int opml_compare_groups(const void *a, const void *b)
{
	const struct opml_placement *x = a, *y = b;
	int c = str_cmp(x->group, y->group);

	return c ? c : x->entry < y->entry ? -1 : 1;
}

/* Escapes text for an attribute or element; drops control characters that XML forbids. */
static void opml_add_escaped(struct buf *out, struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c >= ' ')
			buf_add_markup(out, str_slice(s.p + i, 1));
		else if (c == '\t' || c == '\n')
			buf_addc(out, ' ');
	}
}

static void opml_add_attribute(struct buf *out, const char *name, struct str value)
{
	if (!value.n)
		return;
	buf_printf(out, " %s=\"", name);
	opml_add_escaped(out, value);
	buf_addc(out, '"');
}

static void opml_add_outline(struct buf *out, const char *indent, const struct feed_opml_entry *e)
{
	buf_addz(out, indent);
	buf_addz(out, e->sitemap ? "<outline type=\"sitemap\"" : "<outline type=\"rss\"");
	opml_add_attribute(out, "text", e->title.n ? e->title : e->url);
	opml_add_attribute(out, "title", e->title);
	opml_add_attribute(out, "xmlUrl", e->url);
	opml_add_attribute(out, "htmlUrl", e->link);
	opml_add_attribute(out, "language", e->language);
	buf_addz(out, "/>\n");
}

int feed_opml_write(const struct feed_opml *o, struct arena *scratch, struct buf *out)
{
	size_t n = 0;
	struct opml_placement *placements;

	for (size_t i = 0; i < o->n_entries; i++)
		n += o->entries[i].n_groups;
	placements = arena_array(scratch, n + 1, sizeof(*placements));
	if (!placements)
		return -(int)ERR_NOMEM;
	n = 0;
	buf_addz(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<opml "
		      "version=\"2.0\">\n<head><title>");
	opml_add_escaped(out, o->title.n ? o->title : STR("Feeds"));
	buf_addz(out, "</title></head>\n<body>\n");
	for (size_t i = 0; i < o->n_entries; i++) {
		const struct feed_opml_entry *e = &o->entries[i];

		for (size_t g = 0; g < e->n_groups; g++)
			placements[n++] = (struct opml_placement){e->groups[g], i};
		if (!e->n_groups)
			opml_add_outline(out, "  ", e);
	}
	if (n)
		qsort(placements, n, sizeof(*placements), opml_compare_groups);
	for (size_t i = 0; i < n; i++) {
		if (i == 0 || !str_eq(placements[i].group, placements[i - 1].group)) {
			buf_addz(out, i ? "  </outline>\n  <outline" : "  <outline");
			opml_add_attribute(out, "text", placements[i].group);
			buf_addz(out, ">\n");
		}
		opml_add_outline(out, "    ", &o->entries[placements[i].entry]);
	}
	buf_addz(out, n ? "  </outline>\n</body>\n</opml>\n" : "</body>\n</opml>\n");
	return 0;
}
