/* SPDX-License-Identifier: MIT */
#include "link_form.h"

#include <stdbool.h>
#include <string.h>

#include "base/ascii.h"
#include "base/digest.h"
#include "feed/link.h"

size_t link_scheme_length(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (c == ':')
			return i ? i + 1 : 0;
		if (!(ascii_is_alpha(c) ||
			    (i && (ascii_is_digit(c) || c == '+' || c == '-' || c == '.'))))
			return 0;
	}
	return 0;
}

struct writer {
	char *o, *end;
	bool full;
};

static void put(struct writer *w, char c)
{
	if (w->o < w->end)
		*w->o++ = c;
	else
		w->full = true;
}

/* RFC 3986 §2.3: needs no escape, and means the same with one */
static bool unreserved(unsigned char c)
{
	return ascii_is_alnum(c) || c == '-' || c == '.' || c == '_' || c == '~';
}

static void put_escaped(struct writer *w, unsigned char c)
{
	static const char digits[] = "0123456789ABCDEF";

	put(w, '%');
	put(w, digits[c >> 4]);
	put(w, digits[c & 15]);
}

/* How many bytes at the start have one spelling only. */
static size_t plain_run(struct str s)
{
	size_t n = 0;

	while (n < s.n && s.p[n] > ' ' && s.p[n] != 0x7F && s.p[n] != '%')
		n++;
	return n;
}

static void put_run(struct writer *w, struct str s)
{
	size_t room = (size_t)(w->end - w->o), n = s.n < room ? s.n : room;

	w->full |= n < s.n;
	memcpy(w->o, s.p, n);
	w->o += n;
}

/* One normal spelling for what may be spelt several ways. */
static void put_part(struct writer *w, struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		size_t run = plain_run(str_slice(s.p + i, s.n - i));
		unsigned char c;

		put_run(w, str_slice(s.p + i, run));
		i += run;
		if (i == s.n)
			break;
		c = (unsigned char)s.p[i];
		if (c == '%' && i + 2 < s.n && ascii_hex_value(s.p[i + 1]) >= 0 &&
			ascii_hex_value(s.p[i + 2]) >= 0) {
			c = (unsigned char)(ascii_hex_value(s.p[i + 1]) << 4 |
					    ascii_hex_value(s.p[i + 2]));
			i += 2;
			if (unreserved(c))
				put(w, (char)c);
			else
				put_escaped(w, c);
		} else if (c == '%') {
			put(w, '%');
		} else {
			put_escaped(w, c);
		}
	}
}

static bool stripped(const struct link_form *f, struct str parameter)
{
	const char *equals = memchr(parameter.p, '=', parameter.n);
	struct str name = {parameter.p, equals ? (size_t)(equals - parameter.p) : parameter.n};

	for (size_t i = 0; i < f->n_strip; i++) {
		struct str pattern = f->strip[i];

		if (pattern.n && pattern.p[pattern.n - 1] == '*') {
			pattern.n--;
			if (str_starts_nocase(name, pattern))
				return true;
		} else if (str_eq_nocase(name, pattern)) {
			return true;
		}
	}
	return false;
}

static void put_query(struct writer *w, const struct link_form *f, struct str query)
{
	char mark = '?';

	while (query.n) {
		const char *amp = memchr(query.p, '&', query.n);
		struct str one = {query.p, amp ? (size_t)(amp - query.p) : query.n};
		size_t taken = one.n + (amp ? 1 : 0);

		/* what is left of an escaped separator, in links that were escaped twice */
		if (str_starts(one, STR("amp;")))
			one = str_slice(one.p + 4, one.n - 4);
		if (one.n && !stripped(f, one)) {
			put(w, mark);
			put_part(w, one);
			mark = '&';
		}
		query.p += taken;
		query.n -= taken;
	}
}

