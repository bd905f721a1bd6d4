/* SPDX-License-Identifier: MIT */
/* The front page: what came, can it be trusted, did it arrive. */
#ifndef WEB_FRONT_H
#define WEB_FRONT_H

#include "route.h"

web_read_fn web_front_read;

#endif
