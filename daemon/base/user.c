/* SPDX-License-Identifier: MIT */
#include "base/user.h"

#include <pwd.h>
#include <sys/types.h>

#define USER_ROOM 16384

struct str user_name(int64_t uid, struct arena *arena)
{
	char room[USER_ROOM];
	struct passwd user, *found = NULL;

	if (uid == USER_UNKNOWN)
		return STR("unknown");
	if (getpwuid_r((uid_t)uid, &user, room, sizeof(room), &found) == 0 && found)
		return arena_str(arena, str_of(found->pw_name));
	return str_of(arena_printf(arena, "uid %lld", (long long)uid));
}
