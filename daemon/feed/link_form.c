/* SPDX-License-Identifier: MIT */
#include "link_form.h"

#include <stdbool.h>
#include <string.h>

#include "base/ascii.h"
#include "base/buf.h"
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

struct link_writer {
	char *o, *end;
	bool full;
};

static void link_put(struct link_writer *w, char c)
{
	if (w->o < w->end)
		*w->o++ = c;
	else
		w->full = true;
}

/* RFC 3986 §2.3: equivalent with and without percent-encoding. */
static bool link_is_unreserved(unsigned char c)
{
	return ascii_is_alnum(c) || c == '-' || c == '.' || c == '_' || c == '~';
}

static void link_put_escaped(struct link_writer *w, unsigned char c)
{
	static const char digits[] = "0123456789ABCDEF";

	link_put(w, '%');
	link_put(w, digits[c >> 4]);
	link_put(w, digits[c & 15]);
}

/* Length of the prefix that has only one encoding. */
static size_t link_plain_length(struct str s)
{
	size_t n = 0;

	while (n < s.n && s.p[n] > ' ' && s.p[n] != 0x7F && s.p[n] != '%')
		n++;
	return n;
}

static void link_put_run(struct link_writer *w, struct str s)
{
	size_t room = (size_t)(w->end - w->o), n = s.n < room ? s.n : room;

	w->full |= n < s.n;
	memcpy(w->o, s.p, n);
	w->o += n;
}

/* Appends s with normalised percent-encoding. */
static void link_put_part(struct link_writer *w, struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		size_t run = link_plain_length(str_slice(s.p + i, s.n - i));
		unsigned char c;

		link_put_run(w, str_slice(s.p + i, run));
		i += run;
		if (i == s.n)
			break;
		c = (unsigned char)s.p[i];
		if (c == '%' && i + 2 < s.n && ascii_hex_value(s.p[i + 1]) >= 0 &&
			ascii_hex_value(s.p[i + 2]) >= 0) {
			c = (unsigned char)(ascii_hex_value(s.p[i + 1]) << 4 |
					    ascii_hex_value(s.p[i + 2]));
			i += 2;
			if (link_is_unreserved(c))
				link_put(w, (char)c);
			else
				link_put_escaped(w, c);
		} else if (c == '%') {
			link_put(w, '%');
		} else {
			link_put_escaped(w, c);
		}
	}
}

static bool link_has_name(struct str name, struct str pattern)
{
	if (!pattern.n || pattern.p[pattern.n - 1] != '*')
		return str_eq_nocase(name, pattern);
	pattern.n--;
	return str_starts_nocase(name, pattern);
}

/* Session numbers of servers, another one for each request. "sid" is not one: it may be a story. */
static const char *const link_sessions[] = {
	"jsessionid", "phpsessid", "aspsessionid*", "cftoken", "oscsid", "zenid"};

static struct str link_parameter_name(struct str parameter)
{
	const char *equals = memchr(parameter.p, '=', parameter.n);

	return str_slice(parameter.p, equals ? (size_t)(equals - parameter.p) : parameter.n);
}

static bool link_is_tracking(struct str parameter, const struct str *strip, size_t n_strip)
{
	for (size_t i = 0; i < n_strip; i++)
		if (link_has_name(link_parameter_name(parameter), strip[i]))
			return true;
	return false;
}

static bool link_is_stripped(const struct link_form *f, struct str parameter)
{
	struct str name = link_parameter_name(parameter);

	if (link_is_tracking(parameter, f->strip, f->n_strip))
		return true;
	for (size_t i = 0; i < sizeof(link_sessions) / sizeof(link_sessions[0]); i++)
		if (link_has_name(name, str_of(link_sessions[i])))
			return true;
	return false;
}

/* Without ";jsessionid=…", which Java servers append to the path of clients without cookies. */
static struct str link_without_session(struct str path)
{
	const char *mark = path.n ? memrchr(path.p, ';', path.n) : NULL;
	struct str rest;

	if (!mark)
		return path;
	rest = str_slice(mark, (size_t)(path.p + path.n - mark));
	return str_starts_nocase(rest, STR(";jsessionid=")) ? str_slice(path.p, path.n - rest.n)
							    : path;
}

