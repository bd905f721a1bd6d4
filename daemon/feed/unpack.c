/* SPDX-License-Identifier: MIT */
/*
 * A chain of stages, one for each named coding, the last applied first, and one more for data that
 * is packed without a header that says so. Each stage decides by its first bytes what it does.
 */
#include "feed/unpack.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#ifdef NIGHTDESK_BROTLI
#include <brotli/decode.h>
#endif
#ifdef NIGHTDESK_ZSTD
#include <zstd.h>
#endif

#include "base/ascii.h"
#include "base/err.h"

#define STAGES_MAX 4 /* three named codings and the unnamed one */
#define HEAD_MAX   8 /* bytes that decide */
#define OUT_MAX	   ((size_t)16 * 1024)
#define WINDOW_LOG 23 /* 8 MiB, the most that HTTP allows (RFC 9659 §3) */

enum unpack_coding { UNPACK_UNNAMED, UNPACK_GZIP, UNPACK_DEFLATE, UNPACK_BROTLI, UNPACK_ZSTD };
enum unpack_state {
	UNPACK_UNDECIDED, /* its first bytes are in head */
	UNPACK_PLAIN,
	UNPACK_ZLIB, /* gzip, zlib or deflate */
	UNPACK_BR,
	UNPACK_ZST,
	UNPACK_ENDED, /* between two members of a gzip file, or before bytes to be ignored */
	UNPACK_IGNORED,
};

struct unpack_stage {
	enum unpack_coding coding;
	enum unpack_state state;
	char head[HEAD_MAX];
	size_t n_head;
	z_stream z;
	bool inflates; /* z is initialised */
	bool later;    /* a member or frame has ended before */
#ifdef NIGHTDESK_BROTLI
	BrotliDecoderState *br;
#endif
#ifdef NIGHTDESK_ZSTD
	ZSTD_DStream *zstd;
#endif
};

struct feed_unpack {
	feed_unpack_fn *write;
	void *arg;
	struct unpack_stage stages[STAGES_MAX]; /* as applied by the server; the first is unnamed */
	size_t n;
	size_t taken, passed; /* bytes of the input, and between the stages */
};

struct feed_unpack *feed_unpack_new(feed_unpack_fn *write, void *arg)
{
	struct feed_unpack *u = calloc(1, sizeof(*u));

	if (!u)
		return NULL;
	u->write = write;
	u->arg = arg;
	u->n = 1;
	return u;
}

void feed_unpack_free(struct feed_unpack *u)
{
	if (!u)
		return;
	for (size_t i = 0; i < u->n; i++) {
		if (u->stages[i].inflates)
			inflateEnd(&u->stages[i].z);
#ifdef NIGHTDESK_BROTLI
		BrotliDecoderDestroyInstance(u->stages[i].br);
#endif
#ifdef NIGHTDESK_ZSTD
		ZSTD_freeDStream(u->stages[i].zstd);
#endif
	}
	free(u);
}

