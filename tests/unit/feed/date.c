/* SPDX-License-Identifier: MIT */
/* Dates in the forms that feeds use. */
#include "lib/unit.h"

#include "base/clock.h"
#include "base/rng.h"
#include "feed/date.h"

struct row {
	const char *text;
	const char *stamp; /* RFC 3339, "" for none */
};

static void check_rows(const struct row *rows, size_t n, bool implausible)
{
	for (size_t i = 0; i < n; i++) {
		char have[STAMP_TEXT_MAX];
		bool odd = !implausible;
		int64_t stamp = feed_date_parse(str_of(rows[i].text), &odd);
		bool ms = stamp != STAMP_NONE && stamp % 1000;

		clock_rfc3339(stamp, ms, have);
		if (strcmp(have, rows[i].stamp) != 0 || odd != implausible)
			print_message("# %s\n", rows[i].text);
		assert_string_equal(have, rows[i].stamp);
		assert_int_equal(odd, implausible);
	}
}

#define CHECK(rows) check_rows(rows, sizeof(rows) / sizeof(rows[0]), false)

static void rfc_822_dates(void **state)
{
	static const struct row rows[] = {
		{"Sat, 12 Feb 2022 10:00:00 +0000", "2022-02-12T10:00:00Z"},
		{"Sat, 12 Feb 2022 10:00:00 GMT", "2022-02-12T10:00:00Z"},
		{"Sat, 12 Feb 2022 10:00:00 -0530", "2022-02-12T15:30:00Z"},
		{"  Sat, 12 Feb 2022 10:00:00 +01:00\n", "2022-02-12T09:00:00Z"},
		{"12 Feb 2022 10:00 GMT", "2022-02-12T10:00:00Z"},
		{"Sat,12 Feb 2022 10:00:00", "2022-02-12T10:00:00Z"},
		{"Sat, 2 Feb 22 1:02:03 UT", "2022-02-02T01:02:03Z"},
		{"Thu, 01 Jan 99 00:00:00 GMT", "1999-01-01T00:00:00Z"},
		{"Thu, 01 Jan 104 00:00:00 GMT", "2004-01-01T00:00:00Z"},
		{"Sat, 12 February 2022 10:00:00 EST", "2022-02-12T15:00:00Z"},
		{"Sat, 12 Feb 2022 10:00:00 EDT", "2022-02-12T14:00:00Z"},
		{"Sat, 12 Feb 2022 10:00:00 PST", "2022-02-12T18:00:00Z"},
		{"Sat, 12 Feb 2022 10:00:00 CEST", "2022-02-12T08:00:00Z"},
		{"Sat, 12 Feb 2022 10:00:00 JST", "2022-02-12T01:00:00Z"},
		{"Sat, 12 Feb 2022 10:00:00 Z", "2022-02-12T10:00:00Z"},
		{"Sat, 12 Feb 2022 10:00:00 A", "2022-02-12T10:00:00Z"}, /* RFC 5322 §4.3 */
		{"Sat, 12 Feb 2022 10:00:00 GMT+0100", "2022-02-12T09:00:00Z"},
		{"Sat, 12 Feb 2022 10:00:00 UTC-05:00", "2022-02-12T15:00:00Z"},
		{"Sat, 12 Feb 2022 10:00:00 +1", "2022-02-12T09:00:00Z"},
		{"Sat, 12 Feb 2022 10:00:00 -0800 (PST)", "2022-02-12T18:00:00Z"},
		{"Sat, 12 Feb 2022 10:00:00 Etc/GMT", "2022-02-12T10:00:00Z"},
		{"Mon, 12 Feb 2022 10:00:00 GMT",
			"2022-02-12T10:00:00Z"}, /* wrong: it was a Saturday */
		{"Wed, 5 Nov 2025 13:52:10  EST", "2025-11-05T18:52:10Z"},
		{"Fri,  7 Apr 2006 09:00:00 -0700 ", "2006-04-07T16:00:00Z"},
		{"Sat, 31 Dec 2016 23:59:60 GMT", "2017-01-01T00:00:00Z"},
		{"Thursday 24 Feb 05 23:36 CST", "2005-02-25T05:36:00Z"},
		{"Sunday, 06-Nov-94 08:49:37 GMT", "1994-11-06T08:49:37Z"},
		{"Sun Nov  6 08:49:37 1994", "1994-11-06T08:49:37Z"},
		{"Sun Jan  4 16:29:06 PDT 2004", "2004-01-04T23:29:06Z"},
		{"Sat Oct 06 2018 00:00:00 GMT", "2018-10-06T00:00:00Z"},
		{"Sat, Dec 16 2023 02:02:33 PM", "2023-12-16T14:02:33Z"},
		{"Fri, 2006/09/15 08:19:53 EDT", "2006-09-15T12:19:53Z"},
		{"Mon, 05 May 2025 15.04.05 GMT", "2025-05-05T15:04:05Z"},
		{"ma 5.5.2025 klo 15.04", "2025-05-05T15:04:00Z"},
		{"5 maj 2025 15.04 +0200", "2025-05-05T13:04:00Z"},
		{"/Date(1746457445000)/", "2025-05-05T15:04:05Z"},
		{"/Date(1746457445000+0200)/", "2025-05-05T15:04:05Z"},
	};

	(void)state;
	CHECK(rows);
}

