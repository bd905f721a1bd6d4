/* SPDX-License-Identifier: MIT */
/* What the log hears of a feed in trouble: each trouble once when it begins, then once a day. */
#include "base/clock.h"
#include "base/digest.h"
#include "base/log.h"
#include "engine/polling.h"

/* Figures left out: "after 3.1 s" and "after 3.2 s" are the same trouble. */
static uint64_t kind_of(struct str reason)
{
	char text[ERR_TEXT_MAX];
	size_t n = 0;

	for (size_t i = 0; i < reason.n && n < sizeof(text); i++) {
		if (reason.p[i] < '0' || reason.p[i] > '9')
			text[n++] = reason.p[i];
	}
	return digest_fast64(str_slice(text, n), 0) | 1;
}

void poll_tell_trouble(struct poll_feed *f, const char *event, struct str reason, int64_t wait)
{
	uint64_t what = kind_of(reason);
	int64_t now = clock_mono();

	if (f->told == what && now - f->told_at < POLL_TELL_AGAIN)
		return;
	f->told = what;
	f->told_at = now;
	log_warn(event, LOG_S("feed", f->name), LOG_STR("reason", reason),
		LOG_I("failures", f->failures), LOG_I("next_s", wait / 1000));
}

void poll_tell_well(struct poll_feed *f)
{
	if (f->told == 0)
		return;
	f->told = 0;
	log_notice("poll-recovered", LOG_S("feed", f->name));
}
