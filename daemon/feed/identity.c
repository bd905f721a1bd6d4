/* SPDX-License-Identifier: MIT */
#include "feed/identity.h"

#include <string.h>

#include "base/digest.h"
#include "feed/link.h"
#include "link_form.h"

/* A seed for each kind of key. The keys are in databases: never change them. */
enum { KIND_ID = 1, KIND_LINK = 2, KIND_TEXT = 3, KIND_TITLE = 4 };
#define SEED_LOW     UINT64_C(0x6E69676874000001)
#define SEED_HIGH    UINT64_C(0x6465736B00000001)
#define SEED_TEXT    UINT64_C(0x7465787400000001)
#define SEED_LABEL   UINT64_C(0x6C6162656C000001)
#define DISTINCT_MAX 64 /* categories */

static void identity_set_key(uint8_t key[16], struct str of, uint64_t kind)
{
	uint64_t half[2] = {
		digest_fast64(of, SEED_LOW + 2 * kind), digest_fast64(of, SEED_HIGH + 2 * kind)};

	for (int i = 0; i < 16; i++)
		key[i] = (uint8_t)(half[i / 8] >> (8 * (i % 8)));
}

/* The hash of each part seeds the next; the hash includes the length of its part. */
static uint64_t identity_text_key(const struct feed_item *item, uint64_t seed)
{
	uint64_t h = digest_fast64(item->title, seed);

	h = digest_fast64(item->content, h);
	return digest_fast64(item->summary, h);
}

/* Only among the first: bounds the time that crafted items take. */
static bool identity_is_repeated(const struct feed_item *item, size_t category)
{
	for (size_t i = 0; i < category && category < DISTINCT_MAX; i++)
		if (str_eq(item->categories[i], item->categories[category]))
			return true;
	return false;
}

/*
 * A sum over the distinct categories: some publishers write them in another order each time, or one
 * twice.
 */
static uint64_t identity_label_key(const struct feed_item *item)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < item->n_categories; i++)
		if (!identity_is_repeated(item, i))
			sum += digest_fast64(item->categories[i], SEED_LABEL);
	return digest_fast64(item->author.text, SEED_LABEL ^ sum);
}

void feed_identity_fill(struct feed_item *item, const struct str *strip, size_t n_strip)
{
	char form[LINK_FORM_MAX];
	size_t whole = 0, bare = 0;

	item->text_key = identity_text_key(item, SEED_TEXT);
	item->label_key = identity_label_key(item);
	item->link_key = 0;
	if (item->link.n) {
		struct link_form f = {.strip = strip, .n_strip = n_strip, .out = form};

		bare = link_form_write(&f, item->link, &whole);
		if (bare)
			item->link_key = link_form_key(str_slice(form, bare));
	}
	if (item->id.n) {
		identity_set_key(item->key, item->id, KIND_ID);
	} else if (item->link.n) {
		identity_set_key(item->key, bare ? str_slice(form, whole) : item->link, KIND_LINK);
	} else {
		uint64_t half[2] = {item->text_key, identity_text_key(item, SEED_HIGH)};

		identity_set_key(item->key, str_slice((const char *)half, sizeof(half)), KIND_TEXT);
	}
}

void feed_identity_id_key(struct str id, uint8_t key[16])
{
	identity_set_key(key, id, KIND_ID);
}

void feed_identity_key(const struct feed_item *item, enum feed_identity by, const struct str *strip,
	size_t n_strip, uint8_t key[16])
{
	char form[LINK_FORM_MAX];
	struct link_form f = {.strip = strip, .n_strip = n_strip, .out = form};
	size_t whole;

	memcpy(key, item->key, sizeof(item->key));
	switch (by) {
	case FEED_IDENTITY_AUTO:
	case FEED_IDENTITY_ID: break;
	case FEED_IDENTITY_LINK:
		if (item->link.n)
			identity_set_key(key,
				link_form_write(&f, item->link, &whole) ? str_slice(form, whole)
									: item->link,
				KIND_LINK);
		break;
	case FEED_IDENTITY_TITLE:
		if (item->title.n)
			identity_set_key(key, item->title, KIND_TITLE);
		break;
	}
}
