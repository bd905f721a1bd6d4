/* SPDX-License-Identifier: MIT */
/*
 * The request that a sink passes to a transport, and the answer that the transport returns.
 * Transports do not depend on services: everything special to one is in the bytes of the request.
 */
#ifndef SINK_REQUEST_H
#define SINK_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

enum sink_transport {
	SINK_HTTP,
	SINK_SMTP,
	SINK_SOCKET, /* bytes to a socket */
	SINK_STDOUT, /* a line or more on standard output */
	SINK_FILE,   /* a line at the end of a file */
	SINK_EXEC,   /* standard input of a program */
};

enum sink_socket { SINK_UNIX_DGRAM, SINK_UDP, SINK_TCP, SINK_TLS };

struct sink_request {
	enum sink_transport transport;
	bool needless;	     /* every recipient has it already, or nothing changes: not sent */
	struct str url;	     /* HTTP; SMTP: smtp://host:port */
	const char *method;  /* HTTP; NULL: POST */
	size_t answer_max;   /* HTTP: bytes of the answer that are kept; 0: 32 KiB */
	struct str *headers; /* HTTP: "Name: value" */
	size_t n_headers;
	/* HTTP body; SMTP message, CRLF lines; socket: the frame; text; standard input */
	struct str body;
	struct str from; /* SMTP envelope: bare addresses */
	struct str *to;
	size_t n_to;
	struct str hello;	   /* SMTP: the name given to the server */
	struct str user, password; /* SMTP; absent: none */
	bool starttls_required, starttls_off;
	bool any_certificate; /* SMTP: encrypt even if the certificate is not valid */
	enum sink_socket socket;
	struct str host; /* socket: host, or path of a local one */
	unsigned port;
	bool memfd;	 /* local socket: a body that is too large for it may be passed as a file */
	struct str path; /* file */
	unsigned mode;	 /* file: permissions if it has to be created */
	bool sync;	 /* file: the line is on the disk before it counts as delivered */
	const struct str *command; /* exec: the path of a program and its arguments */
	size_t n_command;
	int64_t timeout; /* exec: ms */
	/* All credentials of the notify block: the transport takes them out of what it is answered.
	 */
	struct str *secrets;
	size_t n_secrets;
};

/* SMTP: the server's reply to RCPT TO for one recipient. */
struct sink_recipient {
	struct str address;
	long status; /* 0: not asked, or no reply */
	struct str said;
};

/* All text without the secrets of the request. */
struct sink_answer {
	enum err_class error; /* of the transport; ERR_NONE: an answer came */
	struct str error_text;
	long status;	     /* HTTP or SMTP code, 0: none; exec: exit status */
	int64_t retry_after; /* ms; -1: not given */
	struct str body;     /* its beginning, of HTTP answer_max, else 4 KiB */
	bool sent; /* SMTP: all of the mail was sent, and the server may have it in spite of the
		      error */
	const struct sink_recipient *recipients; /* SMTP */
	size_t n_recipients;
};

#endif
