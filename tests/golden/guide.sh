#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The configuration in docs/guide and the examples in nightdesk-notify(5) are accepted without a warning, once
# the credentials that they name are there; and check names those that are not.
set -u
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT

credentials() { # writes those that the configuration names
	mkdir -p "$dir/conf/credentials"
	grep -oE '[a-z]*-credential *= *[^ ]*' "$dir/conf/nightdesk.conf" | sed -E 's/ *= */ /; s/"//g' | while read -r key name; do
		case $key in
		url-*) echo https://hooks.example/x ;;
		*) echo 0123456789abcdef0123456789abcdef ;;
		esac >"$dir/conf/credentials/$name"
		chmod 600 "$dir/conf/credentials/$name"
	done
}

accepted() { # NAME: of what is in nightdesk.conf
	credentials
	if "$NIGHTDESK" check --strict -c "$dir/conf" >"$dir/out" 2>&1; then
		echo "ok - $1"
	else
		echo "not ok - $1"
		sed 's/^/# /' "$dir/out"
	fi
}

for page in docs/guide/*.md; do
	rm -rf "$dir/conf" && mkdir -p "$dir/conf"
	awk '/^```conf$/ {on = 1; next} /^```$/ {on = 0} on' "$page" >"$dir/conf/nightdesk.conf"
	# A page that is about something else has no feed or watch.
	grep -q '^feed ' "$dir/conf/nightdesk.conf" || echo 'feed a { url = "https://a.example/" }' >>"$dir/conf/nightdesk.conf"
	grep -q '^watch ' "$dir/conf/nightdesk.conf" || echo "watch w { query = 'x' notify = { desk } } notify desk { type = \"stdout\" }" >>"$dir/conf/nightdesk.conf"
	accepted "the configuration of $page is valid"
	rm -f "$dir"/conf/credentials/*
	named=$("$NIGHTDESK" check -c "$dir/conf" 2>&1 | grep -c 'warning: there is no credential')
	wanted=$(grep -c -- '-credential *=' "$dir/conf/nightdesk.conf")
	[ "$named" = "$wanted" ] || printf 'not '
	echo "ok - check names each of the $wanted credentials that $page lacks"
done

# Each block of the manual by itself: names repeat.
sed -n '/^\.Sh TYPES/,/^\.Sh PLACEHOLDERS/p' docs/man/nightdesk-notify.5 | sed 's/\\(dq/"/g; s/\\-/-/g; s/\\e/\\/g' |
	awk -v dir="$dir" '/^notify [a-z-]+ \{/ {n++; on = 1} on {print > (dir "/block" n)} on && /\}$/ && !/^  / {on = 0}'
for block in "$dir"/block*; do
	rm -rf "$dir/conf" && mkdir -p "$dir/conf"
	name=$(sed -n '1s/^notify \([a-z-]*\) .*/\1/p' "$block")
	{
		cat "$block"
		echo "feed a { url = \"https://a.example/\" } watch w { query = 'x' notify = $name }"
	} >"$dir/conf/nightdesk.conf"
	sed -i 's,/usr/local/bin/page,/bin/true,' "$dir/conf/nightdesk.conf"
	accepted "the example of $(sed -n 's/.*type *= "\([a-z]*\)".*/\1/p' "$block" | head -n 1) in nightdesk-notify(5) is valid"
done
