/* SPDX-License-Identifier: MIT */
/* Which files another user may read, and which credentials a unit is given. */
#include "lib/unit.h"

#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "conf/reader.h"
#include "conf/unit_credential.h"

static char dir[] = "/tmp/nightdesk-inspect-XXXXXX";

static int make_directory(void **state)
{
	(void)state;
	return mkdtemp(dir) ? 0 : -1;
}

static int remove_directory(void **state)
{
	char command[PATH_MAX];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf '%s'", dir);
	return system(command);
}

static const char *path_of(const char *name)
{
	static char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return path;
}

static void write_file(const char *name, const char *text)
{
	FILE *f = fopen(path_of(name), "w");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

/* Which of the three digits of the mode applies: the owner's, the group's, or that of others. */
enum as { OWNER, GROUP, OTHER };

static bool may_read(enum as as, mode_t mode, mode_t mode_of_dir)
{
	struct conf_reader r = {.name = "reader",
		.uid = as == OWNER ? geteuid() : 54321,
		.groups = {54321, as == GROUP ? getegid() : 54321},
		.n_groups = 2};
	struct buf why;
	bool may;

	/* The superuser may read all. */
	if (r.uid == 0)
		return true;
	buf_init(&why, 8192);
	assert_int_equal(chmod(path_of("sub/file"), mode), 0);
	assert_int_equal(chmod(path_of("sub"), mode_of_dir), 0);
	assert_int_equal(chmod(dir, 0755), 0);
	may = conf_reader_may_read(&r, path_of("sub/file"), &why);
	assert_int_equal(may, why.len == 0);
	if (!may)
		assert_non_null(strstr(buf_z(&why), "the user reader cannot read it"));
	buf_release(&why);
	return may;
}

static void owner_group_and_mode_are_judged(void **state)
{
	(void)state;
	mkdir(path_of("sub"), 0755);
	write_file("sub/file", "x");
	assert_true(may_read(OTHER, 0644, 0755));
	assert_false(may_read(OTHER, 0640, 0755));
	assert_false(may_read(OTHER, 0644, 0750));
	assert_true(may_read(OTHER, 0644, 0711));
	assert_true(may_read(GROUP, 0640, 0750));
	assert_false(may_read(GROUP, 0604, 0750));
	assert_false(may_read(GROUP, 0600, 0750));
	assert_false(may_read(GROUP, 0640, 0700));
	assert_true(may_read(OWNER, 0600, 0700));
}

static void the_superuser_and_this_process_are_not_judged(void **state)
{
	struct conf_reader self = {0}, root = {.name = "root"};

	(void)state;
	assert_int_equal(chmod(path_of("sub/file"), 0), 0);
	assert_true(conf_reader_may_read(&self, path_of("sub/file"), NULL));
	assert_true(conf_reader_may_read(&root, path_of("sub/file"), NULL));
	assert_true(conf_reader_may_read(&root, path_of("none"), NULL));
}

static void credentials_of_the_unit_are_known(void **state)
{
	static const struct {
		const char *name;
		bool given;
	} t[] = {{"smtp", true}, {"smt", false}, {"smtp2", false}, {"whole", true},
		{"sealed", true}, {"set", true}, {"commented", false}};

	(void)state;
	mkdir(path_of("nightdesk.service.d"), 0755);
	write_file("nightdesk.service", "[Service]\nLoadCredential=whole\n");
	write_file("nightdesk.service.d/own.conf",
		"[Service]\n LoadCredential= smtp:/etc/x\nLoadCredentialEncrypted=sealed:/etc/y\n"
		"#LoadCredential=commented:/etc/z\nSetCredential=set:abc\n");
	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++)
		assert_int_equal(conf_unit_gives_credential(dir, t[i].name), t[i].given);
	assert_false(conf_unit_gives_credential("/nonexistent", "smtp"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(owner_group_and_mode_are_judged),
		cmocka_unit_test(the_superuser_and_this_process_are_not_judged),
		cmocka_unit_test(credentials_of_the_unit_are_known),
	};

	return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
