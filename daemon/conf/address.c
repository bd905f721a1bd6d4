/* SPDX-License-Identifier: MIT */
#include "conf/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdio.h>

struct address_range {
	uint8_t addr[16];
	unsigned bits;
};

#define V4(a, b, c, d, n)                                                                          \
	{                                                                                          \
		{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, a, b, c, d}, 96 + (n)                   \
	}
#define V6(a, b, c, d, n)                                                                          \
	{                                                                                          \
		{(a) >> 8, (a)&0xff, (b) >> 8, (b)&0xff, (c) >> 8, (c)&0xff, (d) >> 8, (d)&0xff},  \
			n                                                                          \
	}

static const struct address_range mapped = V4(0, 0, 0, 0, 0);

static const struct address_range denied_v4[] = {
	V4(0, 0, 0, 0, 8),	 /* this network */
	V4(10, 0, 0, 0, 8),	 /* private, RFC 1918 */
	V4(100, 64, 0, 0, 10),	 /* carrier-grade NAT, RFC 6598 */
	V4(127, 0, 0, 0, 8),	 /* loopback */
	V4(169, 254, 0, 0, 16),	 /* link-local; cloud metadata */
	V4(172, 16, 0, 0, 12),	 /* private */
	V4(192, 0, 0, 0, 24),	 /* protocol assignments */
	V4(192, 0, 2, 0, 24),	 /* documentation */
	V4(192, 88, 99, 0, 24),	 /* 6to4 relays, RFC 7526 */
	V4(192, 168, 0, 0, 16),	 /* private */
	V4(198, 18, 0, 0, 15),	 /* benchmarks, RFC 2544 */
	V4(198, 51, 100, 0, 24), /* documentation */
	V4(203, 0, 113, 0, 24),	 /* documentation */
	V4(224, 0, 0, 0, 4),	 /* multicast */
	V4(240, 0, 0, 0, 4),	 /* reserved; broadcast */
};

/* The only block that IANA allocates global unicast addresses from. */
static const struct address_range global_v6 = V6(0x2000, 0, 0, 0, 3);
static const struct address_range denied_v6[] = {
	V6(0x2001, 0, 0, 0, 23),     /* protocol assignments, with Teredo */
	V6(0x2001, 0xdb8, 0, 0, 32), /* documentation */
	V6(0x2002, 0, 0, 0, 16),     /* 6to4: carries any IPv4 address */
	V6(0x3fff, 0, 0, 0, 20),     /* documentation, RFC 9637 */
};

static const struct address_range link_local[] = {V4(169, 254, 0, 0, 16), V6(0xfe80, 0, 0, 0, 10)};

static const struct address_range compatible = {{0}, 96};
static const struct address_range nat64 = V6(0x64, 0xff9b, 0, 0, 96);

static bool address_is_in(const uint8_t a[16], const uint8_t block[16], unsigned bits)
{
	unsigned whole = bits / 8, rest = bits % 8;
	uint8_t mask = (uint8_t)(0xff00 >> rest);

	if (memcmp(a, block, whole) != 0)
		return false;
	return rest == 0 || ((a[whole] ^ block[whole]) & mask) == 0;
}

static bool address_is_in_any(const uint8_t a[16], const struct address_range *blocks, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (address_is_in(a, blocks[i].addr, blocks[i].bits))
			return true;
	return false;
}

/* :: and ::1 are in the compatible range too; as 0.0.0.0 and 0.0.0.1 both are denied. */
static void address_unwrap(uint8_t a[16])
{
	if (address_is_in(a, compatible.addr, compatible.bits) ||
		address_is_in(a, nat64.addr, nat64.bits))
		memcpy(a, mapped.addr, 12);
}

int address_of_sockaddr(const struct sockaddr *sa, size_t size, uint8_t out[16])
{
	if (sa->sa_family == AF_INET && size >= sizeof(struct sockaddr_in)) {
		struct sockaddr_in v4;

		memcpy(&v4, sa, sizeof(v4));
		memcpy(out, mapped.addr, 12);
		memcpy(out + 12, &v4.sin_addr, 4);
		return 0;
	}
	if (sa->sa_family == AF_INET6 && size >= sizeof(struct sockaddr_in6)) {
		struct sockaddr_in6 v6;

		memcpy(&v6, sa, sizeof(v6));
		memcpy(out, &v6.sin6_addr, 16);
		address_unwrap(out);
		return 0;
	}
	return -(int)ERR_INPUT;
}

