/* SPDX-License-Identifier: MIT */
/*
 * A test server on loopback, in its own thread: a function handles each connection, and answers
 * correctly or not.
 */
#ifndef LIB_IO_SERVER_H
#define LIB_IO_SERVER_H

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

struct server;
typedef void server_fn(struct server *s, int fd, char *request);

struct server {
	server_fn *fn;
	int fd;
	unsigned port;
	pthread_t id;
	atomic_bool stop;
	atomic_int connections, requests;
	char request[65536]; /* the last connection */
};

void server_say(int fd, const char *text);

void server_start(struct server *s, server_fn *fn);

void server_stop(struct server *s);

/* Sends the text repeatedly until the other side closes. */
void server_flood(struct server *s, int fd, const char *text);

#endif
