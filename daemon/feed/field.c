/* SPDX-License-Identifier: MIT */
#include "field.h"

#include <string.h>

#include "base/ascii.h"
#include "base/utf8.h"
#include "double_encoding.h"
#include "feed/identity.h"
#include "field_link.h"
#include "feed/html.h"
#include "link_form.h"
#include "link_repair.h"

/* --- types of text ---------------------------------------------------------------------------- */

static bool field_contains(struct str s, const char *z)
{
	return str_find(s, str_of(z)) >= 0;
}

/* RFC 4287 §3.1.1 and §4.1.3.3; the attribute mode is that of Atom 0.3, by default "xml". */
static enum feed_form field_content_form(const struct feed_tag *tag)
{
	struct str mode = str_trim(feed_tag_attr(tag, "mode"));
	struct str type = str_trim(feed_tag_attr(tag, "type"));
	char low[64];

	if (type.n >= sizeof(low))
		type.n = 0;
	for (size_t i = 0; i < type.n; i++)
		low[i] = ascii_lower(type.p[i]);
	type = str_slice(low, type.n);
	if (str_eq_nocase(mode, STR("base64")) || str_is(type, "base64"))
		return FEED_FORM_BASE64;
	if (field_contains(type, "xhtml") || str_ends(type, STR("/xml")) ||
		str_ends(type, STR("+xml")))
		return str_eq_nocase(mode, STR("escaped")) ? FEED_FORM_HTML : FEED_FORM_XHTML;
	if (field_contains(type, "html"))
		return str_eq_nocase(mode, STR("xml")) ? FEED_FORM_XHTML : FEED_FORM_HTML;
	if (type.n == 0 || str_is(type, "text") || str_starts(type, STR("text/")) ||
		!memchr(type.p, '/', type.n))
		return FEED_FORM_PLAIN;
	if (str_is(type, "application/octet-stream") || str_starts(type, STR("image/")) ||
		str_starts(type, STR("audio/")) || str_starts(type, STR("video/")))
		return FEED_FORM_BASE64;
	return FEED_FORM_PLAIN;
}

/* The visible text, if a plain field has HTML in it; valid until b->memory.text is used again. */
static struct str field_make_plain(struct feed_builder *b, struct str s)
{
	if (!s.n || !feed_html_is_marked(s))
		return s;
	buf_clear(&b->memory.text);
	feed_html_to_line(s, &b->memory.text);
	b->memory.nomem |= buf_failed(&b->memory.text);
	return buf_str(&b->memory.text);
}

static void field_add_category(struct feed_builder *b, struct str s)
{
	feed_slots_add_category(feed_builder_slots(b), &b->memory, field_make_plain(b, s));
}

void feed_field_open(struct feed_builder *b, const struct feed_tag *tag)
{
	const struct feed_element *el = b->leaf;
	struct feed_slots *slots = feed_builder_slots(b);
	struct str value;

	b->form = el->verb == FEED_HTML ? FEED_FORM_HTML : FEED_FORM_PLAIN;
	b->leaf_cut = b->leaf_done = b->permalink = b->not_permalink = false;
	if (el->verb == FEED_CONSTRUCT) {
		bool content = el->slot == FEED_SLOT_CONTENT;

		b->form = tag->n_attrs ? field_content_form(tag) : FEED_FORM_PLAIN;
		value = content ? feed_tag_attr(tag, "src") : STR_NONE;
		if (value.p)
			field_link_put(b, FEED_SLOT_LINK, 2, value);
	} else if (el->verb == FEED_MARKUP) {
		b->form = FEED_FORM_XHTML;
	} else if (el->verb == FEED_LINK) {
		field_link_open_atom(b, tag);
	} else if (el->verb == FEED_ENCLOSURE) {
		value = feed_tag_attr(tag, "url");
		field_link_add_enclosure(b, value.p ? value : feed_tag_attr(tag, "href"), tag);
		b->leaf_done = true;
	} else if (el->verb == FEED_RSS_SOURCE) {
		value = feed_tag_attr(tag, "url");
		if (value.p)
			field_link_put(b, FEED_SLOT_SOURCE_LINK, 9, value);
	} else if (el->verb == FEED_HREF) {
		value = feed_tag_attr(tag, "href");
		field_link_put(b, el->slot, el->rank, value);
	} else if (el->verb == FEED_TERM) {
		value = feed_tag_attr(tag, "term");
		if (!str_present(value))
			value = feed_tag_attr(tag, "text");
		if (!str_present(value))
			value = feed_tag_attr(tag, "label");
		field_add_category(b, value);
		b->leaf_done = str_present(value);
	} else if (el->slot == FEED_SLOT_LINK && tag->n_attrs) {
		/* <link href="…"/> in RSS, as in Atom */
		value = feed_tag_attr(tag, "href");
		if (value.n)
			feed_slots_yield(slots, FEED_SLOT_LINK, el->rank);
		field_link_put(b, FEED_SLOT_LINK, el->rank, value);
	} else if (el->slot == FEED_SLOT_ID) {
		value = str_trim(feed_tag_attr(tag, "isPermaLink"));
		b->not_permalink = str_eq_nocase(value, STR("false"));
		b->permalink = str_eq_nocase(value, STR("true"));
	}
}