/* False when there is no host in it. */
static bool put_authority(struct writer *w, struct str authority, bool tls)
{
	const char *at = memrchr(authority.p, '@', authority.n);
	const char *colon, *bracket;
	struct str host = authority, port = STR_NONE;

	if (at)
		host = str_slice(at + 1, (size_t)(authority.p + authority.n - at - 1));
	bracket = host.n ? memrchr(host.p, ']', host.n) : NULL;
	colon = host.n ? memrchr(host.p, ':', host.n) : NULL;
	if (colon && (!bracket || colon > bracket)) {
		port = str_slice(colon + 1, (size_t)(host.p + host.n - colon - 1));
		host.n = (size_t)(colon - host.p);
	}
	if (host.n && host.p[host.n - 1] == '.')
		host.n--;
	if (host.n > 4 && str_starts_nocase(host, STR("www.")))
		host = str_slice(host.p + 4, host.n - 4);
	for (size_t i = 0; i < host.n; i++)
		put(w, ascii_lower(host.p[i]));
	if (port.n && !str_eq(port, tls ? STR("443") : STR("80"))) {
		put(w, ':');
		put_part(w, port);
	}
	return host.n > 0;
}

/* Cuts s at the first byte of set; the rest starts with that byte. */
static struct str cut(struct str *s, const char *set)
{
	struct str head = *s;

	for (; *set && head.n; set++) {
		const char *found = memchr(head.p, *set, head.n);

		if (found)
			head.n = (size_t)(found - head.p);
	}
	*s = str_slice(s->p + head.n, s->n - head.n);
	return head;
}

size_t link_form_write(const struct link_form *f, struct str url, size_t *whole)
{
	struct writer w = {.o = f->out, .end = f->out + LINK_FORM_MAX};
	struct str rest = str_trim(url), part;
	size_t bare;
	bool tls = str_starts_nocase(rest, STR("https://"));

	*whole = 0;
	if (!tls && !str_starts_nocase(rest, STR("http://")))
		return 0;
	rest = str_slice(rest.p + 7 + tls, rest.n - 7 - tls);
	if (!put_authority(&w, cut(&rest, "/?#"), tls))
		return 0;
	part = cut(&rest, "?#");
	while (part.n && part.p[part.n - 1] == '/')
		part.n--;
	put_part(&w, part);
	part = cut(&rest, "#");
	if (part.n)
		put_query(&w, f, str_slice(part.p + 1, part.n - 1));
	bare = (size_t)(w.o - f->out);
	if (rest.n > 1 && !stripped(f, str_slice(rest.p + 1, rest.n - 1)))
		put_part(&w, rest);
	*whole = (size_t)(w.o - f->out);
	if (w.full)
		return *whole = 0;
	return bare;
}

uint64_t link_form_key(struct str form)
{
	/* on disk: never change */
	uint64_t h = digest_fast64(form, UINT64_C(0x6C696E6B00000001));

	return h ? h : 1;
}

/* Writes it to out and returns its length; 0 where none or longer than cap. */
static size_t canonical_to(
	struct str url, const struct str *strip, size_t n_strip, char *out, size_t cap)
{
	char form[LINK_FORM_MAX];
	struct link_form f = {.strip = strip, .n_strip = n_strip, .out = form};
	size_t whole, n = link_form_write(&f, url, &whole);

	if (n > cap)
		return 0;
	memcpy(out, form, n);
	return n;
}

struct str feed_link_canonical(
	struct arena *a, struct str url, const struct str *strip, size_t n_strip)
{
	char form[LINK_FORM_MAX];
	size_t n = canonical_to(url, strip, n_strip, form, sizeof(form));

	return n ? arena_str(a, str_slice(form, n)) : STR_NONE;
}

uint64_t feed_link_key(struct str url, const struct str *strip, size_t n_strip)
{
	char form[LINK_FORM_MAX];
	size_t n = canonical_to(url, strip, n_strip, form, sizeof(form));

	return n ? link_form_key(str_slice(form, n)) : 0;
}
