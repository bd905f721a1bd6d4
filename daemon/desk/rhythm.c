/* SPDX-License-Identifier: MIT */
/*
 * A renewal process in operational time: the clock of a feed runs by the postings that its rhythm
 * expects, so nights and weekends take no time. Gaps between postings, measured by that clock, have
 * a mean of about one; a gamma distribution is fitted to them. Regular feeds have a large shape and
 * are missed soon, feeds that post in bursts a small one.
 */
#include "desk/rhythm.h"

#include <math.h>
#include <stdlib.h>

#define WEEK	    (RHYTHM_HOURS * CLOCK_HOUR)
#define MONDAY	    (3 * CLOCK_DAY) /* the epoch was a Thursday */
#define KEEP	    0.8		    /* of the counts, each week */
#define SEEN_LEAST  0.5		    /* of an hour, for its rate to be known */
#define MILLI	    1000.0
#define FRIDAY	    4  /* to Sunday: days without work somewhere */
#define KNOWN_LEAST 10 /* postings */

/* The gaps of the last hundred postings or so; until then, as many as PRIOR of a Poisson process.
 */
#define GAPS_KEEP  (1 - 1.0 / 128)
#define GAPS_PRIOR 5.0
#define SHAPE_MIN  0.1
#define SHAPE_MAX  16.0

#define SILENT_LEAST 20 /* postings */
#define SILENT_YEARS 20 /* between false alarms of a feed */
#define SILENT_WALK  (10 * RHYTHM_HOURS)
#define SILENT_MORE  1.5	       /* times the longest gap */
#define OUTLIER	     1.25	       /* a longer gap counts as so many times what was silence */
#define WORKDAY	     (12 * CLOCK_HOUR) /* after a posting the day is none without postings */
#define SHIFTS	     3		       /* by an hour: earlier, none, later */

void rhythm_start(struct store_rhythm *r, int64_t now)
{
	*r = (struct store_rhythm){
		.since = now, .until = now, .last = STAMP_NONE, .silent_at = STAMP_NONE};
}

static int64_t rhythm_week(int64_t t)
{
	return (t + MONDAY) / WEEK;
}

static size_t rhythm_hour(int64_t t)
{
	int64_t in_week = (t + MONDAY) % WEEK;

	return (size_t)((in_week < 0 ? in_week + WEEK : in_week) / CLOCK_HOUR);
}

/* --- rates --- */

/* Of that hour in that week, the part between since and until, in hours. */
static double rhythm_overlap(int64_t week, size_t hour, int64_t since, int64_t until)
{
	int64_t from = week * WEEK - MONDAY + (int64_t)hour * CLOCK_HOUR, to = from + CLOCK_HOUR;

	if (from < since)
		from = since;
	if (to > until)
		to = until;
	return to > from ? (double)(to - from) / (double)CLOCK_HOUR : 0;
}

static void rhythm_count_seen(const struct store_rhythm *r, int64_t until, struct rhythm_rates *out)
{
	int64_t first = rhythm_week(r->since), last = rhythm_week(until);
	double keep = pow(KEEP, (double)(last - first));
	double between = last > first + 1 ? (KEEP - keep) / (1 - KEEP) : 0;

	out->whole_week = true;
	for (size_t h = 0; h < RHYTHM_HOURS; h++) {
		double seen = rhythm_overlap(last, h, r->since, until);

		if (last > first)
			seen += between + keep * rhythm_overlap(first, h, r->since, until);
		out->seen[h] = (float)seen;
		out->whole_week &= seen >= SEEN_LEAST;
	}
}

/*
 * The rate of an hour of a day that was not seen yet: the mean of the other days, at least two. Not
 * from Friday to Sunday, which are days without work somewhere.
 */
static void rhythm_guess(struct rhythm_rates *rates, size_t hour)
{
	double days = 0, seen = 0, n = 0;

	for (size_t h = hour % 24; h < FRIDAY * 24; h += 24) {
		if (rates->seen[h] < (float)SEEN_LEAST)
			continue;
		days++;
		seen += (double)rates->seen[h];
		n += (double)rates->counted[h];
	}
	if (hour / 24 >= FRIDAY || days < 2)
		return;
	rates->rate[hour] = (float)(n / seen);
	rates->counted[hour] = (float)n;
}

static void rhythm_find_quiet(struct rhythm_rates *rates)
{
	double least = INFINITY;
	size_t quietest = 0;

	for (size_t day = 0; day < 7; day++) {
		double sum = 0;

		for (size_t h = 0; h < 24; h++)
			sum += (double)rates->rate[day * 24 + h];
		if (sum < least) {
			least = sum;
			quietest = day;
		}
	}
	for (size_t h = 0; h < 24; h++)
		rates->quiet[h] = rates->whole_week ? rates->rate[quietest * 24 + h] : 0;
}

