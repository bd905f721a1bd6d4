/* SPDX-License-Identifier: MIT */
/*
 * Secrets and text are compared in a normal form: decoded, in lower case, with one character for
 * all that encodings and alphabets exchange. A run of text is taken out if it is also in a secret
 * and long enough not to be there by chance.
 */
#include "base/redact.h"

#include <stdint.h>
#include <stdlib.h>

#include "base/array.h"
#include "base/ascii.h"
#include "base/digest.h"
#include "redact_form.h"

#define MARK	    "***"
#define MARK_LEN    3
#define WHOLE_MIN   4  /* a shorter secret is found as a word only */
#define PART_MIN    6  /* a part of a secret with other characters than letters in it */
#define LETTERS_MIN 10 /* a part of letters, which could be one of a common word */
#define WORD_MIN    4  /* a word of an address; PART_MIN if it has letters only */
#define GRAM_BITS   17

/* --- the secrets --- */

/* Parts and beginnings of addresses that say nothing about a secret, but much in an answer. */
static const char *const redact_common[] = {"alert", "alerts", "atom", "channel", "channels",
	"content", "feed", "feeds", "hook", "hooks", "html", "http", "https", "incoming", "index",
	"integration", "integrations", "json", "message", "messages", "news", "notify", "private",
	"public", "push", "send", "service", "services", "webhook", "webhooks"};
static const struct str redact_heads[] = {STR("/services"), STR("/api/webhooks"), STR("/hooks")};

static void redact_add_form(struct redact *r, const struct redact_form *f, bool word)
{
	char *p;

	if (f->n == 0)
		return;
	p = malloc(f->n);
	if (!p || !array_room(&r->v, r->n, &r->cap, 1, sizeof(*r->v))) {
		free(p);
		r->failed = true;
		return;
	}
	memcpy(p, f->text, f->n);
	r->v[r->n++] = (struct redact_needle){.p = p, .n = f->n, .word = word};
}

static void redact_add_bytes(struct redact *r, struct str s, bool word)
{
	struct redact_form f;

	if (redact_form_make(&f, s))
		redact_add_form(r, &f, word);
	else
		r->failed = true;
	redact_form_release(&f);
}

/*
 * Base64 of a longer text that contains the secret: three forms, by its place in the groups of
 * three bytes. The characters that depend on its neighbours are left out.
 */
static void redact_add_base64(struct redact *r, struct str s)
{
	static const size_t skipped[] = {0, 2, 3};

	for (size_t shift = 0; shift < 3; shift++) {
		size_t end = (shift + s.n) * 8 / 6;
		struct buf raw, text;

		buf_init(&raw, s.n + 4);
		buf_init(&text, 2 * s.n + 16);
		if (buf_reserve(&raw, s.n + 3) && buf_reserve(&text, 2 * s.n + 12)) {
			buf_add(&raw, "\0\0", shift);
			buf_adds(&raw, s);
			digest_base64(&text, raw.data, raw.len);
		}
		if (buf_failed(&text) || text.len < end)
			r->failed = true;
		else if (end >= skipped[shift] + PART_MIN)
			redact_add_bytes(r,
				str_slice(text.data + skipped[shift], end - skipped[shift]), false);
		buf_wipe(&raw);
		buf_wipe(&text);
	}
}

static bool redact_is_common(struct str word)
{
	for (size_t i = 0; i < sizeof(redact_common) / sizeof(redact_common[0]); i++)
		if (str_eq_nocase(word, str_of(redact_common[i])))
			return true;
	return false;
}

static bool redact_is_letters(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!ascii_is_alpha(s.p[i]))
			return false;
	return true;
}

/* The words of an address, which a server may repeat one by one. */
static void redact_add_words(struct redact *r, struct str s)
{
	for (size_t i = 0, end; i < s.n; i = end + 1) {
		struct str word;

		for (end = i; end < s.n && ascii_is_alnum(s.p[end]);)
			end++;
		word = str_slice(s.p + i, end - i);
		if (end < s.n && s.p[end] == '=') /* the name of a parameter */
			continue;
		if (word.n >= (redact_is_letters(word) ? PART_MIN : WORD_MIN) &&
			!redact_is_common(word))
			redact_add_bytes(r, word, true);
	}
}

