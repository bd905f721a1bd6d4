/* SPDX-License-Identifier: MIT */
/* nightdesk alerts show --evidence: what was known of an alert, and when. */
#include <stdio.h>

#include "alerts.h"
#include "base/utf8.h"
#include "conf_dir.h"
#include "document/evidence.h"
#include "print.h"
#include "report.h"

#define WIDTH 10

static struct str evidence_text(const json_t *o, const char *key)
{
	const json_t *v = json_object_get(o, key);

	return v ? str_slice(json_string_value(v), json_string_length(v)) : STR_NONE;
}

/* Nothing if it is absent. */
static void evidence_print(const char *name, const json_t *o, const char *key)
{
	struct str text = evidence_text(o, key);

	if (str_present(text))
		print_line(name, WIDTH, text);
}

static void evidence_print_part(const char *before, const json_t *o, const char *key)
{
	struct str text = evidence_text(o, key);

	if (!str_present(text))
		return;
	fputs(before, stdout);
	utf8_print(stdout, text);
}

static void evidence_print_number(const char *what, const json_t *o, const char *key)
{
	printf("%s %lld", what, (long long)json_integer_value(json_object_get(o, key)));
}

static void evidence_print_version(const json_t *v, size_t number)
{
	printf("version %-2zu", number);
	evidence_print_part(" from ", v, "from");
	evidence_print_part(" until ", v, "until");
	if (json_object_get(v, "document"))
		evidence_print_number(", document", v, "document");
	putchar('\n');
	evidence_print("", v, "title");
	evidence_print("", v, "author");
	evidence_print("", v, "summary");
	evidence_print("", v, "content");
}

static void evidence_print_item(const json_t *item)
{
	const json_t *feed = json_object_get(item, "feed"), *versions, *v;
	size_t i;

	if (!item) {
		puts("item       none is stored any more, or the alert is about no single one");
		return;
	}
	evidence_print("item", item, "id");
	evidence_print("link", item, "link");
	evidence_print("published", item, "published");
	evidence_print("feed", feed, "name");
	evidence_print("", feed, "url");
	evidence_print("first seen", item, "first_seen");
	versions = json_object_get(item, "versions");
	json_array_foreach (versions, i, v) {
		if (i == 1 && json_is_true(json_object_get(item, "versions_left_out")))
			puts("…          versions between are not kept");
		evidence_print_version(v, i + 1);
	}
}

static void evidence_print_document(json_t *d)
{
	const json_t *urls = json_object_get(d, "urls"), *url, *value;
	const json_t *certificate = json_object_get(d, "certificate");
	const char *name;
	size_t i;

	evidence_print_number("document", d, "number");
	evidence_print_part(" asked ", d, "asked");
	evidence_print_part(", received ", d, "received");
	evidence_print_number(",", d, "bytes");
	evidence_print_part(" bytes, ", d, "form");
	putchar('\n');
	evidence_print("sha256", d, "sha256");
	json_array_foreach (urls, i, url) {
		print_line(i ? "" : "from", WIDTH, str_of(json_string_value(url)));
	}
	evidence_print("server", json_object_get(d, "server"), "address");
	evidence_print("issuer", certificate, "issuer");
	evidence_print("certificate", certificate, "sha256");
	json_object_foreach (json_object_get(d, "headers"), name, value) {
		printf("%-10s %s: ", "", name);
		utf8_print(stdout, str_of(json_string_value(value)));
		putchar('\n');
	}
}

static void evidence_print_deliveries(const json_t *list)
{
	const json_t *d;
	size_t i;

	json_array_foreach (list, i, d) {
		printf("%-10s ", i ? "" : "sent to");
		evidence_print_part("", d, "notify");
		evidence_print_part(": ", d, "state");
		evidence_print_part(" ", d, "done");
		evidence_print_part(", answer: ", d, "answer");
		putchar('\n');
	}
}

static void evidence_print_all(const json_t *o)
{
	const json_t *alert = json_object_get(o, "alert");
	const json_t *list = json_object_get(o, "documents");
	json_t *document;
	size_t i;

	evidence_print("alert", alert, "id");
	evidence_print("raised", alert, "raised");
	evidence_print("watch", json_object_get(alert, "watch"), "name");
	evidence_print_item(json_object_get(o, "item"));
	json_array_foreach (list, i, document) {
		evidence_print_document(document);
	}
	evidence_print_deliveries(json_object_get(o, "deliveries"));
	evidence_print("taken by", json_object_get(o, "acknowledged"), "by");
	evidence_print("digest", json_object_get(o, "digest"), "sha256");
	puts("           of the document that --json prints; it names the command that checks it");
}

static int evidence_print_alert(const struct cli_call *call, json_t *o)
{
	struct buf text;
	int rc;

	buf_init(&text, DOCUMENT_EVIDENCE_MAX);
	rc = document_evidence_write(o, &text);
	if (!rc && call->options.json)
		puts(buf_z(&text));
	else if (!rc)
		evidence_print_all(o);
	buf_release(&text);
	return rc ? report_nomem() : CLI_OK;
}

int alerts_evidence(const struct cli_call *call)
{
	struct store *store;
	struct err e = {0};
	json_t *o = NULL;
	int code = conf_dir_open_database(call->cli, call->options.dir, &store);

	if (code == CLI_OK)
		code = report_access(
			document_evidence_read(store, str_of(call->operands[0]), &o, &e), &e);
	store_close(store);
	if (code == CLI_OK && !o) {
		report_error("there is no alert %s", call->operands[0]);
		code = CLI_FINDINGS;
	}
	if (code == CLI_OK)
		code = evidence_print_alert(call, o);
	json_decref(o);
	return code;
}
