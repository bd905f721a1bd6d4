/* SPDX-License-Identifier: MIT */
#include "date_words.h"

#include <stdbool.h>
#include <stdint.h>

#include "base/utf8.h"
#include "feed/fold.h"

#define WORD_MAX 24 /* bytes of a folded word that are compared */

struct date_word_row {
	const char *word; /* folded */
	int value;
};

/* Prefixes of month names; the longest match wins ("mar" is March, "marras" November). */
static const struct date_word_row months[] = {
	/* English, and what other languages share with it */
	{"jan", 1},
	{"feb", 2},
	{"mar", 3},
	{"apr", 4},
	{"may", 5},
	{"jun", 6},
	{"jul", 7},
	{"aug", 8},
	{"sep", 9},
	{"oct", 10},
	{"nov", 11},
	{"dec", 12},
	/* German, Dutch, Nordic */
	{"mrz", 3},
	{"mrt", 3},
	{"mai", 5},
	{"mei", 5},
	{"maj", 5},
	{"okt", 10},
	{"dez", 12},
	{"des", 12},
	/* French, Spanish, Portuguese, Italian, Romanian, Catalan */
	{"fev", 2},
	{"avr", 4},
	{"juin", 6},
	{"juil", 7},
	{"aou", 8},
	{"ene", 1},
	{"abr", 4},
	{"ago", 8},
	{"dic", 12},
	{"set", 9},
	{"out", 10},
	{"gen", 1},
	{"mag", 5},
	{"giu", 6},
	{"lug", 7},
	{"ott", 10},
	{"ian", 1},
	{"iun", 6},
	{"iul", 7},
	{"noi", 11},
	{"gener", 1},
	{"maig", 5},
	{"desembre", 12},
	/* Hungarian, Polish, Czech */
	{"szep", 9},
	{"sty", 1},
	{"lut", 2},
	{"kwi", 4},
	{"cze", 6},
	{"lip", 7},
	{"sie", 8},
	{"wrz", 9},
	{"pazd", 10},
	{"lis", 11},
	{"gru", 12},
	{"led", 1},
	{"uno", 2},
	{"bre", 3},
	{"dub", 4},
	{"kve", 5},
	{"cerven", 6},
	{"cervenec", 7},
	{"cervenc", 7},
	{"srp", 8},
	{"zar", 9},
	{"rij", 10},
	{"pros", 12},
	/* Finnish, Turkish */
	{"tammi", 1},
	{"helmi", 2},
	{"maalis", 3},
	{"huhti", 4},
	{"touko", 5},
	{"kesa", 6},
	{"heina", 7},
	{"elok", 8},
	{"syys", 9},
	{"loka", 10},
	{"marras", 11},
	{"joulu", 12},
	{"oca", 1},
	{"sub", 2},
	{"nis", 4},
	{"haz", 6},
	{"tem", 7},
	{"agu", 8},
	{"eyl", 9},
	{"eki", 10},
	{"kas", 11},
	{"ara", 12},
	/* Greek */
	{"ιαν", 1},
	{"φεβ", 2},
	{"μαρ", 3},
	{"απρ", 4},
	{"μαι", 5},
	{"μαη", 5},
	{"ιουν", 6},
	{"ιουλ", 7},
	{"αυγ", 8},
	{"σεπ", 9},
	{"οκτ", 10},
	{"νοε", 11},
	{"δεκ", 12},
	/* Russian, Bulgarian, Serbian; Ukrainian */
	{"янв", 1},
	{"яну", 1},
	{"јан", 1},
	{"фев", 2},
	{"мар", 3},
	{"апр", 4},
	{"май", 5},
	{"мая", 5},
	{"мај", 5},
	{"июн", 6},
	{"юни", 6},
	{"јун", 6},
	{"июл", 7},
	{"юли", 7},
	{"јул", 7},
	{"авг", 8},
	{"сен", 9},
	{"сеп", 9},
	{"окт", 10},
	{"ноя", 11},
	{"ное", 11},
	{"нов", 11},
	{"дек", 12},
	{"дец", 12},
	{"січ", 1},
	{"лют", 2},
	{"бер", 3},
	{"кві", 4},
	{"тра", 5},
	{"чер", 6},
	{"лип", 7},
	{"сер", 8},
	{"вер", 9},
	{"жов", 10},
	{"лис", 11},
	{"гру", 12},
};

