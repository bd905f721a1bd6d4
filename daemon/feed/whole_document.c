/* SPDX-License-Identifier: MIT */
#include "whole_document.h"

#include "charset.h"

#define STEP_BYTES ((size_t)64 * 1024)

static bool decode(struct feed_decoder *d, struct str body, struct buf *out)
{
	do {
		struct str step = {body.p, body.n < STEP_BYTES ? body.n : STEP_BYTES}, text;

		body = str_slice(body.p + step.n, body.n - step.n);
		text = feed_decoder_step(d, step, body.n == 0);
		if (!text.p)
			return false;
		buf_adds(out, text);
	} while (body.n && !buf_failed(out));
	return true;
}

int feed_whole_decode(struct str body, struct str content_type, struct buf *out, struct err *e)
{
	struct feed_charset_choice choice;
	struct feed_decoder *d;
	struct str text;
	size_t start = out->len;
	bool ok;

	if (!body.n)
		return 0;
	choice = feed_charset_choose(body, content_type);
	d = feed_decoder_new(choice.charset);
	text = str_slice(body.p + choice.skip, body.n - choice.skip);
	ok = d && (!text.n || decode(d, text, out));
	/* said to be something else, and no UTF-8 after all */
	if (ok && choice.otherwise && feed_decoder_replaced(d)) {
		buf_truncate(out, start);
		ok = feed_decoder_restart(d, choice.otherwise) && decode(d, text, out);
	}
	feed_decoder_free(d);
	if (out->overflow)
		return err_set(e, ERR_LIMIT, "the document is larger than %zu bytes", out->max);
	return ok && !buf_failed(out) ? 0 : err_nomem(e);
}
