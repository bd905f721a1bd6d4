/* SPDX-License-Identifier: MIT */
#include "diag.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/array.h"

struct lister {
	struct conf_files *files;
	struct arena *names, *scratch;
	struct conf_diags *diags;
	int dir;
	unsigned order;
	size_t cap;
	bool nomem;
};

static bool files_is_safe(struct lister *l, const struct conf_source *s, const struct stat *st)
{
	if (!(st->st_mode & S_IWOTH) || (S_ISDIR(st->st_mode) && (st->st_mode & S_ISVTX)))
		return true;
	conf_error_file(l->diags, s,
		S_ISDIR(st->st_mode) ? "chmod o-w the directory" : "chmod o-w the file",
		"everybody on this machine can write here, so it is not read");
	return false;
}

bool conf_files_read_all(int fd, char *to, size_t max, size_t *n)
{
	ssize_t got;

	for (*n = 0; *n < max; *n += (size_t)got) {
		do
			got = read(fd, to + *n, max - *n);
		while (got < 0 && errno == EINTR);
		if (got <= 0)
			return got == 0;
	}
	return true;
}

int conf_files_write_all(int fd, struct str text)
{
	for (ssize_t n; text.n; text = str_slice(text.p + n, text.n - (size_t)n)) {
		n = write(fd, text.p, text.n);
		if (n < 0 && errno != EINTR)
			return errno;
		n = n < 0 ? 0 : n;
	}
	return 0;
}

static void files_read_file(struct lister *l, struct conf_source *s, int fd)
{
	struct stat st;
	struct str bytes = {NULL, 0};
	char *to;
	size_t max;

	if (fstat(fd, &st) != 0) {
		conf_error_read(l->diags, (struct conf_at){.file = s}, NULL, "cannot be read");
		return;
	}
	if (!S_ISREG(st.st_mode)) {
		conf_error_file(l->diags, s, NULL, "this is not a file");
		return;
	}
	if (!files_is_safe(l, s, &st))
		return;
	/* One byte more than the size: a file that grows during the read is not taken as complete.
	 */
	max = (size_t)st.st_size < CONF_FILE_MAX ? (size_t)st.st_size + 1 : CONF_FILE_MAX + 1;
	to = arena_alloc(l->scratch, max);
	if (!to) {
		l->nomem = true;
		return;
	}
	bytes.p = to;
	if (!conf_files_read_all(fd, to, max, &bytes.n))
		conf_error_read(l->diags, (struct conf_at){.file = s}, NULL, "cannot be read");
	else if (bytes.n > (size_t)st.st_size && bytes.n <= CONF_FILE_MAX)
		conf_error_file(l->diags, s, "try again", "the file changed while it was read");
	else if (conf_source_init(s, bytes, l->scratch, l->diags) == -ERR_NOMEM)
		l->nomem = true;
}

/* Appends a source with that name and empty text. NULL: out of memory. */
static struct conf_source *files_add_source(struct lister *l, const char *sub, const char *name)
{
	struct conf_files *f = l->files;
	struct conf_source *s;

	if (!array_room(&f->v, f->n, &l->cap, 1, sizeof(*f->v))) {
		l->nomem = true;
		return NULL;
	}
	s = &f->v[f->n];
	*s = (struct conf_source){
		.name = arena_printf(l->names, "%s%s%s", sub, *sub ? "/" : "", name),
		.order = l->order++,
		.text = STR("")};
	l->nomem |= !s->name;
	return s->name ? s : NULL;
}

/* O_NONBLOCK: opening a FIFO must not block; it is refused after fstat. */
static void files_add_file(
	struct lister *l, int dir, const char *sub, const char *name, bool needed)
{
	int fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	int why = fd < 0 ? errno : 0;
	struct conf_source *s;

	if (why == ENOENT && !needed)
		return;
	s = files_add_source(l, sub, name);
	errno = why;
	if (s) {
		l->files->n++;
		if (fd < 0)
			conf_error_read(
				l->diags, (struct conf_at){.file = s}, NULL, "cannot be read");
		else
			files_read_file(l, s, fd);
	}
	if (fd >= 0)
		close(fd);
}

static int files_by_name(const struct dirent **a, const struct dirent **b)
{
	return str_cmp(str_of((*a)->d_name), str_of((*b)->d_name));
}

/* False for hidden files, editor backups and other suffixes. */
static int files_is_config(const struct dirent *d)
{
	return d->d_name[0] != '.' && d->d_name[0] != '#' &&
	       str_ends(str_of(d->d_name), STR(".conf"));
}

/* --- files that are not read --- */

/* Ends of names by which editors, packages and people set a file aside. */
static const char *const files_aside[] = {"~", ".bak", ".old", ".orig", ".off", ".disabled",
	".save", ".swp", ".tmp", ".new", ".sample", ".example", ".dist", ".rpmnew", ".rpmsave",
	".rpmorig", ".dpkg-old", ".dpkg-new", ".dpkg-dist", ".dpkg-tmp", ".ucf-old", ".ucf-new",
	".ucf-dist", ".md"};

static bool files_is_aside(struct str name)
{
	if (name.p[0] == '.' || name.p[0] == '#' || str_starts(name, STR("README")) ||
		str_starts(name, STR("LICENSE")))
		return true;
	for (size_t i = 0; i < sizeof(files_aside) / sizeof(files_aside[0]); i++)
		if (str_ends(name, str_of(files_aside[i])))
			return true;
	return false;
}

