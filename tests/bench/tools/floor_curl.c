/* SPDX-License-Identifier: MIT */
/*
 * The floor of polling: libcurl's multi interface on libevent with many parallel transfers, bodies
 * discarded, and nothing else: no parsing, store, limits or schedule.
 *
 *     floor_curl PARALLEL COUNT FORMAT [RATE]    FORMAT: a URL with one %05d
 *
 * With RATE the second round starts that many transfers a second, one at a time.
 *
 * Fetches every URL twice: the whole body, then with the ETag of the first response. Prints for
 * each round "round seconds cpu-seconds answers-of-200 answers-of-304".
 */
#include <curl/curl.h>
#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

struct feed {
	char url[256], etag[128];
	struct curl_slist *headers;
};

static struct event_base *base;
static struct event *timer, *pace;
static CURLM *multi;
static struct feed *feeds;
static int count, next, running, answers[2], conditional, rate;

static void start_one(CURL *easy);

static size_t on_body(char *p, size_t size, size_t n, void *arg)
{
	(void)p, (void)arg;
	return size * n;
}

static size_t on_header(char *p, size_t size, size_t n, void *arg)
{
	struct feed *f = arg;

	if (size * n > 8 && strncasecmp(p, "etag: ", 6) == 0 && size * n < sizeof(f->etag))
		snprintf(f->etag, sizeof(f->etag), "%.*s", (int)(size * n - 8), p + 6);
	return size * n;
}

static void look(void)
{
	CURLMsg *m;
	int left;

	while ((m = curl_multi_info_read(multi, &left)) != NULL) {
		CURL *easy = m->easy_handle;
		long status = 0;

		curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
		answers[0] += status == 200;
		answers[1] += status == 304;
		curl_multi_remove_handle(multi, easy);
		running--;
		if (next < count && !(rate && conditional))
			start_one(easy);
		else
			curl_easy_cleanup(easy);
	}
	if (running == 0 && next == count)
		event_base_loopbreak(base);
}

static void start_one(CURL *easy)
{
	struct feed *f = &feeds[next++];
	char line[160];

	curl_easy_reset(easy);
	curl_easy_setopt(easy, CURLOPT_URL, f->url);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
	curl_easy_setopt(easy, CURLOPT_HEADERDATA, f);
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	if (conditional) {
		snprintf(line, sizeof(line), "If-None-Match: %s", f->etag);
		curl_slist_free_all(f->headers);
		f->headers = curl_slist_append(NULL, line);
		curl_easy_setopt(easy, CURLOPT_HTTPHEADER, f->headers);
	}
	running++;
	curl_multi_add_handle(multi, easy);
}

static void on_fd(evutil_socket_t fd, short events, void *arg)
{
	int mask = (events & EV_READ ? CURL_CSELECT_IN : 0) |
		   (events & EV_WRITE ? CURL_CSELECT_OUT : 0),
	    left;

	(void)arg;
	curl_multi_socket_action(multi, fd, mask, &left);
	look();
}

static void on_timer(evutil_socket_t fd, short events, void *arg)
{
	int left;

	(void)fd, (void)events, (void)arg;
	curl_multi_socket_action(multi, CURL_SOCKET_TIMEOUT, 0, &left);
	look();
}

static void on_pace(evutil_socket_t fd, short events, void *arg)
{
	(void)fd, (void)events, (void)arg;
	if (next < count)
		start_one(curl_easy_init());
}

static int set_timer(CURLM *m, long ms, void *arg)
{
	struct timeval tv = {ms / 1000, ms % 1000 * 1000};

	(void)m, (void)arg;
	event_del(timer);
	if (ms >= 0)
		event_add(timer, &tv);
	return 0;
}

static int set_socket(CURL *easy, curl_socket_t fd, int what, void *arg, void *mine)
{
	struct event *e = mine;
	short events = (short)((what & CURL_POLL_IN ? EV_READ : 0) |
			       (what & CURL_POLL_OUT ? EV_WRITE : 0) | EV_PERSIST);

	(void)easy, (void)arg;
	if (e)
		event_free(e);
	e = NULL;
	if (what != CURL_POLL_REMOVE) {
		e = event_new(base, fd, events, on_fd, NULL);
		event_add(e, NULL);
	}
	curl_multi_assign(multi, fd, e);
	return 0;
}

static double now(clockid_t which)
{
	struct timespec t;

	clock_gettime(which, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void round_of(const char *name, int parallel)
{
	double wall = now(CLOCK_MONOTONIC), cpu = now(CLOCK_PROCESS_CPUTIME_ID);

	next = answers[0] = answers[1] = 0;
	for (int i = 0; i < parallel && next < count && !(rate && conditional); i++)
		start_one(curl_easy_init());
	event_base_dispatch(base);
	printf("%s %.4f %.4f %d %d\n", name, now(CLOCK_MONOTONIC) - wall,
		now(CLOCK_PROCESS_CPUTIME_ID) - cpu, answers[0], answers[1]);
}

int main(int argc, char **argv)
{
	int parallel = argc >= 4 ? atoi(argv[1]) : 0;
	char *at;

	count = argc >= 4 ? atoi(argv[2]) : 0;
	at = argc >= 4 ? strstr(argv[3], "%05d") : NULL;
	rate = argc == 5 ? atoi(argv[4]) : 0;
	if (parallel < 1 || count < 1 || !at)
		return 2;
	feeds = calloc((size_t)count, sizeof(*feeds));
	for (int i = 0; i < count; i++)
		snprintf(feeds[i].url, sizeof(feeds[i].url), "%.*s%05d%s", (int)(at - argv[3]),
			argv[3], i, at + 4);
	curl_global_init(CURL_GLOBAL_ALL);
	base = event_base_new();
	timer = event_new(base, -1, 0, on_timer, NULL);
	multi = curl_multi_init();
	curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, set_timer);
	curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, set_socket);
	curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, (long)parallel);
	round_of("new", parallel);
	conditional = 1;
	if (rate) {
		struct timeval tv = {0, 1000000 / rate};

		pace = event_new(base, -1, EV_PERSIST, on_pace, NULL);
		event_add(pace, &tv);
	}
	round_of("304", parallel);
	return answers[1] == count ? 0 : 1;
}
