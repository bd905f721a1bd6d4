/* SPDX-License-Identifier: MIT */
/*
 * Declarations in a document type, which no feed needs: expansion, external entities and defaults
 * of attributes are attacks. Private to xml.c.
 */
#ifndef FEED_XML_DECLARATION_H
#define FEED_XML_DECLARATION_H

#include <libxml/parser.h>

/* The user data of the handler begins with it. */
struct xml_declaration_user {
	void (*forbid)(void *user); /* ends the document */
};

/* Sets the handlers of declarations, which call forbid(), and of external entities: none opens. */
void xml_declaration_set(xmlSAXHandler *handler);

#endif
