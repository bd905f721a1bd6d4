/* SPDX-License-Identifier: MIT */
/*
 * Parsing with the n-th allocation failing, for every n: ERR_NOMEM, or the batch is the same as
 * with enough memory, but for its problems. The links are absolute: how libcurl fails is not known.
 */
#include <stdio.h>

#include "base/buf.h"
#include "feed/parse.h"
#include "feed/wire.h"
#include "lib/memory.h"

#define ITEM                                                                                       \
	"<item><guid>1</guid><link>https://a.example/?b&amp;amp;c</link><title>a "                 \
	"&lt;b&gt;B&lt;/b&gt;"                                                                     \
	"</title><author>&lt;b&gt;Jane&lt;/b&gt; (j@a.example)</author><category>Arts &amp;amp; "  \
	"Life</category><description>&lt;p&gt;caf\xC3\x83\xC2\xA9&lt;/p&gt;</description>"         \
	"<enclosure url=\"https://a.example/a.mp3\" type=\"audio/mpeg\" length=\"1\"/></item>"
#define CHANNEL "<rss version=\"2.0\"><channel><title>t</title><link>https://a.example/</link>" ITEM

static const char *const documents[] = {
	CHANNEL "</channel></rss>",
	CHANNEL "<item><title>a & b</title></item></channel></rss>",
	"{\"version\": \"https://jsonfeed.org/version/1.1\", \"title\": \"t\", \"home_page_url\": "
	"\"https://a.example/\", \"items\": [{\"id\": \"1\", \"url\": \"https://a.example/1\", "
	"\"title\": \"<b>B</b>\", \"content_html\": \"<p>Text</p>\", \"tags\": [\"a &amp; b\"], "
	"\"authors\": [{\"name\": \"A\", \"email\": \"a@a.example\"}, {\"name\": \"B\"}], "
	"\"attachments\": [{\"url\": \"https://a.example/a.mp3\"}]}]}",
};

static int parse_to_wire(const char *document, struct buf *wire)
{
	struct feed_parse_options o = {.url = STR("https://a.example/feed")};
	struct feed_batch *batch = NULL;
	int rc = feed_parse(str_of(document), &o, &batch, NULL);
	bool armed = memory.armed;

	memory.armed = false;
	buf_clear(wire);
	if (rc == 0) {
		batch->n_problems = 0;
		rc = feed_wire_write(batch, wire);
	}
	feed_batch_free(batch);
	memory.armed = armed;
	return rc;
}

/* Returns false for another result than `good`. Sets *fired if memory ran out. */
static bool run(const char *document, long at, const struct buf *good, bool *fired)
{
	struct buf wire;
	bool fine;
	int rc;

	buf_init(&wire, 1 << 20);
	memory = (struct memory){.at = at, .width = 1, .armed = true};
	rc = parse_to_wire(document, &wire);
	memory.armed = false;
	*fired = memory.fired;
	fine = rc ? *fired && rc == -(int)ERR_NOMEM : str_eq(buf_str(&wire), buf_str(good));
	if (!fine)
		fprintf(stderr, "# allocation %ld of %.20s: %d\n", at, document, rc);
	buf_release(&wire);
	return fine;
}

int main(void)
{
	struct buf good;

	buf_init(&good, 1 << 20);
	feed_parse_global_init();
	for (size_t i = 0; i < sizeof(documents) / sizeof(documents[0]); i++) {
		bool fine = parse_to_wire(documents[i], &good) == 0, fired = true;
		long at = 0;

		while (fine && fired)
			fine = run(documents[i], ++at, &good, &fired);
		printf("%s - parsing where one of %ld allocations fails\n",
			fine && at > 10 ? "ok" : "not ok", at);
	}
	feed_parse_global_cleanup();
	buf_release(&good);
	return 0;
}
