/* SPDX-License-Identifier: MIT */
/* The part of a text that an alert keeps: with the first hit in it, if the text is long. */
#ifndef DESK_ALERT_TEXT_H
#define DESK_ALERT_TEXT_H

#include "alert/alert.h"
#include "watch/view.h"
#include "watch/watch.h"

/* Sets body and hits of the alert, from what matched; hits is their room. */
void alert_text_cut(const struct watch_view *view, const struct watch_match *found,
	struct watch_hit hits[ALERT_HITS_MAX], struct alert *a);

#endif
