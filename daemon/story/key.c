/* SPDX-License-Identifier: MIT */
#include "story/key.h"

#include "base/digest.h"

/* Different seeds, so that keys of the two kinds do not collide. */
#define REPORT	0x5245504f5254
#define EDITION 0x45444954494f4e

static uint64_t key_not_zero(uint64_t hash)
{
	return hash ? hash : 1;
}

uint64_t story_key(struct str source, const struct feed_item *i)
{
	if (!i->link_key)
		return 0;
	return key_not_zero(digest_fast64(source, REPORT ^ i->link_key));
}

uint64_t story_key_edition(uint64_t key, uint64_t text_key)
{
	if (!key)
		return 0;
	return key_not_zero(
		digest_fast64(str_slice((const char *)&text_key, sizeof(text_key)), EDITION ^ key));
}
