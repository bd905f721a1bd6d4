# SPDX-License-Identifier: MIT
# fish completion for nightdesk, which says itself what can follow.

function __nightdesk_complete
    set -l words (commandline --tokenize --cut-at-cursor --current-process)
    set words (string replace --regex '^~/' "$HOME/" -- $words)
    set -l word (commandline --current-token --cut-at-cursor)
    for line in ($words[1] complete -- $words[2..-1] "$word" 2>/dev/null)
        switch $line
            case \tfiles
                __fish_complete_path $word
            case \tdirectories
                __fish_complete_directories $word
            case '*'
                echo $line
        end
    end
end

complete --command nightdesk --no-files --keep-order --arguments '(__nightdesk_complete)'
