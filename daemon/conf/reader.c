/* SPDX-License-Identifier: MIT */
#include "reader.h"

#include <grp.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SERVICE_USER "nightdesk"
#define SERVICE_DIR  "/etc/nightdesk"
#define NAMES_ROOM   4096 /* of getpwnam_r() and getgrgid_r() */

enum { READER_READ = 4, READER_SEARCH = 1 }; /* bits of a mode */

static bool reader_is_member(const struct conf_reader *r, gid_t group)
{
	for (int i = 0; i < r->n_groups; i++)
		if (r->groups[i] == group)
			return true;
	return false;
}

/* Does the file, or one of the directory, belong to the user or to its own group? */
static bool reader_owns(const struct conf_reader *r, const char *dir, const char *name)
{
	char path[PATH_MAX];
	struct stat st;

	if (snprintf(path, sizeof(path), "%s/%s", dir, name) >= PATH_MAX || stat(path, &st) != 0)
		return false;
	return st.st_uid == r->uid || st.st_gid == r->groups[0];
}

void conf_reader_find(struct conf_reader *r, const char *dir)
{
	char room[NAMES_ROOM], real[PATH_MAX];
	struct passwd entry, *found = NULL;

	*r = (struct conf_reader){.n_groups = CONF_READER_GROUPS - 1};
	if (getpwnam_r(SERVICE_USER, &entry, room, sizeof(room), &found) != 0 || !found ||
		found->pw_uid == geteuid() || !realpath(dir, real))
		return;
	r->uid = found->pw_uid;
	/* The first is its own, whatever the order of the list. */
	r->groups[0] = found->pw_gid;
	if (getgrouplist(SERVICE_USER, found->pw_gid, r->groups + 1, &r->n_groups) < 0)
		r->n_groups = CONF_READER_GROUPS - 1;
	r->n_groups++;
	if (strcmp(real, SERVICE_DIR) == 0 || reader_owns(r, dir, ".") ||
		reader_owns(r, dir, "nightdesk.conf") || reader_owns(r, dir, "credentials"))
		r->name = SERVICE_USER;
}

static bool reader_may(const struct conf_reader *r, const struct stat *st, mode_t want)
{
	mode_t bits = st->st_uid == r->uid		? st->st_mode >> 6
		      : reader_is_member(r, st->st_gid) ? st->st_mode >> 3
							: st->st_mode;

	return r->uid == 0 || (bits & want) == want;
}

static void reader_add_owner(struct buf *out, const struct stat *st)
{
	char room[NAMES_ROOM];
	struct passwd user, *u = NULL;
	struct group group, *g = NULL;

	if (getpwuid_r(st->st_uid, &user, room, sizeof(room), &u) == 0 && u)
		buf_printf(out, "%s:", u->pw_name);
	else
		buf_printf(out, "%u:", (unsigned)st->st_uid);
	if (getgrgid_r(st->st_gid, &group, room, sizeof(room), &g) == 0 && g)
		buf_addz(out, g->gr_name);
	else
		buf_printf(out, "%u", (unsigned)st->st_gid);
}

/* One file or directory. *known: false if this process may not look at it. */
static bool reader_check(
	const struct conf_reader *r, const char *path, bool last, bool *known, struct buf *why)
{
	struct stat st;
	mode_t want = READER_SEARCH;

	*known = stat(path, &st) == 0;
	if (!*known)
		return true;
	if (last)
		want = S_ISDIR(st.st_mode) ? READER_READ | READER_SEARCH : READER_READ;
	if (reader_may(r, &st, want))
		return true;
	buf_printf(why, "the user %s cannot read it: %s belongs to ", r->name, path);
	reader_add_owner(why, &st);
	buf_printf(why, " and has the mode %04o", (unsigned)st.st_mode & 07777);
	return false;
}

bool conf_reader_may_read(const struct conf_reader *r, const char *path, struct buf *why)
{
	char real[PATH_MAX];
	bool known = true;

	if (!r->name || !realpath(path, real))
		return true;
	for (char *slash = strchr(real, '/'); slash && known; slash = strchr(slash + 1, '/')) {
		char next = slash[1];

		slash[1] = '\0'; /* "/", "/etc/" */
		if (!reader_check(r, real, false, &known, why))
			return false;
		slash[1] = next;
	}
	return !known || reader_check(r, real, true, &known, why);
}
