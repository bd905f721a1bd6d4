#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Expected matches of watches and stories: rows of a table (watch, stem, query, then 0 or 1 for each
# story, whose ids are the header) and JSON lines of the stories. Ours always; real ones of $SHARED
# if available.
: "${NIGHTDESK:=build/nightdesk}" "${SHARED:=../shared}"
here=$(dirname "$0")/stories

check_table() {
	table=$1 stories=$2
	ids=()
	while IFS=$'\t' read -r watch stem query rest; do
		read -ra want <<<"$rest"
		if [ "${watch#\#}" != "$watch" ]; then
			ids=("${want[@]}")
			continue
		fi
		args=(--query "$query")
		[ "$stem" = - ] || args+=(--stem "$stem")
		if ! out=$("$NIGHTDESK" match "${args[@]}" "$stories" 2>&1); then
			echo "not ok - $watch: $out"
			continue
		fi
		got=()
		for id in "${ids[@]}"; do
			if cut -f 2 <<<"$out" | grep -qxF -- "$id"; then got+=(1); else got+=(0); fi
		done
		if [ "${got[*]}" = "${want[*]}" ]; then
			echo "ok - $(basename "$table"): $watch"
		else
			echo "not ok - $(basename "$table"): $watch: ${got[*]}, not ${want[*]} (${ids[*]})"
		fi
	done <"$table"
}

check_table "$here/expected.tsv" "$here/stories.jsonl"
if [ -r "$SHARED/stories/expected.tsv" ]; then
	check_table "$SHARED/stories/expected.tsv" "$SHARED/stories/stories.jsonl"
else
	echo "ok - the real stories # SKIP no $SHARED/stories"
fi

# Plain texts: named by file or first line; a first line before a blank line is the title.
NIGHTDESK=$(realpath "$NIGHTDESK")
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
printf 'Embassy moves\n\nStaff left the town.\n' >"$dir/titled.txt"
printf 'Embassy moves\nStaff left the town.\n' >"$dir/untitled"
printf '<b>Embassy</b>\n' >"$dir/markup.txt"
got=$(cd "$dir" && "$NIGHTDESK" match --query 'title:embassy OR (body:embassy)' --json \
	titled.txt untitled markup.txt - <<<'the embassy' |
	sed -E 's/.*"item":"([^"]*)".*"field":"([^"]*)".*/\1 \2/' | tr '\n' ';')
want='titled.txt title;untitled body;markup.txt body;- body;'
if [ "$got" = "$want" ]; then
	echo "ok - plain texts are read as items"
else
	echo "not ok - plain texts are read as items: $got"
fi
printf 'caf\351\n' >"$dir/latin.txt"
if "$NIGHTDESK" match --query embassy "$dir/latin.txt" 2>"$dir/stderr"; then
	echo "not ok - a text that is not UTF-8 is reported"
elif grep -q 'latin.txt: .*UTF-8' "$dir/stderr"; then
	echo "ok - a text that is not UTF-8 is reported"
else
	echo "not ok - a text that is not UTF-8 is reported: $(cat "$dir/stderr")"
fi

# An invalid line is reported and the others are read; likewise for files.
one='{"id":"one","title":"embassy"}'
check_lines() { # name, expected message, input
	got=$("$NIGHTDESK" match --query embassy - "$dir/titled.txt" 2>"$dir/stderr" | cut -f 2 | tr '\n' ';'; echo "${PIPESTATUS[0]}")
	if [ "$got" = "one;$dir/titled.txt;1" ] && grep -qxF -- "nightdesk: -:$2" "$dir/stderr"; then
		echo "ok - $1"
	else
		echo "not ok - $1: $got, $(cat "$dir/stderr")"
	fi
}
printf '{"title":"embassy \377"}\n%s\n' "$one" |
	check_lines "a bad first line" "1: not a JSON object: unable to decode byte 0xff near '\"embassy '"
printf '%s\n[]\n' "$one" | check_lines "a line that is no object" "2: not a JSON object"
{
	printf '{"title":"'
	head -c 70000000 /dev/zero | tr '\0' x
	printf '"}\n%s\n' "$one"
} | check_lines "a line past all measure" "1: a line of more than 64 MiB"
got=$(printf '{"items":[],"title":"embassy \377"}' | "$NIGHTDESK" match --query embassy - 2>&1)
case $got in
*"not a JSON object"*) echo "not ok - a feed on one line is not read as JSON lines: $got" ;;
*) echo "ok - a feed on one line is not read as JSON lines" ;;
esac
if [ "$(printf '{"id":"nul","body":"\\u0000 embassy"}' | "$NIGHTDESK" match --query embassy - | cut -f 2)" = nul ]; then
	echo "ok - a NUL in a text"
else
	echo "not ok - a NUL in a text"
fi
