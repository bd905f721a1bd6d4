/* SPDX-License-Identifier: MIT */
/* A desk with its own database and configuration; time is virtual. */
#ifndef LIB_DESK_FIXTURE_H
#define LIB_DESK_FIXTURE_H

#include "conf/conf.h"
#include "desk/desk.h"
#include "lib/store_fixture.h"

#define T0 INT64_C(1700000000000)

struct desk_fixture {
	struct store_fixture *db;
	struct conf *conf;
	struct desk *desk;
	struct err e;
	char file[128];
};

void desk_configure(struct desk_fixture *f, const char *text);

void desk_fixture_open(struct desk_fixture *f, const char *text);

void desk_fixture_close(struct desk_fixture *f);

#endif
