/* SPDX-License-Identifier: MIT */
#include "charset_guess.h"
#include "decoder.h"

#define STEP_BYTES ((size_t)64 << 10)

/* Stops at an invalid byte if the encoding is in doubt. */
static bool decode_document_add(struct feed_decoder *d, const struct feed_charset_choice *c,
	struct str body, struct buf *out)
{
	if (!feed_decoder_restart(d, c->charset))
		return false;
	while (body.n && !buf_failed(out)) {
		struct str step = {body.p, body.n < STEP_BYTES ? body.n : STEP_BYTES}, text;

		body = str_slice(body.p + step.n, body.n - step.n);
		text = feed_decoder_step(d, step, body.n == 0);
		if (!text.p)
			return false;
		if (c->otherwise && feed_decoder_failed(d))
			break;
		buf_adds(out, text);
	}
	return true;
}

bool feed_decode_body(
	struct feed_decoder *d, struct feed_charset_choice *c, struct str body, struct buf *out)
{
	size_t start = out->len;

	body = str_slice(body.p + c->skip, body.n - c->skip);
	if (!decode_document_add(d, c, body, out))
		return false;
	if (!c->otherwise || !feed_decoder_failed(d))
		return true;
	feed_charset_settle(c, body);
	buf_truncate(out, start);
	return decode_document_add(d, c, body, out);
}

int feed_decode_document(struct str body, struct str content_type, struct buf *out, struct err *e)
{
	struct feed_charset_choice c;
	struct feed_decoder *d;
	bool ok;

	if (!body.n)
		return 0;
	c = feed_charset_choose(body, content_type);
	d = feed_decoder_new(c.charset);
	ok = d && feed_decode_body(d, &c, body, out);
	feed_decoder_free(d);
	if (out->overflow)
		return err_set(e, ERR_LIMIT, "the document is larger than %zu bytes", out->max);
	return ok && !buf_failed(out) ? 0 : err_nomem(e);
}
