/* SPDX-License-Identifier: MIT */
/* Splits the texts of an item into words, builds the word table, and looks up its attributes. */
#include "item.h"

#include <stdlib.h>

#include "base/ascii.h"
#include "query/site.h"

#define ITEM_BYTES ((size_t)512 << 20) /* phrase matches of one item */

const struct watch_region *watch_region_at(const struct watch_item *item, uint32_t position)
{
	size_t low = 0, high = item->n_regions;

	while (high - low > 1) {
		size_t middle = (low + high) / 2;

		if (item->regions[middle].base <= position)
			low = middle;
		else
			high = middle;
	}
	return &item->regions[low];
}

static bool item_add_region(struct watch_item *item, enum query_field field, struct str text)
{
	if (!str_present(text) || !(item->program->fields & QUERY_FIELD_BIT(field)))
		return true;
	if (!array_room(&item->regions, item->n_regions, &item->cap_regions, 1,
		    sizeof(*item->regions)) ||
		!array_room(&item->words, item->n_words, &item->cap_words,
			item->n_regions + 1 > item->n_words ? 1 : 0, sizeof(*item->words)))
		return false;
	if (item->n_regions == item->n_words)
		text_words_init(&item->words[item->n_words++]);
	item->regions[item->n_regions++] = (struct watch_region){.field = field, .text = text};
	return true;
}

static bool item_add_regions(struct watch_item *item, const struct watch_view *v)
{
	item->n_regions = 0;
	if (!item_add_region(item, QUERY_TITLE, v->title) ||
		!item_add_region(item, QUERY_BODY, v->body) ||
		!item_add_region(item, QUERY_AUTHOR, v->author))
		return false;
	for (size_t i = 0; i < v->n_categories && i < WATCH_REGIONS_MAX; i++)
		if (!item_add_region(item, QUERY_CATEGORY, v->categories[i]))
			return false;
	return true;
}

/* --- words --- */

/* The positions of a region start a gap after the previous region. */
static int item_place_region(struct watch_item *item, size_t at, struct err *e)
{
	struct watch_region *r = &item->regions[at];

	r->count = (uint32_t)r->words->count;
	r->dense = (uint32_t)item->n_dense;
	item->n_dense += r->count + (size_t)1;
	if (at) {
		const struct watch_region *before = &item->regions[at - 1];
		uint64_t base = (uint64_t)before->base + before->count + WATCH_GAP;

		if (base + r->count > UINT32_MAX - WATCH_GAP)
			return err_set(e, ERR_LIMIT, "an item with too much text to be matched");
		r->base = (uint32_t)base;
	}
	if (r->field == QUERY_BODY)
		item->words_in_body = r->count;
	return 0;
}

static int item_split_regions(struct watch_item *item, struct err *e)
{
	int rc = 0;

	item->n_dense = 1;
	for (size_t i = 0; i < item->n_regions && rc == 0; i++) {
		struct watch_region *r = &item->regions[i];

		r->words = &item->words[i];
		rc = text_words_split(r->words, r->text, e);
		if (rc == 0)
			rc = item_place_region(item, i, e);
	}
	return rc;
}

/* Inserts the words into the word table, and lists those that pass the Bloom filter. */
static void item_link_region(
	struct watch_item *item, const struct watch_region *r, const struct watch_bloom *words)
{
	const struct watch_bloom bloom = *words; /* in registers */
	const struct text_word *word = r->words->word + r->count;
	struct watch_word_table c = item->word_table;
	uint32_t *kept = item->kept + item->n_kept;

	c.tags[r->dense + r->count] = 0;
	for (uint32_t dense = r->dense + r->count; dense-- > r->dense;) {
		uint32_t tag = watch_tag((--word)->hash);

		watch_word_table_put(&c, dense, tag);
		*kept = dense;
		kept += watch_bloom_has(&bloom, tag);
	}
	item->n_kept = (size_t)(kept - item->kept);
}

static bool item_link_regions(struct watch_item *item, const struct watch_bloom *bloom)
{
	if (!watch_word_table_begin(&item->word_table, item->n_dense) ||
		!array_room(&item->kept, 0, &item->cap_kept, item->n_dense, sizeof(*item->kept)))
		return false;
	item->n_kept = 0;
	for (size_t i = item->n_regions; i-- > 0;)
		item_link_region(item, &item->regions[i], bloom);
	return true;
}