/* Returns UNPACK_UNNAMED for what is unknown or the identity. */
static enum unpack_coding unpack_coding_of(struct str name)
{
	static const struct {
		const char *name;
		enum unpack_coding coding;
	} rows[] = {
		{"gzip", UNPACK_GZIP},
		{"x-gzip", UNPACK_GZIP},
		{"deflate", UNPACK_DEFLATE},
#ifdef NIGHTDESK_BROTLI
		{"br", UNPACK_BROTLI},
#endif
#ifdef NIGHTDESK_ZSTD
		{"zstd", UNPACK_ZSTD},
#endif
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (str_eq_nocase(name, str_of(rows[i].name)))
			return rows[i].coding;
	return UNPACK_UNNAMED;
}

bool feed_unpack_add(struct feed_unpack *u, struct str value)
{
	size_t n;

	for (size_t i = 0; i < value.n; i += n + 1) {
		enum unpack_coding coding;
		size_t name = 0;

		for (n = 0; i + n < value.n && value.p[i + n] != ','; n++)
			name += name == n && value.p[i + n] != ';';
		coding = unpack_coding_of(str_trim(str_slice(value.p + i, name)));
		if (coding == UNPACK_UNNAMED)
			continue;
		if (u->n == STAGES_MAX)
			return false;
		u->stages[u->n++].coding = coding;
	}
	return true;
}

/* --- what the first bytes are --- */

static bool unpack_is_gzip(struct str s)
{
	return s.n >= 3 && memcmp(s.p, "\x1f\x8b\x08", 3) == 0;
}

/* RFC 1950 §2.2, for the usual window of 32 KiB. */
static bool unpack_is_zlib(struct str s)
{
	return s.n >= 2 && s.p[0] == 'x' && ('x' * 256 + (unsigned char)s.p[1]) % 31 == 0;
}

/* A frame, or one to be skipped (RFC 8878 §3.1). */
static bool unpack_is_zstd(struct str s)
{
	return s.n >= 4 && (memcmp(s.p, "\x28\xb5\x2f\xfd", 4) == 0 ||
				   (memcmp(s.p + 1, "\x2a\x4d\x18", 3) == 0 &&
					   ((unsigned char)s.p[0] & 0xf0) == 0x50));
}

/* The start of XML, HTML or JSON. Packed data starts like this once in millions. */
static bool unpack_is_text(struct str s)
{
	static const char *const marks[] = {"\xEF\xBB\xBF", "\xFF\xFE", "\xFE\xFF"};

	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
		if (str_starts(s, str_of(marks[i])))
			return true;
	s = str_trim(s);
	if (s.n >= 4 && s.p[0] == '<') {
		for (size_t i = 1; i < 4; i++)
			if (!ascii_is_alpha(s.p[i]) && (s.p[i] == '\0' || !strchr("?!-:", s.p[i])))
				return false;
		return true;
	}
	return s.n >= 2 && (s.p[0] == '{' || s.p[0] == '[') && strchr("\"{ \t\r\n", s.p[1]) &&
	       s.p[1];
}

static int unpack_start_zlib(struct unpack_stage *s, int window_bits)
{
	s->state = UNPACK_ZLIB;
	s->inflates = inflateInit2(&s->z, window_bits) == Z_OK;
	return s->inflates ? 0 : -(int)ERR_NOMEM;
}

static int unpack_start_brotli(struct unpack_stage *s)
{
#ifdef NIGHTDESK_BROTLI
	s->state = UNPACK_BR;
	s->br = BrotliDecoderCreateInstance(NULL, NULL, NULL);
	return s->br ? 0 : -(int)ERR_NOMEM;
#else
	s->state = UNPACK_PLAIN;
	return 0;
#endif
}

static int unpack_start_zstd(struct unpack_stage *s)
{
#ifdef NIGHTDESK_ZSTD
	s->state = UNPACK_ZST;
	s->zstd = ZSTD_createDStream();
	if (!s->zstd ||
		ZSTD_isError(ZSTD_DCtx_setParameter(s->zstd, ZSTD_d_windowLogMax, WINDOW_LOG)))
		return -(int)ERR_NOMEM;
#else
	s->state = UNPACK_PLAIN;
#endif
	return 0;
}

/* Servers mix up gzip, zlib and deflate, and name codings that they then do not apply. */
static int unpack_decide(struct unpack_stage *s)
{
	struct str head = str_slice(s->head, s->n_head);

	if (unpack_is_gzip(head))
		return unpack_start_zlib(s, 15 + 16);
	if (unpack_is_zstd(head))
		return unpack_start_zstd(s);
	if (s->coding != UNPACK_BROTLI && unpack_is_zlib(head))
		return unpack_start_zlib(s, 15);
	if (s->coding == UNPACK_DEFLATE && !unpack_is_text(head))
		return unpack_start_zlib(s, -15);
	if (s->coding == UNPACK_BROTLI && !unpack_is_text(head))
		return unpack_start_brotli(s);
	s->state = UNPACK_PLAIN;
	return 0;
}

/* --- the stages --- */

static int unpack_push(struct feed_unpack *u, size_t i, const char *p, size_t n);

/* The output of stage i goes to the one below it. */
static int unpack_pass(struct feed_unpack *u, size_t i, const char *p, size_t n)
{
	if (n == 0)
		return 0;
	if (i == 0)
		return u->write(u->arg, p, n) ? 0 : -(int)ERR_LIMIT;
	u->passed += n;
	if (u->passed > FEED_UNPACK_FREE && u->passed / FEED_UNPACK_RATIO > u->taken)
		return -(int)ERR_LIMIT;
	return unpack_push(u, i - 1, p, n);
}

/* Takes what it can of the input. A gzip file may have several members (RFC 1952 §2.2). */
static int unpack_inflate(struct feed_unpack *u, size_t i, const char **p, size_t *n)
{
	struct unpack_stage *s = &u->stages[i];
	unsigned char out[OUT_MAX];
	int rc, z;

	s->z.next_in = (unsigned char *)(uintptr_t)*p;
	s->z.avail_in = (unsigned)*n;
	do {
		s->z.next_out = out;
		s->z.avail_out = OUT_MAX;
		z = inflate(&s->z, Z_NO_FLUSH);
		rc = unpack_pass(u, i, (const char *)out, OUT_MAX - s->z.avail_out);
	} while (rc == 0 && z == Z_OK && (s->z.avail_in || s->z.avail_out == 0));
	*p += *n - s->z.avail_in;
	*n = s->z.avail_in;
	if (rc)
		return rc;
	if (z == Z_STREAM_END) {
		s->state = UNPACK_ENDED;
	} else if (z == Z_DATA_ERROR && s->later && s->z.total_out == 0) {
		s->state = UNPACK_IGNORED; /* bytes after the last member */
	} else if (z != Z_OK && z != Z_BUF_ERROR) {
		return z == Z_MEM_ERROR ? -(int)ERR_NOMEM : -(int)ERR_INPUT;
	}
	return 0;
}

static int unpack_unbrotli(struct feed_unpack *u, size_t i, const char **p, size_t *n)
{
#ifdef NIGHTDESK_BROTLI
	struct unpack_stage *s = &u->stages[i];
	const uint8_t *in = (const uint8_t *)*p;
	BrotliDecoderResult result;
	uint8_t out[OUT_MAX];
	int rc;

	do {
		uint8_t *next = out;
		size_t room = OUT_MAX;

		result = BrotliDecoderDecompressStream(s->br, n, &in, &room, &next, NULL);
		rc = unpack_pass(u, i, (const char *)out, OUT_MAX - room);
	} while (rc == 0 && result == BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT);
	*p = (const char *)in;
	if (rc == 0 && result == BROTLI_DECODER_RESULT_SUCCESS)
		s->state = UNPACK_IGNORED;
	return rc == 0 && result == BROTLI_DECODER_RESULT_ERROR ? -(int)ERR_INPUT : rc;
#else
	(void)u;
	(void)i;
	(void)p;
	*n = 0;
	return 0;
#endif
}

/* There may be several frames (RFC 8878 §3.1), and bytes to be ignored after the last. */
static int unpack_unzstd(struct feed_unpack *u, size_t i, const char **p, size_t *n)
{
#ifdef NIGHTDESK_ZSTD
	struct unpack_stage *s = &u->stages[i];
	ZSTD_inBuffer in = {*p, *n, 0};
	char bytes[OUT_MAX];
	ZSTD_outBuffer out;
	size_t left;
	int rc;

	do {
		out = (ZSTD_outBuffer){bytes, sizeof(bytes), 0};
		left = ZSTD_decompressStream(s->zstd, &out, &in);
		if (ZSTD_isError(left)) {
			s->state = UNPACK_IGNORED;
			return s->later ? 0 : -(int)ERR_INPUT;
		}
		if (left == 0 || out.pos > 0)
			s->later = left == 0;
		rc = unpack_pass(u, i, bytes, out.pos);
	} while (rc == 0 && (in.pos < in.size || out.pos == out.size));
	*p += in.pos;
	*n -= in.pos;
	return rc;
#else
	(void)u;
	(void)i;
	(void)p;
	*n = 0;
	return 0;
#endif
}

/* After a member: another one, or bytes to be ignored. */
static void unpack_continue(struct unpack_stage *s, char next)
{
	s->state = next == '\x1f' ? UNPACK_ZLIB : UNPACK_IGNORED;
	s->later = true;
	if (s->state == UNPACK_ZLIB)
		inflateReset(&s->z);
}

/* Passes the first bytes of stage i on, now that it is known what they are. */
static int unpack_flush_head(struct feed_unpack *u, size_t i)
{
	struct unpack_stage *s = &u->stages[i];
	int rc = unpack_decide(s);

	return rc ? rc : unpack_push(u, i, s->head, s->n_head);
}

static int unpack_fill_head(struct feed_unpack *u, size_t i, const char **p, size_t *n)
{
	struct unpack_stage *s = &u->stages[i];
	size_t take = HEAD_MAX - s->n_head < *n ? HEAD_MAX - s->n_head : *n;

	memcpy(s->head + s->n_head, *p, take);
	s->n_head += take;
	*p += take;
	*n -= take;
	return s->n_head == HEAD_MAX ? unpack_flush_head(u, i) : 0;
}

static int unpack_push(struct feed_unpack *u, size_t i, const char *p, size_t n)
{
	struct unpack_stage *s = &u->stages[i];
	int rc = 0;

	while (n && rc == 0) {
		switch (s->state) {
		case UNPACK_UNDECIDED: rc = unpack_fill_head(u, i, &p, &n); break;
		case UNPACK_PLAIN: return unpack_pass(u, i, p, n);
		case UNPACK_ZLIB: rc = unpack_inflate(u, i, &p, &n); break;
		case UNPACK_BR: rc = unpack_unbrotli(u, i, &p, &n); break;
		case UNPACK_ZST: rc = unpack_unzstd(u, i, &p, &n); break;
		case UNPACK_ENDED: unpack_continue(s, *p); break;
		case UNPACK_IGNORED: return 0;
		}
	}
	return rc;
}

int feed_unpack_push(struct feed_unpack *u, const char *p, size_t n)
{
	u->taken += n;
	return unpack_push(u, u->n - 1, p, n);
}

int feed_unpack_finish(struct feed_unpack *u)
{
	int rc = 0;

	for (size_t i = u->n; i-- > 0 && rc == 0;)
		if (u->stages[i].state == UNPACK_UNDECIDED)
			rc = unpack_flush_head(u, i);
	return rc;
}
