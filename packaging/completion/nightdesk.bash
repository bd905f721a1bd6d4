# SPDX-License-Identifier: MIT
# bash completion for nightdesk, which says itself what can follow.

_nightdesk() {
	local words=() line word cur=${COMP_WORDS[COMP_CWORD]}
	COMPREPLY=()
	# bash splits --state=dead into three words, and leaves quotes, backslashes and ~ in them.
	for word in "${COMP_WORDS[@]:1:COMP_CWORD}"; do
		word=${word//[\\\"\']/}
		if [[ ${#words[@]} -gt 0 && ($word == = || ${words[-1]} == --*=) ]]; then
			words[-1]+=$word
		else
			words+=("${word/#~\//$HOME/}")
		fi
	done
	while IFS= read -r line; do
		case $line in
		$'\tfiles' | $'\tdirectories')
			compopt -o filenames
			[ "$cur" != = ] || cur=
			if [ "$line" = $'\tfiles' ]; then
				mapfile -t COMPREPLY < <(compgen -f -- "$cur")
			else
				mapfile -t COMPREPLY < <(compgen -d -- "$cur")
			fi
			;;
		*)
			word=${line%%$'\t'*}
			[[ $word != --*=* ]] || word=${word#*=}
			[[ $cur == [\"\']* ]] || printf -v word %q "$word"
			COMPREPLY+=("$word")
			;;
		esac
	done < <("${COMP_WORDS[0]/#~\//$HOME/}" complete -- "${words[@]}" 2>/dev/null)
}
complete -F _nightdesk nightdesk
