/* SPDX-License-Identifier: MIT */
#include "conf/form.h"

#include "base/zone.h"

#include <arpa/inet.h>

#include "base/ascii.h"
#include "base/clock.h"
#include "base/digest.h"
#include "base/utf8.h"
#include "conf/address.h"

/* "Signature scheme" of Standard Webhooks 1.0.0, in bytes. */
#define SIGNING_KEY_MIN 24
#define SIGNING_KEY_MAX 64

const struct conf_unit conf_duration_units[] = {{"d", CLOCK_DAY}, {"h", CLOCK_HOUR},
	{"m", CLOCK_MINUTE}, {"s", CLOCK_SECOND}, {"ms", 1}, {NULL, 0}};
const struct conf_unit conf_size_units[] = {
	{"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10}, {"", 1}, {"B", 1}, {NULL, 0}};
const struct conf_unit conf_count_units[] = {{"", 1}, {NULL, 0}};

bool conf_form_number(struct str s, const struct conf_unit *units, int64_t *out)
{
	int64_t n = 0;
	size_t i = 0;

	for (; i < s.n && ascii_is_digit(s.p[i]); i++)
		if (__builtin_mul_overflow(n, 10, &n) ||
			__builtin_add_overflow(n, s.p[i] - '0', &n))
			return false;
	if (i == 0)
		return false;
	s = str_slice(s.p + i, s.n - i);
	for (; units->name; units++)
		if (str_is(s, units->name) || (n == 0 && !s.n))
			return !__builtin_mul_overflow(n, units->worth, out);
	return false;
}

/* May a name contain this code point above ASCII? Not if it is invisible or a space. */
static bool form_names_with(uint32_t cp)
{
	return cp > 0xA1 && cp != 0xAD && cp != 0x61C && cp != 0x1680 && cp != 0x180E &&
	       !(cp >= 0x2000 && cp <= 0x206F) && cp != 0x3000 && cp != 0xFEFF &&
	       !(cp >= 0xFFF0 && cp <= 0xFFFF) && !(cp >= 0xE000 && cp <= 0xF8FF) && cp < 0xE0000;
}

bool conf_form_name(struct str s)
{
	if (s.n == 0 || s.n > 100 || s.p[0] == '-' || s.p[0] == '.')
		return false;
	for (size_t i = 0; i < s.n;) {
		uint32_t cp = 0;
		size_t n = utf8_decode(s.p + i, s.n - i, &cp);

		if (!n || (cp < 0x80 && !ascii_is_alnum((int)cp) && cp != '-' && cp != '_' &&
				  cp != '.'))
			return false;
		if (cp >= 0x80 && !form_names_with(cp))
			return false;
		i += n;
	}
	return true;
}

bool conf_form_credential(struct str s)
{
	if (s.n == 0 || s.n > 100 || s.p[0] == '.')
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (!ascii_is_alnum(s.p[i]) && s.p[i] != '-' && s.p[i] != '_' && s.p[i] != '.')
			return false;
	return true;
}

bool conf_form_tag(struct str s)
{
	return s.n <= 32 && conf_form_credential(s);
}

/* A host name or an IPv4 address; IDNA validates what is not ASCII. */
static bool form_is_host(struct str s)
{
	if (s.n == 0 || s.n > 253 || s.p[0] == '.' || s.p[0] == '-')
		return false;
	for (size_t i = 0; i < s.n; i++) {
		if (!ascii_is_alnum(s.p[i]) && !strchr("-_.", s.p[i]) &&
			(unsigned char)s.p[i] < 0x80)
			return false;
		if (s.p[i] == '.' && i + 1 < s.n && s.p[i + 1] == '.')
			return false;
	}
	return true;
}

bool conf_form_mail(struct str s)
{
	const char *at = s.n ? memrchr(s.p, '@', s.n) : NULL;
	size_t local = at ? (size_t)(at - s.p) : 0;

	if (local == 0 || local > 64 || s.n > 254 || s.p[0] == '.' || s.p[local - 1] == '.')
		return false;
	for (size_t i = 0; i < local; i++)
		if (!ascii_is_alnum(s.p[i]) &&
			(s.p[i] == '\0' || !strchr(".!#$%&'*+/=?^_`{|}~-", s.p[i])))
			return false;
	/* A mail to other letters needs SMTPUTF8 from every server on its way. */
	for (size_t i = local; i < s.n; i++)
		if ((unsigned char)s.p[i] >= 0x80)
			return false;
	return form_is_host(str_slice(at + 1, s.n - local - 1));
}

/* A full name has at least two labels; an address is in brackets, IPv6 after "IPv6:". */
bool conf_form_hello(struct str s)
{
	uint8_t address[16];
	char text[64];

	if (s.n < 3 || s.p[0] != '[') {
		for (size_t i = 0; i < s.n; i++)
			if ((unsigned char)s.p[i] >= 0x80)
				return false;
		return form_is_host(s) && memchr(s.p, '.', s.n) && s.p[s.n - 1] != '.';
	}
	if (s.p[s.n - 1] != ']' || s.n >= sizeof(text))
		return false;
	s = str_slice(s.p + 1, s.n - 2);
	if (str_starts_nocase(s, STR("IPv6:")))
		s = str_slice(s.p + 5, s.n - 5);
	else if (memchr(s.p, ':', s.n))
		return false;
	memcpy(text, s.p, s.n);
	text[s.n] = '\0';
	return address_of_text(text, address) == 0;
}

bool conf_form_line(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] < 0x20 || s.p[i] == 0x7F)
			return false;
	return true;
}

