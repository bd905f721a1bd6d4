/* SPDX-License-Identifier: MIT */
/* Addresses that feeds may refer to. */
#include "lib/unit.h"

#include <arpa/inet.h>
#include <netdb.h>

#include "conf/address.h"

static const struct {
	const char *text;
	bool public;
} rows[] = {
	{"8.8.8.8", true},
	{"1.0.0.1", true},
	{"0.0.0.0", false},
	{"0.255.255.255", false},
	{"9.255.255.255", true},
	{"10.0.0.0", false},
	{"10.255.255.255", false},
	{"11.0.0.0", true},
	{"100.63.255.255", true},
	{"100.64.0.0", false},
	{"100.127.255.255", false},
	{"100.128.0.0", true},
	{"126.255.255.255", true},
	{"127.0.0.1", false},
	{"127.255.255.255", false},
	{"169.254.169.254", false},
	{"172.15.255.255", true},
	{"172.16.0.0", false},
	{"172.31.255.255", false},
	{"172.32.0.0", true},
	{"192.0.0.1", false},
	{"192.0.1.0", true},
	{"192.0.2.9", false},
	{"192.88.99.1", false},
	{"192.167.255.255", true},
	{"192.168.0.0", false},
	{"192.169.0.0", true},
	{"198.17.255.255", true},
	{"198.18.0.0", false},
	{"198.19.255.255", false},
	{"198.51.100.1", false},
	{"203.0.113.1", false},
	{"223.255.255.255", true},
	{"224.0.0.1", false},
	{"240.0.0.1", false},
	{"255.255.255.255", false},
	{"2606:4700::1111", true},
	{"2a00::1", true},
	{"3ffe::1", true},
	{"::", false},
	{"::1", false},
	{"::7f00:1", false},
	{"::8.8.8.8", true},
	{"::ffff:127.0.0.1", false},
	{"::ffff:8.8.8.8", true},
	{"64:ff9b::7f00:1", false},
	{"64:ff9b::808:808", true},
	{"64:ff9b:1::808:808", false},
	{"100::1", false},
	{"2001::1", false},
	{"2001:1ff:ffff::1", false},
	{"2001:200::1", true},
	{"2001:db8::1", false},
	{"2002:7f00:1::", false},
	{"2002:808:808::", false},
	{"3fff:fff::1", false},
	{"3fff:1000::1", true},
	{"5f00::1", false},
	{"fc00::1", false},
	{"fdff::1", false},
	{"fe80::1", false},
	{"fe80::1%eth0", false},
	{"fec0::1", false},
	{"ff02::1", false},
};

static void reserved_addresses_are_refused(void **state)
{
	uint8_t a[16];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(address_of_text(rows[i].text, a), 0);
		if (address_public(a) != rows[i].public)
			fail_msg("%s", rows[i].text);
	}
}

static void spellings_of_loopback_are_loopback(void **state)
{
	static const char *const spelled[] = {
		"2130706433", "0x7f000001", "0177.0.0.1", "127.1", "0", "::ffff:7f00:1"};

	(void)state;
	for (size_t i = 0; i < sizeof(spelled) / sizeof(spelled[0]); i++) {
		struct addrinfo hints = {.ai_flags = AI_NUMERICHOST, .ai_socktype = SOCK_STREAM};
		struct addrinfo *found = NULL;
		uint8_t a[16];

		assert_int_equal(getaddrinfo(spelled[i], "80", &hints, &found), 0);
		assert_int_equal(address_of_sockaddr(found->ai_addr, found->ai_addrlen, a), 0);
		assert_false(address_public(a));
		freeaddrinfo(found);
	}
}

static void allowed_networks_are_permitted(void **state)
{
	struct conf_cidr list[] = {
		{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 10, 1, 0, 0}, 96 + 16},
		{{0xfd, 0x12}, 16},
	};
	struct conf_poll deny = {.private_networks = CONF_PRIVATE_DENY};
	struct conf_poll allow = {.private_networks = CONF_PRIVATE_ALLOW};
	struct conf_poll some = {
		.private_networks = CONF_PRIVATE_LIST, .allow = list, .n_allow = 2};
	uint8_t inside[16], outside[16], six[16], public[16];

	(void)state;
	assert_int_equal(address_of_text("10.1.2.3", inside), 0);
	assert_int_equal(address_of_text("10.2.0.1", outside), 0);
	assert_int_equal(address_of_text("fd12:3::1", six), 0);
	assert_int_equal(address_of_text("8.8.8.8", public), 0);
	assert_false(address_allowed(inside, &deny));
	assert_false(address_allowed(inside, NULL));
	assert_true(address_allowed(inside, &allow));
	assert_true(address_allowed(inside, &some));
	assert_false(address_allowed(outside, &some));
	assert_true(address_allowed(six, &some));
	assert_true(address_allowed(public, &deny));
}

