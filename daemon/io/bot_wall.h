/* SPDX-License-Identifier: MIT */
/* Recognises answers of bot protections: challenges, captchas and blocks in place of a feed. */
#ifndef IO_BOT_WALL_H
#define IO_BOT_WALL_H

#include <curl/curl.h>

#include "base/str.h"

/*
 * Returns the name of the product that answered, "captcha" or "challenge page" if that is all that
 * can be said, or NULL. With status 200 only HTML counts. A literal.
 */
const char *bot_wall_find(CURL *easy, long status, struct str body);

#endif
