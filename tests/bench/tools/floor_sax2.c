/* SPDX-License-Identifier: MIT */
/*
 * The floor of parsing: libxml2's SAX2 push parser in steps of 16 KiB, one context for all
 * documents, the text of a few fields copied, and nothing else: no charsets, dates, HTML, keys or
 * limits. Prints files, items, bytes.
 */
#include <libxml/parser.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STEP 16384

struct floor {
	char text[1 << 20];
	size_t len;
	int wanted; /* inside an element whose text is copied */
	size_t items, fields;
};

static int is_field(const char *name)
{
	static const char *const names[] = {"title", "link", "guid", "id", "pubDate", "published",
		"updated", "description", "encoded", "content", "creator", "name", "category"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(names[i], name) == 0)
			return 1;
	return 0;
}

static void on_start(void *ctx, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri,
	int n_ns, const xmlChar **ns, int n_attr, int n_default, const xmlChar **attr)
{
	struct floor *f = ctx;

	(void)prefix, (void)uri, (void)n_ns, (void)ns, (void)n_attr, (void)n_default, (void)attr;
	f->wanted = is_field((const char *)name);
	f->len = 0;
}

static void on_end(void *ctx, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
	struct floor *f = ctx;

	(void)prefix, (void)uri;
	if (strcmp((const char *)name, "item") == 0 || strcmp((const char *)name, "entry") == 0)
		f->items++;
	if (f->wanted && f->len) {
		char *copy = malloc(f->len);

		memcpy(copy, f->text, f->len);
		f->fields += copy[0] != 0;
		free(copy);
	}
	f->wanted = 0;
}

static void on_text(void *ctx, const xmlChar *text, int n)
{
	struct floor *f = ctx;

	if (!f->wanted || f->len + (size_t)n > sizeof(f->text))
		return;
	memcpy(f->text + f->len, text, (size_t)n);
	f->len += (size_t)n;
}

static size_t parse_file(xmlParserCtxtPtr ctxt, const char *path)
{
	char buf[STEP];
	size_t n, total = 0;
	FILE *in = fopen(path, "rb");

	if (!in)
		return 0;
	xmlCtxtResetPush(ctxt, NULL, 0, NULL, NULL);
	while ((n = fread(buf, 1, sizeof(buf), in)) > 0) {
		xmlParseChunk(ctxt, buf, (int)n, 0);
		total += n;
	}
	xmlParseChunk(ctxt, NULL, 0, 1);
	fclose(in);
	return total;
}

int main(int argc, char **argv)
{
	struct floor *f = calloc(1, sizeof(*f));
	xmlSAXHandler sax = {.initialized = XML_SAX2_MAGIC,
		.startElementNs = on_start,
		.endElementNs = on_end,
		.characters = on_text,
		.cdataBlock = on_text};
	xmlParserCtxtPtr ctxt = xmlCreatePushParserCtxt(&sax, f, NULL, 0, NULL);
	size_t bytes = 0;

	if (!f || !ctxt)
		return 1;
	for (int i = 1; i < argc; i++)
		bytes += parse_file(ctxt, argv[i]);
	printf("%d files, %zu items, %zu bytes\n", argc - 1, f->items, bytes);
	xmlFreeParserCtxt(ctxt);
	xmlCleanupParser();
	free(f);
	return 0;
}