/* Offset of the authority of an http or https address; 0: it is none. */
static size_t redact_find_authority(struct str s)
{
	return str_starts_nocase(s, STR("https://"))  ? 8
	       : str_starts_nocase(s, STR("http://")) ? 7
						      : 0;
}

static struct str redact_login_of(struct str url, size_t at, size_t end)
{
	const char *sign = end > at ? memrchr(url.p + at, '@', end - at) : NULL;

	return sign ? str_slice(url.p + at, (size_t)(sign - url.p) - at) : STR_NONE;
}

static size_t redact_find_any(struct str s, size_t from, const char *set)
{
	while (from < s.n && !strchr(set, s.p[from]))
		from++;
	return from;
}

static void redact_decode_percent(struct buf *out, struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		int high = s.p[i] == '%' && s.n - i > 2 ? ascii_hex_value(s.p[i + 1]) : -1;
		int low = high >= 0 ? ascii_hex_value(s.p[i + 2]) : -1;

		buf_addc(out, low < 0 ? s.p[i] : (char)(high * 16 + low));
		if (low >= 0)
			i += 2;
	}
}

/* Decoded, as it is in the base64 of a request. */
static void redact_add_userinfo(struct redact *r, struct str login)
{
	const char *colon = login.n ? memchr(login.p, ':', login.n) : NULL;
	size_t user = colon ? (size_t)(colon - login.p) : login.n, decoded;
	struct buf plain;

	if (login.n == 0)
		return;
	buf_init(&plain, login.n);
	if (buf_reserve(&plain, login.n))
		redact_decode_percent(&plain, str_slice(login.p, user));
	decoded = plain.len;
	if (colon)
		redact_decode_percent(&plain, str_slice(colon + 1, login.n - user - 1));
	if (buf_failed(&plain))
		r->failed = true;
	else if (colon)
		redact_add_login(r, str_slice(plain.data, decoded),
			str_slice(plain.data + decoded, plain.len - decoded));
	else
		redact_add(r, buf_str(&plain));
	buf_wipe(&plain);
}

static void redact_add_url(struct redact *r, struct str url, size_t at)
{
	size_t end = redact_find_any(url, at, "/?#");
	struct str rest = str_slice(url.p + end, url.n - end);

	redact_add_userinfo(r, redact_login_of(url, at, end));
	for (size_t i = 0; i < sizeof(redact_heads) / sizeof(redact_heads[0]); i++)
		if (str_starts(rest, redact_heads[i]))
			rest = str_slice(rest.p + redact_heads[i].n, rest.n - redact_heads[i].n);
	if (rest.n <= 1)
		return;
	redact_add_bytes(r, rest, false);
	redact_add_base64(r, rest);
	redact_add_words(r, rest);
}

void redact_add(struct redact *r, struct str secret)
{
	size_t at;

	secret = str_trim(secret);
	at = redact_find_authority(secret);
	if (at) {
		redact_add_url(r, secret, at);
		return;
	}
	if (str_starts(secret, STR("whsec_")))
		secret = str_slice(secret.p + 6, secret.n - 6);
	redact_add_bytes(r, secret, false);
	redact_add_base64(r, secret);
}

void redact_add_login(struct redact *r, struct str user, struct str password)
{
	struct buf text, encoded;

	redact_add(r, password);
	buf_init(&text, user.n + password.n + 2);
	buf_init(&encoded, 2 * (user.n + password.n) + 16);
	if (buf_reserve(&text, user.n + password.n + 1)) {
		buf_adds(&text, user);
		buf_addc(&text, ':');
		buf_adds(&text, password);
	}
	if (buf_reserve(&encoded, 2 * (user.n + password.n) + 12))
		digest_base64(&encoded, text.data, text.len);
	if (buf_failed(&text) || buf_failed(&encoded))
		r->failed = true;
	else
		redact_add_bytes(r, buf_str(&encoded), false);
	buf_wipe(&text);
	buf_wipe(&encoded);
}

/* --- names of parameters and headers --- */

static bool redact_ends_nocase(struct str s, struct str end)
{
	return s.n >= end.n && str_eq_nocase(str_slice(s.p + s.n - end.n, end.n), end);
}

