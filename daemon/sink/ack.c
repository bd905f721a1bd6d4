/* SPDX-License-Identifier: MIT */
/* What the services have in common where people acknowledge alerts. */
#include "sinks.h"

#include <string.h>

#include "base/utf8.h"

struct str sink_ack_name(struct str name, struct arena *arena)
{
	struct str kept = STR_NONE, s = str_trim(utf8_cut(name, 4 * SINK_ACK_BY_MAX));
	struct buf clean;

	buf_init(&clean, 8 * s.n + 16);
	utf8_escape(&clean, s, s.n, false);
	s = str_trim(text_cut(buf_str(&clean), SINK_ACK_BY_MAX));
	if (!buf_failed(&clean) && s.n)
		kept = arena_str(arena, s);
	buf_release(&clean);
	return kept;
}

bool sink_ack_emoji(struct str s)
{
	/* ✅ ✔ ☑ 👍 👌 🙋 👀 */
	static const uint32_t yes[] = {0x2705, 0x2714, 0x2611, 0x1F44D, 0x1F44C, 0x1F64B, 0x1F440};
	uint32_t cp = 0;
	size_t n = utf8_decode(s.p, s.n, &cp);
	bool found = false;

	for (size_t i = 0; n && i < sizeof(yes) / sizeof(yes[0]); i++)
		found = found || yes[i] == cp;
	if (!found)
		return false;
	/* A variation selector, a colour of skin, a person after a joiner. */
	for (s = str_slice(s.p + n, s.n - n); s.n; s = str_slice(s.p + n, s.n - n)) {
		n = utf8_decode(s.p, s.n, &cp);
		if (n == 0 || !(cp == 0xFE0F || cp == 0x200D || (cp >= 0x1F3FB && cp <= 0x1F3FF) ||
				      cp == 0x2640 || cp == 0x2642))
			return false;
	}
	return true;
}

/* "::skin-tone-2" of Slack, "_medium_dark_skin_tone" of Mattermost */
static bool ack_is_skin_tone(struct str s)
{
	return str_starts(s, STR("::skin-tone-")) ||
	       (str_starts(s, STR("_")) && str_ends(s, STR("_skin_tone")));
}

bool sink_ack_emoji_name(struct str name)
{
	static const char *const yes[] = {"white_check_mark", "heavy_check_mark",
		"ballot_box_with_check", "+1", "thumbsup", "ok_hand", "raising_hand",
		"woman-raising-hand", "man-raising-hand", "woman_raising_hand", "man_raising_hand",
		"eyes"};

	for (size_t i = 0; i < sizeof(yes) / sizeof(yes[0]); i++) {
		struct str one = str_of(yes[i]);

		if (str_eq(name, one) ||
			(str_starts(name, one) &&
				ack_is_skin_tone(str_slice(name.p + one.n, name.n - one.n))))
			return true;
	}
	return false;
}
