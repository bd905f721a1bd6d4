/* SPDX-License-Identifier: MIT */
/* The configuration directory: which files are read or refused; credentials. */
#include "lib/unit.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "conf/diag.h"
#include "conf/generation.h"

struct fixture {
	char dir[64];
	struct arena *names, *scratch;
	struct conf_files files;
	struct conf_diags diags;
};

static void put(const struct fixture *f, const char *name, const char *text, mode_t mode)
{
	char path[256];
	FILE *out;

	snprintf(path, sizeof(path), "%s/%s", f->dir, name);
	out = fopen(path, "w");
	assert_non_null(out);
	assert_true(fputs(text, out) >= 0);
	assert_int_equal(fclose(out), 0);
	assert_int_equal(chmod(path, mode), 0);
}

static void make_dir(const struct fixture *f, const char *name, mode_t mode)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/%s", f->dir, name);
	assert_int_equal(mkdir(path, 0755), 0);
	assert_int_equal(chmod(path, mode), 0);
}

static void set_up(struct fixture *f)
{
	*f = (struct fixture){.names = arena_new(1 << 20), .scratch = arena_new(1 << 27)};
	snprintf(f->dir, sizeof(f->dir), "/tmp/nightdesk-conf.XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	conf_diags_init(&f->diags);
}

static void tear_down(struct fixture *f)
{
	char command[128];

	snprintf(command, sizeof(command), "rm -rf '%s'", f->dir);
	assert_int_equal(system(command), 0);
	free(f->files.v);
	conf_diags_release(&f->diags);
	arena_free(f->names);
	arena_free(f->scratch);
}

static void read_files(struct fixture *f, const char *dir)
{
	assert_int_equal(conf_files_read(&f->files, dir, f->names, f->scratch, &f->diags), 0);
}

static void files_with_wrong_names_are_reported(void **state)
{
	static const char *const strays[] = {"nightdesk.txt", "other.conf", "watches.d",
		"feeds.d/c.CONF", "feeds.d/mine", "feeds.d/mine.txt", "feeds.d/n.conf.txt",
		"feeds.d/sub"};
	static const char *const quiet[] = {"nightdesk.db", "nightdesk.conf.bak", "notes.txt",
		"feeds.d/README", "feeds.d/a.conf.dpkg-old"};
	struct fixture f;

	(void)state;
	set_up(&f);
	make_dir(&f, "feeds.d", 0755);
	make_dir(&f, "watches.d", 0755);
	make_dir(&f, "feeds.d/sub", 0755);
	put(&f, "nightdesk.conf", "", 0644);
	for (size_t i = 0; i < sizeof(strays) / sizeof(strays[0]); i++)
		if (i != 2 && i != 7)
			put(&f, strays[i], "x", 0644);
	for (size_t i = 0; i < sizeof(quiet) / sizeof(quiet[0]); i++)
		put(&f, quiet[i], "x", 0644);
	put(&f, "nightdesk.db.conf", "# The configuration of /x as it was last loaded.\n", 0644);
	read_files(&f, f.dir);
	assert_int_equal(f.files.n, 1);
	assert_int_equal(f.diags.passed_over, sizeof(strays) / sizeof(strays[0]));
	for (size_t i = 0; i < f.diags.n; i++) {
		assert_true(f.diags.v[i].warning);
		assert_string_equal(f.diags.v[i].place.file, strays[i]);
		assert_non_null(strstr(f.diags.v[i].text, "passed over"));
	}
	assert_string_equal(f.diags.v[6].help, "rename it to feeds.d/n.conf");
	tear_down(&f);
}

static void files_come_in_byte_order(void **state)
{
	static const char *const order[] = {"nightdesk.conf", "feeds.d/B.conf", "feeds.d/a.conf",
		"watchlists.d/w.conf", "notify.d/10.conf", "notify.d/9.conf"};
	struct fixture f;

	(void)state;
	set_up(&f);
	make_dir(&f, "feeds.d", 0755);
	make_dir(&f, "notify.d", 0755);
	make_dir(&f, "watchlists.d", 0755);
	for (size_t i = sizeof(order) / sizeof(order[0]); i-- > 0;)
		put(&f, order[i], order[i], 0644);
	put(&f, "feeds.d/.hidden.conf", "x", 0644);
	put(&f, "feeds.d/a.conf~", "x", 0644);
	put(&f, "feeds.d/#a.conf#", "x", 0644);
	put(&f, "feeds.d/#b.conf", "x", 0644);
	put(&f, "feeds.d/a.conf.bak", "x", 0644);
	read_files(&f, f.dir);
	assert_int_equal(f.diags.n, 0);
	assert_int_equal(f.files.n, sizeof(order) / sizeof(order[0]));
	for (size_t i = 0; i < f.files.n; i++) {
		assert_string_equal(f.files.v[i].name, order[i]);
		assert_true(str_is(f.files.v[i].text, order[i]));
		assert_true(i == 0 || f.files.v[i].order > f.files.v[i - 1].order);
	}
	tear_down(&f);
}

static void expect_error(struct fixture *f, const char *file, const char *text)
{
	assert_int_equal(f->diags.n, 1);
	assert_string_equal(f->diags.v[0].place.file, file);
	assert_non_null(strstr(f->diags.v[0].text, text));
}

static void only_regular_files_are_read(void **state)
{
	char path[128];
	struct fixture f;

	(void)state;
	set_up(&f);
	make_dir(&f, "feeds.d", 0755);
	snprintf(path, sizeof(path), "%s/feeds.d/pipe.conf", f.dir);
	assert_int_equal(mkfifo(path, 0600), 0);
	read_files(&f, f.dir);
	expect_error(&f, "feeds.d/pipe.conf", "not a file");
	tear_down(&f);
}

/* Of a file without blocks, which no disk has to hold. */
static void a_file_has_a_maximum_size(void **state)
{
	char path[128];
	struct fixture f;

	(void)state;
	set_up(&f);
	put(&f, "nightdesk.conf", "x", 0644);
	snprintf(path, sizeof(path), "%s/nightdesk.conf", f.dir);
	assert_int_equal(truncate(path, (off_t)2 << 30), 0);
	read_files(&f, f.dir);
	expect_error(&f, "nightdesk.conf", "larger than 64 MiB");
	assert_int_equal(f.files.v[0].text.n, 0);
	tear_down(&f);
}

static void world_writable_files_are_refused(void **state)
{
	struct fixture f;

	(void)state;
	set_up(&f);
	put(&f, "nightdesk.conf", "x", 0646);
	read_files(&f, f.dir);
	expect_error(&f, "nightdesk.conf", "everybody on this machine can write here");
	assert_int_equal(f.files.v[0].text.n, 0);
	tear_down(&f);

	set_up(&f);
	make_dir(&f, "feeds.d", 0777);
	put(&f, "feeds.d/a.conf", "x", 0644);
	read_files(&f, f.dir);
	expect_error(&f, "feeds.d", "everybody on this machine can write here");
	assert_int_equal(f.files.n, 0);
	tear_down(&f);
}

static void a_missing_configuration_is_reported(void **state)
{
	struct fixture f;

	(void)state;
	set_up(&f);
	read_files(&f, f.dir);
	expect_error(&f, f.dir, "no configuration in this directory");
	tear_down(&f);

	set_up(&f);
	read_files(&f, "/nonexistent/nightdesk");
	expect_error(&f, "/nonexistent/nightdesk", "cannot be read: No such file");
	tear_down(&f);
}

static void secrets_are_read_from_private_files_only(void **state)
{
	static const struct {
		const char *name, *text, *error;
	} rows[] = {
		{"good", "s3cret", NULL},
		{"crlf", "s3cret", NULL},
		{"both", "of systemd", NULL},
		{"open", NULL, "others on this machine can read it"},
		{"empty", NULL, "is empty"},
		{"absent", NULL, "there is no credential absent"},
		{"../good", NULL, "no name of a credential"},
		{"sub", NULL, "is not a file"},
	};
	char systemd[128];
	struct conf_generation g = {0};
	struct fixture f;
	struct buf out;

	(void)state;
	set_up(&f);
	make_dir(&f, "credentials", 0750);
	make_dir(&f, "credentials/sub", 0700);
	make_dir(&f, "systemd", 0700);
	put(&f, "credentials/good", "s3cret\n", 0640);
	put(&f, "credentials/crlf", "s3cret\r\n", 0600);
	put(&f, "credentials/open", "s3cret", 0644);
	put(&f, "credentials/empty", "\n", 0600);
	put(&f, "credentials/both", "of ours", 0600);
	put(&f, "systemd/both", "of systemd", 0400);
	snprintf(systemd, sizeof(systemd), "%s/systemd", f.dir);
	g.conf.dir = f.dir;
	g.credentials_directory = systemd;
	buf_init(&out, 1 << 20);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct err e = {0};
		int rc = conf_secret_read(&g.conf, rows[i].name, &out, &e);

		assert_int_equal(rc == 0, rows[i].error == NULL);
		if (rc == 0)
			assert_string_equal(buf_z(&out), rows[i].text);
		else
			assert_non_null(strstr(e.text, rows[i].error));
		assert_null(strstr(e.text, "s3cret"));
		buf_wipe(&out);
	}
	tear_down(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(files_with_wrong_names_are_reported),
		cmocka_unit_test(files_come_in_byte_order),
		cmocka_unit_test(only_regular_files_are_read),
		cmocka_unit_test(a_file_has_a_maximum_size),
		cmocka_unit_test(world_writable_files_are_refused),
		cmocka_unit_test(a_missing_configuration_is_reported),
		cmocka_unit_test(secrets_are_read_from_private_files_only),
	};

	return cmocka_run_group_tests_name("conf files", tests, NULL, NULL);
}