/* --- text of a field -------------------------------------------------------------------------- */

static unsigned field_parse_number(struct str s, unsigned max)
{
	unsigned n = 0;

	s = str_trim(s);
	for (size_t i = 0; i < s.n && ascii_is_digit(s.p[i]) && n <= max; i++)
		n = n * 10 + (unsigned)(s.p[i] - '0');
	return n <= max ? n : max;
}

static void field_add_day(struct feed_builder *b, struct str s)
{
	static const char days[] = "sunmontuewedthufrisat";

	for (unsigned i = 0; s.n >= 3 && i < 7; i++)
		if (str_eq_nocase(str_slice(s.p, 3), str_slice(days + (size_t)i * 3, 3)))
			b->batch->feed.skip_days |= (uint8_t)(1u << i);
}

static void field_add_keywords(struct feed_builder *b, struct str s)
{
	while (s.n) {
		const char *comma = memchr(s.p, ',', s.n);
		size_t n = comma ? (size_t)(comma - s.p) : s.n;

		field_add_category(b, str_slice(s.p, n));
		n += comma != NULL;
		s = str_slice(s.p + n, s.n - n);
	}
}

static void field_put_schedule(struct feed_builder *b, enum feed_slot slot, struct str s)
{
	struct feed_info *f = &b->batch->feed;

	if (s.n == 0)
		return;
	if (slot == FEED_SLOT_TTL && ascii_is_digit(*s.p)) {
		int64_t ms = (int64_t)field_parse_number(s, 1000000) * CLOCK_MINUTE;

		f->ttl_ms = ms > f->ttl_ms ? ms : f->ttl_ms;
	} else if (slot == FEED_SLOT_HOUR && ascii_is_digit(*s.p)) {
		f->skip_hours |= 1u << field_parse_number(s, 24) % 24;
	} else if (slot == FEED_SLOT_DAY) {
		field_add_day(b, s);
	}
}

/* RFC 4287 §4.2.6: an id is compared as written; only a relative one is resolved, with xml:base. */
static void field_put_id(struct feed_builder *b, struct str s, unsigned rank)
{
	struct feed_slots *slots = feed_builder_slots(b);
	bool atom = (b->leaf ? b->leaf->ns : b->no_ns) == FEED_NS_ATOM;

	if (!feed_slots_wants(slots, FEED_SLOT_ID, rank) || s.n == 0)
		return;
	if (atom && !link_scheme_length(s) && str_present(feed_builder_base(b)))
		field_link_put(b, FEED_SLOT_ID, rank, s);
	else
		feed_slots_put(slots, &b->memory, FEED_SLOT_ID, rank, s);
	if (b->in_item && !b->not_permalink &&
		(atom ? str_starts_nocase(s, STR("http://")) ||
					str_starts_nocase(s, STR("https://"))
		      : link_scheme_length(s) > 0 || (b->permalink && *s.p == '/')))
		field_link_put(b, FEED_SLOT_LINK, 1, s);
}

/* RSS 1.0 §5.5: rdf:about is the URL of the item, and identical to its link. */
static void field_put_about(struct feed_builder *b, struct str s)
{
	feed_slots_put(feed_builder_slots(b), &b->memory, FEED_SLOT_ID, 3, s);
	if (link_scheme_length(str_trim(s)))
		field_link_put(b, FEED_SLOT_LINK, 1, s);
}

/* RFC 5646 has hyphens: "en_US" becomes "en-US". */
static void field_put_language(struct feed_builder *b, unsigned rank, struct str s)
{
	struct feed_slots *slots = feed_builder_slots(b);
	char tag[36];

	s = str_trim(s);
	if (s.n > sizeof(tag))
		return;
	for (size_t i = 0; i < s.n; i++)
		tag[i] = s.p[i] == '_' ? '-' : s.p[i];
	feed_slots_put(slots, &b->memory, FEED_SLOT_LANGUAGE, rank, str_slice(tag, s.n));
}

