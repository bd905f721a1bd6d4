/* SPDX-License-Identifier: MIT */
/*
 * Messages end from send_peer_step() only, through the list `ended`: a caller may then cancel
 * others of them, or add new ones, which wait.
 */
#include "send_peer.h"

#include "base/clock.h"
#include "send_link.h"

#define IDLE_MS	      (60 * CLOCK_SECOND)
/* Looks at what is acknowledged: some in the next turns of the loop, then in growing intervals. */
#define ACK_TURNS     200
#define ACK_MOST_MS   50
/* How long a new connection is watched for a refusal after the first bytes. */
#define SETTLE_MS     500
#define UDP_SETTLE_MS 50
/*
 * With that many datagrams unconfirmed, those to a proven receiver count as received at once, and
 * so do those that follow within UDP_SETTLE_MS.
 */
#define UDP_FAST      4
/* At most this many datagrams in 1 ms, or they would fill the buffer of the receiver. */
#define UDP_BURST     32
#define UDP_PROOF_MS  (10 * CLOCK_SECOND) /* how long a receiver is proven */

enum send_peer_state { PEER_CLOSED, PEER_CONNECTING, PEER_OPEN };

struct send_peer {
	struct send *send;
	struct send_link link;
	char where[SEND_WHERE_MAX]; /* "tcp://host:601": identifies it, and is shown */
	enum send_peer_state state;
	struct loop_fd *watch;
	struct send_peer_ops waiting; /* the first one may be written in part */
	struct send_peer_ops written; /* and not confirmed */
	struct send_peer_ops ended;   /* to be passed to their callers */
	size_t n_written;
	bool full;	    /* the socket takes no more bytes now */
	bool eof;	    /* the receiver has closed its side */
	bool kept;	    /* a message was confirmed on this connection; not for UDP */
	int64_t wrote_at;   /* monotonic: when the oldest of written was written */
	unsigned ack_looks; /* for an acknowledgement of what was written last */
	int64_t proven_at;  /* UDP, monotonic: last confirmation after a whole wait; 0: none */
	size_t burst;	    /* UDP: confirmed since burst_at */
	int64_t burst_at;   /* monotonic */
	int64_t fast_at;    /* UDP, monotonic: last confirmation at once; 0: none */
	int64_t idle_since; /* monotonic; 0: it has messages */
	struct loop_alarm *alarm;
	LIST_ENTRY(send_peer) entry;
};

/* --- lists of messages --- */

static void send_peer_move(struct send_op *op, struct send_peer_ops *to)
{
	struct send_peer *p = op->peer;

	if (op->peer_list)
		TAILQ_REMOVE(op->peer_list, op, in_peer);
	p->n_written -= op->peer_list == &p->written;
	p->n_written += to == &p->written;
	op->peer_list = to;
	if (to)
		TAILQ_INSERT_TAIL(to, op, in_peer);
}

static void send_peer_move_all(struct send_peer_ops *from, struct send_peer_ops *to)
{
	while (!TAILQ_EMPTY(from))
		send_peer_move(TAILQ_FIRST(from), to);
}

static void send_peer_pass_ended(struct send_peer *p)
{
	struct send_op *op;

	while ((op = TAILQ_FIRST(&p->ended))) {
		send_peer_move(op, NULL);
		op->peer = NULL;
		send_op_end(op);
	}
}

/* --- the connection --- */

static void send_peer_close(struct send_peer *p)
{
	loop_fd_free(p->watch); /* before curl closes its descriptor */
	p->watch = NULL;
	send_link_close(&p->link);
	p->state = PEER_CLOSED;
	p->kept = p->eof = p->full = false;
}

/*
 * The connection is lost. What is not confirmed is sent again if this connection has worked before;
 * otherwise all messages fail.
 */
static void send_peer_lose(struct send_peer *p)
{
	bool again = p->kept;
	struct send_op *op, *next;

	send_peer_close(p);
	send_peer_move_all(&p->waiting, &p->written); /* in the order in which they came */
	for (op = TAILQ_FIRST(&p->written); op; op = next) {
		next = TAILQ_NEXT(op, in_peer);
		op->sent = 0;
		if (!again)
			op->error = p->link.failure;
		send_peer_move(op, again ? &p->waiting : &p->ended);
	}
	p->proven_at = p->fast_at = 0;
	loop_alarm_set(p->alarm, 0);
}

static void send_peer_on_event(void *arg, enum loop_event happened)
{
	struct send_peer *p = arg;

	if (happened & LOOP_WRITE)
		p->full = false;
	/* Level-triggered: watched again by the step. */
	(void)loop_fd_watch(p->watch, LOOP_NOTHING);
	loop_alarm_set(p->alarm, 0);
}

