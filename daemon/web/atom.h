/* SPDX-License-Identifier: MIT */
/* Alerts as Atom feeds, see web_read_fn: all of them, and those of one watch. */
#ifndef WEB_ATOM_H
#define WEB_ATOM_H

#include "route.h"

web_read_fn atom_alerts_read, atom_watch_read;

#endif