/* Does it look like configuration? In the main directory: war.conf, nightdesk.txt, watches.d. */
static bool files_is_stray(const char *sub, struct str name, mode_t mode)
{
	static const char *const known[] = {
		"nightdesk.conf", "feeds.d", "watchlists.d", "notify.d", "credentials"};
	static const char *const wrong[] = {
		".txt", ".cfg", ".cnf", ".ini", ".yml", ".yaml", ".toml", ".json", ".CONF"};

	if (files_is_aside(name) || (!S_ISREG(mode) && !S_ISDIR(mode)))
		return false;
	if (*sub)
		return S_ISDIR(mode) || !str_ends(name, STR(".conf"));
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (str_is(name, known[i]))
			return false;
	if (S_ISDIR(mode))
		return str_ends(name, STR(".d"));
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		if (str_starts(name, STR("nightdesk.")) && str_ends(name, str_of(wrong[i])))
			return true;
	return str_ends(name, STR(".conf")) || str_starts(name, STR("nightdesk.conf"));
}

/* Returns what to do with a stray, or NULL without memory. */
static const char *files_stray_help(
	struct lister *l, const char *sub, const char *name, bool directory)
{
	const char *end = strstr(name, ".conf.");

	if (!end)
		end = strrchr(name, '.');
	if (!end || end == name)
		end = name + strlen(name);
	if (directory)
		return *sub ? arena_printf(l->scratch, "move its files to %s", sub)
			    : "drop-in directories are feeds.d, watchlists.d and notify.d";
	if (*sub)
		return arena_printf(
			l->scratch, "rename it to %s/%.*s.conf", sub, (int)(end - name), name);
	return "put its blocks into nightdesk.conf, or the file into feeds.d, watchlists.d or "
	       "notify.d";
}

/* Is it the copy of the configuration that is kept beside a database in this directory? */
static bool files_is_kept(int dir, const char *name)
{
	char start[sizeof(CONF_KEPT_START) - 1];
	int fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	size_t n = 0;

	if (fd < 0)
		return false;
	conf_files_read_all(fd, start, sizeof(start), &n);
	close(fd);
	return str_eq(str_slice(start, n), STR(CONF_KEPT_START));
}

/* Warns of files and directories that look like configuration and are not read. */
static void files_report_strays(struct lister *l, int dir, unsigned order, const char *sub)
{
	struct dirent **entries = NULL;
	int n = scandirat(dir, ".", &entries, NULL, files_by_name);

	for (int i = 0; i < n; i++) {
		const char *name = entries[i]->d_name;
		struct conf_source s = {.order = order};
		struct stat st;

		if (fstatat(dir, name, &st, 0) == 0 &&
			files_is_stray(sub, str_of(name), st.st_mode) &&
			(*sub || !S_ISREG(st.st_mode) || !files_is_kept(dir, name))) {
			s.name = arena_printf(l->scratch, "%s%s%s", sub, *sub ? "/" : "", name);
			l->nomem |= !s.name;
			l->diags->passed_over++;
			if (s.name)
				conf_warn_file(l->diags, &s,
					files_stray_help(l, sub, name, S_ISDIR(st.st_mode)),
					S_ISDIR(st.st_mode) ? "passed over: files in this "
							      "directory are not read"
					: *sub ? "passed over: its name does not end in .conf"
					       : "passed over: this file is not read");
		}
		free(entries[i]);
	}
	free(entries);
}

static void files_add_drop_ins(struct lister *l, const char *sub)
{
	struct conf_source place = {.name = sub, .order = l->order++};
	int dir = openat(l->dir, sub, O_RDONLY | O_CLOEXEC | O_DIRECTORY);
	struct dirent **entries = NULL;
	struct stat st;
	int n;

	if (dir < 0) {
		if (errno != ENOENT)
			conf_error_read(
				l->diags, (struct conf_at){.file = &place}, NULL, "cannot be read");
		return;
	}
	if (fstat(dir, &st) == 0 && files_is_safe(l, &place, &st)) {
		n = scandirat(dir, ".", &entries, files_is_config, files_by_name);
		if (n < 0)
			conf_error_read(
				l->diags, (struct conf_at){.file = &place}, NULL, "cannot be read");
		for (int i = 0; i < n; i++) {
			files_add_file(l, dir, sub, entries[i]->d_name, true);
			free(entries[i]);
		}
		free(entries);
		files_report_strays(l, dir, place.order, sub);
	}
	close(dir);
}

int conf_files_read(struct conf_files *f, const char *dir, struct arena *names,
	struct arena *scratch, struct conf_diags *diags)
{
	struct lister l = {.files = f, .names = names, .scratch = scratch, .diags = diags};
	struct conf_source place = {.name = dir};
	struct stat st;

	*f = (struct conf_files){NULL, 0};
	l.dir = open(dir, O_RDONLY | O_CLOEXEC | O_DIRECTORY);
	if (l.dir < 0) {
		conf_error_read(diags, (struct conf_at){.file = &place},
			"name the configuration directory with -c DIR",
			"the configuration directory cannot be read");
		return 0;
	}
	if (fstat(l.dir, &st) == 0 && files_is_safe(&l, &place, &st)) {
		files_add_file(&l, l.dir, "", "nightdesk.conf", false);
		files_report_strays(&l, l.dir, 0, "");
		files_add_drop_ins(&l, "feeds.d");
		files_add_drop_ins(&l, "watchlists.d");
		files_add_drop_ins(&l, "notify.d");
		if (!f->n && !diags->errors)
			conf_error_file(diags, &place,
				"write nightdesk.conf, see nightdesk.conf(5)",
				"there is no configuration in this directory");
	}
	close(l.dir);
	return l.nomem ? -ERR_NOMEM : 0;
}