void rhythm_rates(const struct store_rhythm *r, int64_t until, struct rhythm_rates *out)
{
	double keep;

	*out = (struct rhythm_rates){0};
	if (r->since == STAMP_NONE)
		return;
	if (until < r->until)
		until = r->until;
	keep = pow(KEEP, (double)(rhythm_week(until) - rhythm_week(r->until))) / RHYTHM_UNIT;
	rhythm_count_seen(r, until, out);
	for (size_t h = 0; h < RHYTHM_HOURS; h++) {
		double n = r->hours[h] * keep;

		out->postings += n;
		out->counted[h] = (float)n;
		if (out->seen[h] >= (float)SEEN_LEAST)
			out->rate[h] = (float)n / out->seen[h];
	}
	rhythm_find_quiet(out);
	for (size_t h = 0; !out->whole_week && h < RHYTHM_HOURS; h++)
		if (out->seen[h] < (float)SEEN_LEAST)
			rhythm_guess(out, h);
}

bool rhythm_is_known(const struct rhythm_rates *rates)
{
	double seen = 0;

	for (size_t h = 0; h < RHYTHM_HOURS; h++)
		seen += (double)rates->seen[h];
	return rates->postings >= KNOWN_LEAST && seen >= 24;
}

/* Adds an hour of the week to a weighted mean. */
static void rhythm_weigh(
	const struct rhythm_rates *rates, size_t hour, double weight, double *n, double *seen)
{
	double s = (double)rates->seen[hour] * weight;

	if (rates->seen[hour] < (float)SEEN_LEAST)
		return;
	*n += (double)rates->rate[hour] * s;
	*seen += s;
}

double rhythm_rate(const struct rhythm_rates *rates, int64_t t)
{
	size_t hour = rhythm_hour(t);
	double n = 0, seen = 0;

	rhythm_weigh(rates, hour, 1, &n, &seen);
	rhythm_weigh(rates, (hour + 1) % RHYTHM_HOURS, 0.5, &n, &seen);
	rhythm_weigh(rates, (hour + RHYTHM_HOURS - 1) % RHYTHM_HOURS, 0.5, &n, &seen);
	for (size_t day = 1; day < 7; day++)
		rhythm_weigh(rates, (hour + day * 24) % RHYTHM_HOURS, 0.1, &n, &seen);
	return seen > 0 ? n / seen : 0;
}

double rhythm_expected(const struct rhythm_rates *rates, int64_t from, int64_t to)
{
	double sum = 0, week = 0;

	if (to - from > WEEK) {
		int64_t weeks = (to - from) / WEEK;

		for (size_t h = 0; h < RHYTHM_HOURS; h++)
			week += (double)rates->rate[h];
		sum = week * (double)weeks;
		from += weeks * WEEK;
	}
	while (from < to) {
		int64_t end = from + CLOCK_HOUR - (from + MONDAY) % CLOCK_HOUR;

		if (end > to)
			end = to;
		sum += (double)rates->rate[rhythm_hour(from)] * (double)(end - from) /
		       (double)CLOCK_HOUR;
		from = end;
	}
	return sum;
}

double rhythm_items_a_day(const struct store_rhythm *r, const struct rhythm_rates *rates)
{
	double n = 0, seen = 0, postings = 0;

	for (size_t h = 0; h < RHYTHM_HOURS; h++) {
		rhythm_weigh(rates, h, 1, &n, &seen);
		postings += (double)r->hours[h] / RHYTHM_UNIT;
	}
	if (seen <= 0 || postings <= 0)
		return 0;
	return n / seen * 24 * (double)r->milli_items / MILLI / postings;
}

/* --- silence --- */

/* A gamma distribution of the gaps, by the clock of the feed. */
struct rhythm_gaps {
	double mean, shape, longest;
};

static struct rhythm_gaps rhythm_fit(const struct store_rhythm *r)
{
	double n = (double)r->gaps / MILLI + GAPS_PRIOR;
	double mean = ((double)r->gap_sum / MILLI + GAPS_PRIOR) / n;
	double square = ((double)r->gap_squares / MILLI + 2 * GAPS_PRIOR) / n;
	double shape = mean * mean / fmax(square - mean * mean, 1e-6);

	/* A feed that posts more than it used to may fall back any time. */
	return (struct rhythm_gaps){
		fmax(mean, 1), fmin(fmax(shape, SHAPE_MIN), SHAPE_MAX), (double)r->gap_max / MILLI};
}

