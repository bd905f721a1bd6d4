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
	assert_int_equal(authorities_count_hashed("/nowhere"), 0);
	assert_non_null(mkdtemp(dir));
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		put_file(dir, others[i]);
	assert_int_equal(authorities_count_hashed(dir), 0);
	put_file(dir, "ce275665.0");
	put_file(dir, "ce275665.12");
	assert_int_equal(authorities_count_hashed(dir), 2);
	remove_file(dir, "ce275665.0");
	remove_file(dir, "ce275665.12");
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		remove_file(dir, others[i]);
	assert_int_equal(rmdir(dir), 0);
}

static void the_certificates_of_a_file_are_counted(void **state)
{
	static const char text[] = "# two\n-----BEGIN CERTIFICATE-----\nMII\n"
				   "-----END CERTIFICATE-----\n\n-----BEGIN CERTIFICATE-----\n";
	char path[] = "/tmp/nightdesk-authorities-XXXXXX";
	int fd = mkstemp(path);

	(void)state;
	assert_int_equal(write(fd, text, sizeof(text) - 1), sizeof(text) - 1);
	close(fd);
	assert_int_equal(authorities_count_in_file(path), 2);
	unlink(path);
	assert_int_equal(authorities_count_in_file(path), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_directory_of_hashes_is_known),
		cmocka_unit_test(the_certificates_of_a_file_are_counted),
	};

	return cmocka_run_group_tests_name("io authorities", tests, NULL, NULL);
}
