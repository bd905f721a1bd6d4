/* SPDX-License-Identifier: MIT */
/*
 * Bans functions at compile time: the Makefile includes this header before every file (-include).
 * The one file that wraps a banned function has an #undef with the reason; tests/rules/banned.sh
 * lists the files that may.
 */
#ifndef BASE_BANNED_H
#define BASE_BANNED_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <sys/time.h>

#define BANNED_(f) f##_is_banned_see_include_base_banned_h

/* buffer overflows, or errors that cannot be detected */
#undef strcpy
#undef strcat
#undef strncpy
#undef strncat
#undef strtok
#undef sprintf
#undef vsprintf
#define strcpy(...)	   BANNED_(strcpy)
#define strcat(...)	   BANNED_(strcat)
#define strncpy(...)	   BANNED_(strncpy)
#define strncat(...)	   BANNED_(strncat)
#define strtok(...)	   BANNED_(strtok)
#define sprintf(...)	   BANNED_(sprintf)
#define vsprintf(...)	   BANNED_(vsprintf)
#define atoi(...)	   BANNED_(atoi)
#define atol(...)	   BANNED_(atol)
#define atof(...)	   BANNED_(atof)
/* use base/clock */
#define time(...)	   BANNED_(time)
#define gettimeofday(...)  BANNED_(gettimeofday)
#define clock_gettime(...) BANNED_(clock_gettime)
#define gmtime(...)	   BANNED_(gmtime)
#define gmtime_r(...)	   BANNED_(gmtime_r)
#define localtime(...)	   BANNED_(localtime)
#define localtime_r(...)   BANNED_(localtime_r)
#define mktime(...)	   BANNED_(mktime)
#define strftime(...)	   BANNED_(strftime)
/* use base/rng */
#define rand(...)	   BANNED_(rand)
#define srand(...)	   BANNED_(srand)
#define random(...)	   BANNED_(random)
/* main() reads the environment, once */
#define getenv(...)	   BANNED_(getenv)
#define system(...)	   BANNED_(system)
#define popen(...)	   BANNED_(popen)

#endif
