/* SPDX-License-Identifier: MIT */
#include "code_points.h"

#include <stdlib.h>
#include <string.h>

#include <unicase.h>
#include <unictype.h>
#include <uninorm.h>

#include "base/utf8.h"

void text_code_points_init(struct text_code_points *w, struct str word)
{
	w->p = w->own;
	w->n = 0;
	w->failed = false;
	if (word.n > TEXT_CODE_POINTS_STACK) {
		w->p = calloc(word.n, sizeof(*w->p));
		if (!w->p) {
			w->p = w->own;
			w->failed = true;
			return;
		}
	}
	for (size_t i = 0; i < word.n;) {
		uint32_t cp;
		size_t len = utf8_decode(word.p + i, word.n - i, &cp);

		if (len == 0) {
			i++;
			continue;
		}
		i += len;
		if (cp == 0x2019 || cp == 0x02BC || cp == 0xFF07)
			cp = '\'';
		if (cp < 0x80 || !uc_is_general_category(cp, UC_FORMAT))
			w->p[w->n++] = cp;
	}
}

void text_code_points_release(struct text_code_points *w)
{
	if (w->p != w->own)
		free(w->p);
	w->p = w->own;
	w->n = 0;
}

/* Takes ownership of an array allocated by libunistring. */
static void code_points_take(struct text_code_points *w, uint32_t *p, size_t n)
{
	if (!p) {
		w->failed = true;
		return;
	}
	if (w->p != w->own)
		free(w->p);
	if (n <= TEXT_CODE_POINTS_STACK) {
		if (n)
			memcpy(w->own, p, n * sizeof(*p));
		free(p);
		p = w->own;
	}
	w->p = p;
	w->n = n;
}

void text_code_points_normalise(struct text_code_points *w, enum text_normal_form form)
{
	size_t n = 0;
	uint32_t *p;

	if (w->failed || w->n == 0)
		return;
	p = u32_normalize(form == TEXT_NFC ? UNINORM_NFC : UNINORM_NFKD, w->p, w->n, NULL, &n);
	code_points_take(w, p, n);
}

void text_code_points_casefold(struct text_code_points *w)
{
	size_t n = 0;
	uint32_t *p;

	if (w->failed || w->n == 0)
		return;
	p = u32_casefold(w->p, w->n, NULL, NULL, NULL, &n);
	code_points_take(w, p, n);
}

void text_code_points_append(const struct text_code_points *w, struct buf *out)
{
	if (w->failed)
		out->failed = true;
	for (size_t i = 0; i < w->n && !w->failed; i++)
		utf8_append(out, w->p[i]);
}
