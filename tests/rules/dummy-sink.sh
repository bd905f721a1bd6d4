#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# A sink is one file and one line: adds a sink "pigeon" to a copy of the tree, with pigeon.c and a
# line in sinks.h; then `check` must accept its keys and refuse others. Needs a finished build.
set -u
cd "$(dirname "$0")/../.." || exit 1
build=${BUILD:-build}
tree=$(mktemp -d /tmp/nightdesk-sink.XXXXXX)
trap 'rm -rf "$tree"' EXIT

report() { # STATUS NAME
	if [ "$1" -eq 0 ]; then echo "ok - $2"; else echo "not ok - $2"; fi
}

mkdir -p "$tree/$build" "$tree/conf-pigeon"
cp -a Makefile daemon include conf "$tree" &&
	cp -a "$build/obj" "$build/lib" "$build/flags" "$tree/$build" || exit 1
cd "$tree" || exit 1

cat >daemon/sink/pigeon.c <<'END'
/* SPDX-License-Identifier: MIT */
#include "sinks.h"

struct pigeon {
	const char *loft, *feathers_credential;
	unsigned wings;
};

static const struct conf_key_row pigeon_keys[] = {
	{CONF_KEY("loft", TEXT, pigeon, loft), .required = true, .help = "where it lives"},
	{CONF_KEY("feathers-credential", CREDENTIAL, pigeon, feathers_credential), .told = "none",
		.help = "what it shows at the gate"},
	{CONF_KEY("wings", COUNT, pigeon, wings), .fallback = "2", .min = 1, .max = 6,
		.help = "how many it has"},
	{0},
};

static void pigeon_check(struct conf_check *c, const void *settings)
{
	const struct pigeon *p = settings;

	if (p->wings % 2)
		conf_check_error_at(c, "wings", "write an even number", "it flies in circles");
}

static int pigeon_render(const struct sink_context *ctx, const struct notice *m,
	struct arena *arena, struct sink_request *out, struct err *e)
{
	struct buf text;

	out->transport = SINK_STDOUT;
	buf_init(&text, 65536);
	sink_text_plain(m->alerts, ctx->notify->zone, &text);
	return sink_text_keep(&text, arena, &out->body, e);
}

const struct sink_type sink_pigeon = {
	.conf = {"pigeon", pigeon_keys, sizeof(struct pigeon), pigeon_check},
	.render = pigeon_render,
	.judge = sink_write_judge,
	.window = 1,
	.max_bytes = 65536,
};
END
sed -i 's/^\tSINK(stdout)$/\tSINK(stdout) SINK(pigeon)/' daemon/sink/sinks.h

if make -s BUILD="$build" "$build/nightdesk" >"$tree/log" 2>&1; then
	echo "ok - a sink is added by one file and one line"
else
	echo "not ok - a sink is added by one file and one line"
	sed 's/^/# /' "$tree/log"
fi

try() { # NAME EXIT PATTERN KEYS
	{
		echo 'feed f { url = "https://a.example/feed" }'
		echo "watch w { query = 'x' notify = home }"
		echo "notify home { $4 }"
	} >conf-pigeon/nightdesk.conf
	"$build/nightdesk" check -c conf-pigeon >"$tree/out" 2>&1
	[ $? -eq "$2" ] && grep -q "$3" "$tree/out"
	report $? "$1"
}

mkdir -p conf-pigeon/credentials
(umask 027 && echo 'a feather' >conf-pigeon/credentials/f)
try "its keys are accepted" 0 'no errors, no warnings' \
	'type = pigeon loft = "north tower" feathers-credential = f wings = 4'
try "the nearest of its keys is named" 1 'wingz is no key of notify; did you mean wings?' \
	'type = pigeon loft = a wingz = 4'
try "a key that it needs is named" 1 'notify home needs the key loft' 'type = pigeon'
try "its values are checked" 1 'wings: at most 6' 'type = pigeon loft = a wings = 7'
try "its own check runs" 1 'it flies in circles' 'type = pigeon loft = a wings = 3'
try "its name is suggested" 1 'did you mean pigeon?' 'type = pidgeon loft = a'
try "other sinks do not have its keys" 1 'type slack has no key loft; it belongs to pigeon' \
	'type = slack url = "https://a.example/" loft = a'
"$build/nightdesk" check --keys | grep -q '^notify pigeon	wings	number	2	how many it has$'
report $? "check --keys lists its keys"
