/* SPDX-License-Identifier: MIT */
/*
 * Sinks render a notice into the request that carries it and judge the answer. Pure functions: no
 * file, no network, no clock. Each service is one file in daemon/sink/ and one row of sinks[].
 *
 * Text of an item never reaches a header, an address, a command or a format; it is only put into
 * bodies, escaped as the service requires.
 */
#ifndef SINK_SINK_H
#define SINK_SINK_H

#include "alert/notice.h"
#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "conf/schema.h"
#include "sink/ack_source.h"
#include "sink/request.h"

/* The secrets of one notify block, read just before rendering; the owner wipes them afterwards. */
#define SINK_SECRETS_MAX 8
struct sink_secrets {
	struct sink_secret {
		const char *credential; /* its name in the configuration */
		struct str value;
	} v[SINK_SECRETS_MAX];
	size_t n;
};

struct sink_context {
	const struct conf_notify *notify;
	const struct sink_secrets *secrets;
	int64_t now;	      /* wall ms of this attempt */
	const char *hostname; /* for Message-ID and syslog */
	long pid;
	struct str served; /* recipients who have it already, separated by spaces; or absent */
};

enum sink_verdict_kind {
	SINK_DELIVERED,
	/* Only this message: SMTP 4xx for a recipient, or a mail that the server may have. */
	SINK_LATER,
	SINK_BAD,     /* this message is refused for good */
	SINK_TROUBLE, /* the receiver accepts nothing now, whatever the message */
	SINK_GONE,    /* the endpoint does not exist any more (410): stop using it */
	SINK_WAIT,    /* the receiver works, and limits the rate: pause for wait */
	SINK_UNTIED,  /* the earlier message that this one changes or answers does not exist */
};

struct sink_verdict {
	enum sink_verdict_kind kind;
	int64_t wait; /* SINK_TROUBLE, SINK_WAIT: ms that it asked for; 0: by the schedule */
	/* SINK_TROUBLE: the receiver refuses us, such as 401 and 404: a server may ban who asks
	 * often. */
	bool denied;
	struct str answer; /* for people: "HTTP 429, retry after 30 s"; in arena; no secret */
	/*
	 * Where some recipients were refused: those who got it, separated by spaces, in arena. kind
	 * is then about the others.
	 */
	struct str served;
	/*
	 * SINK_DELIVERED: what the service calls the message, by which a later one is tied to it or
	 * changes it; in arena, without secrets. Absent: none. At most SINK_RECEIPT_MAX bytes.
	 */
	struct str receipt;
};
#define SINK_RECEIPT_MAX ((size_t)1000)

struct sink_type {
	struct conf_notify_type conf; /* first: name, keys, size and check of the settings */
	/*
	 * Fills *out, which is zeroed. Everything in it lives in arena, in *ctx or in *m.
	 * Returns 0, or -ERR_CONF if the notify block cannot work (a credential is not a URL, say):
	 * permanent until an operator changes it.
	 */
	int (*render)(const struct sink_context *ctx, const struct notice *m, struct arena *arena,
		struct sink_request *out, struct err *e);
	/* Sets *out, whose default is SINK_DELIVERED without text. */
	void (*judge)(const struct sink_answer *a, struct arena *arena, struct sink_verdict *out);
	int64_t pace_ms;			   /* least time between two messages */
	size_t window;				   /* messages in flight at once */
	size_t (*window_of)(const void *settings); /* the same, where a key says it; NULL: window */
	size_t max_bytes;			   /* of one rendered message */
	bool sends_json;			   /* the document of an alert, as it is */
	/* It is sent that more outlets report an alert: a message can be changed, or answered. */
	bool grows;
	/*
	 * A delivered alert is sent again after that many ms, and so on while it is open: until it
	 * is acknowledged or withdrawn, or open_ms old. 0: it is sent once.
	 */
	int64_t repeat_ms, open_ms;
	/* With the settings for which conf.acks is true. NULL: nobody can acknowledge there. */
	const struct sink_ack_source *acks;
};

/* All types, in the order in which they are listed; NULL-terminated. */
extern const struct sink_type *const sinks[];

/* Returns type i, or NULL past the last; for struct conf_env. */
conf_notify_types_fn sink_conf_type;
const struct sink_type *sink_type_of(const struct conf_notify *n);
/* Messages to that receiver in flight at once. */
size_t sink_window(const struct conf_notify *n);

/* How people acknowledge what that receiver gets; NULL: they cannot do it there. */
const struct sink_ack_source *sink_ack_source_of(const struct conf_notify *n);

int sink_render(const struct sink_context *ctx, const struct notice *m, struct arena *arena,
	struct sink_request *out, struct err *e);
void sink_judge(const struct conf_notify *n, const struct sink_answer *a, struct arena *arena,
	struct sink_verdict *out);

#endif