bool redact_names_secret(struct str name)
{
	static const struct str ends[] = {STR("token"), STR("key"), STR("secret"), STR("auth"),
		STR("authorization"), STR("cookie"), STR("pass"), STR("passwd"), STR("password"),
		STR("passphrase"), STR("pwd"), STR("sig"), STR("signature"), STR("session"),
		STR("sessionid"), STR("sid"), STR("jwt"), STR("bearer"), STR("credential"),
		STR("credentials"), STR("hash"), STR("hmac"), STR("%5btoken%5d")};
	char last;

	while (name.n && ascii_is_digit(name.p[name.n - 1]))
		name.n--;
	last = name.n ? ascii_lower(name.p[name.n - 1]) : '\0';
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
		if (ends[i].p[ends[i].n - 1] == last && redact_ends_nocase(name, ends[i]))
			return true;
	return false;
}

void redact_add_header(struct redact *r, struct str line)
{
	const char *colon = line.n ? memchr(line.p, ':', line.n) : NULL;
	size_t name = colon ? (size_t)(colon - line.p) : 0;
	struct str value;

	if (!colon || !redact_names_secret(str_slice(line.p, name)))
		return;
	value = str_trim(str_slice(colon + 1, line.n - name - 1));
	/* Without the scheme: "Bearer", "Basic". */
	if (redact_ends_nocase(str_slice(line.p, name), STR("authorization"))) {
		size_t space = redact_find_any(value, 0, " ");

		if (space < value.n)
			value = str_trim(str_slice(value.p + space, value.n - space));
	}
	redact_add(r, value);
}

/* The next "name=value" of a query or fragment, from *at on. False: there are no more. */
static bool redact_next_parameter(struct str url, size_t *at, struct str *name, struct str *value)
{
	size_t start = *at, end, equals;

	if (start >= url.n)
		return false;
	end = redact_find_any(url, start, "&;?#");
	equals = redact_find_any(str_slice(url.p, end), start, "=");
	*name = str_slice(url.p + start, equals - start);
	*value = equals < end ? str_slice(url.p + equals + 1, end - equals - 1) : STR_NONE;
	*at = end + 1;
	return true;
}

void redact_add_tokens(struct redact *r, struct str url)
{
	size_t at = redact_find_authority(url), end = redact_find_any(url, at, "/?#");
	struct str name, value;

	if (!at || redact_find_any(url, at, "@?#") == url.n)
		return;
	redact_add_userinfo(r, redact_login_of(url, at, end));
	at = redact_find_any(url, end, "?#") + 1;
	while (redact_next_parameter(url, &at, &name, &value))
		if (value.n && redact_names_secret(name))
			redact_add(r, value);
}

void redact_show_url(struct buf *out, struct str url)
{
	size_t at = redact_find_authority(url), shown = at;
	size_t end = at ? redact_find_any(url, at, "/?#") : 0;
	struct str login = redact_login_of(url, at, end), name, value;

	buf_add(out, url.p, at);
	if (str_present(login)) {
		buf_addz(out, MARK);
		shown += login.n;
	}
	at = redact_find_any(url, end, "?#") + 1;
	while (redact_next_parameter(url, &at, &name, &value)) {
		if (!value.n || !redact_names_secret(name))
			continue;
		buf_add(out, url.p + shown, (size_t)(value.p - url.p) - shown);
		buf_addz(out, MARK);
		shown = (size_t)(value.p - url.p) + value.n;
	}
	buf_add(out, url.p + shown, url.n - shown);
}

void redact_release(struct redact *r)
{
	for (size_t i = 0; i < r->n; i++) {
		explicit_bzero(r->v[i].p, r->v[i].n);
		free(r->v[i].p);
	}
	free(r->v);
	*r = (struct redact){0};
}

/* --- the text --- */

static bool redact_is_letter(char c)
{
	return ascii_is_alpha(c) || (unsigned char)c >= 0x80;
}

/* True if no letter or digit is next to the n characters. */
static bool redact_is_word(const struct redact_form *f, size_t at, size_t n)
{
	return (at == 0 || !ascii_is_alnum(f->text[at - 1])) &&
	       (at + n == f->n || !ascii_is_alnum(f->text[at + n]));
}

