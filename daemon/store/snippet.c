/* SPDX-License-Identifier: MIT */
/* The window of an alert's text that shows why it was raised. */
#include "store/alert.h"
#include "watch/view.h"

void alert_snippet(
	const struct alert *a, size_t max, const struct watch_marks *marks, struct buf *out)
{
	struct watch_view v = {.title = a->title, .body = a->body};

	watch_snippet(&v, a->hits, a->n_hits, max, marks, out);
}
