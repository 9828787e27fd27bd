# Types lines and Tab in a zsh that finds _rcache in FOLDER/functions: press_tab.zsh FOLDER
zmodload zsh/zpty
folder=$1
failures=0

cat >$folder/.zshrc <<'END'
PS1='ready> '
path=($HOME/programs $path)
fpath=($PWD/functions $fpath)
autoload -Uz compinit && compinit -u -D
setopt no_beep no_auto_menu
# Ctrl-T tells what the line has become, once the Tab before it is done.
tell() { print -r -- "$BUFFER" >> $HOME/lines; BUFFER=''; zle redisplay; }
zle -N tell
bindkey '^T' tell
END
ZDOTDIR=$folder zpty shell zsh -i
zpty -r shell greeting '*ready> *'

# LINE BECOMES: what Tab makes of it. The space that follows a whole word is left out.
expect() {
  : >$folder/lines
  zpty -w -n shell "$1"$'\t\x14'
  local line='' tries=0
  until [[ -s $folder/lines ]]; do
    # Reading lets the shell go on when the terminal's buffer is full.
    zpty -rt shell output
    (( ++tries > 2000 )) && break
    read -t 0.01 </dev/zero -k 0 2>/dev/null || sleep 0.01
  done
  read -r line <$folder/lines
  [[ $line == $2 ]] && return
  print -r -- "FAILED '$1': expected '$2', got '$line'"
  (( ++failures ))
}

expect 'rcache stat' 'rcache stats'
expect 'rcache stats --win' 'rcache stats --window='
expect 'rcache stats -o pro' 'rcache stats -o prometheus'
expect 'rcache stats --output=pro' 'rcache stats --output=prometheus'
expect 'rcache stats --output pro' 'rcache stats --output prometheus'
expect 'rcache stats --color=al' 'rcache stats --color=always'
expect 'rcache stats -h demo --win' 'rcache stats -h demo --window='
expect 'rcache stats --cacert some-fi' 'rcache stats --cacert some-file'
expect 'rcache stats --cacertdir some-' 'rcache stats --cacertdir some-folder/'
expect 'rcache stats --json=x' 'rcache stats --json=x'
expect 'rcache stats -ojs' 'rcache stats -ojson'
expect 'rcache stats --help --vers' 'rcache stats --help --vers'
expect 'rcache completion z' 'rcache completion zsh'
expect 'rcache help ex' 'rcache help exit-codes'
expect 'rcache help stat' 'rcache help stats'
expect 'rcache demo --server some-pro' 'rcache demo --server some-program'
expect 'rcache demo -- some-pro' 'rcache demo -- some-program'
expect 'rcache demo -- rcache stat' 'rcache demo -- rcache stats'
expect 'rcache demo --keys 5000 -- rcache stats -o pro' 'rcache demo --keys 5000 -- rcache stats -o prometheus'

zpty -d shell
(( failures == 0 )) && print 'all completed as expected'
exit $(( failures > 0 ))
