#!/usr/bin/env bash
# Lets those programs that are here complain of the man page: man_page_lint.sh RCACHE
set -u
program=$1
folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT
page=$folder/rcache.1
"$program" help man >"$page" || exit 1
checked=''
failures=0

# NAME COMMAND...: fails when it says anything on stderr.
check() {
  local name=$1 complaints
  shift
  command -v "$1" >/dev/null || return
  checked+=" $name"
  complaints=$(LC_ALL=C.UTF-8 MANWIDTH=80 "$@" "$page" 2>&1 >/dev/null)
  [ -z "$complaints" ] && return
  echo "FAILED $name: $complaints"
  failures=$((failures + 1))
}

check man man --warnings -E UTF-8 -l
check groff groff -man -Tutf8 -ww -z
if command -v mandoc >/dev/null; then
  checked+=" mandoc"
  # Style advice is for pages that are written by hand.
  complaints=$(mandoc -Tlint -Wwarning "$page") || { echo "FAILED mandoc: $complaints"; failures=1; }
fi

if [ -z "$checked" ]; then
  echo "SKIPPED man_page_lint: there is no man, groff or mandoc (packages man-db, groff, mandoc)"
  exit 0
fi
echo "checked by:$checked"
exit $((failures > 0))