static void send_peer_on_connected(void *arg, CURLcode rc)
{
	struct send_peer *p = arg;
	int fd = send_link_take(&p->link, rc);

	loop_fd_free(p->watch); /* of a connection that curl has lost */
	p->watch = NULL;
	if (fd >= 0) {
		p->watch = loop_fd_new(p->send->loop, "send-socket", fd, send_peer_on_event, p);
		if (!p->watch)
			err_nomem(&p->link.failure);
	}
	if (!p->watch) {
		send_peer_lose(p);
		return;
	}
	p->state = PEER_OPEN;
	loop_alarm_set(p->alarm, 0);
}

static void send_peer_connect(struct send_peer *p)
{
	p->state = PEER_CONNECTING;
	if (!send_link_open(&p->link, send_peer_on_connected, p))
		send_peer_lose(p);
}

/* --- steps --- */

/* Writes the first message that waits. Returns false if the connection is lost. */
static bool send_peer_write_one(struct send_peer *p, struct send_op *op)
{
	size_t n;

	switch (send_link_send(&p->link, op->body.data + op->sent, op->body.len - op->sent, &n)) {
	case LINK_DONE: break;
	case LINK_AGAIN: p->full = true; return true;
	case LINK_LOST: return false;
	case LINK_END:
		err_set(&op->error, ERR_INPUT, "%s: too long for a datagram", p->where);
		send_peer_move(op, &p->ended);
		return true;
	}
	op->sent += n;
	if (op->sent < op->body.len)
		return true;
	if (TAILQ_EMPTY(&p->written))
		p->wrote_at = clock_mono();
	p->ack_looks = 0;
	send_peer_move(op, &p->written);
	return true;
}

static bool send_peer_write(struct send_peer *p)
{
	while (!p->full && !TAILQ_EMPTY(&p->waiting))
		if (!send_peer_write_one(p, TAILQ_FIRST(&p->waiting)))
			return false;
	return true;
}

/* Whether what is acknowledged counts as received without the wait of a new connection. */
static bool send_peer_is_proven(const struct send_peer *p)
{
	if (p->link.socket != SINK_UDP)
		return p->eof || p->kept;
	if (!p->proven_at || clock_mono() - p->proven_at >= UDP_PROOF_MS)
		return false;
	return p->n_written >= UDP_FAST ||
	       (p->fast_at && clock_mono() - p->fast_at < UDP_SETTLE_MS);
}

/* Returns the time until the next look, ms. */
static int64_t send_peer_next_look(struct send_peer *p)
{
	unsigned slow;

	if (p->ack_looks < ACK_TURNS + 6)
		p->ack_looks++;
	if (p->ack_looks <= ACK_TURNS)
		return 0;
	slow = 1u << (p->ack_looks - ACK_TURNS - 1);
	return slow < ACK_MOST_MS ? slow : ACK_MOST_MS;
}

/* Returns how long to wait before what is acknowledged is confirmed, ms; <= 0: not at all. */
static int64_t send_peer_settle(const struct send_peer *p, bool proven)
{
	int64_t wait = p->link.socket == SINK_UDP ? UDP_SETTLE_MS : SETTLE_MS;

	if (proven)
		return p->burst < UDP_BURST ? 0 : p->burst_at + 1 - clock_mono();
	return p->wrote_at + wait - clock_mono();
}

/* Confirms what was written, or sets the alarm for the next look. False: it is lost. */
static bool send_peer_confirm(struct send_peer *p)
{
	bool proven = send_peer_is_proven(p), acknowledged;
	int64_t wait;

	if (TAILQ_EMPTY(&p->written))
		return true;
	acknowledged = send_link_is_acknowledged(&p->link);
	wait = acknowledged ? send_peer_settle(p, proven) : send_peer_next_look(p);
	/* Last: what was refused is not acknowledged before that is known here. */
	if (send_link_has_error(&p->link))
		return false;
	if (!acknowledged || wait > 0) {
		loop_alarm_set(p->alarm, wait);
		return true;
	}
	if (proven)
		p->fast_at = clock_mono();
	else
		p->proven_at = clock_mono();
	p->kept = p->link.socket != SINK_UDP;
	if (p->burst == 0 || p->burst >= UDP_BURST) {
		p->burst = 0;
		p->burst_at = clock_mono();
	}
	if (p->link.socket == SINK_UDP)
		p->burst += p->n_written;
	send_peer_move_all(&p->written, &p->ended);
	return true;
}

/* The receiver has closed the connection, and has all that was written. */
static void send_peer_end_of_stream(struct send_peer *p)
{
	struct send_op *op = TAILQ_FIRST(&p->waiting);

	if (op && !p->kept) {
		err_set(&p->link.failure, ERR_TEMP, "%s: the receiver closes the connection",
			p->where);
		send_peer_lose(p);
		return;
	}
	if (op)
		op->sent = 0;
	send_peer_close(p);
}