/*
 * The probability of more than x for a gamma distribution of that shape and mean 1: continued
 * fraction of the incomplete gamma function (DLMF 8.9.2, evaluated by Lentz). 1 near the mean.
 */
static double rhythm_tail(double shape, double x)
{
	double y = shape * x, b = y + 1 - shape, c = 1e300, d = 1 / b, f = d;

	if (y < shape + 1)
		return 1;
	for (int i = 1; i < 40; i++) {
		double a = i * (shape - i), step;

		b += 2;
		d = 1 / (a * d + b);
		c = b + a / c;
		step = c * d;
		f *= step;
		if (fabs(step - 1) < 1e-4)
			break;
	}
	return fmin(1, f * exp(shape * log(y) - y - lgamma(shape)));
}

/* The silence since `from`, hour by hour. */
struct rhythm_walk {
	const struct rhythm_rates *rates;
	int64_t from, at;
	double expected[SHIFTS]; /* with the rhythm shifted */
	double evidence;	 /* postings that the rates of these hours are made of */
	int64_t holiday;	 /* the first hour of a day that may be one; STAMP_NONE */
	bool unknown;		 /* the rate of some hour is not known */
	size_t hours;
};

static double rhythm_walk_rate(struct rhythm_walk *w, int64_t t)
{
	size_t hour = rhythm_hour(t);
	float own = w->rates->rate[hour], quiet = w->rates->quiet[hour % 24];

	if (t - w->from <= WORKDAY || own <= quiet)
		return (double)own;
	if (w->holiday == STAMP_NONE)
		w->holiday = t;
	return (double)(t < w->holiday + CLOCK_DAY ? quiet : own);
}

/* Goes on to `to`, within the hour that w->at is in. */
static void rhythm_walk_on(struct rhythm_walk *w, int64_t to)
{
	double hours = (double)(to - w->at) / (double)CLOCK_HOUR;
	size_t hour = rhythm_hour(w->at);

	for (int k = 0; k < SHIFTS; k++)
		w->expected[k] += hours * rhythm_walk_rate(w, w->at + (k - 1) * CLOCK_HOUR);
	w->unknown |= w->rates->seen[hour] < (float)SEEN_LEAST && w->rates->counted[hour] <= 0;
	if (w->hours++ < RHYTHM_HOURS)
		w->evidence += (double)w->rates->counted[hour];
	w->at = to;
}

/*
 * The time that passed by the clock of the feed: with the shift that expects least, and less where
 * the rates are made of few postings (that of the negative binomial distribution).
 */
static double rhythm_walk_time(const struct rhythm_walk *w)
{
	double least = w->expected[0];

	for (int k = 1; k < SHIFTS; k++)
		least = fmin(least, w->expected[k]);
	return w->evidence > 0 ? w->evidence * log1p(least / w->evidence) : 0;
}

static double rhythm_walk_chance(const struct rhythm_walk *w, const struct rhythm_gaps *gaps)
{
	double time = rhythm_walk_time(w);

	if (time < SILENT_MORE * gaps->longest)
		return 1;
	return rhythm_tail(gaps->shape, time / gaps->mean);
}

static int64_t rhythm_hour_end(int64_t t)
{
	return t + CLOCK_HOUR - (t + MONDAY) % CLOCK_HOUR;
}

static void rhythm_walk_to(struct rhythm_walk *w, int64_t to)
{
	while (w->at < to && w->hours < SILENT_WALK) {
		int64_t end = rhythm_hour_end(w->at);

		rhythm_walk_on(w, end < to ? end : to);
	}
}

static struct rhythm_walk rhythm_walk_start(const struct rhythm_rates *rates, int64_t from)
{
	return (struct rhythm_walk){
		.rates = rates, .from = from, .at = from, .holiday = STAMP_NONE};
}

double rhythm_chance(
	const struct store_rhythm *r, const struct rhythm_rates *rates, int64_t from, int64_t to)
{
	struct rhythm_walk w = rhythm_walk_start(rates, from);
	const struct rhythm_gaps gaps = rhythm_fit(r);

	if (rates->postings < SILENT_LEAST)
		return 1;
	rhythm_walk_to(&w, to);
	return rhythm_walk_chance(&w, &gaps);
}

/* So small that it happens once in SILENT_YEARS. */
static double rhythm_level(const struct rhythm_rates *rates)
{
	double week = 0;

	for (size_t h = 0; h < RHYTHM_HOURS; h++)
		week += (double)rates->rate[h];
	return fmin(fmax(1 / (week * 52 * SILENT_YEARS), 1e-7), 1e-4);
}

