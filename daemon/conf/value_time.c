/* SPDX-License-Identifier: MIT */
/* Values that say when and how often. */
#include "value.h"

#include "conf/form.h"

bool conf_value_store_daytime(const struct conf_reading *r, const struct conf_value *v, void *field)
{
	struct conf_daytime *out = field;

	out->given = conf_form_daytime(v->text, &out->minute);
	return out->given || conf_value_report(r, v, "write hours and minutes: \"06:30\"",
				     "this is no time of the day");
}

bool conf_value_store_hours(const struct conf_reading *r, const struct conf_value *v, void *field)
{
	struct conf_hours *out = field;
	struct str zone;

	if (!conf_form_hours(v->text, out, &zone))
		return conf_value_report(r, v,
			"write \"23:00-06:30\", and a time zone if it is another one",
			"these are no hours of the day");
	if (zone.p && !conf_form_zone(zone))
		return conf_value_report(r, v, "write a name such as Europe/Kyiv or UTC",
			"there is no such time zone");
	out->timezone = zone.p ? conf_value_copy_text(r, zone) : NULL;
	return !zone.p || out->timezone;
}

bool conf_value_store_digest(const struct conf_reading *r, const struct conf_value *v, void *field)
{
	return conf_form_digest(v->text, field) ||
	       conf_value_report(r, v, "write a duration up to 7d, such as 15m, or \"daily 06:30\"",
		       "this is neither a duration nor a time of the day");
}

bool conf_value_store_rate(const struct conf_reading *r, const struct conf_value *v, void *field)
{
	return conf_form_rate(v->text, field) ||
	       conf_value_report(r, v,
		       "write a number up to 1000, a slash and a duration up to 7d: 20/1h",
		       "this is no rate");
}

bool conf_value_store_expire(const struct conf_reading *r, const struct conf_value *v, void *field)
{
	return conf_form_expire(v->text, field) ||
	       conf_value_report(r, v, "write 6h, or \"6h drop\" to end what waits longer",
		       "this is no duration of 1m to 365d");
}
