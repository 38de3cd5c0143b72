export const shells = ['bash', 'zsh', 'fish'] as const;

export type Shell = (typeof shells)[number];

/**
 * What makes a shell ask kshot for the words that could follow. Each asks the kshot that is being typed, so that a
 * project's own one answers for itself; spaces after finished words are the script's or, for bash, in the answer.
 */
export const completionScripts: { readonly [shell in Shell]: string } = {
  // Bash 3.2, which macOS has, knows no mapfile and no compopt.
  bash: `# kshot completion for bash: eval "$(kshot completion bash)"
_kshot() {
  local IFS=$'\\n' reply
  COMPREPLY=()
  while read -r reply; do
    COMPREPLY+=("$reply")
  done < <("\${COMP_WORDS[0]}" __complete bash "\${COMP_LINE:0:COMP_POINT}" "$COMP_WORDBREAKS" 2>/dev/null)
}
complete -o nospace -F _kshot kshot
`,
  zsh: `#compdef kshot
# kshot completion for zsh: eval "$(kshot completion zsh)", or this as _kshot in a folder of $fpath
_kshot() {
  local state value description
  local -a finished finished_shown open open_shown
  while IFS=$'\\t' read -r state value description; do
    if [[ $state == open ]]; then
      open+=("$value")
      open_shown+=("$value\${description:+  -- $description}")
    else
      finished+=("$value")
      finished_shown+=("$value\${description:+  -- $description}")
    fi
  done < <("\${(Q)words[1]}" __complete words "\${(@Q)words[2,CURRENT-1]}" "\${(Q)PREFIX}" 2>/dev/null)
  (( $#finished )) && compadd -l -d finished_shown -a finished
  (( $#open )) && compadd -l -S '' -d open_shown -a open
}
if [[ $funcstack[1] == _kshot ]]; then
  _kshot "$@"
else
  (( $+functions[compdef] )) || { autoload -Uz compinit && compinit }
  compdef _kshot kshot
fi
`,
  fish: `# kshot completion for fish: kshot completion fish | source
function __kshot_complete
    set -l words (commandline -opc)
    set -l program $words[1]
    set -e words[1]
    # What is typed within an open quote cannot be unescaped.
    set -l current (string unescape -- (commandline -ct); or commandline -ct)
    $program __complete words $words "$current" 2>/dev/null | string replace -r '^\\w+\\t' ''
end
complete -c kshot -f -a '(__kshot_complete)'
`,
};
