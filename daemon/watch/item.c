/* SPDX-License-Identifier: MIT */
/* An item's texts to words and where each stands, its attributes to atoms. */
#include "base/ascii.h"
#include "scratch.h"
#include "query/site.h"

#define OCCURRENCES_MAX ((size_t)1 << 26) /* of all atoms in one item: 512 MB */

const struct watch_region *watch_region_at(const struct watch_scratch *s, uint32_t position)
{
	size_t low = 0, high = s->n_regions;

	while (high - low > 1) {
		size_t middle = (low + high) / 2;

		if (s->regions[middle].base <= position)
			low = middle;
		else
			high = middle;
	}
	return &s->regions[low];
}

static bool add_region(struct watch_scratch *s, enum query_field field, struct str text)
{
	if (!str_present(text) || !(s->set->program.fields & QUERY_FIELD_BIT(field)))
		return true;
	if (!array_room(&s->regions, s->n_regions, &s->cap_regions, 1, sizeof(*s->regions)) ||
		!array_room(&s->words, s->n_words, &s->cap_words,
			s->n_regions + 1 > s->n_words ? 1 : 0, sizeof(*s->words)))
		return false;
	if (s->n_regions == s->n_words)
		text_words_init(&s->words[s->n_words++]);
	s->regions[s->n_regions++] = (struct watch_region){.field = field, .text = text};
	return true;
}

static bool add_regions(struct watch_scratch *s, const struct watch_view *v)
{
	s->n_regions = 0;
	if (!add_region(s, QUERY_TITLE, v->title) || !add_region(s, QUERY_BODY, v->body) ||
		!add_region(s, QUERY_AUTHOR, v->author))
		return false;
	for (size_t i = 0; i < v->n_categories && i < WATCH_REGIONS_MAX; i++)
		if (!add_region(s, QUERY_CATEGORY, v->categories[i]))
			return false;
	return true;
}

/* --- where each word stands --- */

/* Positions of a region begin a gap behind the one before. */
static int place_region(struct watch_scratch *s, size_t at, struct err *e)
{
	struct watch_region *r = &s->regions[at];

	r->count = (uint32_t)r->words->count;
	r->dense = (uint32_t)s->n_dense;
	s->n_dense += r->count + (size_t)1;
	if (at) {
		const struct watch_region *before = &s->regions[at - 1];
		uint64_t base = (uint64_t)before->base + before->count + WATCH_GAP;

		if (base + r->count > UINT32_MAX - WATCH_GAP)
			return err_set(e, ERR_LIMIT, "an item with too much text to be matched");
		r->base = (uint32_t)base;
	}
	if (r->field == QUERY_BODY)
		s->words_in_body = r->count;
	return 0;
}

static int split_regions(struct watch_scratch *s, struct err *e)
{
	int rc = 0;

	s->n_dense = 1;
	for (size_t i = 0; i < s->n_regions && rc == 0; i++) {
		struct watch_region *r = &s->regions[i];

		r->words = &s->words[i];
		rc = text_words_split(r->words, r->text, e);
		if (rc == 0)
			rc = place_region(s, i, e);
	}
	return rc;
}

/* Words into the concordance; those that the sieve keeps are listed on the way. */
static void link_region(struct watch_scratch *s, const struct watch_region *r)
{
	const struct watch_sieve sieve = s->statistics.index->words;
	const struct text_word *word = r->words->word + r->count;
	struct watch_concordance c = s->words_at;
	uint32_t *kept = s->kept + s->n_kept;

	c.tags[r->dense + r->count] = 0;
	for (uint32_t dense = r->dense + r->count; dense-- > r->dense;) {
		uint32_t tag = watch_tag((--word)->hash);

		watch_concordance_put(&c, dense, tag);
		*kept = dense;
		kept += watch_sieve_keeps(&sieve, tag);
	}
	s->n_kept = (size_t)(kept - s->kept);
}

