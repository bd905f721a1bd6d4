/* SPDX-License-Identifier: MIT */
#include "lib/unit.h"

#include "lib/hostile.h"

#include "base/utf8.h"

static const struct str hostile[] = {
	STR("x\r\nBcc: evil@example.org\r\n\r\n.\r\nQUIT\r\n"),
	STR("\n.\nMAIL FROM:<a@b>\n"),
	STR("=?utf-8?B?eA==?= =?utf-8?Q?=0D=0ABcc:_x?="),
	STR("<!channel> <!here> <!subteam^S1> <@U123> @everyone @here <#C1>"),
	STR("<https://evil.example|https://bank.example> [x](javascript:alert(1))"),
	STR("</b><script>alert(1)</script><img src=x onerror=alert(1)>"),
	STR("\x1b[2J\x1b]0;title\x07\x1b[31mred \x7f \x08\x08"),
	STR("\xc2\x9b"
	    "2J \xc2\x85 \u2028 \u2029 \u202e reversed \u2066 open"),
	STR("forged\n<0>Feb 14 18:20:35 box kernel: panic\n"),
	STR("\nPRIORITY=0\nMESSAGE=forged\nNIGHTDESK_ID\n\x05\0\0\0\0\0\0\0abc"),
	STR("\"}],\"type\":\"forged\",\"x\":\"\\"),
	STR("\"] [forged@1 a=\"b\" \\] \\\" ]"),
	STR("%n%s%x%1$s {title} {link} {{ }} ${HOME} $(id) `id`; rm -rf / | & > <"),
	STR("\xff\xfe \xc0\xaf \xed\xa0\x80 \xf4\x90\x80\x80 cut \xe4\xbd"),
	STR("Z\u0351\u036f\u0321\u0353a\u0363\u0315l\u0334g\u0337o"),
	STR("a\tb\vc\fd\x01\x02\x1f"),
	STR(""),
};

#define HOSTILE (sizeof(hostile) / sizeof(hostile[0]))

/* An alert of that kind with the text wherever a publisher can put text. */
static void hostile_fill(struct sink_fixture *f, enum alert_kind kind, const struct str *text)
{
	static struct alert part;
	static struct alert_change change;
	static struct alert_digest digest;
	static struct alert_trouble trouble;
	static struct alert_trouble_part trouble_part;

	f->hits[0] = (struct watch_hit){QUERY_BODY, 0, text->n > 3 ? 3 : 0, *text, *text};
	part = (struct alert){.id = STR("al_1"),
		.watch = STR("w"),
		.title = text->n ? *text : STR("x"),
		.link = *text,
		.published = STAMP_NONE,
		.feed = STR("wire"),
		.feed_title = *text};
	change = (struct alert_change){ALERT_TITLE, text, text, 1, 1};
	digest = (struct alert_digest){ALERT_WHY_FLOOD, &part, 1, 2};
	trouble_part = (struct alert_trouble_part){*text, *text, SINK_NOW};
	trouble = (struct alert_trouble){
		STR("receiver-failing"), STR("look"), true, &trouble_part, 1, 0};
	f->alert = (struct alert){.kind = kind,
		.id = STR("al_abcdefghijklmnopqrstuvwxyz"),
		.created = SINK_NOW,
		.watch = STR("embassy"),
		.watch_title = *text,
		.priority = ALERT_FLASH,
		.item_id = *text,
		.title = *text,
		.link = *text,
		.author = *text,
		.body = *text,
		.published = SINK_NOW,
		.feed = STR("wire"),
		.feed_title = *text,
		.source = *text,
		.language = *text,
		.hits = f->hits,
		.n_hits = 1,
		.fetched = SINK_NOW};
	if (kind == ALERT_UPDATED) {
		f->alert.changes = &change;
		f->alert.n_changes = 1;
	}
	if (kind == ALERT_DIGEST)
		f->alert.digest = &digest;
	if (alert_is_trouble(&f->alert))
		f->alert.trouble = &trouble;
}

void hostile_try_all(struct sink_fixture *f, void (*check)(const struct sink_fixture *f))
{
	static const enum alert_kind kinds[] = {ALERT_CREATED, ALERT_UPDATED, ALERT_DIGEST,
		ALERT_TROUBLE_BEGAN, ALERT_TROUBLE_ENDED};

	for (size_t i = 0; i < HOSTILE; i++) {
		for (size_t k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++) {
			hostile_fill(f, kinds[k], &hostile[i]);
			assert_int_equal(sink_fixture_render(f), 0);
			check(f);
		}
		arena_clear(f->arena);
	}
}

void hostile_assert_plain(struct str s, const char *but)
{
	for (size_t i = 0; i < s.n;) {
		uint32_t cp = 0;
		size_t n = utf8_decode(s.p + i, s.n - i, &cp);

		assert_true(n > 0);
		assert_true(cp >= 0x20 || (cp && strchr(but, (int)cp)));
		assert_false(cp >= 0x7f && cp < 0xa0);
		assert_false(cp == 0x2028 || cp == 0x2029 || cp == 0x202d || cp == 0x202e);
		i += n;
	}
}
