/* SPDX-License-Identifier: MIT */
/* What the transports that use curl have in common. */
#include "send_op.h"
#include "transfer_error.h"

#define SLACK_MS  6000
#define ENTRY_MAX 8192
#define URL_MAX	  8192

int send_curl_add_line(struct send_op *op, struct str line)
{
	struct curl_slist *longer;
	struct buf z;

	buf_init(&z, ENTRY_MAX);
	buf_adds(&z, line);
	longer = buf_failed(&z) ? NULL : curl_slist_append(op->list, buf_z(&z));
	if (z.data)
		explicit_bzero(z.data, z.len); /* it may hold a token */
	buf_release(&z);
	if (!longer)
		return -(int)ERR_NOMEM;
	op->list = longer;
	return 0;
}

bool send_curl_set_url(struct send_op *op, struct str url)
{
	struct buf z, shown;
	bool ok;

	buf_init(&z, URL_MAX);
	buf_init(&shown, URL_MAX * 4);
	buf_adds(&z, url);
	transfer_error_show_url(&shown, buf_z(&z), false);
	snprintf(op->where, sizeof(op->where), "%s", buf_z(&shown));
	ok = !buf_failed(&z) &&
	     curl_easy_setopt(op->transfer.easy, CURLOPT_URL, buf_z(&z)) == CURLE_OK;
	if (z.data)
		explicit_bzero(z.data, z.len);
	buf_release(&z);
	buf_release(&shown);
	return ok;
}

static void send_curl_time_out(void *arg)
{
	struct send_op *op = arg;

	op->timer = NULL;
	err_set(&op->error, ERR_TEMP, "%s: the transfer did not end", op->where);
	send_op_end(op);
}

int send_curl_start(struct send_op *op, long ms, void (*done)(void *, CURLcode))
{
	op->transfer.done = done;
	op->transfer.arg = op;
	if (send_op_set_timer(op, ms + SLACK_MS, send_curl_time_out))
		return -(int)ERR_NOMEM;
	return multi_start(op->send->multi, &op->transfer);
}