uint32_t watch_word_from(const struct watch_item *item, uint32_t dense, uint32_t atom)
{
	while (dense != WATCH_NOWHERE &&
		!watch_vocabulary_is(item->vocabulary, atom, watch_form_at(item, dense)))
		dense = watch_word_table_next(&item->word_table, dense);
	return dense;
}

bool watch_in_scope(const struct watch_item *item, uint32_t first, uint32_t last, unsigned fields,
	uint32_t lead)
{
	const struct watch_region *r = watch_region_at(item, first);

	if (!(fields & QUERY_FIELD_BIT(r->field)))
		return false;
	return lead == WATCH_NO_LEAD || r->field != QUERY_BODY || last - r->base < lead;
}

void watch_atom_seek(struct watch_item *item, uint32_t atom)
{
	const struct watch_word_table *c = &item->word_table;
	struct watch_atom_state *a = &item->atoms[atom];
	uint32_t at = watch_word_table_first(c, item->vocabulary->known[atom].tag);

	*a = (struct watch_atom_state){item->generation, WATCH_NONE, WATCH_NONE, 0};
	while ((at = watch_word_from(item, at, atom)) != WATCH_NOWHERE) {
		const struct watch_region *r = watch_region_of(item, at);

		if (!watch_item_room(item, 1)) {
			item->failed = true;
			return;
		}
		watch_atom_occur(item, atom, r->base + (at - r->dense), QUERY_FIELD_BIT(r->field));
		at = watch_word_table_next(c, at);
	}
}

bool watch_word_is(const struct watch_item *item, uint32_t dense, uint32_t atom)
{
	const struct watch_vocabulary *v = item->vocabulary;
	const uint32_t *list;
	uint32_t ref, n;

	if (atom == WATCH_NONE)
		return true;
	if (v->known[atom].exact)
		return item->word_table.tags[dense] == v->known[atom].tag &&
		       watch_vocabulary_is(v, atom, watch_form_at(item, dense));
	ref = item->refs[dense];
	if (ref == WATCH_NONE || !(ref & WATCH_REF_LIST))
		return ref == atom;
	list = watch_word_cache_list(&item->cache, ref, &n);
	for (uint32_t i = 0; i < n; i++)
		if (list[i] == atom)
			return true;
	return false;
}

/* --- attributes --- */

static void item_note_attribute(struct watch_item *item, enum query_attribute a, struct str value)
{
	const struct watch_program *p = item->program;
	uint64_t key = watch_attribute_key(a, value);
	uint32_t id;
	size_t at;

	if (!p->atom_table.slots || value.n == 0)
		return;
	at = table_start(&p->atom_table, key);
	while ((id = table_next(&p->atom_table, key, &at)) != TABLE_NONE) {
		const struct watch_atom *atom = &p->atoms[id];

		if (atom->kind != WATCH_ATOM_ATTRIBUTE || atom->edits != (unsigned)a ||
			!str_eq(atom->form, value) ||
			item->atoms[id].generation == item->generation)
			continue;
		item->atoms[id] = (struct watch_atom_state){
			item->generation, WATCH_NONE, WATCH_NONE, UINT8_MAX};
		if (!watch_term_add(item, id))
			item->failed = true;
	}
}

/* en-gb also counts as en. */
static void item_note_language(struct watch_item *item, struct str value)
{
	char folded[256];
	size_t n = value.n < sizeof(folded) ? value.n : 0;

	for (size_t i = 0; i < n; i++) {
		char c = value.p[i];

		folded[i] = c == '_' ? '-' : ascii_lower(c);
	}
	item_note_attribute(item, QUERY_ATTR_LANG, str_slice(folded, n));
	for (size_t i = 0; i < n; i++)
		if (folded[i] == '-')
			item_note_attribute(item, QUERY_ATTR_LANG, str_slice(folded, i));
}

/* Compared without case. Names that are too long for that are not compared. */
static void item_note_folded(struct watch_item *item, enum query_attribute a, struct str value)
{
	char folded[256];
	size_t n = value.n <= sizeof(folded) ? value.n : 0;

	for (size_t i = 0; i < n; i++)
		folded[i] = ascii_lower(value.p[i]);
	item_note_attribute(item, a, str_slice(folded, n));
}

