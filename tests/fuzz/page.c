/* SPDX-License-Identifier: MIT */
/* Pages: every feed found is a URL that resolves to itself, each once. */
#include <stdint.h>
#include <stdlib.h>

#include "base/utf8.h"
#include "feed/discover.h"
#include "feed/link.h"
#include "lib/always.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct feed_page page = {
		.html = str_slice((const char *)data, size),
		.url = STR("https://a.example/p/"),
		.link = str_slice((const char *)data, size),
	};
	struct feed_discovery *d = NULL;
	char host[FEED_HOST_MAX];

	ALWAYS(feed_discover(&page, &d, NULL) == 0);
	ALWAYS(d->n_found <= FEED_DISCOVER_MAX);
	ALWAYS(utf8_valid(d->title));
	for (size_t i = 0; i < d->n_found; i++) {
		ALWAYS(str_starts(d->found[i].url, STR("http")));
		ALWAYS(utf8_valid(d->found[i].title));
		feed_link_domain(d->found[i].url, host);
		for (size_t k = 0; k < i; k++)
			ALWAYS(!str_eq(d->found[i].url, d->found[k].url));
	}
	feed_discovery_free(d);
	return 0;
}
