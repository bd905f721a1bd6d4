#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# nightdesk complete, and what bash, zsh and fish make of it.
set -u
cd "$(dirname "$0")/../.." || exit 1
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
mkdir -p "$dir/conf" "$dir/bin" "$dir/here/sub"
ln -s "$NIGHTDESK" "$dir/bin/nightdesk"
ln -s ../conf "$dir/here/conf"
touch "$dir/here/a file.xml" "$dir/here/b.xml"
cat >"$dir/conf/nightdesk.conf" <<'X'
feed bbc-world { url = "https://a.example/" title = "BBC World" }
feed bbc-uk { url = "https://a.example/uk" }
watch embassy { title = "Embassy relocation" query = 'embass*' }
watch broken { query = '(' }
notify desk { type = "stdout" }
notify duty-mail { type = "smtp" oops }
X

# shellcheck source=tests/lib/check.sh
. tests/lib/check.sh

complete() { # the command line after "nightdesk"; CONF is the directory
	local words
	IFS=' ' read -r -a words <<<"${1//CONF/$dir/conf}"
	case $1 in '' | *' ') words+=("") ;; esac
	"$NIGHTDESK" complete -- "${words[@]}" 2>&1
}
check "commands" "demo	a newsroom in a box: feeds appear, watches match, alerts print
deliveries	list, show, retry, drop or move the deliveries of the outbox" "$(complete de)"
check "every command" "$("$NIGHTDESK" help | sed -n 's/^  \([a-z-]*\) .*/\1/p')" "$(complete '' | cut -f 1)"
check "verbs, as in the usage line" "$("$NIGHTDESK" help feeds | sed -n '1{s/.*\[//; s/ | /\n/g; s/\]$//; p}' |
	cut -d ' ' -f 1)" "$(complete 'feeds ')"
check "options" "--strict	warnings count as errors
--show	print the query of every watch in the native language" \
	"$(complete 'check --s')"
check "every option has its line" "$("$NIGHTDESK" match --help | sed -n 's/^  \(-[-a-z]*\).*/\1/p'; echo --help)" \
	"$(complete 'match -' | cut -f 1)"
check "values of a list" "pending
delivered
held
dead
folded
silenced
expired
orphaned
stopped" "$(complete 'deliveries --state ')"
check "a value in the same word" "--state=delivered
--state=dead" "$(complete 'deliveries --state=de')"
check "dialects" "native
nexis" "$(complete 'match --dialect n')"
check "languages" "en" "$(complete 'match --stem en')"
check "ages" "7d" "$(complete 'search --since 7')"
check "receivers, even if the configuration has errors" "desk	stdout
duty-mail	smtp" "$(complete 'test-notify -c CONF ')"
check "watches" "embassy	Embassy relocation
broken" "$(complete 'explain -c CONF --watch ')"
check "watches in the same word, with -cDIR" "--watch=embassy	Embassy relocation" \
	"$(complete 'backtest -cCONF --watch=e')"
check "feeds" "bbc-world	BBC World
bbc-uk" "$(complete 'feeds show -c CONF bbc')"
check "files and directories" "	files
	files
	directories" "$(complete 'match a.xml '; complete 'feeds import '; complete 'backtest --against ')"
check "nothing after the last operand" "" "$(complete 'test-notify -c CONF desk d'; complete 'bogus ';
	complete 'alerts bogus x')"
check "options where no operand can follow" "-c
--json
--help" "$(complete 'status ' | cut -f 1)"

# Values and operands with these names in --help have candidates, in every command.
for command in $("$NIGHTDESK" help | sed -n 's/^  \([a-z-]*\) .*/\1/p'); do
	"$NIGHTDESK" help "$command" >"$dir/help"
	conf=
	grep -q '^  -c ' "$dir/help" && conf="-c CONF "
	grep -q '^  --watchlists ' "$dir/help" && conf="--watchlists CONF "
	sed -nE 's/^  (-[-a-z]*) (DIR|NAME|LANG|STATE|[0-9]+d) .*/\1/p' "$dir/help" | while read -r option; do
		[ -n "$(complete "$command $conf$option ")" ] || echo "$command $option"
	done
	sed -nE '1s/.* (FILE…|NAME|URL \| FILE|\[COMMAND\])$/x/p' "$dir/help" | while read -r _; do
		complete "$command $conf" | grep -q "^[^-]" || echo "$command, its operand"
	done
	sed -nE '1{s/.* \[//; s/\]$//; s/ \| /\n/g; p}' "$dir/help" | sed -nE 's/^([a-z]+) (NAME|FILE.*)$/\1/p' |
		while read -r verb; do
			complete "$command $verb $conf" | grep -q "^[^-]" || echo "$command $verb"
		done