/* www.bbc.co.uk also counts as bbc.co.uk, co.uk and uk. */
static void item_note_site(struct watch_item *item, struct str value)
{
	char host[QUERY_SITE_FORM_MAX];
	size_t n = query_site_form(value, host);

	item_note_attribute(item, QUERY_ATTR_SITE, str_slice(host, n));
	for (size_t i = 0; i < n; i++)
		if (host[i] == '.')
			item_note_attribute(
				item, QUERY_ATTR_SITE, str_slice(host + i + 1, n - i - 1));
}

static void item_note_attributes(struct watch_item *item, const struct watch_view *v)
{
	item_note_attribute(item, QUERY_ATTR_FEED, v->feed);
	for (size_t i = 0; i < v->n_groups; i++)
		item_note_attribute(item, QUERY_ATTR_GROUP, v->groups[i]);
	item_note_folded(item, QUERY_ATTR_SOURCE, v->source);
	item_note_folded(item, QUERY_ATTR_TIER, v->tier);
	item_note_language(item, v->lang);
	item_note_site(item, v->site);
}

/* --- the whole item --- */

void watch_terms_unmark(struct watch_item *item)
{
	const struct watch_program *p = item->program;

	if (++item->round != 0)
		return;
	memset(item->marks, 0, (p->n_atoms + p->n_phrases) * sizeof(*item->marks));
	item->round = 1;
}

static void item_next_generation(struct watch_item *item)
{
	const struct watch_program *p = item->program;

	if (++item->generation != 0)
		return;
	for (size_t i = 0; i < p->n_atoms; i++)
		item->atoms[i].generation = 0;
	memset(item->phrases, 0, p->n_phrases * sizeof(*item->phrases));
	item->generation = 1;
}

int watch_item_failure(const struct watch_item *item, struct err *e)
{
	if (item->crowded || arena_overflowed(item->arena))
		return err_set(e, ERR_LIMIT, "an item with too many places to be matched");
	return err_nomem(e);
}

int watch_item_read(struct watch_item *item, const struct watch_view *v,
	const struct watch_bloom *bloom, struct err *e)
{
	int rc;

	item_next_generation(item);
	watch_terms_unmark(item);
	arena_clear(item->arena);
	item->view = v;
	item->n_terms = item->n_occurrences = 0;
	item->words_in_body = 0;
	item->sources = v->waiting ? UINT32_MAX : v->sources ? v->sources : 1;
	item->failed = item->crowded = false;
	if (!item_add_regions(item, v))
		return err_nomem(e);
	rc = item_split_regions(item, e);
	if (rc < 0)
		return rc;
	if (!item_link_regions(item, bloom) || !watch_inexact_read(item))
		return watch_item_failure(item, e);
	item_note_attributes(item, v);
	return item->failed ? watch_item_failure(item, e) : 0;
}

/* --- allocation --- */

static bool item_make_stemmers(struct watch_item *item)
{
	for (size_t i = 0; i < item->program->n_languages; i++) {
		item->stemmers[i] = text_stemmer_new(item->program->languages[i]);
		if (!item->stemmers[i])
			return false;
	}
	return true;
}

bool watch_item_init(struct watch_item *item, const struct watch_set *set)
{
	const struct watch_program *p = &set->program;

	*item = (struct watch_item){
		.program = p,
		.vocabulary = &set->vocabulary,
		.arena = arena_new(ITEM_BYTES),
		.atoms = calloc(p->n_atoms + 1, sizeof(*item->atoms)),
		.phrases = calloc(p->n_phrases + 1, sizeof(*item->phrases)),
		.marks = calloc(p->n_atoms + p->n_phrases + 1, sizeof(*item->marks)),
	};
	return item->arena && item->atoms && item->phrases && item->marks &&
	       watch_word_cache_init(&item->cache) && item_make_stemmers(item);
}

void watch_item_release(struct watch_item *item)
{
	for (size_t i = 0; i < item->n_words; i++)
		text_words_release(&item->words[i]);
	for (size_t i = 0; i < WATCH_LANGUAGES_MAX; i++)
		text_stemmer_free(item->stemmers[i]);
	watch_word_table_release(&item->word_table);
	watch_word_cache_release(&item->cache);
	arena_free(item->arena);
	free(item->regions);
	free(item->words);
	free(item->refs);
	free(item->found.v);
	free(item->atoms);
	free(item->occurrences);
	free(item->phrases);
	free(item->kept);
	free(item->pairs);
	free(item->terms);
	free(item->marks);
	*item = (struct watch_item){0};
}
