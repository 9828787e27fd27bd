#!/usr/bin/env bash
# Completes lines in this very shell, as the Tab key does: completion_bash.sh RCACHE
set -u
program=$1
script=$("$program" completion bash) || exit 1
source /dev/stdin <<<"$script"
# Only the shell's own Tab key has a completion to set options for.
asked=''
compopt() { asked=$2; }
failures=0

# What readline would hand over for this line with the cursor at its end; COMP_WORDBREAKS cut it.
complete_line() {
  local rest=$1 piece='' letter fresh=yes
  COMP_LINE=$1 COMP_POINT=${#1} COMP_WORDS=() COMPREPLY=() asked=''
  while [ -n "$rest" ]; do
    letter=${rest:0:1} rest=${rest:1}
    if [[ $letter == [[:space:]] ]]; then
      [ -n "$piece" ] && COMP_WORDS+=("$piece")
      piece='' fresh=yes
    elif [[ $COMP_WORDBREAKS == *"$letter"* ]]; then
      [ -n "$piece" ] && COMP_WORDS+=("$piece")
      COMP_WORDS+=("$letter")
      piece='' fresh=no
    else
      piece+=$letter fresh=no
    fi
  done
  if [ -n "$piece" ] || [ "$fresh" = yes ]; then COMP_WORDS+=("$piece"); fi
  COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
  _rcache
}

# LINE REPLY...: these are all replies, in this order.
expect() {
  local line=$1
  shift
  complete_line "$line"
  if [ "${COMPREPLY[*]-}" != "$*" ]; then
    echo "FAILED '$line': expected '$*', got '${COMPREPLY[*]-}'"
    failures=$((failures + 1))
  fi
}

# LINE REPLY...: these are among the replies.
expect_among() {
  local line=$1 reply
  shift
  complete_line "$line"
  for reply in "$@"; do
    [[ " ${COMPREPLY[*]-} " == *" $reply "* ]] && continue
    echo "FAILED '$line': '$reply' is not among '${COMPREPLY[*]-}'"
    failures=$((failures + 1))
  done
}

# LINE OPTION: nothing of our own, but readline is asked for files ("default") or folders.
expect_option() {
  expect "$1"
  [ "$asked" = "$2" ] && return
  echo "FAILED '$1': expected option '$2', got '$asked'"
  failures=$((failures + 1))
}

expect 'rcache stat' stats
expect 'rcache compl' completion
expect_among 'rcache ' stats demo completion help
expect 'rcache --ver' --version
expect_among 'rcache -' --help --version -v
expect 'rcache nonsense ' ''

expect 'rcache stats --win' --window
expect_among 'rcache stats -' -h --host -o --output --json -q
expect_among 'rcache stats ' --window --output
expect 'rcache stats -o ' text json ndjson csv prometheus
expect 'rcache stats -o j' json
expect 'rcache stats --output pro' prometheus
expect 'rcache stats --output=' text json ndjson csv prometheus
expect 'rcache stats --output=pro' prometheus
expect 'rcache stats --color=al' always
expect 'rcache stats -o json --win' --window
expect 'rcache stats -h demo --win' --window
expect 'rcache stats -u redis://user:x@h:1/0 --win' --window
expect 'rcache stats --url=redis://h:1/0 --win' --window
expect 'rcache stats --url=redis://h:1/0 -o js' json
expect 'rcache stats -h '
expect 'rcache stats --window=1'
expect_option 'rcache stats --cacert ' default
expect_option 'rcache stats --cacert=/et' default
expect_option 'rcache stats --cacertdir /et' dirnames
expect 'rcache stats --json=x'
expect 'rcache stats -- --win'

expect 'rcache completion ' bash zsh fish
expect 'rcache completion z' zsh
expect 'rcache completion zsh b'
expect_among 'rcache help ' exit-codes patterns environment man stats demo
expect 'rcache help ex' exit-codes

expect 'rcache demo ' --
expect_among 'rcache demo -- r' rm
expect 'rcache demo -- rcache stat' stats
expect 'rcache demo --keys 5000 -- /usr/bin/rcache stats -o pro' prometheus
expect_option 'rcache demo -- cat /et' default

COMP_WORDBREAKS=${COMP_WORDBREAKS//=/}
expect 'rcache stats --output=pro' --output=prometheus
COMP_WORDBREAKS=${COMP_WORDBREAKS//:/}
expect 'rcache stats -u redis://h:1/0 --win' --window

[ "$failures" -eq 0 ] && echo "all completed as expected"
exit $((failures > 0))
