/* SPDX-License-Identifier: MIT */
/* Parsers of times of the day, periods and rates. */
#include "conf/form.h"

#include "base/ascii.h"
#include "base/clock.h"

#define DAY_MINUTES (24 * 60)
#define PERIOD_MIN  CLOCK_SECOND
#define PERIOD_MAX  (7 * CLOCK_DAY)
#define RATE_MAX    1000
#define EXPIRE_MIN  CLOCK_MINUTE
#define EXPIRE_MAX  (365 * CLOCK_DAY)

/* Splits s at the first c into *head and the rest, without blanks; *rest is absent without c. */
static struct str form_split(struct str s, char c, struct str *rest)
{
	const char *at = s.n ? memchr(s.p, c, s.n) : NULL;
	size_t n = at ? (size_t)(at - s.p) : s.n;

	*rest = at ? str_trim(str_slice(at + 1, s.n - n - 1)) : STR_NONE;
	return str_trim(str_slice(s.p, n));
}

/* One or two digits up to max. */
static bool form_two_digits(struct str s, int max, int *out)
{
	*out = 0;
	for (size_t i = 0; i < s.n; i++) {
		if (!ascii_is_digit(s.p[i]))
			return false;
		*out = *out * 10 + s.p[i] - '0';
	}
	return s.n >= 1 && s.n <= 2 && *out <= max;
}

bool conf_form_daytime(struct str s, int *minute)
{
	struct str minutes, hours = form_split(s, ':', &minutes);
	int h, m;

	if (!form_two_digits(hours, 24, &h) || minutes.n != 2 || !form_two_digits(minutes, 59, &m))
		return false;
	*minute = h * 60 + m;
	return *minute <= DAY_MINUTES;
}

bool conf_form_hours(struct str s, struct conf_hours *out, struct str *zone)
{
	struct str hours = form_split(s, ' ', zone), to, from = form_split(hours, '-', &to);

	out->given = conf_form_daytime(from, &out->from) && conf_form_daytime(to, &out->to);
	if (!out->given)
		return false;
	out->from %= DAY_MINUTES;
	out->to = out->to ? out->to : DAY_MINUTES;
	return out->from != out->to % DAY_MINUTES;
}

static bool form_period(struct str s, int64_t min, int64_t max, int64_t *out)
{
	return conf_form_number(s, conf_duration_units, out) && *out >= min && *out <= max;
}

bool conf_form_digest(struct str s, struct conf_digest *out)
{
	struct str time, word = form_split(s, ' ', &time);

	out->daily.given = str_is(word, "daily");
	if (!out->daily.given)
		return form_period(s, PERIOD_MIN, PERIOD_MAX, &out->every);
	out->every = 0;
	return conf_form_daytime(time, &out->daily.minute);
}

bool conf_form_rate(struct str s, struct conf_rate *out)
{
	struct str period, number = form_split(s, '/', &period);
	int64_t n;

	if (!conf_form_number(number, conf_count_units, &n) || n < 1 || n > RATE_MAX ||
		!form_period(period, PERIOD_MIN, PERIOD_MAX, &out->within))
		return false;
	out->n = (unsigned)n;
	return true;
}

bool conf_form_expire(struct str s, struct conf_expire *out)
{
	struct str word, period = form_split(s, ' ', &word);

	out->drop = str_is(word, "drop");
	return (out->drop || !word.p) && form_period(period, EXPIRE_MIN, EXPIRE_MAX, &out->after);
}
