/**
 * commands/completion-scripts: what a shell reads to complete the words of `troupe`.
 *
 * Each of them hands the words typed so far to `troupe __complete`, which prints one word a line.
 */
import type { SHELLS } from './table.js'

const BASH = `_troupe() {
  local IFS=$'\\n'
  COMPREPLY=($(troupe __complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
  [ "\${#COMPREPLY[@]}" -eq 0 ] || compopt +o default 2>/dev/null
}
# A name holds @ and a pid holds <: neither shall end a word.
COMP_WORDBREAKS=\${COMP_WORDBREAKS//@/}
complete -o default -F _troupe troupe
`

const ZSH = `_troupe() {
  local -a found
  found=("\${(@f)$(troupe __complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  if [[ -n "\${found[*]}" ]]; then compadd -a found; else _files; fi
}
compdef _troupe troupe
`

const FISH = `function __troupe_complete
  set -l words (commandline -opc) (commandline -ct)
  troupe __complete -- $words[2..-1] 2>/dev/null
end
complete -c troupe -f -a '(__troupe_complete)'
`

/** The script of each shell. */
export const SCRIPTS: Readonly<Record<(typeof SHELLS)[number], string>> = Object.freeze({
  bash: BASH,
  zsh: ZSH,
  fish: FISH,
})