/* What is between the tags, without the white space around it; absent if they are not there. */
static struct str field_find_child(struct str s, const char *open, const char *close)
{
	ptrdiff_t from = str_find(s, str_of(open)), to;

	if (from < 0)
		return STR_NONE;
	s = str_slice(s.p + from + strlen(open), s.n - (size_t)from - strlen(open));
	to = str_find(s, str_of(close));
	return to < 0 ? STR_NONE : str_trim(str_slice(s.p, (size_t)to));
}

/* <author> of RSS with the elements of Atom in it. False if it has none. */
static bool field_put_nested_author(struct feed_builder *b, unsigned rank, struct str s)
{
	struct str name, email;
	struct feed_author person = {.text = STR_NONE};

	if (!s.n || *s.p != '<')
		return false;
	name = field_find_child(s, "<name>", "</name>");
	email = field_find_child(s, "<email>", "</email>");
	if (!name.n && !email.n)
		return false;
	person.email = feed_memory_keep(&b->memory, email);
	person.uri = field_link_resolve(b, field_find_child(s, "<uri>", "</uri>"));
	person.name = feed_memory_keep(&b->memory, field_make_plain(b, name));
	feed_slots_put_person(feed_builder_slots(b), &b->memory, rank, &person);
	return true;
}

static void field_put_text(struct feed_builder *b, const struct feed_element *el, struct str s)
{
	struct feed_slots *slots = feed_builder_slots(b);

	switch ((enum feed_slot)el->slot) {
	case FEED_SLOT_PUBLISHED:
	case FEED_SLOT_UPDATED:
	case FEED_SLOT_DATE:
		if (!feed_slots_put_date(slots, el->slot, el->rank, s)) {
			struct buf shown;

			buf_init(&shown, 400);
			utf8_escape(&shown, s, 60, true);
			feed_builder_problem(
				b, b->line, "no date can be read from %s", buf_z(&shown));
			buf_release(&shown);
		}
		break;
	case FEED_SLOT_AUTHOR:
		if (!field_put_nested_author(b, el->rank, s))
			feed_slots_put_author(slots, &b->memory, el->rank, field_make_plain(b, s));
		break;
	case FEED_SLOT_CATEGORY: field_add_category(b, s); break;
	case FEED_SLOT_NAME:
		b->person.name = feed_memory_keep(&b->memory, field_make_plain(b, s));
		break;
	case FEED_SLOT_EMAIL: b->person.email = feed_memory_keep(&b->memory, s); break;
	case FEED_SLOT_URI: b->person.uri = field_link_resolve(b, s); break;
	case FEED_SLOT_LINK:
		s = link_unwrap(s);
		if (s.n)
			feed_slots_yield(slots, FEED_SLOT_LINK, el->rank);
		field_link_put(b, FEED_SLOT_LINK, el->rank, s);
		break;
	case FEED_SLOT_IMAGE: field_link_put(b, el->slot, el->rank, s); break;
	case FEED_SLOT_LANGUAGE: field_put_language(b, el->rank, s); break;
	case FEED_SLOT_ID: field_put_id(b, s, el->rank); break;
	case FEED_SLOT_TTL:
	case FEED_SLOT_HOUR:
	case FEED_SLOT_DAY: field_put_schedule(b, el->slot, s); break;
	case FEED_SLOT_GENERATOR:
		feed_slots_put(slots, &b->memory, el->slot, el->rank, field_make_plain(b, s));
		break;
	case FEED_SLOT_NONE:
	case FEED_SLOT_TITLE:
	case FEED_SLOT_SUMMARY:
	case FEED_SLOT_CONTENT:
	case FEED_SLOT_RIGHTS:
	case FEED_SLOT_SOURCE_TITLE:
	case FEED_SLOT_SOURCE_LINK:
	case FEED_SLOTS: feed_slots_put(slots, &b->memory, el->slot, el->rank, s); break;
	}
}