static void send_peer_watch(struct send_peer *p)
{
	enum loop_event events = p->eof ? LOOP_NOTHING : LOOP_READ;

	if (p->full)
		events = p->eof ? LOOP_WRITE : LOOP_BOTH;
	if (loop_fd_watch(p->watch, events)) {
		err_nomem(&p->link.failure);
		send_peer_lose(p);
	}
}

/* Returns false if the connection is lost. */
static bool send_peer_work(struct send_peer *p)
{
	enum send_link_io read = p->eof ? LINK_END : send_link_read(&p->link);

	if (read == LINK_LOST)
		return false;
	p->eof = read == LINK_END;
	/* A receiver that closed its side takes no more messages. */
	return (p->eof || send_peer_write(p)) && send_peer_confirm(p);
}

static void send_peer_free(struct send_peer *p)
{
	send_peer_close(p);
	LIST_REMOVE(p, entry);
	loop_alarm_free(p->alarm);
	free(p);
}

/* Nothing is to be done: closes the connection after a while. */
static void send_peer_rest(struct send_peer *p)
{
	int64_t now = clock_mono();

	if (!p->idle_since)
		p->idle_since = now;
	if (p->state == PEER_CLOSED || now - p->idle_since >= IDLE_MS)
		send_peer_free(p);
	else
		loop_alarm_set(p->alarm, p->idle_since + IDLE_MS - now);
}

static void send_peer_step(void *arg)
{
	struct send_peer *p = arg;

	if (p->state == PEER_OPEN) {
		if (!send_peer_work(p))
			send_peer_lose(p);
		else if (p->eof && TAILQ_EMPTY(&p->written))
			send_peer_end_of_stream(p);
		else
			send_peer_watch(p);
	}
	send_peer_pass_ended(p);
	if (p->state == PEER_CLOSED && !TAILQ_EMPTY(&p->waiting))
		send_peer_connect(p);
	if (TAILQ_EMPTY(&p->waiting) && TAILQ_EMPTY(&p->written) && TAILQ_EMPTY(&p->ended))
		send_peer_rest(p);
}

/* --- messages --- */

static struct send_peer *send_peer_new(struct send *s, enum sink_socket socket, const char *where)
{
	struct send_peer *p = calloc(1, sizeof(*p));

	if (!p)
		return NULL;
	p->send = s;
	snprintf(p->where, sizeof(p->where), "%s", where);
	p->link = (struct send_link){
		.multi = s->multi, .socket = socket, .where = p->where, .fd = -1};
	TAILQ_INIT(&p->waiting);
	TAILQ_INIT(&p->written);
	TAILQ_INIT(&p->ended);
	LIST_INSERT_HEAD(&s->peers, p, entry);
	p->alarm = loop_alarm_new(s->loop, "send-peer", send_peer_step, p);
	if (p->alarm)
		return p;
	send_peer_free(p);
	return NULL;
}

int send_peer_add(struct send_op *op, const struct sink_request *r)
{
	static const char *const schemes[] = {
		[SINK_UNIX_DGRAM] = "", [SINK_UDP] = "udp", [SINK_TCP] = "tcp", [SINK_TLS] = "tls"};
	bool six = r->host.n && memchr(r->host.p, ':', r->host.n);
	struct send_peer *p;

	snprintf(op->where, sizeof(op->where), "%s://%s%.*s%s:%u", schemes[r->socket],
		six ? "[" : "", STR_ARG(r->host), six ? "]" : "", r->port);
	LIST_FOREACH (p, &op->send->peers, entry) {
		if (strcmp(p->where, op->where) == 0)
			break;
	}
	if (!p)
		p = send_peer_new(op->send, r->socket, op->where);
	if (!p)
		return -(int)ERR_NOMEM;
	p->idle_since = 0;
	op->peer = p;
	send_peer_move(op, &p->waiting);
	loop_alarm_set(p->alarm, 0);
	return 0;
}

void send_peer_remove(struct send_op *op)
{
	struct send_peer *p = op->peer;
	bool partial = op->peer_list == &p->waiting && op->sent > 0;

	send_peer_move(op, NULL);
	op->peer = NULL;
	if (partial) {
		p->kept = true; /* the others are sent again */
		send_peer_lose(p);
	}
	loop_alarm_set(p->alarm, 0);
}

void send_peer_give_up(struct send_op *op)
{
	struct send_peer *p = op->peer;

	err_set(&p->link.failure, ERR_TEMP,
		p->state == PEER_OPEN ? "%s: the receiver does not read what is sent"
				      : "%s: there is no connection",
		p->where);
	op->error = p->link.failure;
	send_peer_move(op, NULL);
	op->peer = NULL;
	send_peer_lose(p);
}

void send_peer_end_all(struct send *s)
{
	while (!LIST_EMPTY(&s->peers))
		send_peer_free(LIST_FIRST(&s->peers));
}
