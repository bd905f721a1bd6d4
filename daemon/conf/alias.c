/* SPDX-License-Identifier: MIT */
#include "alias.h"

#include <string.h>

#include "base/ascii.h"

/* theirs: words with a space between them, in lower case, with - for _. */
struct alias {
	const char *ours, *theirs;
};

static const struct alias alias_kinds[] = {
	{"feed", "source subscription rss atom input site url"},
	{"watch", "watchlist watchlists alert alerts filter filters search query keyword keywords "
		  "rule rules monitor topic"},
	{"notify", "notification notifications notifier receiver recipient output sink "
		   "destination target channel email mail"},
	{"daemon", "config configuration settings setting global globals general options server "
		   "nightdesk main service default defaults"},
	{"poll", "polling fetch fetcher http crawler network"},
	{"define", "macro variable var let set term alias"},
	{"heartbeat", "deadman dead-man healthcheck health ping watchdog"},
	{"canary", "self-test selftest end-to-end probe"},
	{"budget", "budgets limit limits quota domain domains host hosts rate-limit throttle"},
	{"story", "stories copies copy duplicates"},
	{"corrections", "correction kill kills retraction retractions withdrawal withdrawals"},
	{"websub", "push hub hubs pubsubhubbub subscribe"},
	{NULL, NULL},
};

/* Several rows may have a word: the first that is a key of the block counts. */
static const struct alias alias_keys[] = {
	{"query", "keyword keywords key-words word words term terms search match filter pattern "
		  "expression expr q regex phrase phrases include any all contains find"},
	{"exclude", "without except not ignore stop-words negative exclude-words unless none"},
	{"notify", "channel channels alert alerts send send-to notification notifications receiver "
		   "receivers recipient recipients destination to target output via email mail"},
	{"url", "link address uri href feed feed-url xmlurl endpoint"},
	{"url-credential", "webhook webhook-url url-secret hook"},
	{"every", "interval refresh ttl frequency poll period minutes seconds rate schedule"},
	{"rhythm", "adaptive learn adapt dynamic"},
	{"fastest", "min-interval minimum-interval least min-every floor"},
	{"groups", "category categories tag tags folder label labels"},
	{"group", "groups"},
	{"feeds", "sources feed source from"},
	{"lang", "locale"},
	{"title", "description name label display-name"},
	{"user", "username login user-name account"},
	{"server", "host hostname smtp smtp-server relay mail-server address url"},
	{"to", "recipient recipients email mail rcpt address addresses"},
	{"from", "sender mail-from"},
	{"log", "log-level loglevel level verbosity logging"},
	{"log-format", "format"},
	{"listen", "address bind port host"},
	{"public-url", "callback callback-url url base-url external-url"},
	{"state", "database db file path data-dir datadir storage sqlite state-file"},
	{"control", "socket control-socket"},
	{"retention", "keep expire history max-age days archive"},
	{"contact", "user-agent useragent email mail admin"},
	{"parallel", "concurrency threads workers connections max-connections"},
	{"max-body", "max-size limit size"},
	{"priority", "urgency severity level importance"},
	{"password-credential", "password pass passwd pwd secret token"},
	{"secret-credential", "secret signing-secret key signature"},
	{"token-credential", "token api-key apikey key bot-token access-token"},
	{"ca-file", "ca cacert certificate ca-cert cert"},
	{"headers", "header http-headers"},
	{"bearer-credential", "bearer bearer-token token access-token"},
	{"client-certificate", "client-cert cert certificate sslcert tls-cert"},
	{"client-key-credential", "client-key sslkey tls-key key"},
	{"domains", "domain host hosts sites site servers url urls"},
	{"gap", "host-gap delay wait pause interval"},
	{"retry-after", "retry scope"},
	{"http2", "http-version http h2"},
	{"stem", "stemming stems language stemmer"},
	{"dialect", "syntax language-of-query query-language"},
	{"type", "kind service backend driver"},
	{"command", "exec program script run cmd argv"},
	{"path", "file filename output"},
	{"starttls", "tls ssl encryption secure"},
	{"on-update", "updates edited on-edit"},
	{"private-networks", "private allow-private intranet"},
	{"insecure-redirect", "insecure"},
	{NULL, NULL},
};

static const struct alias alias_words[] = {
	{"smtp", "email mail e-mail sendmail"},
	{"webhook", "http https post url rest api"},
	{"stdout", "console terminal print screen"},
	{"syslog", "log rsyslog"},
	{"journal", "journald systemd"},
	{"exec", "command program script shell run"},
	{"file", "jsonl logfile"},
	{"urgent", "high important critical"},
	{"flash", "highest emergency critical breaking"},
	{"normal", "medium default standard"},
	{"low", "lowest minor"},
	{"debug", "verbose trace all"},
	{"warn", "warning warnings"},
	{"error", "errors critical fatal crit"},
	{"alert", "yes true on 1 always"},
	{"quiet", "no false off 0 never none"},
	{"allow", "yes true on 1"},
	{"deny", "no false off 0"},
	{"required", "yes true on 1 always"},
	{"off", "no false 0 never none"},
	{"native", "nightdesk own default"},
	{"sitemap", "sitemaps news-sitemap sitemap-index"},
	{NULL, NULL},
};

/* Is word, in any case and with _ for -, one of the list? */
static bool alias_lists(const char *list, struct str word)
{
	while (*list) {
		size_t n = strcspn(list, " "), i = 0;

		while (i < n && i < word.n &&
			(word.p[i] == '_' ? '-' : ascii_lower(word.p[i])) == list[i])
			i++;
		if (i == n && i == word.n)
			return true;
		list += n + (list[n] == ' ');
	}
	return false;
}

const char *conf_alias_kind(struct str theirs)
{
	for (const struct alias *a = alias_kinds; a->ours; a++)
		if (alias_lists(a->theirs, theirs))
			return a->ours;
	return NULL;
}

const char *conf_alias_key(struct str theirs, conf_alias_has_fn *has, void *ctx)
{
	for (const struct alias *a = alias_keys; a->ours; a++)
		if (alias_lists(a->theirs, theirs) && has(ctx, str_of(a->ours)))
			return a->ours;
	return NULL;
}

const char *conf_alias_word(struct str theirs, const char *const *words)
{
	for (const struct alias *a = alias_words; a->ours; a++)
		for (size_t i = 0; alias_lists(a->theirs, theirs) && words[i]; i++)
			if (strcmp(words[i], a->ours) == 0)
				return a->ours;
	return NULL;
}