static bool link_regions(struct watch_scratch *s)
{
	if (!watch_concordance_begin(&s->words_at, s->n_dense) ||
		!array_room(&s->kept, 0, &s->cap_kept, s->n_dense, sizeof(*s->kept)))
		return false;
	s->n_kept = 0;
	for (size_t i = s->n_regions; i-- > 0;)
		link_region(s, &s->regions[i]);
	return true;
}

uint32_t watch_word_from(const struct watch_scratch *s, uint32_t dense, uint32_t atom)
{
	while (dense != WATCH_NOWHERE &&
		!watch_vocabulary_is(&s->set->vocabulary, atom, watch_form_at(s, dense)))
		dense = watch_concordance_next(&s->words_at, dense);
	return dense;
}

bool watch_item_room(struct watch_scratch *s, size_t n)
{
	s->crowded = s->crowded || n > OCCURRENCES_MAX - s->n_occurrences;
	return !s->crowded &&
	       array_room(&s->occurrences, s->n_occurrences, &s->cap_occurrences, n,
		       sizeof(*s->occurrences)) &&
	       array_room(&s->terms, s->n_terms, &s->cap_terms, n, sizeof(*s->terms));
}

void watch_atom_occur(struct watch_scratch *s, uint32_t atom, uint32_t position, unsigned field)
{
	struct watch_atom_state *a = &s->atoms[atom];
	uint32_t at = (uint32_t)s->n_occurrences++;

	s->occurrences[at] = (struct watch_occurrence){position, WATCH_NONE};
	if (a->head == WATCH_NONE)
		a->head = at;
	else
		s->occurrences[a->tail].next = at;
	a->tail = at;
	a->fields |= field;
}

void watch_atom_seek(struct watch_scratch *s, uint32_t atom)
{
	const struct watch_concordance *c = &s->words_at;
	struct watch_atom_state *a = &s->atoms[atom];
	uint32_t at = watch_concordance_first(c, s->set->vocabulary.known[atom].tag);

	*a = (struct watch_atom_state){s->generation, WATCH_NONE, WATCH_NONE, 0};
	while ((at = watch_word_from(s, at, atom)) != WATCH_NOWHERE) {
		const struct watch_region *r = watch_region_of(s, at);

		if (!watch_item_room(s, 1)) {
			s->failed = true;
			return;
		}
		watch_atom_occur(s, atom, r->base + (at - r->dense), QUERY_FIELD_BIT(r->field));
		at = watch_concordance_next(c, at);
	}
}

bool watch_word_is(const struct watch_scratch *s, uint32_t dense, uint32_t atom)
{
	const struct watch_vocabulary *v = &s->set->vocabulary;
	const uint32_t *list;
	uint32_t ref, n;

	if (atom == WATCH_NONE)
		return true;
	if (v->known[atom].exact)
		return s->words_at.tags[dense] == v->known[atom].tag &&
		       watch_vocabulary_is(v, atom, watch_form_at(s, dense));
	ref = s->refs[dense];
	if (ref == WATCH_NONE || !(ref & WATCH_REF_LIST))
		return ref == atom;
	list = watch_lexicon_list(&s->lexicon, ref, &n);
	for (uint32_t i = 0; i < n; i++)
		if (list[i] == atom)
			return true;
	return false;
}

/* --- attributes --- */

static void note_attribute(struct watch_scratch *s, enum query_attribute a, struct str value)
{
	const struct watch_program *p = &s->set->program;
	uint64_t key = watch_attribute_key(a, value);
	uint32_t id;
	size_t at;

	if (!p->atom_table.slots || value.n == 0)
		return;
	at = table_start(&p->atom_table, key);
	while ((id = table_next(&p->atom_table, key, &at)) != TABLE_NONE) {
		const struct watch_atom *atom = &p->atoms[id];

		if (atom->kind != WATCH_ATOM_ATTRIBUTE || atom->edits != (unsigned)a ||
			!str_eq(atom->form, value) || s->atoms[id].generation == s->generation)
			continue;
		s->atoms[id] =
			(struct watch_atom_state){s->generation, WATCH_NONE, WATCH_NONE, UINT8_MAX};
		if (!watch_term_add(s, id))
			s->failed = true;
	}
}

