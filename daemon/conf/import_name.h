/* SPDX-License-Identifier: MIT */
/* Names for the feed blocks that an import writes. */
#ifndef CONF_IMPORT_NAME_H
#define CONF_IMPORT_NAME_H

#include "base/buf.h"
#include "base/str.h"

#define IMPORT_NAME_MAX 48 /* bytes, without the number that makes a name unique */

/*
 * Makes bbc-news-world of the title "BBC News - World"; of the host of url if the title is absent
 * or mostly not Latin. Replaces the contents of out; never empty.
 */
void import_name_make(struct str title, struct str url, struct buf *out);
/* Keeps letters of all scripts; empty if no character of the group may be in a name. */
void import_name_make_group(struct str group, struct buf *out);

#endif