bool conf_form_header(struct str s)
{
	const char *colon = s.n ? memchr(s.p, ':', s.n) : NULL;
	size_t name = colon ? (size_t)(colon - s.p) : 0;

	if (name == 0 || s.n > 4096 || !conf_form_line(s))
		return false;
	for (size_t i = 0; i < name; i++)
		if (!ascii_is_alnum(s.p[i]) && !strchr("!#$%&'*+-.^_`|~", s.p[i]))
			return false;
	return true;
}

bool conf_form_label(struct str s)
{
	const char *sign = s.n ? memchr(s.p, '=', s.n) : NULL;
	size_t name = sign ? (size_t)(sign - s.p) : 0;

	if (name == 0 || name + 1 == s.n || s.n > 1024 || !conf_form_line(s) ||
		ascii_is_digit(s.p[0]))
		return false;
	for (size_t i = 0; i < name; i++)
		if (!ascii_is_alnum(s.p[i]) && s.p[i] != '_')
			return false;
	return true;
}

bool conf_form_zone(struct str s)
{
	struct zone *z = s.n == strlen(s.p) ? zone_new(s.p) : NULL;

	zone_free(z);
	return z != NULL;
}

bool conf_form_lang(struct str s)
{
	size_t part = 0, parts = 0;

	if (s.n > 35)
		return false;
	for (size_t i = 0; i <= s.n; i++) {
		if (i < s.n && s.p[i] != '-') {
			if (!(parts ? ascii_is_alnum(s.p[i]) : ascii_is_alpha(s.p[i])))
				return false;
			part++;
			continue;
		}
		if (part == 0 || part > 8 || (parts == 0 && (part < 2 || part > 3)))
			return false;
		part = 0;
		parts++;
	}
	return true;
}

static bool form_is_address(int family, struct str s, void *out)
{
	char text[INET6_ADDRSTRLEN];

	if (s.n == 0 || s.n >= sizeof(text))
		return false;
	memcpy(text, s.p, s.n);
	text[s.n] = '\0';
	return inet_pton(family, text, out) == 1;
}

bool conf_form_cidr(struct str s, struct conf_cidr *out)
{
	const char *slash = s.n ? memchr(s.p, '/', s.n) : NULL;
	size_t n = slash ? (size_t)(slash - s.p) : s.n;
	int64_t bits = -1, most = 128;

	*out = (struct conf_cidr){.addr = {[10] = 0xFF, [11] = 0xFF}};
	if (slash && !conf_form_number(str_slice(slash + 1, s.n - n - 1), conf_count_units, &bits))
		return false;
	s.n = n;
	if (form_is_address(AF_INET, s, out->addr + 12))
		most = 32;
	else if (!form_is_address(AF_INET6, s, out->addr))
		return false;
	out->bits = bits < 0 ? 128 : (unsigned)(bits + 128 - most);
	return bits <= most;
}

bool conf_form_authority(struct str s, struct str *host, unsigned *port)
{
	const char *colon = s.n && s.p[s.n - 1] != ']' ? memrchr(s.p, ':', s.n) : NULL;
	size_t n = colon ? (size_t)(colon - s.p) : s.n;
	struct in6_addr address;
	int64_t number = 0;

	if (colon &&
		(!conf_form_number(str_slice(colon + 1, s.n - n - 1), conf_count_units, &number) ||
			number < 1 || number > 65535))
		return false;
	*port = (unsigned)number;
	*host = str_slice(s.p, n);
	if (n < 2 || s.p[0] != '[' || s.p[n - 1] != ']')
		return form_is_host(*host);
	*host = str_slice(s.p + 1, n - 2);
	return form_is_address(AF_INET6, *host, &address);
}

bool conf_form_listen(struct str s, struct str *host, unsigned *port)
{
	const char *colon = memrchr(s.p, ':', s.n);
	size_t n = colon ? (size_t)(colon - s.p) : 0;
	struct in6_addr address;
	int64_t number;

	if (!colon ||
		!conf_form_number(str_slice(colon + 1, s.n - n - 1), conf_count_units, &number) ||
		number < 0 || number > 65535)
		return false;
	*port = (unsigned)number;
	*host = str_slice(s.p, n);
	if (n < 2 || s.p[0] != '[' || s.p[n - 1] != ']')
		return form_is_address(AF_INET, *host, &address);
	*host = str_slice(s.p + 1, n - 2);
	return form_is_address(AF_INET6, *host, &address);
}

