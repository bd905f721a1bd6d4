/* SPDX-License-Identifier: MIT */
/*
 * The floor of delivering to webhooks: libcurl's multi interface, connections kept, and nothing
 * else: no outbox, rendering or schedule.
 *
 *     floor_post PARALLEL COUNT BYTES URL
 *
 * Posts COUNT bodies. Prints "seconds cpu-seconds answers-of-2xx".
 */
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

static CURLM *multi;
static long count, started, ended, accepted;

static size_t on_body(char *p, size_t size, size_t n, void *arg)
{
	(void)p, (void)arg;
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
		accepted += status / 100 == 2;
		ended++;
		curl_multi_remove_handle(multi, easy);
		if (started < count) {
			started++;
			curl_multi_add_handle(multi, easy);
		} else {
			curl_easy_cleanup(easy);
		}
	}
}

static double cpu(void)
{
	struct rusage u;

	getrusage(RUSAGE_SELF, &u);
	return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
	       (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

static double wall(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static CURL *make(const char *url, char *body, long bytes, struct curl_slist *headers)
{
	CURL *easy = curl_easy_init();

	curl_easy_setopt(easy, CURLOPT_URL, url);
	curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE, bytes);
	curl_easy_setopt(easy, CURLOPT_POSTFIELDS, body);
	curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	return easy;
}

int main(int argc, char **argv)
{
	struct curl_slist *headers;
	long parallel, bytes;
	double w, c;
	char *body;
	int running = 1;

	if (argc != 5)
		return 2;
	parallel = atol(argv[1]);
	count = atol(argv[2]);
	bytes = atol(argv[3]);
	body = malloc((size_t)bytes);
	memset(body, 'x', (size_t)bytes);
	curl_global_init(CURL_GLOBAL_DEFAULT);
	multi = curl_multi_init();
	headers = curl_slist_append(NULL, "Content-Type: application/json");
	headers = curl_slist_append(headers, "Expect:");
	headers = curl_slist_append(headers, "webhook-id: al_aaaaaaaaaaaaaaaaaaaaaaaaaa");
	headers = curl_slist_append(headers, "webhook-timestamp: 1700000000");
	w = wall();
	c = cpu();
	for (; started < parallel && started < count; started++)
		curl_multi_add_handle(multi, make(argv[4], body, bytes, headers));
	while (ended < count) {
		curl_multi_perform(multi, &running);
		look();
		if (ended < count)
			curl_multi_poll(multi, NULL, 0, 1000, NULL);
	}
	printf("%.4f %.4f %ld\n", wall() - w, cpu() - c, accepted);
	curl_slist_free_all(headers);
	curl_multi_cleanup(multi);
	free(body);
	return 0;
}