/* en-gb is also en. */
static void note_language(struct watch_scratch *s, struct str value)
{
	char folded[256];
	size_t n = value.n < sizeof(folded) ? value.n : 0;

	for (size_t i = 0; i < n; i++) {
		char c = value.p[i];

		folded[i] = c == '_' ? '-' : ascii_lower(c);
	}
	note_attribute(s, QUERY_ATTR_LANG, str_slice(folded, n));
	for (size_t i = 0; i < n; i++)
		if (folded[i] == '-')
			note_attribute(s, QUERY_ATTR_LANG, str_slice(folded, i));
}

/* www.bbc.co.uk is also bbc.co.uk, co.uk, uk. */
static void note_site(struct watch_scratch *s, struct str value)
{
	char host[QUERY_SITE_FORM_MAX];
	size_t n = query_site_form(value, host);

	note_attribute(s, QUERY_ATTR_SITE, str_slice(host, n));
	for (size_t i = 0; i < n; i++)
		if (host[i] == '.')
			note_attribute(s, QUERY_ATTR_SITE, str_slice(host + i + 1, n - i - 1));
}

static void note_attributes(struct watch_scratch *s, const struct watch_view *v)
{
	note_attribute(s, QUERY_ATTR_FEED, v->feed);
	for (size_t i = 0; i < v->n_groups; i++)
		note_attribute(s, QUERY_ATTR_GROUP, v->groups[i]);
	note_language(s, v->lang);
	note_site(s, v->site);
}

/* --- the whole item --- */

void watch_terms_unmark(struct watch_scratch *s)
{
	const struct watch_program *p = &s->set->program;

	if (++s->round != 0)
		return;
	memset(s->marks, 0, (p->n_atoms + p->n_phrases) * sizeof(*s->marks));
	s->round = 1;
}

static void next_generation(struct watch_scratch *s)
{
	const struct watch_program *p = &s->set->program;

	if (++s->generation != 0)
		return;
	for (size_t i = 0; i < p->n_atoms; i++)
		s->atoms[i].generation = 0;
	memset(s->phrases, 0, p->n_phrases * sizeof(*s->phrases));
	memset(s->regexes, 0, p->n_regexes * sizeof(*s->regexes));
	memset(s->seen, 0, p->n_watches * sizeof(*s->seen));
	s->generation = 1;
}

int watch_item_failure(const struct watch_scratch *s, struct err *e)
{
	if (s->crowded || arena_overflowed(s->arena) || arena_overflowed(s->lists))
		return err_set(e, ERR_LIMIT, "an item with too many places to be matched");
	return err_nomem(e);
}

static int read_texts(struct watch_scratch *s, struct err *e)
{
	int rc = split_regions(s, e);

	if (rc < 0)
		return rc;
	if (!link_regions(s) || !watch_classes_read(s) || !watch_triggers_find(s))
		return watch_item_failure(s, e);
	return 0;
}

int watch_item_read(struct watch_scratch *s, const struct watch_view *v, struct err *e)
{
	int rc;

	next_generation(s);
	watch_terms_unmark(s);
	watch_matched_take(s); /* nobody may have asked for those of the item before */
	arena_clear(s->arena);
	s->view = v;
	s->n_terms = s->n_occurrences = s->n_candidates = s->n_overruns = 0;
	s->words_in_body = 0;
	watch_pool_begin(s);
	s->failed = s->crowded = s->overrun = false;
	if (!add_regions(s, v))
		return err_nomem(e);
	rc = read_texts(s, e);
	if (rc < 0)
		return rc;
	note_attributes(s, v);
	watch_item_raise(s);
	if (s->failed)
		return watch_item_failure(s, e);
	watch_item_count(s);
	return 0;
}
