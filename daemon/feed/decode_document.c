/* SPDX-License-Identifier: MIT */
#include "charset_guess.h"
#include "decoder.h"

#define STEP_BYTES ((size_t)64 << 10)

static bool decode_document_add(struct feed_decoder *d, const struct feed_charset *charset,
	struct str body, struct buf *out)
{
	if (!feed_decoder_restart(d, charset))
		return false;
	while (body.n && !buf_failed(out)) {
		struct str step = {body.p, body.n < STEP_BYTES ? body.n : STEP_BYTES}, text;

		body = str_slice(body.p + step.n, body.n - step.n);
		text = feed_decoder_step(d, step, body.n == 0);
		if (!text.p)
			return false;
		buf_adds(out, text);
	}
	return true;
}

int feed_decode_document(struct str body, struct str content_type, struct buf *out, struct err *e)
{
	struct feed_charset_choice c;
	struct feed_decoder *d;
	size_t start = out->len;
	bool ok;

	if (!body.n)
		return 0;
	c = feed_charset_choose(body, content_type);
	body = str_slice(body.p + c.skip, body.n - c.skip);
	d = feed_decoder_new(c.charset);
	ok = d && decode_document_add(d, c.charset, body, out);
	if (ok && c.otherwise && feed_decoder_failed(d)) {
		buf_truncate(out, start);
		feed_charset_settle(&c, body);
		ok = decode_document_add(d, c.charset, body, out);
	}
	feed_decoder_free(d);
	if (out->overflow)
		return err_set(e, ERR_LIMIT, "the document is larger than %zu bytes", out->max);
	return ok && !buf_failed(out) ? 0 : err_nomem(e);
}