/* Whole names. Where two places share one, the one whose feeds are more read. */
static const struct date_word_row zones[] = {
	{"z", 0},
	{"ut", 0},
	{"utc", 0},
	{"gmt", 0},
	{"wet", 0},
	{"west", 60},
	{"bst", 60},
	{"ist", 330},
	{"cet", 60},
	{"cest", 120},
	{"met", 60},
	{"mest", 120},
	{"mez", 60},
	{"mesz", 120},
	{"eet", 120},
	{"eest", 180},
	{"msk", 180},
	{"msd", 240},
	{"trt", 180},
	{"sast", 120},
	{"cat", 120},
	{"wat", 60},
	{"eat", 180},
	{"gst", 240},
	{"pkt", 300},
	{"npt", 345},
	{"ict", 420},
	{"wib", 420},
	{"wita", 480},
	{"wit", 540},
	{"hkt", 480},
	{"sgt", 480},
	{"myt", 480},
	{"pht", 480},
	{"awst", 480},
	{"jst", 540},
	{"kst", 540},
	{"acst", 570},
	{"acdt", 630},
	{"aest", 600},
	{"aedt", 660},
	{"nzst", 720},
	{"nzdt", 780},
	{"brt", -180},
	{"art", -180},
	{"clt", -240},
	{"nst", -210},
	{"ndt", -150},
	{"ast", -240},
	{"adt", -180},
	{"est", -300},
	{"edt", -240},
	{"et", -300},
	{"cst", -360},
	{"cdt", -300},
	{"ct", -360},
	{"mst", -420},
	{"mdt", -360},
	{"mt", -420},
	{"pst", -480},
	{"pdt", -420},
	{"pt", -480},
	{"akst", -540},
	{"akdt", -480},
	{"hst", -600},
	{"hast", -600},
	{"hadt", -540},
};

static const struct {
	const char *word;
	enum date_word_kind kind;
} marks[] = {
	{"am", DATE_WORD_AM},
	{"pm", DATE_WORD_PM},
	{"오전", DATE_WORD_AM},
	{"오후", DATE_WORD_PM},
	{"午前", DATE_WORD_AM},
	{"午後", DATE_WORD_PM},
	{"上午", DATE_WORD_AM},
	{"下午", DATE_WORD_PM},
	{"πμ", DATE_WORD_AM},
	{"μμ", DATE_WORD_PM},
	{"년", DATE_WORD_YEAR},
	{"年", DATE_WORD_YEAR},
	{"월", DATE_WORD_MONTH_NUMBER},
	{"月", DATE_WORD_MONTH_NUMBER},
	{"일", DATE_WORD_DAY},
	{"日", DATE_WORD_DAY},
	{"시", DATE_WORD_HOUR},
	{"時", DATE_WORD_HOUR},
	{"时", DATE_WORD_HOUR},
	{"点", DATE_WORD_HOUR},
	{"h", DATE_WORD_HOUR},
	{"uhr", DATE_WORD_HOUR},
	{"분", DATE_WORD_MINUTE},
	{"分", DATE_WORD_MINUTE},
	{"초", DATE_WORD_SECOND},
	{"秒", DATE_WORD_SECOND},
};

static bool date_is_letter(uint32_t cp)
{
	return (cp >= 'a' && cp <= 'z') || (cp >= 'A' && cp <= 'Z') ||
	       (cp >= 0xC0 && cp < 0x2000) || cp >= 0x3040;
}

/* Hangul syllables and ideographs: a unit follows its number without a space. */
static bool date_is_east_asian(uint32_t cp)
{
	return cp >= 0x3040;
}

size_t date_word_length(struct str s)
{
	size_t n = 0, step;
	uint32_t cp;
	bool east = false;

	while ((step = utf8_decode(s.p + n, s.n - n, &cp)) && date_is_letter(cp)) {
		if (n && east != date_is_east_asian(cp))
			break;
		east = date_is_east_asian(cp);
		n += step;
	}
	return n;
}

static struct str date_fold_word(struct str word, char out[WORD_MAX])
{
	struct str folded = {out, 0};
	size_t step;
	uint32_t cp;

	for (size_t i = 0; i < word.n && folded.n + 4 <= WORD_MAX; i += step) {
		step = utf8_decode(word.p + i, word.n - i, &cp);
		if (!step)
			break;
		folded.n += utf8_encode(feed_letter_fold(cp), out + folded.n);
	}
	return folded;
}

struct date_word date_word_find(struct str word)
{
	char bytes[WORD_MAX];
	struct str w = date_fold_word(word, bytes);
	struct date_word found = {DATE_WORD_NONE, 0};
	size_t best = 0;

	for (size_t i = 0; i < sizeof(zones) / sizeof(zones[0]); i++) {
		if (str_is(w, zones[i].word))
			return (struct date_word){DATE_WORD_ZONE, zones[i].value};
	}
	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
		if (str_is(w, marks[i].word))
			return (struct date_word){marks[i].kind, 0};
	}
	for (size_t i = 0; i < sizeof(months) / sizeof(months[0]); i++) {
		struct str start = str_of(months[i].word);

		if (start.n > best && str_starts(w, start)) {
			best = start.n;
			found = (struct date_word){DATE_WORD_MONTH, months[i].value};
		}
	}
	return found;
}
