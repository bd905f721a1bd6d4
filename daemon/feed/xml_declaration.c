/* SPDX-License-Identifier: MIT */
#include "xml_declaration.h"

static void xml_declaration_refuse(void *user)
{
	const struct xml_declaration_user *u = user;

	u->forbid(user);
}

static xmlEntityPtr xml_on_parameter_entity(void *user, const xmlChar *name)
{
	(void)name;
	xml_declaration_refuse(user);
	return NULL;
}

static void xml_on_entity_decl(void *user, const xmlChar *name, int type, const xmlChar *public_id,
	const xmlChar *system_id, xmlChar *content)
{
	(void)name;
	(void)type;
	(void)public_id;
	(void)system_id;
	(void)content;
	xml_declaration_refuse(user);
}

static void xml_on_attribute_decl(void *user, const xmlChar *element, const xmlChar *name, int type,
	int def, const xmlChar *value, xmlEnumerationPtr tree)
{
	(void)element;
	(void)name;
	(void)type;
	(void)def;
	(void)value;
	/* The handler must free this list, as xmlSAX2AttributeDecl() does. */
	xmlFreeEnumeration(tree);
	xml_declaration_refuse(user);
}

static void xml_on_element_decl(
	void *user, const xmlChar *name, int type, xmlElementContentPtr content)
{
	(void)name;
	(void)type;
	(void)content;
	xml_declaration_refuse(user);
}

static void xml_on_notation_decl(
	void *user, const xmlChar *name, const xmlChar *public_id, const xmlChar *system_id)
{
	(void)name;
	(void)public_id;
	(void)system_id;
	xml_declaration_refuse(user);
}

static void xml_on_unparsed_decl(void *user, const xmlChar *name, const xmlChar *public_id,
	const xmlChar *system_id, const xmlChar *notation)
{
	(void)name;
	(void)public_id;
	(void)system_id;
	(void)notation;
	xml_declaration_refuse(user);
}

static xmlParserInputPtr xml_on_external(
	void *user, const xmlChar *public_id, const xmlChar *system_id)
{
	(void)user;
	(void)public_id;
	(void)system_id;
	return NULL;
}

void xml_declaration_set(xmlSAXHandler *handler)
{
	handler->getParameterEntity = xml_on_parameter_entity;
	handler->resolveEntity = xml_on_external;
	handler->entityDecl = xml_on_entity_decl;
	handler->attributeDecl = xml_on_attribute_decl;
	handler->elementDecl = xml_on_element_decl;
	handler->notationDecl = xml_on_notation_decl;
	handler->unparsedEntityDecl = xml_on_unparsed_decl;
}