static void field_put_html(struct feed_builder *b, const struct feed_element *el, struct str s)
{
	struct feed_slots *slots = feed_builder_slots(b);
	struct feed_element second = *el;

	/* The subtitle of a feed is one line, like titles and rights. */
	if (!b->in_item || (el->slot != FEED_SLOT_SUMMARY && el->slot != FEED_SLOT_CONTENT)) {
		feed_slots_put_line(slots, &b->memory, el, s, b->form);
		return;
	}
	/* The default of Media RSS is "plain", but many feeds write HTML. */
	if (el->ns == FEED_NS_MEDIA && b->form == FEED_FORM_PLAIN && feed_html_has_tags(s))
		b->form = FEED_FORM_HTML;
	/* Both <description> and <summary>: the second one is the content. */
	if (el->slot == FEED_SLOT_SUMMARY && el->rank == slots->rank[FEED_SLOT_SUMMARY]) {
		second.slot = FEED_SLOT_CONTENT;
		second.rank = 1;
	}
	feed_slots_put_body(slots, &b->memory, &second, s, b->form);
}

void feed_field_close(struct feed_builder *b)
{
	const struct feed_element *el = b->leaf;
	struct str s = buf_str(&b->text);

	if (b->leaf_cut) {
		s = utf8_cut(s, s.n);
		s.n = utf8_valid_prefix(s.p, s.n);
		feed_builder_problem(b, b->line, "<%s> is longer than %zu KiB and was cut there",
			el->name, b->limits->field_bytes >> 10);
	}
	if (b->leaf_done)
		return;
	if (feed_undo_double_encoding(s, &b->repaired))
		s = buf_str(&b->repaired);
	b->memory.nomem |= buf_failed(&b->text) || buf_failed(&b->repaired);
	switch ((enum feed_verb)el->verb) {
	case FEED_HTML:
	case FEED_CONSTRUCT:
	case FEED_MARKUP: field_put_html(b, el, s); break;
	case FEED_WORDS: field_add_keywords(b, s); break;
	case FEED_TERM: field_add_category(b, s); break;
	case FEED_HREF: field_link_put(b, el->slot, el->rank, s); break;
	case FEED_LINK: field_link_put(b, FEED_SLOT_LINK, 3, link_unwrap(str_trim(s))); break;
	case FEED_RSS_SOURCE:
		feed_slots_put(feed_builder_slots(b), &b->memory, FEED_SLOT_SOURCE_TITLE, 9,
			field_make_plain(b, s));
		break;
	case FEED_TEXT: field_put_text(b, el, str_trim(s)); break;
	case FEED_SKIP:
	case FEED_PASS:
	case FEED_ROOT_RSS:
	case FEED_ROOT_RDF:
	case FEED_ROOT_ATOM:
	case FEED_ROOT_CDF:
	case FEED_ROOT_SITEMAP:
	case FEED_CHANNEL:
	case FEED_ITEM:
	case FEED_DELETED:
	case FEED_CHILD:
	case FEED_IMAGE:
	case FEED_PERSON:
	case FEED_SOURCE:
	case FEED_SKIP_HOURS:
	case FEED_SKIP_DAYS:
	case FEED_ENCLOSURE: break;
	}
}

/* --- containers ------------------------------------------------------------------------------- */

/* The namespace URI contains part: it decides the version if the attribute is missing. */
static bool field_ns_contains(const struct feed_tag *tag, const char *part)
{
	return tag->uri && strstr(tag->uri, part);
}

static void field_set_format(
	struct feed_builder *b, const struct feed_tag *tag, enum feed_verb verb)
{
	struct feed_info *f = &b->batch->feed;
	struct str version = str_trim(feed_tag_attr(tag, "version"));

	b->is_feed = true;
	f->format = verb == FEED_ROOT_ATOM	? FEED_ATOM
		    : verb == FEED_ROOT_CDF	? FEED_CDF
		    : verb == FEED_ROOT_SITEMAP ? FEED_SITEMAP
						: FEED_RSS;
	if (verb == FEED_ROOT_ATOM && field_ns_contains(tag, "/2005/Atom"))
		version = STR("1.0");
	else if (verb == FEED_ROOT_ATOM && version.n == 0)
		version = field_ns_contains(tag, "purl.org/atom/ns#") ? STR("0.3") : STR("1.0");
	else if (verb == FEED_ROOT_RSS && str_starts(version, STR("2.")))
		version = STR("2.0");
	else if (verb == FEED_ROOT_SITEMAP)
		version = field_ns_contains(tag, "/0.84") ? STR("0.84") : STR("0.9");
	else if (verb == FEED_ROOT_RDF)
		version = field_ns_contains(tag, "netscape.com/rdf/simple/0.9") ? STR("0.90")
										: STR("1.0");
	f->format_version = feed_memory_keep(&b->memory, utf8_cut(version, 16));
}

