#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# What the commands say to a mistake on the command line, and how messages fit a terminal.
set -u
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT

# says CODE TEXT ARGUMENT…: the exit code, and the first line of the error.
says()
{
	want=$1 text=$2
	shift 2
	"$NIGHTDESK" "$@" >"$dir/out" 2>&1
	code=$?
	got=$(head -n 1 "$dir/out")
	if [ "$code" = "$want" ] && [ "$got" = "nightdesk$text" ]; then
		echo "ok - nightdesk $1"
	else
		printf 'not ok - nightdesk %s\n# %s: %s\n' "$*" "$code" "$got"
	fi
}

says 2 ": there is no command chekc; did you mean check?" chekc
says 2 ": there is no command stauts; did you mean status?" help stauts
says 2 ": there is no command xyzzy; nightdesk help lists them" xyzzy
says 2 " check: unknown option --jsn; did you mean --json?" check --jsn
says 2 " match: unknown option --querry=a; did you mean --query?" match --querry=a x
says 2 " feeds: there is no command lst; did you mean list?" feeds lst
says 2 " match: --dialect takes one of native, brandwatch, meltwater, factiva, nexis, lucene; did you mean nexis?" \
	match --query x --dialect nexsi
says 1 ": https://a.example/feed is an address, not a file; try: nightdesk fetch 'https://a.example/feed'" \
	parse https://a.example/feed
says 1 ": http://a.example/ is an address, not a file; try: nightdesk fetch 'http://a.example/'" \
	match --query a http://a.example/
says 2 ": README.md is a file, not an address; try: nightdesk parse README.md" fetch README.md

mkdir "$dir/conf"
printf '%s\n' "feed a { url = 'https://a.example/feed' }" "watch one { query = 'embassy' }" \
	"watch two { query = 'consul' }" >"$dir/conf/nightdesk.conf"
echo "The embassy and the consul." >"$dir/a.txt"
if [ "$("$NIGHTDESK" match --watchlists "$dir/conf" --watch two "$dir/a.txt" | cut -f 1)" = two ]; then
	echo "ok - match --watch runs one watch"
else
	echo "not ok - match --watch runs one watch"
fi
for option in --watchlists -c; do
	says 1 ": there is no watch tow in $dir/conf; did you mean two?" \
		match "$option" "$dir/conf" --watch tow "$dir/a.txt"
done

# Wide characters, combining marks, tabs and a long line: the caret is under the /5 at any width.
printf "\twatch\tw { query = '大使館 OR 大使館 OR 大使館 OR e\xcc\x81mba\xcc\x81ssy OR\tconsulate /5 x OR %s' }\n" \
	"embassy OR embassy OR embassy OR embassy OR embassy OR embassy" >"$dir/conf/nightdesk.conf"
for columns in 200 80 40 30; do
	COLUMNS=$columns CONF=$dir/conf python3 tests/golden/usage_terminal.py
done
