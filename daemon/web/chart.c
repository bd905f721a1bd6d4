/* SPDX-License-Identifier: MIT */
#include "chart.h"

#define BAR	10 /* width of a period, in units of the drawing */
#define BAR_GAP 2
#define HEIGHT	40

void chart_init(struct chart *c, const struct html *h, bool days, const char *noun)
{
	int64_t step = days ? CLOCK_DAY : CLOCK_HOUR, n = days ? CHART_DAYS : CHART_HOURS;
	int64_t offset = (int64_t)zone_offset(h->zone, h->now) * CLOCK_SECOND;
	int64_t local = h->now + offset, past = local % step;

	*c = (struct chart){.days = days, .noun = noun};
	c->a = (struct store_activity){.since = h->now - past - (n - 1) * step,
		.step = step,
		.n = (size_t)n,
		.counts = c->counts};
}

/* "06:00", or "12 Nov": the start of a period. */
static void chart_put_start(struct html *h, const struct chart *c, size_t i)
{
	static const char *const months[] = {
		"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
	int64_t at = c->a.since + (int64_t)i * c->a.step;
	const struct civil t =
		clock_to_civil(at + (int64_t)zone_offset(h->zone, h->now) * CLOCK_SECOND);

	if (c->days)
		html_printf(h, "%d %s", t.day, months[t.month - 1]);
	else
		html_printf(h, "%02d:00", t.hour);
}

static void chart_put_bars(struct html *h, const struct chart *c, int64_t most)
{
	html_printf(h,
		"<svg viewBox=\"0 0 %zu %d\" preserveAspectRatio=\"none\" "
		"aria-hidden=\"true\">\n",
		c->a.n * BAR, HEIGHT + 1);
	for (size_t i = 0; i < c->a.n; i++) {
		int64_t n = c->counts[i];
		int64_t height = n ? 2 + (HEIGHT - 2) * n / most : 0;

		html_printf(h,
			"<rect class=\"%s\" x=\"%zu\" y=\"%lld\" width=\"%d\" "
			"height=\"%lld\"><title>",
			i + 1 == c->a.n ? "bar-now" : "bar-past", i * BAR,
			(long long)(HEIGHT - height), BAR - BAR_GAP, (long long)height);
		chart_put_start(h, c, i);
		html_printf(h, ": %lld</title></rect>\n", (long long)n);
	}
	html_printf(h, "<line class=\"axis\" x1=\"0\" y1=\"%d\" x2=\"%zu\" y2=\"%d\"/>\n</svg>\n",
		HEIGHT, c->a.n * BAR, HEIGHT);
}

static void chart_put_numbers(struct html *h, const struct chart *c)
{
	html_markup(h, "<details><summary>Numbers</summary>");
	for (size_t i = 0; i < c->a.n; i++) {
		html_markup(h, i ? " · " : "");
		chart_put_start(h, c, i);
		html_printf(h, " <b>%lld</b>", (long long)c->counts[i]);
	}
	html_markup(h, "</details>");
}

void chart_put(struct html *h, const struct chart *c)
{
	size_t top = 0;
	int64_t sum = 0;

	for (size_t i = 0; i < c->a.n; i++) {
		sum += c->counts[i];
		if (c->counts[i] >= c->counts[top])
			top = i;
	}
	html_markup(h, "<figure>\n");
	if (sum)
		chart_put_bars(h, c, c->counts[top]);
	html_printf(h, "<figcaption>%s: ", c->days ? "30 days" : "24 hours");
	html_count(h, sum);
	html_printf(h, " %s%s", c->noun, str_plural(sum));
	if (sum) {
		html_printf(h, ", most %s ", c->days ? "on" : "from");
		chart_put_start(h, c, top);
		html_printf(h, " (%lld). ", (long long)c->counts[top]);
		chart_put_numbers(h, c);
	} else {
		html_markup(h, ".");
	}
	html_markup(h, "</figcaption>\n</figure>\n");
}