/* The names of this machine that need no resolver (RFC 6761 §6.3, /etc/hosts of distributions). */
static bool address_is_localhost(struct str host)
{
	static const char *const names[] = {"localhost", "localhost.localdomain", "localhost4",
		"localhost6", "ip6-localhost", "ip6-loopback"};
	const struct str parent = STR(".localhost");

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (str_eq_nocase(host, str_of(names[i])))
			return true;
	return host.n > parent.n &&
	       str_eq_nocase(str_slice(host.p + host.n - parent.n, parent.n), parent);
}

int address_of_host(struct str host, uint8_t out[16])
{
	char text[INET6_ADDRSTRLEN];
	struct in_addr v4 = {.s_addr = htonl(INADDR_LOOPBACK)};

	if (host.n > 2 && host.p[0] == '[' && host.p[host.n - 1] == ']')
		host = str_slice(host.p + 1, host.n - 2);
	if (host.n && host.p[host.n - 1] == '.')
		host.n--;
	if (!address_is_localhost(host)) {
		if (host.n == 0 || host.n >= sizeof(text))
			return -(int)ERR_INPUT;
		snprintf(text, sizeof(text), "%.*s", STR_ARG(host));
		/* curl and browsers read these numbers in the same way. */
		if (inet_aton(text, &v4) == 0)
			return address_of_text(text, out);
	}
	memcpy(out, mapped.addr, 12);
	memcpy(out + 12, &v4, 4);
	return 0;
}

int address_of_text(const char *text, uint8_t out[16])
{
	char bare[INET6_ADDRSTRLEN];
	size_t n = strcspn(text, "%");

	if (n >= sizeof(bare))
		return -(int)ERR_INPUT;
	snprintf(bare, sizeof(bare), "%.*s", (int)n, text);
	memcpy(out, mapped.addr, 12);
	if (inet_pton(AF_INET, bare, out + 12) == 1)
		return 0;
	if (inet_pton(AF_INET6, bare, out) != 1)
		return -(int)ERR_INPUT;
	address_unwrap(out);
	return 0;
}

bool address_public(const uint8_t a[16])
{
	if (address_is_in(a, mapped.addr, mapped.bits))
		return !address_is_in_any(a, denied_v4, sizeof(denied_v4) / sizeof(denied_v4[0]));
	return address_is_in(a, global_v6.addr, global_v6.bits) &&
	       !address_is_in_any(a, denied_v6, sizeof(denied_v6) / sizeof(denied_v6[0]));
}

static bool address_allowed_by_operator(const uint8_t a[16], const struct conf_poll *policy)
{
	if (!policy)
		return false;
	switch (policy->private_networks) {
	case CONF_PRIVATE_DENY: return false;
	case CONF_PRIVATE_ALLOW: return !address_is_in_any(a, link_local, 2);
	case CONF_PRIVATE_LIST: break;
	}
	for (size_t i = 0; i < policy->n_allow; i++)
		if (address_is_in(a, policy->allow[i].addr, policy->allow[i].bits))
			return true;
	return false;
}

bool address_allowed(const uint8_t a[16], const struct conf_poll *policy)
{
	return address_public(a) || address_allowed_by_operator(a, policy);
}

static bool address_is_usual_port(unsigned port)
{
	return port == 80 || port == 443 || port == 8080 || port == 8443;
}

enum address_verdict address_check(const struct address_rule *r, const uint8_t a[16], unsigned port)
{
	if (!address_allowed(a, r->learnt ? NULL : r->policy))
		return ADDRESS_PRIVATE;
	if (r->learnt && port != r->home_port && !address_is_usual_port(port))
		return ADDRESS_PORT;
	return ADDRESS_PASS;
}