int conf_form_server(struct str s, const char *const *schemes, struct str *host, unsigned *port)
{
	size_t n;
	int i = 0;

	while (schemes[i] && !str_starts(s, str_of(schemes[i])))
		i++;
	if (!schemes[i])
		return -1;
	n = strlen(schemes[i]);
	s = str_slice(s.p + n, s.n - n);
	if (s.n && s.p[s.n - 1] == '/')
		s.n--;
	return conf_form_authority(s, host, port) ? i : -1;
}

/* Length of "http://" or "https://", in any case; 0: another scheme, or none. */
static size_t form_url_scheme(struct str s)
{
	return str_starts_nocase(s, STR("https://"))  ? 8
	       : str_starts_nocase(s, STR("http://")) ? 7
						      : 0;
}

/* Length up to the end of the host and port. */
static size_t form_url_authority(struct str s, size_t scheme)
{
	size_t end = scheme;

	while (end < s.n && !strchr("/?#", s.p[end]))
		end++;
	return end;
}

enum conf_url conf_form_url(struct str s)
{
	size_t scheme = form_url_scheme(s), end;
	struct str host;
	unsigned port;

	if (!scheme)
		return CONF_URL_SCHEME;
	if (s.n > 8000)
		return CONF_URL_BAD;
	for (size_t i = scheme; i < s.n; i++)
		if ((unsigned char)s.p[i] <= 0x20 || strchr("<>\"\\^`{|}\x7F", s.p[i]))
			return CONF_URL_BAD;
	end = form_url_authority(s, scheme);
	s = str_slice(s.p + scheme, end - scheme);
	if (s.n && memchr(s.p, '@', s.n))
		return CONF_URL_PASSWORD;
	return conf_form_authority(s, &host, &port) ? CONF_URL_GOOD : CONF_URL_BAD;
}

void conf_form_encode_url(struct str s, struct buf *out)
{
	size_t scheme, end;

	s = str_trim(s);
	scheme = form_url_scheme(s);
	end = form_url_authority(s, scheme);
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (i < scheme)
			buf_addc(out, ascii_lower(s.p[i]));
		else if (i >= end && (c == ' ' || c >= 0x80 || strchr("<>\"\\^`{|}", c)) && c)
			buf_printf(out, "%%%02X", c);
		else
			buf_addc(out, s.p[i]);
	}
}

bool conf_form_domain(struct str s)
{
	char before = '.';

	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (c == '.' ? before == '.' : !ascii_is_alnum(c) && !strchr("-_", c) && c > 0)
			return false;
		before = c;
	}
	return s.n > 0 && s.n <= 253 && before != '.';
}

bool conf_form_token(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] <= ' ' || (unsigned char)s.p[i] >= 0x7f)
			return false;
	return s.n > 0;
}

/* Whether key, a seed and a public key, is of one pair. Truncates it to the seed. */
static bool form_is_pair(struct buf *key)
{
	uint8_t public[ED25519_SEED];
	bool same;

	if (!digest_ed25519_public((const uint8_t *)key->data, public)) {
		key->failed = true;
		return false;
	}
	same = memcmp(key->data + ED25519_SEED, public, sizeof(public)) == 0;
	buf_truncate(key, ED25519_SEED);
	return same;
}

enum conf_signing conf_form_signing_key(struct str s, struct buf *key)
{
	bool ed25519;

	s = str_trim(s);
	ed25519 = str_starts(s, STR("whsk_"));
	if (ed25519)
		s = str_slice(s.p + 5, s.n - 5);
	else if (str_starts(s, STR("whsec_")))
		s = str_slice(s.p + 6, s.n - 6);
	/* Without a prefix it is of HMAC; but the public half of a key is none. */
	if (str_starts(s, STR("whpk_")) || s.n > 512 || digest_unbase64(key, s) != 0 ||
		buf_failed(key))
		return CONF_SIGNING_NONE;
	if (!ed25519)
		return key->len >= SIGNING_KEY_MIN && key->len <= SIGNING_KEY_MAX
			       ? CONF_SIGNING_HMAC
			       : CONF_SIGNING_NONE;
	if (key->len == ED25519_SEED || (key->len == (size_t)2 * ED25519_SEED && form_is_pair(key)))
		return CONF_SIGNING_ED25519;
	return CONF_SIGNING_NONE;
}

struct str conf_form_url_host(struct str url)
{
	size_t scheme = form_url_scheme(url), end = form_url_authority(url, scheme);
	struct str host = STR_NONE;
	unsigned port;

	(void)conf_form_authority(str_slice(url.p + scheme, end - scheme), &host, &port);
	return host;
}
