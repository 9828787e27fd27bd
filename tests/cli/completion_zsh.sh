#!/usr/bin/env bash
# Presses Tab in a zsh on a terminal of its own: completion_zsh.sh RCACHE
set -u
if ! command -v zsh >/dev/null; then
  echo "SKIPPED completion_zsh: there is no zsh (package zsh)"
  exit 0
fi
program=$1
here=$(cd "$(dirname "$0")" && pwd) || exit 1
folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT
mkdir "$folder/functions" "$folder/programs" "$folder/some-folder" || exit 1
touch "$folder/some-file" "$folder/programs/some-program" || exit 1
chmod +x "$folder/programs/some-program"
"$program" completion zsh >"$folder/functions/_rcache" || exit 1
zsh -n "$folder/functions/_rcache" || exit 1
cd "$folder" && HOME=$folder LC_ALL=C.UTF-8 zsh -f "$here/press_tab.zsh" "$folder"
