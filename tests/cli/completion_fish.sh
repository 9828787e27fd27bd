#!/usr/bin/env bash
# Asks fish what it would complete: completion_fish.sh RCACHE
set -u
if ! command -v fish >/dev/null; then
  echo "SKIPPED completion_fish: there is no fish (package fish)"
  exit 0
fi
program=$1
folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT
export HOME=$folder XDG_CONFIG_HOME=$folder/config XDG_DATA_HOME=$folder/data LC_ALL=C.UTF-8
"$program" completion fish >"$folder/rcache.fish" || exit 1
fish -n "$folder/rcache.fish" || exit 1
mkdir "$folder/some-folder" && touch "$folder/some-file" && cd "$folder" || exit 1
failures=0

# LINE REPLY...: these are all replies, in fish's order.
expect() {
  local line=$1 replies
  shift
  replies=$(fish -c 'source $argv[1]; complete -C $argv[2]' "$folder/rcache.fish" "$line" |
    cut -f 1 | tr '\n' ' ')
  [ "$replies" = "$* " ] || [ "$replies" = "$*" ] && return
  echo "FAILED '$line': expected '$*', got '$replies'"
  failures=$((failures + 1))
}

expect 'rcache ' audit-ttl completion demo help invalidate record restore stampede stats tags
expect 'rcache stat' stats
expect 'rcache stats '
expect 'rcache stats --wind' --window
expect 'rcache stats -o ' csv json ndjson prometheus text
expect 'rcache stats --output=pro' --output=prometheus
expect 'rcache stats -h help --wind' --window
expect 'rcache stats --cacert some-' some-file some-folder/
expect 'rcache stats --cacertdir some-' some-folder/
expect 'rcache completion ' bash fish zsh
expect 'rcache help ex' exit-codes
expect 'rcache help stat' stats
expect 'rcache demo -' -q -- --color --help --keys --quiet --seed --server --verbose
expect 'rcache demo -- rcache stat' stats
expect 'rcache demo -- rcache stats -o pro' prometheus

[ "$failures" -eq 0 ] && echo "all completed as expected"
exit $((failures > 0))