static void iso_8601_dates(void **state)
{
	static const struct row rows[] = {
		{"2022", "2022-01-01T00:00:00Z"},
		{"2022-02", "2022-02-01T00:00:00Z"},
		{"2022-02-12", "2022-02-12T00:00:00Z"},
		{"2022-02-12T10:00Z", "2022-02-12T10:00:00Z"},
		{"2022-02-12T10:00:00Z", "2022-02-12T10:00:00Z"},
		{"2022-02-12T10:00:00", "2022-02-12T10:00:00Z"},
		{"2022-02-12t10:00:00z", "2022-02-12T10:00:00Z"},
		{"2022-02-12T10:00:00.5Z", "2022-02-12T10:00:00.500Z"},
		{"2022-02-12T10:00:00,25+01:00", "2022-02-12T09:00:00.250Z"},
		{"2022-02-12T10:00:00.1234567-08:00", "2022-02-12T18:00:00.123Z"},
		{"2022-02-12T10:00:00+0100", "2022-02-12T09:00:00Z"},
		{"2022-02-12T10:00:00+01", "2022-02-12T09:00:00Z"},
		{"2022-02-12 10:00:00 -0800", "2022-02-12T18:00:00Z"},
		{"2022-02-12T10:00:00\u221208:00", "2022-02-12T18:00:00Z"},
		{"2022-02-12T24:00:00Z", "2022-02-13T00:00:00Z"},
		{"2022-02-12T9:05-05:00", "2022-02-12T14:05:00Z"},
		{"2022-2-3", "2022-02-03T00:00:00Z"},
		{"20220212", "2022-02-12T00:00:00Z"},
		{"20220212T101455Z", "2022-02-12T10:14:55Z"},
		{"20220212T1014+0100", "2022-02-12T09:14:00Z"},
		{"20220212T10", "2022-02-12T10:00:00Z"},
		{"20220212101455", "2022-02-12T10:14:55Z"},
		{"202202121014", "2022-02-12T10:14:00Z"},
		{"202202", "2022-02-01T00:00:00Z"},
		{"220212", "2022-02-12T00:00:00Z"},
		{"22-02-12", "2022-02-12T00:00:00Z"},
		{"2003-335", "2003-12-01T00:00:00Z"},
		{"2003335", "2003-12-01T00:00:00Z"},
		{"2003-335T10:00:00Z", "2003-12-01T10:00:00Z"},
		{"2004-W01-1", "2003-12-29T00:00:00Z"},
		{"2004W011", "2003-12-29T00:00:00Z"},
		{"2009-W53-7T10:00Z", "2010-01-03T10:00:00Z"},
		{"2003-W12", "2003-03-17T00:00:00Z"},
	};

	(void)state;
	CHECK(rows);
}

static void localised_and_informal_dates(void **state)
{
	static const struct row rows[] = {
		{"March 21, 2006", "2006-03-21T00:00:00Z"},
		{"Sept. 3rd, 2017", "2017-09-03T00:00:00Z"},
		{"August 03, 2017 02:50 AM", "2017-08-03T02:50:00Z"},
		{"August 03, 2017 12:50 a.m.", "2017-08-03T00:50:00Z"},
		{"Sun, 20 Apr 2014 8:19 pm CEST", "2014-04-20T18:19:00Z"},
		{"2020/1/10 14:33:00", "2020-01-10T14:33:00Z"},
		{"07.02.2025", "2025-02-07T00:00:00Z"},
		{"22.11.2022 12:16:00", "2022-11-22T12:16:00Z"},
		{"31/12/2004", "2004-12-31T00:00:00Z"},
		{"12/31/2004 5:00 PM", "2004-12-31T17:00:00Z"},
		{"2004-07-08 23:56:58.7", "2004-07-08T23:56:58.700Z"},
		{"1400000000", "2014-05-13T16:53:20Z"},
		{"1400000000123", "2014-05-13T16:53:20.123Z"},
		{"2004년 05월 28일  01:31:15", "2004-05-28T01:31:15Z"},
		{"2004-05-25 오후 11:23:17", "2004-05-25T23:23:17Z"},
		{"2020年1月2日 10時20分30秒", "2020-01-02T10:20:30Z"},
		{"2020年1月2日 下午3:05", "2020-01-02T15:05:00Z"},
		{"Κυρ, 11 Ιούλ 2004 12:00:00 EST", "2004-07-11T17:00:00Z"},
		{"Τρι, 4 ΜΑΪ 2004 12:00:00 GMT", "2004-05-04T12:00:00Z"},
		{"2004-július-13T9:15-05:00", "2004-07-13T14:15:00Z"},
		{"2004. szeptember 3. 10:00", "2004-09-03T10:00:00Z"},
		{"mar. 3 févr. 2015", "2015-02-03T00:00:00Z"},
		{"1 janv. 2020 14h30", "2020-01-01T14:30:00Z"},
		{"15 août 2019", "2019-08-15T00:00:00Z"},
		{"Mi, 3 Mär 2021 10:00:00 +0100", "2021-03-03T09:00:00Z"},
		{"3. Dezember 2021, 10:00 Uhr", "2021-12-03T10:00:00Z"},
		{"5 de enero de 2020", "2020-01-05T00:00:00Z"},
		{"12 maggio 2020", "2020-05-12T00:00:00Z"},
		{"12 października 2020", "2020-10-12T00:00:00Z"},
		{"14 Şubat 2020 10:00", "2020-02-14T10:00:00Z"},
		{"Пт, 13 мар 2020 10:00:00 +0300", "2020-03-13T07:00:00Z"},
		{"13 ТРАВНЯ 2020", "2020-05-13T00:00:00Z"},
	};

	(void)state;
	CHECK(rows);
}

