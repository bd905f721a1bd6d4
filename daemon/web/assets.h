/* SPDX-License-Identifier: MIT */
/* The files of web/assets, embedded: /assets/NAME. Each is a row in assets.c. */
#ifndef WEB_ASSETS_H
#define WEB_ASSETS_H

#include "base/str.h"

struct web_asset {
	const char *name, *type;
	const char *text, *end;
};

/* NULL: there is none of that name. */
const struct web_asset *web_assets_find(struct str name);

#endif
