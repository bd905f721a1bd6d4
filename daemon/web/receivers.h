/* SPDX-License-Identifier: MIT */
/* Did it arrive? What became of the deliveries of the last day, by receiver. */
#ifndef WEB_RECEIVERS_H
#define WEB_RECEIVERS_H

#include "page.h"
#include "store/activity.h"

struct receivers {
	struct receivers_row {
		struct str name;
		bool orphan; /* no longer configured */
		struct store_activity_receiver day;
		int64_t waiting; /* of any age, held ones too */
	} * v;
	size_t n;
	int64_t delivered, waiting, refused; /* of all */
};

#define RECEIVERS_PERIOD CLOCK_DAY

int receivers_read(struct web_call *c, struct store *store, struct receivers *out, struct err *e);
void receivers_put_sentence(struct html *h, const struct receivers *r);
void receivers_put_table(struct html *h, const struct receivers *r);

#endif
