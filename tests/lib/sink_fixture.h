/* SPDX-License-Identifier: MIT */
/* Notify blocks parsed from text, with the real sinks, and what these make of an alert. */
#ifndef LIB_SINK_FIXTURE_H
#define LIB_SINK_FIXTURE_H

#include "sink/sink.h"

struct notify_fixture {
	struct conf *conf; /* NULL: refused */
	struct conf_diags diags;
};

/* Parses keys as those of the block "notify desk". */
void notify_load(struct notify_fixture *f, const char *keys);
void notify_unload(struct notify_fixture *f);

#define SINK_NOW INT64_C(1644862835000) /* 2022-02-14T18:20:35Z */

/* A message for one receiver: an example of an alert, which the test may change or replace. */
struct sink_fixture {
	struct arena *arena;
	struct notify_fixture notify;
	struct sink_secrets secrets;
	struct str served;
	struct watch_hit hits[2];
	struct alert alert;
	struct str receipt; /* of the message that the alert is about */
	bool asks;	    /* acknowledgements are read from the message */
	struct sink_request request;
	struct err err;
};

int sink_fixture_open(void **state);
int sink_fixture_close(void **state);
/* Replaces the keys of the block; the test fails if they are refused. */
void sink_fixture_configure(struct sink_fixture *f, const char *keys);
/* Configures that type with the keys in tests/golden/messages/TYPE.conf, and its credentials. */
void sink_fixture_configure_type(struct sink_fixture *f, const struct sink_type *type);
const struct conf_notify *sink_fixture_block(const struct sink_fixture *f);
void sink_fixture_set_secret(struct sink_fixture *f, const char *credential, struct str value);
/* Renders the alert at SINK_NOW, as sink_render(), within the size that the type allows. */
int sink_fixture_render(struct sink_fixture *f);
/* The value of a header, whose name ends with ": "; "(none)" if it is absent. */
const char *sink_fixture_header(const struct sink_fixture *f, const char *name);

#endif
