/* SPDX-License-Identifier: MIT */
#include "story/correction.h"

#include "lib/unit.h"

#define N CORRECTION_NONE
#define C CORRECTION_CORRECTED
#define W CORRECTION_WITHDRAWN

static struct correction_words *words;

static int open_words(void **state)
{
	static const struct str withdrawn[] = {{"SPIKED", 6}, {"zurückgestellt", 15}};
	static const struct str corrected[] = {{"Redux:", 6}, {"KILL", 4}};

	(void)state;
	words = correction_words_new(withdrawn, 2, corrected, 1);
	return words ? 0 : -1;
}

static int close_words(void **state)
{
	(void)state;
	correction_words_free(words);
	return 0;
}

struct beginning {
	enum correction_kind kind;
	const char *text;
	const char *rest; /* NULL: not compared */
};

static void check_all(const struct beginning *v, size_t n)
{
	bool failed = false;

	for (size_t i = 0; i < n; i++) {
		struct correction c;

		assert_int_equal(correction_find(words, str_of(v[i].text), &c), 0);
		if (c.kind == v[i].kind && (!v[i].rest || str_is(c.rest, v[i].rest)))
			continue;
		print_error("%s: %d, not %d; rest \"%.*s\"\n", v[i].text, c.kind, v[i].kind,
			STR_ARG(c.rest));
		failed = true;
	}
	assert_false(failed);
}

static void test_finds_the_forms_of_agencies(void **state)
{
	static const struct beginning v[] = {
		{W, "KILL: Norland relocates embassy", "Norland relocates embassy"},
		{W, "KILL - Norland relocates embassy", "Norland relocates embassy"},
		{W, "KILL – Norland relocates embassy", "Norland relocates embassy"},
		{W, "KILL Norland relocates embassy", "Norland relocates embassy"},
		{W, "KILL-Norland relocates embassy", "Norland relocates embassy"},
		{W, "KILL. Norland relocates embassy", NULL},
		{W, "***KILL*** Norland relocates embassy", NULL},
		{W, "+++ KILL +++ Norland relocates embassy", NULL},
		{W, "(KILL) Norland relocates embassy", "Norland relocates embassy"},
		{W, "[KILL] Norland relocates embassy", "Norland relocates embassy"},
		{W, "BULLETIN KILL: Norland relocates embassy", NULL},
		{W, "MANDATORY KILL - Norland relocates embassy", NULL},
		{W, "URGENT-KILL-Norland relocates embassy", NULL},
		{W, "UPDATE 2-WITHDRAWN-Norland relocates embassy", "Norland relocates embassy"},
		{W, "WITHDRAWN UN envoy leaves Norland", NULL},
		{W, "Withdrawn: Norland relocates embassy", NULL},
		{W, "RETRACTED ARTICLE: Cells of Norland mice", "Cells of Norland mice"},
		{W, "Retraction notice to \"Cells of mice\"", NULL},
		{W, "Retraction Note: Cells of mice", NULL},
		{W, "WITHDRAWN", ""},
		{W, "KILL-", ""},
		{C, "CORRECTED-…", ""},
		{W, "ADVISORY-Norland embassy story withdrawn", NULL},
		{W, "ADVISORY: Story on Norland's embassy is killed", NULL},
		{W, "Note to editors: Norland embassy story withdrawn", NULL},
		{W, "Editor's note: This story has been withdrawn.", NULL},
		{W, "This article has been removed because it was published in error.", NULL},
		{C, "CORRECTED-Norland relocates embassy", "Norland relocates embassy"},
		{C, "CORRECTED-UPDATE 2-Norland relocates embassy", NULL},
		{C, "UPDATE 2-CORRECTED-Norland relocates embassy", "Norland relocates embassy"},
		{C, "CORRECTED-(OFFICIAL)-Norland relocates embassy", NULL},
		{C, "REFILE-UPDATE 1-Norland relocates embassy", NULL},
		{C, "RPT-CORRECTED-Norland relocates embassy", NULL},
		{C, "(CORRECTED) Norland relocates embassy", "Norland relocates embassy"},
		{C, "(Corrected) Norland relocates embassy", "Norland relocates embassy"},
		{C, "(Corrects name in second paragraph) VESTBY (Agency) - Norland",
			"VESTBY (Agency) - Norland"},
		{C, "(CORRECTED VERSION) Norland relocates embassy", NULL},
		{C, "Correction: Norland embassy story", "Norland embassy story"},
		{C, "CORRECTION -- Norland Corp.", "Norland Corp."},
		{C, "/C O R R E C T I O N -- Norland Corp./", NULL},
		{C, "CORRECTING and REPLACING Norland Corp. Announces Results", NULL},
		{C, "Clarification: Norland embassy story", NULL},
		{C, "Corrigendum to “Cells of mice”", NULL},
		{C, "Author Correction: Cells of mice", NULL},
		{C, "This story has been corrected to say ten, not a hundred.", NULL},
		{C, "An earlier version of this article misstated the year.", NULL},
		{W, "SPIKED: Norland relocates embassy", NULL},
		{W, "Zurückgestellt: Norland verlegt Botschaft", NULL},
		{C, "redux: Norland relocates embassy", NULL},
	};

	(void)state;
	check_all(v, sizeof(v) / sizeof(v[0]));
}

