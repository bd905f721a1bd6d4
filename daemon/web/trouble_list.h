/* SPDX-License-Identifier: MIT */
/* The troubles of the status document, in words with what to do. */
#ifndef WEB_TROUBLE_LIST_H
#define WEB_TROUBLE_LIST_H

#include "page.h"

enum trouble_place {
	TROUBLE_AT_FEEDS,     /* can it be trusted? */
	TROUBLE_AT_RECEIVERS, /* did it arrive? */
};
/* Returns how many kinds there are in that place. */
size_t trouble_list_put(struct html *h, const json_t *status, enum trouble_place place);

#endif
