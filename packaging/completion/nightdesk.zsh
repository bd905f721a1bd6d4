#compdef nightdesk
# SPDX-License-Identifier: MIT
# zsh completion for nightdesk, which says itself what can follow.

local -a described
local line word

for line in "${(@f)$($words[1] complete -- "${(@)${(@Q)words[2,CURRENT-1]}/#\~\//$HOME/}" "${(Q)PREFIX}" 2>/dev/null)}"; do
	case $line in
	$'\tfiles' | $'\tdirectories')
		[[ $PREFIX != --*=* ]] || compset -P '*='
		if [[ $line == $'\tfiles' ]]; then _files; else _files -/; fi
		return
		;;
	?*)
		word=${line%%$'\t'*}
		described+=("${word//:/\\:}:${line#*$'\t'}")
		;;
	esac
done
_describe -V nightdesk described
