/* SPDX-License-Identifier: MIT */
#include "xml_error.h"

#include <libxml/xmlerror.h>
#include <stddef.h>

const char *feed_xml_error_text(int code, bool closed)
{
	switch (code) {
	case XML_ERR_NAME_REQUIRED: return "a bare & or <, which should be &amp; or &lt;";
	case XML_ERR_ENTITYREF_SEMICOL_MISSING:
		return "an & that begins no reference; it should be &amp;";
	case XML_ERR_INVALID_CHAR:
	case XML_ERR_INVALID_CHARREF:
	case XML_ERR_INVALID_DEC_CHARREF:
	case XML_ERR_INVALID_HEX_CHARREF:
		return "a character, or a reference to one, that XML does not allow";
	case XML_ERR_DOCUMENT_END:
		return closed ? "something stands behind the end of the feed"
			      : "the document breaks off";
	case XML_ERR_DOCUMENT_EMPTY:
	case XML_ERR_DOCUMENT_START: return "the document does not start with an element";
	case XML_ERR_RESERVED_XML_NAME:
		return "an XML declaration in the middle of the document; it must stand first";
	case XML_ERR_TAG_NOT_FINISHED:
		return "the document breaks off"; /* libxml2 2.12 and later */
	case XML_ERR_TAG_NAME_MISMATCH: return NULL;
	case XML_ERR_GT_REQUIRED: return "a tag without its >";
	case XML_ERR_LTSLASH_REQUIRED: return "the document breaks off: end tags are missing";
	case XML_ERR_CDATA_NOT_FINISHED: return "a CDATA section without its ]]>";
	case XML_ERR_COMMENT_NOT_FINISHED: return "a comment without its -->";
	case XML_ERR_PI_NOT_FINISHED: return "a processing instruction without its ?>";
	case XML_ERR_ATTRIBUTE_NOT_STARTED: return "an attribute whose value has no quotes";
	case XML_ERR_ATTRIBUTE_NOT_FINISHED: return "an attribute whose quotes do not end";
	case XML_ERR_ATTRIBUTE_WITHOUT_VALUE: return "an attribute without a value";
	case XML_ERR_ATTRIBUTE_REDEFINED: return "an attribute that stands twice in one tag";
	case XML_ERR_LT_IN_ATTRIBUTE: return "a < inside an attribute; it should be &lt;";
	case XML_ERR_MISPLACED_CDATA_END: return "]]> in plain text; it should be ]]&gt;";
	}
	return NULL;
}

static void xml_error_drop(void *ctx, const char *format, ...)
{
	(void)ctx;
	(void)format;
}

void feed_xml_error_mute(void)
{
	xmlSetGenericErrorFunc(NULL, xml_error_drop);
}
