/* SPDX-License-Identifier: MIT */
#include "reader.h"

#include <endian.h>
#include <errno.h>
#include <grp.h>
#include <limits.h>
#include <linux/posix_acl.h>
#include <linux/posix_acl_xattr.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#define SERVICE_USER "nightdesk"
#define SERVICE_DIR  "/etc/nightdesk"
#define NAMES_ROOM   4096 /* of getpwnam_r() and getgrgid_r() */
#define ACL_NAME     "system.posix_acl_access"
#define ACL_MAX	     128 /* entries; a longer list is not judged */
#define MODE_ENTRIES 3	 /* owner, group and others */
#define ACL_ALL	     (ACL_READ | ACL_WRITE | ACL_EXECUTE)

/* The access control list of a file, as the kernel stores it. */
struct reader_acl {
	struct posix_acl_xattr_header header;
	struct posix_acl_xattr_entry v[ACL_MAX];
	size_t n;
};

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

static void reader_add_entry(struct reader_acl *acl, uint16_t tag, mode_t bits)
{
	acl->v[acl->n++] = (struct posix_acl_xattr_entry){
		.e_tag = htole16(tag), .e_perm = htole16((uint16_t)(bits & ACL_ALL))};
}

/*
 * A file without a list has the one that its mode means. Linux does not look at a list whose mask,
 * the group's part of the mode, permits nothing. False: it is not known.
 */
static bool reader_read_acl(const char *path, const struct stat *st, struct reader_acl *acl)
{
	ssize_t n = 0;

	if (st->st_mode & S_IRWXG)
		n = getxattr(path, ACL_NAME, acl, offsetof(struct reader_acl, n));
	acl->n = 0;
	if (n >= (ssize_t)sizeof(acl->header)) {
		acl->n = ((size_t)n - sizeof(acl->header)) / sizeof(acl->v[0]);
		return le32toh(acl->header.a_version) == POSIX_ACL_XATTR_VERSION;
	}
	if (n < 0 && errno != ENODATA && errno != ENOTSUP && errno != ENOSYS)
		return false;
	reader_add_entry(acl, ACL_USER_OBJ, st->st_mode >> 6);
	reader_add_entry(acl, ACL_GROUP_OBJ, st->st_mode >> 3);
	reader_add_entry(acl, ACL_OTHER, st->st_mode);
	return true;
}

/* The entry decides for the user, unless one with a lower tag did. */
static bool reader_is_meant(
	const struct conf_reader *r, const struct stat *st, unsigned tag, uint32_t id)
{
	switch (tag) {
	case ACL_USER_OBJ: return st->st_uid == r->uid;
	case ACL_USER: return id == r->uid;
	case ACL_GROUP_OBJ: return reader_is_member(r, st->st_gid);
	case ACL_GROUP: return reader_is_member(r, id);
	case ACL_OTHER: return true;
	}
	return false;
}

/*
 * acl(5): the first entry of the user decides, in the order owner, named user, groups, others,
 * which is also that of the list; of groups one that permits is enough. The mask limits all but the
 * owner and others.
 */
static bool reader_may(const struct conf_reader *r, const struct stat *st,
	const struct reader_acl *acl, unsigned want)
{
	unsigned mask = ACL_ALL, decided = 0;
	bool may = false;

	for (size_t i = 0; i < acl->n; i++)
		if (le16toh(acl->v[i].e_tag) == ACL_MASK)
			mask = le16toh(acl->v[i].e_perm);
	for (size_t i = 0; i < acl->n && !may; i++) {
		unsigned tag = le16toh(acl->v[i].e_tag), bits = le16toh(acl->v[i].e_perm);

		if (!reader_is_meant(r, st, tag, le32toh(acl->v[i].e_id)))
			continue;
		if (decided && !(decided >= ACL_GROUP_OBJ && tag <= ACL_GROUP))
			break;
		decided = tag;
		if (tag != ACL_USER_OBJ && tag != ACL_OTHER)
			bits &= mask;
		may = (bits & want) == want;
	}
	return may || r->uid == 0;
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
	struct reader_acl acl;
	struct stat st;
	unsigned want = ACL_EXECUTE;

	*known = stat(path, &st) == 0 && reader_read_acl(path, &st, &acl);
	if (!*known)
		return true;
	if (last)
		want = S_ISDIR(st.st_mode) ? ACL_READ | ACL_EXECUTE : ACL_READ;
	if (reader_may(r, &st, &acl, want))
		return true;
	buf_printf(why, "the user %s cannot read it: %s belongs to ", r->name, path);
	reader_add_owner(why, &st);
	buf_printf(why, " and has the mode %04o%s", (unsigned)st.st_mode & 07777,
		acl.n > MODE_ENTRIES ? " and an access control list" : "");
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
