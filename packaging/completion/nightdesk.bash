# SPDX-License-Identifier: MIT
# bash completion for nightdesk. Commands, verbs and options are read from the help of the installed
# program.

_nightdesk_options() {
	"$1" "$2" --help 2>/dev/null | sed -n 's/^  \(-[-a-z]*\).*/\1/p'
}

# The verbs of a command: the first word of each part of "[list | show ID]" in its usage line.
_nightdesk_verbs() {
	"$1" "$2" --help 2>/dev/null | sed -n '1s/.*\[\([a-z][^]]*\)\]$/\1/p' | tr '|' '\n' |
		sed 's/^ *\([a-z]*\).*/\1/'
}

# The names of all blocks of the kind $2 in the configuration directory $1.
_nightdesk_names() {
	sed -n "s/^[[:space:]]*$2[[:space:]]\{1,\}\([^[:space:]{]*\).*/\1/p" \
		"$1"/nightdesk.conf "$1"/*.d/*.conf 2>/dev/null
}

_nightdesk() {
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}
	local program=${COMP_WORDS[0]} command=${COMP_WORDS[1]} dir=/etc/nightdesk i
	COMPREPLY=()

	if [ "$COMP_CWORD" -eq 1 ]; then
		mapfile -t COMPREPLY < <(compgen -W "$("$program" help 2>/dev/null |
			sed -n 's/^  \([a-z-]*\) .*/\1/p') --help --version" -- "$cur")
		return
	fi
	for ((i = 2; i < COMP_CWORD; i++)); do
		[ "${COMP_WORDS[i]}" = -c ] && dir=${COMP_WORDS[i + 1]}
	done
	case $prev in
	-c | --watchlists | --against)
		mapfile -t COMPREPLY < <(compgen -d -- "$cur")
		return
		;;
	--watch)
		mapfile -t COMPREPLY < <(compgen -W "$(_nightdesk_names "$dir" watch)" -- "$cur")
		return
		;;
	--feed)
		mapfile -t COMPREPLY < <(compgen -W "$(_nightdesk_names "$dir" feed)" -- "$cur")
		return
		;;
	esac
	if [[ $cur == -* ]]; then
		mapfile -t COMPREPLY < <(compgen -W "$(_nightdesk_options "$program" "$command") --help" -- "$cur")
		return
	fi
	case $command in
	help)
		mapfile -t COMPREPLY < <(compgen -W "$("$program" help 2>/dev/null |
			sed -n 's/^  \([a-z-]*\) .*/\1/p')" -- "$cur")
		;;
	test-notify)
		mapfile -t COMPREPLY < <(compgen -W "$(_nightdesk_names "$dir" notify)" -- "$cur")
		;;
	alerts | deliveries | feeds)
		if [ "$command $prev" = "feeds show" ]; then
			mapfile -t COMPREPLY < <(compgen -W "$(_nightdesk_names "$dir" feed)" -- "$cur")
		elif [ "$prev" = import ]; then
			mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		else
			mapfile -t COMPREPLY < <(compgen -W "$(_nightdesk_verbs "$program" "$command")" -- "$cur")
		fi
		;;
	*) mapfile -t COMPREPLY < <(compgen -f -- "$cur") ;;
	esac
}
complete -o filenames -F _nightdesk nightdesk
