/* SPDX-License-Identifier: MIT */
/*
 * Sinks: an alert to the request that carries it, and the answer to what it means. Pure: no file,
 * no network, no clock. One file per service, one row each in the table of sink.c.
 *
 * Nothing of an item ever stands in a header, an address, a command or a format; only in bodies,
 * escaped as that service wants it.
 */
#ifndef SINK_SINK_H
#define SINK_SINK_H

#include "alert/notice.h"
#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "conf/conf.h"

enum sink_transport {
	SINK_HTTP, /* POST */
	SINK_SMTP,
	SINK_SOCKET, /* bytes to a socket */
	SINK_STDOUT, /* a line or more on standard output */
};

enum sink_socket { SINK_UNIX_DGRAM, SINK_UDP, SINK_TCP, SINK_TLS };

struct sink_request {
	enum sink_transport transport;
	struct str url;	     /* HTTP; SMTP: smtp://host:port */
	struct str *headers; /* HTTP: "Name: value" */
	size_t n_headers;
	struct str body; /* HTTP body; SMTP message, CRLF lines; socket: the frame; stdout: text */
	struct str from; /* SMTP envelope: bare addresses */
	struct str *to;
	size_t n_to;
	struct str user, password; /* SMTP; absent: none */
	bool starttls_required, starttls_off;
	enum sink_socket socket;
	struct str host; /* socket: host, or path of a local one */
	unsigned port;
};

/* Secrets of one notify block, read just before rendering; wiped by the owner afterwards. */
struct sink_secrets {
	struct str url;	       /* of url-credential */
	struct str signing[2]; /* of secret-credential */
	size_t n_signing;
	struct str password;
};

struct sink_context {
	const struct conf_notify *notify;
	const struct sink_secrets *secrets;
	int64_t now;	      /* wall ms of this attempt */
	const char *hostname; /* for Message-ID and syslog */
	long pid;
	struct str served; /* SMTP: recipients who have it already, spaces between; or absent */
};

/*
 * Everything in *out lives in arena or in *ctx. A mail that all have already is rendered with
 * n_to 0: there is nothing to send. -ERR_CONF: the notify block cannot work as it is (a credential
 * that is no URL, say): permanent, needs a person.
 */
int sink_render(const struct sink_context *ctx, const struct notice *m, struct arena *arena,
	struct sink_request *out, struct err *e);

/* SMTP: what the server said to the naming of one recipient. */
struct sink_recipient {
	struct str address;
	long status; /* 0: was not asked, or did not answer */
	struct str said;
};

/* What came back. */
struct sink_answer {
	enum err_class error; /* of the transport; ERR_NONE: an answer came */
	struct str error_text;
	long status;				 /* HTTP or SMTP code; 0: none */
	int64_t retry_after;			 /* ms; -1: not said */
	struct str body;			 /* first 4 KiB */
	const struct sink_recipient *recipients; /* SMTP */
	size_t n_recipients;
};

enum sink_verdict_kind {
	SINK_DELIVERED,
	SINK_TEMPORARY, /* try again, backing off */
	SINK_PERMANENT, /* this message will never be taken */
	SINK_GONE,	/* the endpoint says it is no more: stop using it */
	SINK_WAIT,	/* not counted as a failure: come back after wait */
};

struct sink_verdict {
	enum sink_verdict_kind kind;
	int64_t wait;	   /* ms; 0: by the schedule */
	struct str answer; /* for people: "HTTP 429, retry after 30 s"; in arena; no secret */
	/*
	 * SMTP, where some recipients were refused: those who got it, spaces between, in arena.
	 * kind then speaks of the others.
	 */
	struct str served;
};

void sink_judge(const struct conf_notify *n, const struct sink_answer *a, struct arena *arena,
	struct sink_verdict *out);

#endif
