/* SPDX-License-Identifier: MIT */
#include "lib/unit.h"

#include <sys/stat.h>
#include <unistd.h>

#include "io/authorities.h"

static void put_file(const char *dir, const char *name)
{
	char path[128];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "w");
	assert_non_null(f);
	fclose(f);
}

static void remove_file(const char *dir, const char *name)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	assert_int_equal(unlink(path), 0);
}

static void a_directory_of_hashes_is_known(void **state)
{
	static const char *const others[] = {
		"ca-certificates.crt", "ce275665.r0", "CE275665.0", "ce2756651.0", "ce27566.0"};
	char dir[] = "/tmp/nightdesk-authorities-XXXXXX";

	(void)state;
	assert_false(authorities_are_hashed("/nowhere"));
	assert_non_null(mkdtemp(dir));
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		put_file(dir, others[i]);
	assert_false(authorities_are_hashed(dir));
	put_file(dir, "ce275665.0");
	assert_true(authorities_are_hashed(dir));
	remove_file(dir, "ce275665.0");
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		remove_file(dir, others[i]);
	assert_int_equal(rmdir(dir), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_directory_of_hashes_is_known),
	};

	return cmocka_run_group_tests_name("io authorities", tests, NULL, NULL);
}
