/* SPDX-License-Identifier: MIT */
/* Feeds from lines "id | title | text | link | date". */
#include "scenario/world.h"

#include <stdlib.h>
#include <string.h>

struct story {
	const char *field[5];
};

static char *trim(char *s)
{
	size_t n;

	while (*s == ' ' || *s == '\t')
		s++;
	n = strlen(s);
	while (n > 0 && (s[n - 1] == ' ' || s[n - 1] == '\t'))
		s[--n] = '\0';
	return s;
}

static void split(char *line, struct story *out)
{
	char *rest = line;

	*out = (struct story){{"", "", "", "", ""}};
	for (size_t i = 0; i < 5 && rest; i++)
		out->field[i] = trim(strsep(&rest, "|"));
}

static const char *link_of(const struct story *s, char out[256])
{
	if (*s->field[3])
		return s->field[3];
	snprintf(out, 256, "http://story.example/%s", s->field[0]);
	return out;
}

static void rss(struct buf *b, const struct story *s)
{
	char l[256];

	buf_printf(b, "<item><guid isPermaLink=\"false\">%s</guid><link>%s</link>", s->field[0],
		link_of(s, l));
	if (*s->field[1])
		buf_printf(b, "<title>%s</title>", s->field[1]);
	if (*s->field[4])
		buf_printf(b, "<pubDate>%s</pubDate>", s->field[4]);
	buf_printf(b, "<description>%s</description></item>\n", s->field[2]);
}

static void rdf(struct buf *b, const struct story *s)
{
	char l[256];

	buf_printf(b,
		"<item rdf:about=\"%s\"><title>%s</title><link>%s</link>"
		"<description>%s</description></item>\n",
		link_of(s, l), s->field[1], link_of(s, l), s->field[2]);
}

static void atom(struct buf *b, const struct story *s)
{
	char l[256];

	buf_printf(b,
		"<entry><id>urn:x:%s</id><title>%s</title><link href=\"%s\"/>"
		"<updated>2026-01-01T00:00:00Z</updated><summary>%s</summary></entry>\n",
		s->field[0], s->field[1], link_of(s, l), s->field[2]);
}

static const struct {
	const char *name, *head, *tail;
	void (*item)(struct buf *b, const struct story *s);
} formats[] = {
	{"rss",
		"<?xml version=\"1.0\"?>\n<rss version=\"2.0\"><channel><title>A feed</title>"
		"<link>http://story.example/</link><description>d</description>\n",
		"</channel></rss>\n", rss},
	{"rdf",
		"<?xml version=\"1.0\"?>\n<rdf:RDF "
		"xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\" "
		"xmlns=\"http://purl.org/rss/1.0/\"><channel rdf:about=\"http://story.example/\">"
		"<title>A feed</title><link>http://story.example/</link>"
		"<description>d</description></channel>\n",
		"</rdf:RDF>\n", rdf},
	{"atom",
		"<?xml version=\"1.0\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\">"
		"<title>A feed</title><id>urn:x</id><updated>2026-01-01T00:00:00Z</updated>\n",
		"</feed>\n", atom},
};

char *body_write(const char *format, const char *lines)
{
	char *copy = strdup(lines), *rest = copy, *line;
	struct buf b;

	buf_init(&b, (size_t)64 * 1024 * 1024);
	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
		if (strcmp(formats[i].name, format) != 0)
			continue;
		buf_addz(&b, formats[i].head);
		while ((line = strsep(&rest, "\n")) != NULL) {
			struct story s;

			if (!*trim(line))
				continue;
			split(line, &s);
			formats[i].item(&b, &s);
		}
		buf_addz(&b, formats[i].tail);
	}
	free(copy);
	return b.data; /* NULL: no such format */
}