static void test_finds_them_in_other_languages(void **state)
{
	static const struct beginning v[] = {
		{C, "Rectificatif : La Norlande déplace son ambassade", NULL},
		{C, "CORRIGÉ - La Norlande déplace son ambassade", NULL},
		{C, "(Corrige le nom au 2e paragraphe) La Norlande", NULL},
		{C, "ANNULE ET REMPLACE - La Norlande déplace son ambassade", NULL},
		{W, "ANNULATION - La Norlande déplace son ambassade", NULL},
		{W, "Dépêche annulée : La Norlande déplace son ambassade", NULL},
		{C, "KORREKTUR: Norland verlegt Botschaft", NULL},
		{C, "(KORREKTUR) Norland verlegt Botschaft", NULL},
		{C, "EIL-KORREKTUR: Norland verlegt Botschaft", NULL},
		{C, "Berichtigte Fassung: Norland verlegt Botschaft", NULL},
		{W, "STORNO - Norland verlegt Botschaft", NULL},
		{W, "ACHTUNG: Meldung zurückgezogen - Norland verlegt Botschaft", NULL},
		{W, "Diese Meldung wurde zurückgezogen.", NULL},
		{C, "(Corrección) Norlandia traslada su embajada", NULL},
		{C, "(Corrige título) Norlandia traslada su embajada", NULL},
		{C, "Fe de errores: Norlandia traslada su embajada", NULL},
		{W, "ANULADA: Norlandia traslada su embajada", NULL},
		{W, "Noticia anulada. Norlandia traslada su embajada", NULL},
		{W, "ANULAÇÃO - Norlândia transfere embaixada", NULL},
		{C, "Errata: Norlândia transfere embaixada", NULL},
		{C, "Correção: Norlândia transfere embaixada", NULL},
		{C, "RETTIFICA: Norlandia trasferisce l'ambasciata", NULL},
		{C, "Errata corrige - Norlandia trasferisce l'ambasciata", NULL},
		{W, "ANNULLATA: Norlandia trasferisce l'ambasciata", NULL},
		{C, "Rectificatie: Norland verplaatst ambassade", NULL},
		{W, "INGETROKKEN: Norland verplaatst ambassade", NULL},
		{C, "KORR: Norland flyttar ambassad", NULL},
		{C, "Rättelse: Norland flyttar ambassad", NULL},
		{W, "MAKULERAS: Norland flyttar ambassad", NULL},
		{C, "RETTELSE - Norland flytter ambassade", NULL},
		{W, "TRUKKET TILBAGE: Norland flytter ambassade", NULL},
		{C, "Oikaisu: Norlanti siirtää suurlähetystön", NULL},
		{C, "KOREKTA: Norlandia przenosi ambasadę", NULL},
		{C, "Sprostowanie: Norlandia przenosi ambasadę", NULL},
		{W, "DEPESZA ANULOWANA - Norlandia przenosi ambasadę", NULL},
		{C, "OPRAVA: Norsko přesouvá ambasádu", NULL},
		{W, "STAŽENO: Norsko přesouvá ambasádu", NULL},
		{C, "Исправление: Норландия переносит посольство", NULL},
		{C, "(Исправлено) Норландия переносит посольство", NULL},
		{W, "АННУЛИРОВАНО: Норландия переносит посольство", NULL},
		{W, "СРОЧНО: сообщение аннулировано - Норландия", NULL},
		{C, "Виправлено: Норландія переносить посольство", NULL},
		{C, "УТОЧНЕННЯ. Норландія переносить посольство", NULL},
		{W, "ВІДКЛИКАНО: Норландія переносить посольство", NULL},
		{W, "Новину видалено: Норландія переносить посольство", NULL},
		{C, "DÜZELTME - Norland büyükelçiliğini taşıyor", NULL},
		{W, "İPTAL: Norland büyükelçiliğini taşıyor", NULL},
		{C, "ΟΡΘΗ ΕΠΑΝΑΛΗΨΗ: Η Νορλανδία μεταφέρει την πρεσβεία", NULL},
		{C, "Διόρθωση: Η Νορλανδία μεταφέρει την πρεσβεία", NULL},
		{C, "Helyesbítés: Norland áthelyezi nagykövetségét", NULL},
		{C, "Rectificare: Norlanda își mută ambasada", NULL},
		{C, "تصحيح: نورلاند تنقل سفارتها", NULL},
		{W, "إلغاء خبر: نورلاند تنقل سفارتها", NULL},
		{C, "תיקון: נורלנד מעבירה את שגרירותה", NULL},
		{C, "更正：诺兰迁移大使馆", "诺兰迁移大使馆"},
		{C, "【更正】诺兰迁移大使馆", "诺兰迁移大使馆"},
		{W, "撤稿：诺兰迁移大使馆", NULL},
		{C, "【訂正】ノーランド、大使館を移転", NULL},
		{C, "訂正：ノーランド、大使館を移転", NULL},
		{W, "【記事取り消し】ノーランド、大使館を移転", NULL},
		{C, "[고침] 노를란드 대사관 이전", NULL},
		{C, "[정정] 노를란드 대사관 이전", NULL},
		{W, "[기사취소] 노를란드 대사관 이전", NULL},
		{C, "RALAT: Norland pindahkan kedutaan", NULL},
		{C, "Đính chính: Norland dời đại sứ quán", NULL},
	};

	(void)state;
	check_all(v, sizeof(v) / sizeof(v[0]));
}