/* When the walk reaches that chance, to a minute, after its last whole hour. */
static int64_t rhythm_find_minute(
	const struct rhythm_walk *before, const struct rhythm_gaps *gaps, double level)
{
	int64_t low = before->at, high = rhythm_hour_end(low);

	while (high - low > CLOCK_MINUTE) {
		struct rhythm_walk w = *before;
		int64_t middle = low + (high - low) / 2;

		rhythm_walk_on(&w, middle);
		if (rhythm_walk_chance(&w, gaps) <= level)
			high = middle;
		else
			low = middle;
	}
	return high;
}

int64_t rhythm_silent_at(const struct store_rhythm *r, const struct rhythm_rates *rates)
{
	struct rhythm_walk w = rhythm_walk_start(rates, r->last), before;
	const struct rhythm_gaps gaps = rhythm_fit(r);
	double level = rhythm_level(rates);

	if (r->last == STAMP_NONE || rates->postings < SILENT_LEAST)
		return STAMP_NONE;
	while (w.hours < SILENT_WALK) {
		before = w;
		rhythm_walk_on(&w, rhythm_hour_end(w.at));
		if (rhythm_walk_chance(&w, &gaps) <= level)
			return rhythm_find_minute(&before, &gaps, level);
	}
	return STAMP_NONE;
}

/* --- learning --- */

static void rhythm_decay(struct store_rhythm *r, int64_t now)
{
	double keep = pow(KEEP, (double)(rhythm_week(now) - rhythm_week(r->until)));

	if (keep >= 1)
		return;
	for (size_t h = 0; h < RHYTHM_HOURS; h++)
		r->hours[h] = (uint16_t)lround(r->hours[h] * keep);
	r->milli_items = llround((double)r->milli_items * keep);
	r->gap_max = llround((double)r->gap_max * keep);
}

/* time: by the clock of the feed. */
static void rhythm_add_gap(struct store_rhythm *r, double time)
{
	int64_t milli = llround(time * MILLI);

	r->gaps = llround((double)r->gaps * GAPS_KEEP) + (int64_t)MILLI;
	r->gap_sum = llround((double)r->gap_sum * GAPS_KEEP) + milli;
	r->gap_squares = llround((double)r->gap_squares * GAPS_KEEP + time * time * MILLI);
	if (milli > r->gap_max)
		r->gap_max = milli;
}

/*
 * The gap until a posting at t. One that was silence may have been an outage: it counts as little
 * more than the shortest silence, so that the next outage is not missed, but a feed that has such
 * gaps is not called silent for long.
 */
static void rhythm_learn_gap(struct store_rhythm *r, const struct rhythm_rates *rates, int64_t t)
{
	struct rhythm_walk w = rhythm_walk_start(rates, r->last);

	if (rates->postings < SILENT_LEAST)
		return;
	if (r->silent_at != STAMP_NONE && t > r->silent_at) {
		rhythm_walk_to(&w, r->silent_at);
		rhythm_add_gap(r, OUTLIER * rhythm_walk_time(&w));
		return;
	}
	rhythm_walk_to(&w, t);
	if (!w.unknown)
		rhythm_add_gap(r, rhythm_walk_time(&w));
}

static int rhythm_compare_times(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static void rhythm_add_posting(struct store_rhythm *r, const struct rhythm_rates *rates, int64_t t)
{
	uint16_t *n = &r->hours[rhythm_hour(t)];

	if (r->last != STAMP_NONE && t / RHYTHM_SLOT <= r->last / RHYTHM_SLOT)
		return;
	if (r->last != STAMP_NONE)
		rhythm_learn_gap(r, rates, t);
	r->last = t;
	*n = *n > UINT16_MAX - RHYTHM_UNIT ? UINT16_MAX : (uint16_t)(*n + RHYTHM_UNIT);
}

void rhythm_learn(struct store_rhythm *r, int64_t *times, size_t n, int64_t now)
{
	struct rhythm_rates rates;

	/* Not learnt yet, or the wall clock was set back. */
	if (r->since == STAMP_NONE || now < r->until || r->since > now)
		rhythm_start(r, now);
	if (n > 0)
		qsort(times, n, sizeof(*times), rhythm_compare_times);
	rhythm_rates(r, r->until, &rates);
	rhythm_decay(r, now);
	for (size_t i = 0; i < n; i++)
		rhythm_add_posting(r, &rates, times[i] < now ? times[i] : now);
	r->milli_items += (int64_t)n * (int64_t)MILLI;
	r->until = now;
	rhythm_rates(r, now, &rates);
	r->silent_at = rhythm_silent_at(r, &rates);
}