/* The longest run of text at that place that is in the needle, in characters. */
static size_t redact_match_part(
	const struct redact_needle *needle, const struct redact_form *f, size_t at)
{
	const char *text = f->text + at;
	size_t room = f->n - at, best = 0;

	for (size_t i = 0; i + best < needle->n; i++) {
		size_t n = 0;

		while (n < room && i + n < needle->n && needle->p[i + n] == text[n])
			n++;
		if (n > best)
			best = n;
	}
	if (best == needle->n || best >= LETTERS_MIN)
		return best;
	for (size_t i = 0; best >= PART_MIN && i < best; i++)
		if (!redact_is_letter(text[i]))
			return best;
	return 0;
}

static size_t redact_match_whole(
	const struct redact_needle *needle, const struct redact_form *f, size_t at)
{
	if (needle->word && at > 0 && ascii_is_alnum(f->text[at - 1]))
		return 0;
	if (needle->n > f->n - at || memcmp(needle->p, f->text + at, needle->n) != 0)
		return 0;
	if (!needle->word && needle->n >= WHOLE_MIN)
		return needle->n;
	return redact_is_word(f, at, needle->n) ? needle->n : 0;
}

/* Only a needle as long as a part is found in parts. */
static bool redact_has_parts(const struct redact_needle *needle)
{
	return !needle->word && needle->n >= PART_MIN;
}

/* parts: false if the characters there are in none of the needles. */
static size_t redact_match(
	const struct redact *r, const struct redact_form *f, size_t at, bool parts)
{
	size_t best = 0;

	for (size_t i = 0; i < r->n; i++) {
		const struct redact_needle *needle = &r->v[i];
		size_t n = 0;

		if (!redact_has_parts(needle))
			n = redact_match_whole(needle, f, at);
		else if (parts)
			n = redact_match_part(needle, f, at);
		if (n > best)
			best = n;
	}
	return best;
}

/* The runs of PART_MIN characters of the secrets: a set of bits, by their hashes. */
struct redact_grams {
	uint8_t bits[1 << (GRAM_BITS - 3)];
};

static size_t redact_hash_gram(const char *p)
{
	uint64_t gram = 0;

	memcpy(&gram, p, PART_MIN);
	return gram * 0x9E3779B97F4A7C15u >> (64 - GRAM_BITS);
}

static void redact_mark_grams(const struct redact *r, struct redact_grams *g)
{
	for (size_t i = 0; i < r->n; i++) {
		const struct redact_needle *needle = &r->v[i];

		for (size_t k = 0; redact_has_parts(needle) && k + PART_MIN <= needle->n; k++) {
			size_t h = redact_hash_gram(needle->p + k);

			g->bits[h / 8] |= (uint8_t)(1 << h % 8);
		}
	}
}

static bool redact_has_gram(const struct redact_grams *g, const struct redact_form *f, size_t at)
{
	size_t h = at + PART_MIN <= f->n ? redact_hash_gram(f->text + at) : 0;

	return at + PART_MIN <= f->n && (g->bits[h / 8] & 1 << h % 8);
}

static size_t redact_replace(
	const struct redact *r, const struct redact_form *f, char *text, size_t n)
{
	struct redact_grams grams = {0};
	size_t from = 0, to = 0;

	redact_mark_grams(r, &grams);
	for (size_t at = 0; at < f->n;) {
		size_t found = redact_match(r, f, at, redact_has_gram(&grams, f, at)), mark;

		if (found == 0) {
			at++;
			continue;
		}
		memmove(text + to, text + from, f->start[at] - from);
		to += f->start[at] - from;
		at += found;
		from = f->start[at];
		mark = from - f->start[at - found];
		if (mark > MARK_LEN)
			mark = MARK_LEN;
		/* Adjacent parts share a mark. */
		if (to >= MARK_LEN && memcmp(text + to - MARK_LEN, MARK, MARK_LEN) == 0)
			continue;
		memcpy(text + to, MARK, mark);
		to += mark;
	}
	memmove(text + to, text + from, n - from);
	return to + n - from;
}

size_t redact_text(const struct redact *r, char *text, size_t n)
{
	struct redact_form f;
	size_t kept;

	if (n == 0 || (r->n == 0 && !r->failed))
		return n;
	if (!r->failed && redact_form_make(&f, str_slice(text, n))) {
		kept = redact_replace(r, &f, text, n);
		redact_form_release(&f);
		return kept;
	}
	kept = n < MARK_LEN ? n : MARK_LEN;
	memcpy(text, MARK, kept);
	return kept;
}

void redact_z(const struct redact *r, char *text)
{
	text[redact_text(r, text, strlen(text))] = '\0';
}
