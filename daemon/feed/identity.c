/* SPDX-License-Identifier: MIT */
#include "feed/identity.h"

#include <string.h>

#include "base/digest.h"
#include "feed/link.h"
#include "link_form.h"

/* Seeds frame what a key was made of; any odd constants do, but they are on disk: never change. */
enum { KIND_ID = 1, KIND_LINK = 2, KIND_TEXT = 3 };
#define SEED_LOW  UINT64_C(0x6E69676874000001)
#define SEED_HIGH UINT64_C(0x6465736B00000001)
#define SEED_TEXT UINT64_C(0x7465787400000001)

static void key_set(uint8_t key[16], struct str of, uint64_t kind)
{
	uint64_t half[2] = {
		digest_fast64(of, SEED_LOW + 2 * kind), digest_fast64(of, SEED_HIGH + 2 * kind)};

	for (int i = 0; i < 16; i++)
		key[i] = (uint8_t)(half[i / 8] >> (8 * (i % 8)));
}

/* Each part's hash seeds the next, and each hash knows its part's length: framed. */
static uint64_t text_key(const struct feed_item *item, uint64_t seed)
{
	uint64_t h = digest_fast64(item->title, seed);

	h = digest_fast64(item->content, h);
	return digest_fast64(item->summary, h);
}

void feed_identity_fill(struct feed_item *item, const struct str *strip, size_t n_strip)
{
	char form[LINK_FORM_MAX];
	size_t whole = 0, bare = 0;

	item->text_key = text_key(item, SEED_TEXT);
	item->link_key = 0;
	if (item->link.n) {
		struct link_form f = {.strip = strip, .n_strip = n_strip, .out = form};

		bare = link_form_write(&f, item->link, &whole);
		if (bare)
			item->link_key = link_form_key(str_slice(form, bare));
	}
	if (item->id.n) {
		key_set(item->key, item->id, KIND_ID);
	} else if (item->link.n) {
		key_set(item->key, bare ? str_slice(form, whole) : item->link, KIND_LINK);
	} else {
		uint64_t half[2] = {item->text_key, text_key(item, SEED_HIGH)};

		key_set(item->key, str_slice((const char *)half, sizeof(half)), KIND_TEXT);
	}
}