static void test_leaves_ordinary_headlines_alone(void **state)
{
	static const struct beginning v[] = {
		{N, "Kill switch for phones becomes law", NULL},
		{N, "KILL SWITCH FOR PHONES BECOMES LAW", NULL},
		{N, "KILL-SWITCH LAW PASSED", NULL},
		{N, "KILL-switch law passed", NULL},
		{N, "Kill Bill returns to cinemas", NULL},
		{N, "KILL BILL returns to cinemas", NULL},
		{N, "Kill: a review", NULL},
		{N, "kill -9: what signals do", NULL},
		{N, "KILL -9 and other signals", NULL},
		{N, "Killed in action: the soldiers of Norland", NULL},
		{N, "KILLED: three in blast", NULL},
		{N, "Killer whales return", NULL},
		{N, "“KILL: the last chapter” opens", NULL},
		{N, "'Withdrawn': how the envoy saw it", NULL},
		{N, "\"Correction:\" says the minister", NULL},
		{N, "Correction officers strike in Norland", NULL},
		{N, "CORRECTION OFFICERS STRIKE IN NORLAND", NULL},
		{N, "Corrections department under fire", NULL},
		{N, "Correction-fluid maker goes bust", NULL},
		{N, "Corrected vision without glasses", NULL},
		{N, "Corrected figures show growth", NULL},
		{N, "Withdrawn troops return home", NULL},
		{N, "Withdrawal: how Norland left", NULL},
		{N, "WITHDRAWAL OF TROOPS BEGINS", NULL},
		{N, "Withdrawal symptoms of a nation", NULL},
		{N, "Retracted claws: the cats of Norland", NULL},
		{N, "Recall: toys withdrawn from sale", NULL},
		{N, "Deleted: a memoir", NULL},
		{N, "Removed from office, mayor appeals", NULL},
		{N, "Refile your taxes by Monday", NULL},
		{N, "Clarification sought on embassy move", NULL},
		{N, "Update 2: storm reaches Norland", NULL},
		{N, "UPDATE 2-Norland relocates embassy", NULL},
		{N, "Norland corrected: the map that was wrong", NULL},
		{N, "Norland: kill the bill, say protesters", NULL},
		{N, "Advisory: snow expected", NULL},
		{N, "Advisory: two killed as bridge falls", NULL},
		{N, "ADVISORY-Norland diary for Monday", NULL},
		{N, "#KILL trends in Norland", NULL},
		{N, "Annulé : le marathon de Vestby", NULL},
		{N, "Corrigé : bac philo", NULL},
		{N, "Retirée des affaires, elle peint", NULL},
		{N, "Rückruf: Hersteller warnt vor Wurst", NULL},
		{N, "Korrektur der Prognose erwartet", NULL},
		{N, "Storniert: Flüge nach Vestby fallen aus", NULL},
		{N, "Retirada de tropas en Norlandia", NULL},
		{N, "Retirada: Norlandia sale", NULL},
		{N, "Corrección política y humor", NULL},
		{N, "Correzione dei mercati", NULL},
		{N, "Oprava: silnice uzavřena", NULL},
		{N, "Отмена: виз в Норландию больше нет", NULL},
		{N, "Поправка: что изменит новый закон", NULL},
		{N, "Скасовано: рейси до Вестбю", NULL},
		{N, "Виправлення помилок коштуватиме дорого", NULL},
		{N, "İptal edilen uçuşlar", NULL},
		{N, "تصحيح المسار في نورلاند", NULL},
		{N, "更正错误的代价", NULL},
		{N, "撤回军队后的诺兰", NULL},
		{N, "訂正申告が増加", NULL},
		{N, "取り消しになった便", NULL},
		{N, "정정당당한 승부", NULL},
		{N, "취소된 항공편", NULL},
		{N, "***", NULL},
		{N, "", NULL},
		{N, "(", NULL},
		{N, "KILLjoy: a play", NULL},
	};

	(void)state;
	check_all(v, sizeof(v) / sizeof(v[0]));
}

