/* SPDX-License-Identifier: MIT */
/*
 * A marked test message, or another one, through one notify block: it is sent now, once, whatever
 * the state of the receiver. It is not part of the delivery queue.
 */
#ifndef ENGINE_TEST_MESSAGE_H
#define ENGINE_TEST_MESSAGE_H

#include <stdbool.h>
#include <sys/queue.h>

#include "base/arena.h"
#include "engine/ports.h"
#include "sink/sink.h"

/* How it went. verdict NULL: it could not be sent, error says why. Valid during the callback. */
struct test_message_result {
	const struct conf_notify *notify;
	const struct sink_verdict *verdict;
	const struct err *error;
	int64_t took; /* ms */
};
typedef void test_message_fn(void *arg, const struct test_message_result *r);

struct test_message;
LIST_HEAD(test_message_list, test_message);

struct test_message_sender {
	const struct ports *ports; /* secret, send and timer are used */
	struct conf *conf;	   /* has the notify block; a reference is taken */
	const char *hostname;
	long pid;
	const struct alert *alert; /* another message, valid until done; NULL: the test message */
};

/*
 * Starts to send, and enters the message into list, which it leaves before done is called. done is
 * called once, never from inside, unless test_message_stop() comes first. False: out of memory.
 */
bool test_message_start(struct test_message_list *list, const struct test_message_sender *s,
	const struct conf_notify *notify, test_message_fn *done, void *arg);
/* Cancels and frees all; each ends with an error that gives the reason. NULL: without callback. */
void test_message_stop(struct test_message_list *list, const char *reason);

#endif
