# SPDX-License-Identifier: MIT
# bash completion for nightdesk, which says itself what can follow.

_nightdesk() {
	local words=() line word
	COMPREPLY=()
	# bash splits --state=dead into three words.
	for word in "${COMP_WORDS[@]:1:COMP_CWORD}"; do
		if [[ ${#words[@]} -gt 0 && ( $word == = || ${words[-1]} == --*= ) ]]; then
			words[-1]+=$word
		else
			words+=("$word")
		fi
	done
	while IFS= read -r line; do
		case $line in
		$'\tfiles' | $'\tdirectories')
			compopt -o filenames
			word=${words[-1]}
			[[ $word != --*=* ]] || word=${word#*=}
			if [ "$line" = $'\tfiles' ]; then
				mapfile -t COMPREPLY < <(compgen -f -- "$word")
			else
				mapfile -t COMPREPLY < <(compgen -d -- "$word")
			fi
			;;
		*)
			word=${line%%$'\t'*}
			[[ $word != --*=* ]] || word=${word#*=}
			COMPREPLY+=("$(printf %q "$word")")
			;;
		esac
	done < <("${COMP_WORDS[0]}" complete -- "${words[@]}" 2>/dev/null)
}
complete -F _nightdesk nightdesk
