#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Output of `check` for invalid configurations, byte for byte. tests/golden/config/NAME.in has the
# files of a directory, each after a line "### path"; NAME.out has the output, then the exit status.
# UPDATE=1 rewrites the .out files: review the difference before committing.
set -u
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
here=$PWD/tests/golden/config

for in in "$here"/*.in; do
	name=$(basename "$in" .in)
	rm -rf "$dir/conf"
	mkdir -p "$dir/conf/feeds.d" "$dir/conf/watchlists.d" "$dir/conf/notify.d" "$dir/conf/credentials"
	chmod 755 "$dir/conf" "$dir"/conf/*.d
	awk -v dir="$dir/conf/" '/^### /{file = dir $2; printf "" > file; next} file {print > file}' "$in"
	chmod 644 "$dir"/conf/*.conf "$dir"/conf/*.d/*.conf 2>/dev/null
	chmod 640 "$dir"/conf/credentials/[!o]* 2>/dev/null
	chmod 644 "$dir"/conf/credentials/open* 2>/dev/null
	args=$(sed -n '1s/^#args //p' "$in")
	# shellcheck disable=SC2086
	(cd "$dir" && "$NIGHTDESK" check -c conf $args; echo "exit $?") >"$dir/out" 2>&1
	# A new type of receiver changes nothing here.
	sed -i 's/type: this must be webhook, .* or [a-z]*/type: this must be …/' "$dir/out"
	[ -z "${UPDATE:-}" ] || cp "$dir/out" "$here/$name.out"
	if cmp -s "$dir/out" "$here/$name.out"; then
		echo "ok - config $name"
	else
		echo "not ok - config $name"
		diff "$here/$name.out" "$dir/out" | sed 's/^/# /'
	fi
done

# The shipped watches alert nobody until their `notify` is uncommented.
rm -rf "$dir/conf" && cp -R conf "$dir/conf" && sed -i 's/# notify/notify/' "$dir"/conf/watchlists.d/*
if "$NIGHTDESK" check --strict -c "$dir/conf" >"$dir/out" 2>&1; then
	echo "ok - the shipped configuration has no errors or warnings once its watches name a receiver"
else
	echo "not ok - the shipped configuration has no errors or warnings once its watches name a receiver"
	sed 's/^/# /' "$dir/out"
fi

# The example queries of nightdesk-query(7) parse without a warning.
rm -rf "$dir/conf" && mkdir -p "$dir/conf"
{
	echo 'feed a { url = "https://a.example/feed" groups = { wires } }'
	echo 'notify desk { type = stdout }'
	sed -n "s/^\.Dl //p" docs/man/nightdesk-query.7 |
		sed "s/\\\\(dq/\"/g; s/\\\\(ti/~/g; s/\\\\(aq/''/g; s/\\\\e/\\\\/g" |
		awk '{printf "watch w%d { query = \047%s\047 notify = desk }\n", NR, $0}'
} >"$dir/conf/nightdesk.conf"
if "$NIGHTDESK" check --strict -c "$dir/conf" >"$dir/out" && [ "$(grep -c '^indexed' "$dir/out")" -gt 8 ]; then
	echo "ok - the examples of nightdesk-query(7) are valid"
else
	echo "not ok - the examples of nightdesk-query(7) are valid"
	sed 's/^/# /' "$dir/out"
fi

# The manual has the default of every key, or "Required.", and no other keys.
"$NIGHTDESK" check --keys | awk -F '\t' '
	{ print $1, $2, $4 == "(required)" ? "Required." : "Default: " $4 "." }' >"$dir/rows"
awk '/^\.S[hs] /{kind = ""} /^\.Ss Block /{kind = $3} /^\.Ss Type /{kind = "notify " $3}
	kind && /^\.It Cm /{key = $3}
	kind && (/^Required\.$/ || /^Default: /){print kind, key, $0}' \
	docs/man/nightdesk.conf.5 docs/man/nightdesk-notify.5 | sort >"$dir/manual"
sort -o "$dir/rows" "$dir/rows"
if [ -s "$dir/rows" ] && diff "$dir/rows" "$dir/manual" >"$dir/out"; then
	echo "ok - nightdesk.conf(5) and nightdesk-notify(5) have every key and its default"
else
	echo "not ok - nightdesk.conf(5) and nightdesk-notify(5) have every key and its default"
	sed 's/^/# /' "$dir/out"
fi

for command in $("$NIGHTDESK" help | sed -n 's/^  \([a-z-]*\) .*/\1/p'); do
	grep -q "^\.It Cm $command\( \|\$\)" docs/man/nightdesk.1 ||
		{ echo "not ok - nightdesk(1) has the command $command"; continue; }
	missing=$("$NIGHTDESK" "$command" --help | sed -n 's/^  \(-[-a-z]*\).*/\1/p' | while read -r o; do
		awk -v c="$command" -v o="${o#-}" '
			/^\.It Cm /{on = $3 == c} on && $1 == ".It" && $2 == "Fl" && ($3 == o || $3 == "-" o){found = 1}
			on && index($0, "Fl " o){found = 1} END{exit !found}' docs/man/nightdesk.1 ||
			printf '%s ' "$o"
	done)
	if [ -z "$missing" ]; then
		echo "ok - nightdesk(1) has $command and its options"
	else
		echo "not ok - nightdesk(1): $command lacks $missing"
	fi