static void link_put_query(struct link_writer *w, const struct link_form *f, struct str query)
{
	char mark = '?';

	while (query.n) {
		const char *amp = memchr(query.p, '&', query.n);
		struct str one = {query.p, amp ? (size_t)(amp - query.p) : query.n};
		size_t taken = one.n + (amp ? 1 : 0);

		/* rest of an "&amp;" in links that were escaped twice */
		if (str_starts(one, STR("amp;")))
			one = str_slice(one.p + 4, one.n - 4);
		if (one.n && !link_is_stripped(f, one)) {
			link_put(w, mark);
			link_put_part(w, one);
			mark = '&';
		}
		query.p += taken;
		query.n -= taken;
	}
}

/* Returns false if there is no host. */
static bool link_put_authority(struct link_writer *w, struct str authority, bool tls)
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
		link_put(w, ascii_lower(host.p[i]));
	if (port.n && !str_eq(port, tls ? STR("443") : STR("80"))) {
		link_put(w, ':');
		link_put_part(w, port);
	}
	return host.n > 0;
}

/* Returns s up to the first byte that is in set; *s becomes the rest, from that byte on. */
static struct str link_split(struct str *s, const char *set)
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
	struct link_writer w = {.o = f->out, .end = f->out + LINK_FORM_MAX};
	struct str rest = str_trim(url), part;
	size_t bare;
	bool tls = str_starts_nocase(rest, STR("https://"));

	*whole = 0;
	if (!tls && !str_starts_nocase(rest, STR("http://")))
		return 0;
	rest = str_slice(rest.p + 7 + tls, rest.n - 7 - tls);
	if (!link_put_authority(&w, link_split(&rest, "/?#"), tls))
		return 0;
	part = link_without_session(link_split(&rest, "?#"));
	while (part.n && part.p[part.n - 1] == '/')
		part.n--;
	link_put_part(&w, part);
	part = link_split(&rest, "#");
	if (part.n)
		link_put_query(&w, f, str_slice(part.p + 1, part.n - 1));
	bare = (size_t)(w.o - f->out);
	if (rest.n > 1 && !link_is_stripped(f, str_slice(rest.p + 1, rest.n - 1)))
		link_put_part(&w, rest);
	*whole = (size_t)(w.o - f->out);
	if (w.full)
		return *whole = 0;
	return bare;
}

uint64_t link_form_key(struct str form)
{
	/* It is in databases: never change it. */
	uint64_t h = digest_fast64(form, UINT64_C(0x6C696E6B00000001));

	return h ? h : 1;
}

struct str feed_link_canonical(
	struct arena *a, struct str url, const struct str *strip, size_t n_strip)
{
	char form[LINK_FORM_MAX];
	const struct link_form f = {.strip = strip, .n_strip = n_strip, .out = form};
	size_t whole, n = link_form_write(&f, url, &whole);

	return n ? arena_str(a, str_slice(form, n)) : STR_NONE;
}

/* Appends the other parameters. Returns whether one was left out. */
static bool link_put_untracked(
	struct str query, const struct str *strip, size_t n_strip, struct buf *out)
{
	bool stripped = false;
	char mark = '?';

	while (query.n) {
		struct str one = link_split(&query, "&");
		struct str bare =
			str_starts(one, STR("amp;")) ? str_slice(one.p + 4, one.n - 4) : one;

		query = query.n ? str_slice(query.p + 1, query.n - 1) : query;
		if (link_is_tracking(bare, strip, n_strip)) {
			stripped = true;
			continue;
		}
		buf_addc(out, mark);
		buf_adds(out, mark == '?' ? bare : one);
		mark = '&';
	}
	return stripped;
}

struct str feed_link_shown(struct arena *a, struct str url, const struct str *strip, size_t n_strip)
{
	struct str rest = url, shown = url;
	bool stripped = false;
	struct buf out;

	buf_init(&out, url.n + 1);
	buf_adds(&out, link_split(&rest, "?#"));
	if (rest.n && rest.p[0] == '?') {
		rest = str_slice(rest.p + 1, rest.n - 1);
		stripped = link_put_untracked(link_split(&rest, "#"), strip, n_strip, &out);
	}
	buf_adds(&out, rest);
	if (stripped)
		shown = buf_failed(&out) ? STR_NONE : arena_str(a, buf_str(&out));
	buf_release(&out);
	return shown;
}

uint64_t feed_link_key(struct str url, const struct str *strip, size_t n_strip)
{
	char form[LINK_FORM_MAX];
	const struct link_form f = {.strip = strip, .n_strip = n_strip, .out = form};
	size_t whole, n = link_form_write(&f, url, &whole);

	return n ? link_form_key(str_slice(form, n)) : 0;
}