void feed_field_open_container(struct feed_builder *b, const struct feed_tag *tag)
{
	enum feed_verb verb = b->frames[b->n_frames - 1].el->verb;
	struct feed_slots *slots = feed_builder_slots(b);

	if (verb >= FEED_ROOT_RSS && verb <= FEED_ROOT_SITEMAP)
		field_set_format(b, tag, verb);
	else if (verb == FEED_CHANNEL && field_ns_contains(tag, "netscape.com/rdf/simple/0.9"))
		b->batch->feed.format_version = feed_memory_keep(&b->memory, STR("0.90"));
	for (size_t i = 0; i < tag->n_attrs; i++) {
		const struct feed_attr *a = &tag->attrs[i];

		if (verb == FEED_PERSON || verb == FEED_IMAGE || verb == FEED_SOURCE)
			break;
		if (a->ns == FEED_NS_XML && str_is(a->name, "lang"))
			field_put_language(b, 7, a->value);
		else if (verb == FEED_ITEM && a->ns == FEED_NS_RDF && str_is(a->name, "about"))
			field_put_about(b, a->value);
		else if (verb == FEED_DELETED && str_is(a->name, "ref"))
			field_put_id(b, str_trim(a->value), 9);
		else if (verb == FEED_DELETED && str_is(a->name, "when"))
			feed_slots_put_date(slots, FEED_SLOT_UPDATED, 9, a->value);
		else if (b->batch->feed.format == FEED_CDF && str_eq_nocase(a->name, STR("href")))
			field_link_put(b, FEED_SLOT_LINK, 9, a->value);
		else if (b->batch->feed.format == FEED_CDF &&
			 str_eq_nocase(a->name, STR("lastmod")))
			feed_slots_put_date(slots, FEED_SLOT_UPDATED, 9, a->value);
	}
}

void feed_field_fill_item(struct feed_builder *b, struct feed_item *to)
{
	struct feed_slots *slots = &b->item;

	if (slots->cut)
		feed_builder_problem(b, slots->line,
			"an item with more than %d categories or enclosures; the rest is left out",
			FEED_CATEGORIES_MAX);
	*to = (struct feed_item){
		.id = slots->value[FEED_SLOT_ID],
		.title = slots->value[FEED_SLOT_TITLE],
		.link = slots->value[FEED_SLOT_LINK],
		.author = slots->author,
		.published = slots->published,
		.updated = slots->updated,
		.date_implausible =
			slots->published != STAMP_NONE ? slots->published_odd : slots->updated_odd,
		.language = slots->value[FEED_SLOT_LANGUAGE],
		.summary = slots->value[FEED_SLOT_SUMMARY],
		.content = slots->value[FEED_SLOT_CONTENT],
		.summary_html = slots->html[0],
		.content_html = slots->html[1],
		.categories = feed_memory_copy(&b->memory, slots->categories, slots->n_categories,
			sizeof(*slots->categories)),
		.n_categories = slots->n_categories,
		.enclosures = feed_memory_copy(&b->memory, slots->enclosures, slots->n_enclosures,
			sizeof(*slots->enclosures)),
		.n_enclosures = slots->n_enclosures,
		.source_title = slots->value[FEED_SLOT_SOURCE_TITLE],
		.source_link = slots->value[FEED_SLOT_SOURCE_LINK],
		.line = slots->line,
	};
	if (!b->memory.nomem && !b->options->headers_only)
		feed_identity_fill(
			to, b->options->strip_parameters, b->options->n_strip_parameters);
}

void feed_field_fill_feed(struct feed_builder *b, struct feed_info *to)
{
	struct feed_slots *slots = &b->feed;

	field_put_language(b, 1, b->options->content_language);
	to->title = slots->value[FEED_SLOT_TITLE];
	to->link = slots->value[FEED_SLOT_LINK];
	to->id = slots->value[FEED_SLOT_ID];
	to->subtitle = slots->value[FEED_SLOT_SUMMARY];
	to->rights = slots->value[FEED_SLOT_RIGHTS];
	to->generator = slots->value[FEED_SLOT_GENERATOR];
	to->image = slots->value[FEED_SLOT_IMAGE];
	to->language = slots->value[FEED_SLOT_LANGUAGE];
	to->author = slots->author;
	to->published = slots->published;
	to->updated = slots->updated;
	to->categories = feed_memory_copy(
		&b->memory, slots->categories, slots->n_categories, sizeof(*slots->categories));
	to->n_categories = slots->n_categories;
	to->self = field_link_resolve_late(b, to->self);
	to->next = field_link_resolve_late(b, to->next);
	to->image = field_link_resolve_late(b, to->image);
	if (to->ttl_ms == 0)
		to->ttl_ms = -1;
}