done

gone=$(sed -n 's/^\.It Cm \([a-z-]*\).*/\1/p' docs/man/nightdesk.1 | while read -r command; do
	"$NIGHTDESK" help "$command" >/dev/null 2>&1 || printf '%s ' "$command"
done)
if [ -z "$gone" ]; then
	echo "ok - nightdesk(1) has no other commands"
else
	echo "not ok - nightdesk(1) has commands that do not exist: $gone"
fi

# nightdesk(1) has every metric of the status document, with its help text.
printf '%s\n' '#define COUNTER(name, json, unit, help) row json help' '#define GAUGE COUNTER' \
	'#define STAMP(name, json, help) row json help' '#define TEXT STAMP' '#define HISTOGRAM COUNTER' \
	'#include "base/metrics.def"' | "${CC:-cc}" -E -P -Iinclude - |
	sed -n 's/^row "\(.*\)" "\(.*\)"$/\1\t\2/p' >"$dir/rows"
awk '/^\.Ss /{on = / [Ss]tatus document$/} on && /^\.It Va /{key = $3; getline; print key "\t" $0}' \
	docs/man/nightdesk.1 >"$dir/manual"
if [ -s "$dir/rows" ] && diff "$dir/rows" "$dir/manual" >"$dir/out"; then
	echo "ok - nightdesk(1) has every metric"
else
	echo "not ok - nightdesk(1) has every metric"
	sed 's/^/# /' "$dir/out"
fi

# nightdesk(1) has every kind of trouble, in the order of the table.
sed -n 's/^TROUBLE([A-Z_]*, "\(.*\)",$/\1/p' include/trouble/kinds.def >"$dir/rows"
awk '/^\.S[sh] /{on = / Troubles$/} on && /^\.It Ql /{print $3}' docs/man/nightdesk.1 >"$dir/manual"
if [ -s "$dir/rows" ] && diff "$dir/rows" "$dir/manual" >"$dir/out"; then
	echo "ok - nightdesk(1) has every kind of trouble"
else
	echo "not ok - nightdesk(1) has every kind of trouble"
	sed 's/^/# /' "$dir/out"
fi

if command -v mandoc >/dev/null; then
	if mandoc -T lint -W warning docs/man/*.[1-8] >"$dir/out" 2>&1; then
		echo "ok - the manual pages are well formed"
	else
		echo "not ok - the manual pages are well formed"
		sed 's/^/# /' "$dir/out"
	fi
else
	echo "ok - the manual pages are well formed # SKIP no mandoc"
fi
