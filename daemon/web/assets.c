/* SPDX-License-Identifier: MIT */
#include "assets.h"

#include "base/embed.h"

EMBED(asset_style, "daemon/web/assets/page.css");
EMBED(asset_script, "daemon/web/assets/page.js");
EMBED(asset_icon, "daemon/web/assets/icon.svg");

static const struct web_asset assets_rows[] = {
	{"page.css", "text/css; charset=utf-8", asset_style, asset_style_end},
	{"page.js", "text/javascript; charset=utf-8", asset_script, asset_script_end},
	{"icon.svg", "image/svg+xml", asset_icon, asset_icon_end},
};

const struct web_asset *web_assets_find(struct str name)
{
	for (size_t i = 0; i < sizeof(assets_rows) / sizeof(*assets_rows); i++)
		if (str_is(name, assets_rows[i].name))
			return &assets_rows[i];
	return NULL;
}
