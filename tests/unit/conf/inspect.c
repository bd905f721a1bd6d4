/* SPDX-License-Identifier: MIT */
/* Which files another user may read, and which credentials a unit is given. */
#include "lib/unit.h"

#include <endian.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <linux/posix_acl.h>
#include <linux/posix_acl_xattr.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sys/xattr.h>
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

/* Sets the list that `text` means: "u::rw u:4242:r g::- g:4243:r m::r o::-". False: no support. */
static bool set_acl(const char *path, const char *text)
{
	struct {
		struct posix_acl_xattr_header header;
		struct posix_acl_xattr_entry v[16];
	} acl = {.header = {htole32(POSIX_ACL_XATTR_VERSION)}};
	size_t n = 0;

	for (const char *p = text; *p; n++) {
		const char *end = strchrnul(p, ' '), *bits = strchr(p + 2, ':');
		bool named = p[2] != ':';
		unsigned tag = *p == 'u'   ? named ? ACL_USER : ACL_USER_OBJ
			       : *p == 'g' ? named ? ACL_GROUP : ACL_GROUP_OBJ
			       : *p == 'm' ? ACL_MASK
					   : ACL_OTHER;
		unsigned may = 0;

		for (bits = named ? bits : p + 2; bits < end; bits++)
			may |= *bits == 'r' ? 4 : *bits == 'w' ? 2 : *bits == 'x' ? 1 : 0;
		acl.v[n].e_tag = htole16((uint16_t)tag);
		acl.v[n].e_perm = htole16((uint16_t)may);
		acl.v[n].e_id = htole32(named ? (uint32_t)atoi(p + 2) : (uint32_t)ACL_UNDEFINED_ID);
		p = *end ? end + 1 : end;
	}
	return setxattr(path, "system.posix_acl_access", &acl,
		       sizeof(acl.header) + n * sizeof(acl.v[0]), 0) == 0;
}

/* What the kernel says; only root can ask it. */
static bool kernel_permits(const struct conf_reader *r, const char *path)
{
	pid_t pid = fork();
	int status;

	if (pid == 0)
		_exit(setgroups((size_t)r->n_groups, r->groups) || setgid(r->groups[0]) ||
					setuid(r->uid)
				? 2
				: open(path, O_RDONLY) < 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) < 2);
	return WEXITSTATUS(status) == 0;
}

static void an_access_control_list_is_judged(void **state)
{
	static const struct {
		const char *list;
		bool may;
	} t[] = {
		{"u::rw u:4242:r g::- m::r o::-", true},
		{"u::rw u:4242:r g::- m::- o::-", false},
		{"u::rw u:4242:r g::- m::- o::r", true}, /* Linux ignores the list */
		{"u::rw u:4242:r g::- m::x o::r", false},
		{"u::rw u:4242:- g::r g:4243:r m::r o::r", false},
		{"u::rw u:4241:r g::- m::r o::-", false},
		{"u::rw u:4241:- g::- m::r o::r", true},
		{"u::rw g::- g:4243:r m::r o::-", true},
		{"u::rw g::- g:4243:- g:4244:r m::r o::r", true},
		{"u::rw g::r g:4243:- m::r o::r", false},
		{"u::rw g::- g:4243:w m::rw o::r", false},
		{"u::rw g::r g:4249:r m::rwx o::-", false},
		{"u::rw g::- o::r", true},
	};
	const struct conf_reader r = {
		.name = "reader", .uid = 4242, .groups = {4242, 4243, 4244}, .n_groups = 3};
	const char *path = path_of("listed");
	struct buf why;

	(void)state;
	write_file("listed", "x");
	assert_int_equal(chmod(dir, 0755), 0);
	buf_init(&why, 8192);
	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		if (!set_acl(path, t[i].list))
			skip(); /* not on this file system */
		buf_clear(&why);
		if (conf_reader_may_read(&r, path, &why) != t[i].may)
			fail_msg("%s: %s", t[i].list, buf_z(&why));
		if (geteuid() == 0 && kernel_permits(&r, path) != t[i].may)
			fail_msg("%s: the kernel decides otherwise", t[i].list);
	}
	buf_clear(&why);
	assert_true(set_acl(path, "u::rw u:4242:- g::- m::r o::-"));
	assert_false(conf_reader_may_read(&r, path, &why));
	assert_non_null(strstr(buf_z(&why), "has the mode 0640 and an access control list"));
	buf_release(&why);
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
		cmocka_unit_test(an_access_control_list_is_judged),
		cmocka_unit_test(credentials_of_the_unit_are_known),
	};

	return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