static void invalid_dates_are_absent(void **state)
{
	static const struct row rows[] = {
		{"", ""},
		{"   ", ""},
		{"Yesterday", ""},
		{"3 days ago", ""},
		{"12", ""},
		{"10:00:00", ""},
		{"Monday", ""},
		{"May", ""},
		{"2022-13-01", ""},
		{"Sat, 45 Feb 2022 10:00:00 GMT", ""},
		{"-", ""},
		{"0000000000", ""},
		{"Mon, 01 Jan 0001 00:00:00 +0000", ""},
		{"0001-01-01T00:00:00Z", ""},
		{"0001-01-01T00:00:00-08:00", ""},
		{"1/1/0001 12:00:00 AM", ""},
		{"Sun, 30 Nov 0000 00:00:00 +0000", ""},
		{"Wed, 30 Nov -0001 00:00:00 +0000", ""},
		{"-0001-11-30T00:00:00+00:00", ""},
		{"/Date()/", ""},
		{"/Date(x)/", ""},
		{"99999999999999999999999999", ""},
		{"March 2006 and a story of more than one hundred "
		 "and twenty-eight bytes which is certainly no date at all but the start of an "
		 "article",
			""},
	};
	bool odd;

	(void)state;
	CHECK(rows);
	assert_true(feed_date_parse(STR_NONE, &odd) == STAMP_NONE);
	assert_true(feed_date_parse(STR("2022-02-12"), NULL) != STAMP_NONE);
}

static void implausible_dates_are_flagged(void **state)
{
	static const struct row rows[] = {
		{"1970-01-01T00:00:00Z", "1970-01-01T00:00:00Z"},
		{"Thu, 01 Jan 1970 00:00:00 GMT", "1970-01-01T00:00:00Z"},
		{"9999-12-31", "9999-12-31T00:00:00Z"},
		{"0022-02-12T00:00:00Z", "0022-02-12T00:00:00Z"},
		{"Sat, 30 Feb 2010 10:00:00 GMT", "2010-03-02T10:00:00Z"},
		{"2011-02-29T10:00:00Z", "2011-03-01T10:00:00Z"},
		{"Thu, 03 Jun 2004 25:00:00 GMT", "2004-06-03T00:00:00Z"},
		{"Thu, 03 Jun 2004 10:61:00 GMT", "2004-06-03T00:00:00Z"},
		{"Thu, 03 Jun 2004 10:00:00 +9900", "2004-06-03T10:00:00Z"},
	};

	(void)state;
	check_rows(rows, sizeof(rows) / sizeof(rows[0]), true);
}

static void printed_dates_are_read_again(void **state)
{
	struct rng r;

	(void)state;
	rng_seed(&r, 11);
	for (int i = 0; i < 20000; i++) {
		char text[STAMP_TEXT_MAX];
		int64_t stamp = (int64_t)rng_below(&r, 4000000000u) * 1000;

		clock_rfc5322(stamp, i % 2 == 0, text);
		assert_int_equal(feed_date_parse(str_of(text), NULL), stamp);
		stamp += (int64_t)rng_below(&r, 1000);
		clock_rfc3339(stamp, true, text);
		assert_int_equal(feed_date_parse(str_of(text), NULL), stamp);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rfc_822_dates),
		cmocka_unit_test(iso_8601_dates),
		cmocka_unit_test(localised_and_informal_dates),
		cmocka_unit_test(invalid_dates_are_absent),
		cmocka_unit_test(implausible_dates_are_flagged),
		cmocka_unit_test(printed_dates_are_read_again),
	};

	return cmocka_run_group_tests_name("feed date", tests, NULL, NULL);
}
