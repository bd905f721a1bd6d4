/* SPDX-License-Identifier: MIT */
#ifndef WEB_WALL_ANSWER_H
#define WEB_WALL_ANSWER_H

#include "route.h"

/*
 * The feed wall for programs, see document/wall.h: whole; with the parameters from and limit names
 * by their place; with q the places of feeds by their name.
 */
web_read_fn web_wall_answer;

#endif