static void test_says_where_no_mark_follows(void **state)
{
	struct correction c;

	(void)state;
	assert_int_equal(correction_find(words, STR("KILL Norland relocates"), &c), 0);
	assert_true(c.bare);
	assert_true(str_is(c.word, "KILL"));
	assert_int_equal(correction_find(words, STR("KILL: Norland relocates"), &c), 0);
	assert_false(c.bare);
}

static void test_strips_a_headline(void **state)
{
	static const char *const v[][2] = {
		{"Norland relocates embassy", "Norland relocates embassy"},
		{"UPDATE 1-Norland relocates embassy", "Norland relocates embassy"},
		{"URGENT: UPDATE 3-CORRECTED-Norland relocates embassy",
			"Norland relocates embassy"},
		{"KILL: UPDATE 1-Norland relocates embassy", "Norland relocates embassy"},
		{"(CORRECTED) UPDATE 1-Norland relocates embassy", "Norland relocates embassy"},
		{"URGENT", "URGENT"},
		{"", ""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(v) / sizeof(v[0]); i++) {
		struct str s = correction_headline(words, str_of(v[i][0]));

		if (!str_is(s, v[i][1]))
			fail_msg("%s: %.*s", v[i][0], STR_ARG(s));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_finds_the_forms_of_agencies),
		cmocka_unit_test(test_finds_them_in_other_languages),
		cmocka_unit_test(test_leaves_ordinary_headlines_alone),
		cmocka_unit_test(test_says_where_no_mark_follows),
		cmocka_unit_test(test_strips_a_headline),
	};

	return cmocka_run_group_tests(tests, open_words, close_words);
}
