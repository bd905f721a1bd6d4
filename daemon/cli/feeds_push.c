/* SPDX-License-Identifier: MIT */
#include "feeds_push.h"

#include <stdio.h>

#include "document/push.h"
#include "print.h"
#include "store/websub.h"

#define WIDTH 10

static int feeds_push_read(struct store *store, const char *name, struct arena *a,
	struct store_websub **out, struct err *e)
{
	size_t n = 0;
	int rc = store ? store_websub_read(store, str_of(name), a, out, &n, e) : 0;

	if (n == 0)
		*out = NULL;
	return rc;
}

int feeds_push_add(
	json_t *feed, struct store *store, const char *name, struct arena *a, struct err *e)
{
	struct store_websub *w = NULL;
	int rc = feeds_push_read(store, name, a, &w, e);

	if (w)
		json_object_set_new(feed, "push", document_push(w));
	return rc;
}

static void feeds_push_print_state(const struct store_websub *w)
{
	printf("%-*s ", WIDTH, "push");
	switch (w->state) {
	case STORE_WEBSUB_ACTIVE:
		printf("by its hub until ");
		print_stamp(w->expires);
		break;
	case STORE_WEBSUB_ASKED: printf("asked for; its hub has not agreed yet"); break;
	case STORE_WEBSUB_DENIED: printf("denied by its hub"); break;
	case STORE_WEBSUB_LEAVING: printf("ended; its hub is asked to stop"); break;
	}
	if (!str_present(w->secret))
		printf("; without TLS at the hub: the feed is polled when it pushes");
	putchar('\n');
}

int feeds_push_print(struct store *store, const char *name, struct arena *a, struct err *e)
{
	struct store_websub *w = NULL;
	int rc = feeds_push_read(store, name, a, &w, e);

	if (!w)
		return rc;
	feeds_push_print_state(w);
	print_url("hub        ", w->hub, "\n");
	print_line("hub error", WIDTH, w->error);
	if (w->pushed_at != STAMP_NONE) {
		printf("%-*s %lld, the last ", WIDTH, "pushes", (long long)w->pushes);
		print_stamp(w->pushed_at);
		putchar('\n');
	}
	return rc;
}
