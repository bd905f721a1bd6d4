/* SPDX-License-Identifier: MIT */
/*
 * The log on standard error: one line for each event, with key=value fields or as a JSON object.
 *
 *	log_warn("poll-failed", LOG_S("feed", name), LOG_I("status", 503), LOG_E(&err));
 *
 * Event and keys are literals. Text values are escaped, quoted if necessary, and truncated at
 * 1 KiB, so that any input may be a value. Never log a secret: log a URL with LOG_URL, which shows
 * scheme and host only. Rooms below engine log at level debug only. Thread-safe.
 *
 * No function waits for the reader of standard error, log_flush() excepted: lines that cannot be
 * written are kept up to a limit, further ones are lost and counted. The event "log-lines-lost"
 * reports their number once standard error is read again.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

enum log_level {
	LOG_LEVEL_ERROR,
	LOG_LEVEL_WARN,
	LOG_LEVEL_NOTICE,
	LOG_LEVEL_INFO,
	LOG_LEVEL_DEBUG
};

enum log_kind { LOG_KIND_END, LOG_KIND_STR, LOG_KIND_INT, LOG_KIND_URL, LOG_KIND_ERR };

struct log_field {
	const char *key;
	enum log_kind kind;
	struct str s;
	int64_t i;
	const struct err *e;
};

#define LOG_S(k, z)   ((struct log_field){.key = (k), .kind = LOG_KIND_STR, .s = str_of(z)})
#define LOG_STR(k, v) ((struct log_field){.key = (k), .kind = LOG_KIND_STR, .s = (v)})
#define LOG_I(k, v)   ((struct log_field){.key = (k), .kind = LOG_KIND_INT, .i = (int64_t)(v)})
#define LOG_URL(k, z) ((struct log_field){.key = (k), .kind = LOG_KIND_URL, .s = str_of(z)})
/* class=… reason="…" */
#define LOG_E(err)    ((struct log_field){.key = "reason", .kind = LOG_KIND_ERR, .e = (err)})

void log_write(enum log_level level, const char *event, const struct log_field *fields);

#define LOG_END_ ((struct log_field){.kind = LOG_KIND_END})
#define log_event_(level, event, ...)                                                              \
	log_write(level, event, (const struct log_field[]){__VA_ARGS__ __VA_OPT__(, ) LOG_END_})
#define log_error(...)	log_event_(LOG_LEVEL_ERROR, __VA_ARGS__)
#define log_warn(...)	log_event_(LOG_LEVEL_WARN, __VA_ARGS__)
#define log_notice(...) log_event_(LOG_LEVEL_NOTICE, __VA_ARGS__)
#define log_info(...)	log_event_(LOG_LEVEL_INFO, __VA_ARGS__)
#define log_debug(...)	log_event_(LOG_LEVEL_DEBUG, __VA_ARGS__)

struct log_options {
	enum log_level level; /* events of this level and more severe ones are written */
	bool json;
	bool journal; /* "<N>" before each line, see sd-daemon(3) */
};
void log_configure(const struct log_options *o);

/* Lines that are not events, in the same way. */
void log_print(struct str text);
/* Before the process ends: writes the kept lines; gives up after half a second without progress. */
void log_flush(void);
/* How many lines were lost since the process started. */
uint64_t log_lines_lost(void);

/* For tests: passes each line, without newline, to fn instead of standard error; NULL resets. */
typedef void log_sink_fn(void *ctx, enum log_level level, const char *line);
void log_capture(log_sink_fn *fn, void *ctx);

#endif