done >"$dir/missing"
check "values and operands of every command have candidates" "" "$(cat "$dir/missing")"

# --- the shells ---

export PATH="$dir/bin:$PATH" CONF="$dir/conf"
cat >"$dir/bash" <<'X'
source packaging/completion/nightdesk.bash
compopt() { :; }
try() {
	COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
	_nightdesk
	echo "${COMPREPLY[*]}"
}
try nightdesk che
try nightdesk check --st
try nightdesk deliveries ""
try nightdesk search -c conf --feed dw
try nightdesk alerts sh
try nightdesk test-notify -c "$CONF" ""
try nightdesk deliveries --state ""
try nightdesk deliveries --state = d
try nightdesk explain -c "$CONF" --watch e
cd "$1/here" && try nightdesk backtest --against s
try nightdesk parse b
try nightdesk test-notify -c '~/conf' du
try nightdesk test-notify -c "'$CONF'" d
try nightdesk match --query 'a b' ''
X
check "bash" "check
--strict
list show retry drop move
dw-top
show
desk duty-mail
pending delivered held dead folded silenced expired orphaned stopped
delivered dead
embassy
sub
b.xml
duty-mail
desk duty-mail
$(cd "$dir/here" && compgen -f | tr '\n' ' ' | sed 's/ $//')" "$(HOME=$dir bash --norc "$dir/bash" "$dir" 2>&1)"

if command -v fish >/dev/null; then
	cat >"$dir/fish" <<'X'
source packaging/completion/nightdesk.fish
function try
    complete -C "$argv" | string replace -r '\t.*' '' | string join ' ' | string trim
end
try 'nightdesk alerts sh'
try "nightdesk test-notify -c $CONF "
try 'nightdesk deliveries --state '
try 'nightdesk deliveries --state=d'
try "nightdesk explain -c $CONF --watch e"
cd $argv[1]/here
try 'nightdesk backtest --against s'
try 'nightdesk parse b'
try 'nightdesk test-notify -c ~/conf du'
X
	check "fish" "show
desk duty-mail
pending delivered held dead folded silenced expired orphaned stopped
--state=delivered --state=dead
embassy
sub/
b.xml
duty-mail" "$(HOME=$dir fish --no-config "$dir/fish" "$dir" 2>&1)"
else
	echo "ok - fish # SKIP not installed"
fi

if command -v zsh >/dev/null; then
	# A shell on a pseudo-terminal is sent the line, TAB and a key that shows the line.
	cat >"$dir/zsh" <<'X'
zmodload zsh/zpty
try() { # COMMAND-LINE: prints what TAB makes of it
	zpty shell zsh -f -i
	zpty -w shell "PS1=; cd $DIR/here; fpath=($DIR/functions \$fpath); autoload -U compinit
compinit -u -d $DIR/zcompdump; zstyle ':completion:*' menu yes
show() { print -r -- \"[\$BUFFER]\"; zle send-break; }; zle -N show; bindkey '^X' show"
	zpty -w -n shell "$1"$'\t\x18'
	local line
	while zpty -r shell line; do
		[[ $line == *\[nightdesk*\]* ]] && break
	done
	print -r -- "nightdesk${${line##*\[nightdesk}%%\]*}"
	zpty -d shell
}
try 'nightdesk test-notify -c conf du'
try 'nightdesk deliveries --state dead'
try 'nightdesk deliveries --state=de'
try 'nightdesk explain -c conf --watch e'
try 'nightdesk parse b'
try 'nightdesk test-notify -c ~/conf du'
X
	mkdir "$dir/functions" && cp packaging/completion/nightdesk.zsh "$dir/functions/_nightdesk"
	check "zsh" "nightdesk test-notify -c conf duty-mail 
nightdesk deliveries --state dead 
nightdesk deliveries --state=delivered
nightdesk explain -c conf --watch embassy 
nightdesk parse b.xml 
nightdesk test-notify -c ~/conf duty-mail " "$(HOME=$dir DIR=$dir timeout 60 zsh -f "$dir/zsh" 2>&1)"
else
	echo "ok - zsh # SKIP not installed"
fi