static void only_a_list_includes_link_local_addresses(void **state)
{
	static const char *const link_local[] = {
		"169.254.169.254", "::ffff:169.254.1.1", "64:ff9b::a9fe:a9fe", "fe80::1%eth0"};
	struct conf_cidr list[] = {
		{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 169, 254, 0, 0}, 96 + 16},
		{{0xfe, 0x80}, 10},
	};
	struct conf_poll allow = {.private_networks = CONF_PRIVATE_ALLOW};
	struct conf_poll some = {
		.private_networks = CONF_PRIVATE_LIST, .allow = list, .n_allow = 2};
	uint8_t a[16];

	(void)state;
	for (size_t i = 0; i < sizeof(link_local) / sizeof(link_local[0]); i++) {
		assert_int_equal(address_of_text(link_local[i], a), 0);
		assert_false(address_allowed(a, &allow));
		assert_true(address_allowed(a, &some));
	}
}

static void redirects_lead_to_the_usual_ports(void **state)
{
	static const unsigned usual[] = {80, 443, 8080, 8443}, others[] = {0, 22, 25, 6379, 8000};

	const struct conf_poll allow = {.private_networks = CONF_PRIVATE_ALLOW};
	struct address_rule r = {.policy = &allow, .learnt = true, .home_port = 8008};
	uint8_t public[16], inside[16];

	(void)state;
	assert_int_equal(address_of_text("8.8.8.8", public), 0);
	assert_int_equal(address_of_text("10.1.2.3", inside), 0);
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(address_check(&r, public, usual[i]), ADDRESS_PASS);
	for (size_t i = 0; i < 5; i++)
		assert_int_equal(address_check(&r, public, others[i]), ADDRESS_PORT);
	assert_int_equal(address_check(&r, public, 8008), ADDRESS_PASS);
	assert_int_equal(address_check(&r, inside, 80), ADDRESS_PRIVATE);
	r.learnt = false;
	assert_int_equal(address_check(&r, public, 25), ADDRESS_PASS);
	assert_int_equal(address_check(&r, inside, 25), ADDRESS_PASS);
}

static void hosts_that_spell_an_address_are_found(void **state)
{
	static const struct {
		const char *host, *address; /* NULL: a name */
	} t[] = {
		{"127.0.0.1", "127.0.0.1"},
		{"127.0.0.1.", "127.0.0.1"},
		{"0x7f.1", "127.0.0.1"},
		{"0X7F000001", "127.0.0.1"},
		{"2130706433", "127.0.0.1"},
		{"017700000001", "127.0.0.1"},
		{"127.1", "127.0.0.1"},
		{"10.1.2.3", "10.1.2.3"},
		{"::1", "::1"},
		{"[::1]", "::1"},
		{"::ffff:10.0.0.1", "10.0.0.1"},
		{"[64:ff9b::a00:1]", "10.0.0.1"},
		{"localhost", "127.0.0.1"},
		{"LocalHost.", "127.0.0.1"},
		{"desk.localhost", "127.0.0.1"},
		{"ip6-localhost", "127.0.0.1"},
		{"8.8.8.8", "8.8.8.8"},
		{"desk.example", NULL},
		{"localhost.example", NULL},
		{"notlocalhost", NULL},
		{"10.example", NULL},
		{"1.2.3.4.5", NULL},
		{"", NULL},
		{".", NULL},
	};
	uint8_t got[16], want[16];

	(void)state;
	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		int rc = address_of_host(str_of(t[i].host), got);

		assert_int_equal(rc == 0, t[i].address != NULL);
		if (rc == 0) {
			assert_int_equal(address_of_text(t[i].address, want), 0);
			assert_memory_equal(got, want, 16);
		}
	}
}

static void invalid_addresses_are_refused(void **state)
{
	struct sockaddr_in v4 = {.sin_family = AF_INET};
	struct sockaddr unix_like = {.sa_family = AF_UNIX};
	uint8_t a[16];

	(void)state;
	assert_true(address_of_text("", a) < 0);
	assert_true(address_of_text("localhost", a) < 0);
	assert_true(address_of_text("1.2.3.4.5.6.7.8.9.10.11.12.13.14.15.16.17.18.19", a) < 0);
	assert_true(address_of_sockaddr(&unix_like, sizeof(unix_like), a) < 0);
	assert_true(address_of_sockaddr((struct sockaddr *)&v4, 4, a) < 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reserved_addresses_are_refused),
		cmocka_unit_test(spellings_of_loopback_are_loopback),
		cmocka_unit_test(allowed_networks_are_permitted),
		cmocka_unit_test(only_a_list_includes_link_local_addresses),
		cmocka_unit_test(redirects_lead_to_the_usual_ports),
		cmocka_unit_test(hosts_that_spell_an_address_are_found),
		cmocka_unit_test(invalid_addresses_are_refused),
	};

	return cmocka_run_group_tests_name("conf address", tests, NULL, NULL);
}
