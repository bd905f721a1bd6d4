/* SPDX-License-Identifier: MIT */
#include "io/network_watch.h"

#include <errno.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"

#define SETTLE_MS 1000 /* changes come in bursts */
#define CHECK_MS  5000
#define SLEPT_MS  2000	/* shorter ones do not matter */
#define LATE_MS	  10000 /* a check that comes so much too late: the process was stopped */
#define READS_MAX 64	/* in one callback */

struct network_watch {
	struct network_watch_events events;
	int fd; /* -1: none */
	struct loop_fd *watch;
	struct loop_alarm *settle, *check;
	bool settling;
	int64_t mono, asleep; /* at the last check: clock_mono(), and clock_boot() less it */
};

/* --- rtnetlink --- */

static bool network_watch_is_news(const struct nlmsghdr *h)
{
	return h->nlmsg_type == RTM_NEWADDR || h->nlmsg_type == RTM_NEWROUTE ||
	       h->nlmsg_type == RTM_NEWLINK;
}

static bool network_watch_has_news(char *data, size_t size)
{
	struct nlmsghdr *h = (struct nlmsghdr *)(void *)data; /* NLMSG_NEXT casts const away */
	unsigned left = (unsigned)size;

	for (; NLMSG_OK(h, left); h = NLMSG_NEXT(h, left))
		if (network_watch_is_news(h))
			return true;
	return false;
}

/* Only that something changed is of interest, so lost messages (ENOBUFS) are a change too. */
static void network_watch_read(void *arg, enum loop_event happened)
{
	struct network_watch *w = arg;
	_Alignas(struct nlmsghdr) char data[8192];
	bool news = false;

	(void)happened;
	for (unsigned i = 0; i < READS_MAX; i++) {
		ssize_t n = recv(w->fd, data, sizeof(data), MSG_DONTWAIT);

		if (n <= 0) {
			news |= n < 0 && errno == ENOBUFS;
			break;
		}
		news |= network_watch_has_news(data, (size_t)n);
	}
	if (!news || w->settling)
		return;
	w->settling = true;
	loop_alarm_set(w->settle, SETTLE_MS);
}

static void network_watch_settle(void *arg)
{
	struct network_watch *w = arg;

	w->settling = false;
	w->events.changed(w->events.arg);
}

static void network_watch_open(struct network_watch *w, struct loop *l)
{
	struct sockaddr_nl a = {.nl_family = AF_NETLINK,
		.nl_groups = RTMGRP_LINK | RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR |
			     RTMGRP_IPV4_ROUTE | RTMGRP_IPV6_ROUTE};

	w->fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE);
	if (w->fd >= 0 && bind(w->fd, (const struct sockaddr *)&a, sizeof(a)) == 0)
		w->watch = loop_fd_new(l, "netlink", w->fd, network_watch_read, w);
	if (!w->watch || loop_fd_watch(w->watch, LOOP_READ) != 0)
		log_debug(
			"netlink-off", LOG_S("state", "a network that is back is found by probes"));
}

/* --- sleep --- */

static void network_watch_remember(struct network_watch *w)
{
	w->mono = clock_mono();
	w->asleep = clock_boot() - w->mono;
}

static void network_watch_check(void *arg)
{
	struct network_watch *w = arg;
	int64_t before = w->mono, slept = w->asleep;

	network_watch_remember(w);
	slept = w->asleep - slept;
	if (slept < SLEPT_MS)
		slept = 0;
	if (slept > 0 || w->mono - before > CHECK_MS + LATE_MS)
		w->events.resumed(w->events.arg, slept);
	loop_alarm_set(w->check, CHECK_MS);
}

/* --- life --- */

struct network_watch *network_watch_new(struct loop *l, const struct network_watch_events *events)
{
	struct network_watch *w = calloc(1, sizeof(*w));

	if (!w)
		return NULL;
	w->events = *events;
	w->fd = -1;
	w->settle = loop_alarm_new(l, "network", network_watch_settle, w);
	w->check = loop_alarm_new(l, "sleep", network_watch_check, w);
	if (!w->settle || !w->check) {
		network_watch_free(w);
		return NULL;
	}
	network_watch_open(w, l);
	network_watch_remember(w);
	loop_alarm_set(w->check, CHECK_MS);
	return w;
}

void network_watch_free(struct network_watch *w)
{
	if (!w)
		return;
	loop_fd_free(w->watch);
	loop_alarm_free(w->settle);
	loop_alarm_free(w->check);
	if (w->fd >= 0)
		close(w->fd);
	free(w);
}
