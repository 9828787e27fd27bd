# bash completion for rcache, made by `rcache completion bash`.

# Sets $commands and $flags to what may follow the command that $1 names ('' is rcache itself).
_rcache_command() {
  commands=() flags=()
  case $1 in
    '')
      commands=('stats' 'invalidate' 'restore' 'audit-ttl' 'tags' 'record' 'stampede' 'demo' 'completion' 'help')
      flags=('--help' '-v' '--version')
      ;;
    'stats')
      commands=()
      flags=('--help' '-o' '--output' '--json' '--window' '--watch' '--check' '--min-hit-ratio' '--max-evictions' '--max-memory-ratio' '--per-node' '--save' '--since' '-q' '--quiet' '--verbose' '--color' '-h' '--host' '-p' '--port' '-s' '--socket' '-n' '--db' '-u' '--url' '--user' '-a' '--pass' '--askpass' '--pass-file' '--no-auth-warning' '-c' '-t' '--timeout' '--tls' '--sni' '--cacert' '--cacertdir' '--cert' '--key' '--insecure' '--profile' '--config' '--replica' '--node' '--key-prefix')
      ;;
    'invalidate')
      commands=()
      flags=('--help' '--tag' '--layout' '--tag-prefix' '--exclude' '--protect' '--type' '--all' '--dry-run' '--yes' '--max-keys' '--backup' '--backup-mode' '--backup-max-value' '--verify' '--wait' '--rate' '--max-latency' '--max-lag' '--max-time' '--stop-file' '--count' '--spread' '--expire-in' '--publish' '--print-keys' '-0' '--print0' '-o' '--output' '--json' '-q' '--quiet' '--verbose' '--color' '-h' '--host' '-p' '--port' '-s' '--socket' '-n' '--db' '-u' '--url' '--user' '-a' '--pass' '--askpass' '--pass-file' '--no-auth-warning' '-c' '-t' '--timeout' '--tls' '--sni' '--cacert' '--cacertdir' '--cert' '--key' '--insecure' '--profile' '--config' '--replica' '--node' '--key-prefix')
      ;;
    'restore')
      commands=()
      flags=('--help' '--dry-run' '--replace' '--match' '--ttl' '--allow-evictions' '--other-db' '--yes' '-o' '--output' '--json' '-q' '--quiet' '--verbose' '--color' '-h' '--host' '-p' '--port' '-s' '--socket' '-n' '--db' '-u' '--url' '--user' '-a' '--pass' '--askpass' '--pass-file' '--no-auth-warning' '-c' '-t' '--timeout' '--tls' '--sni' '--cacert' '--cacertdir' '--cert' '--key' '--insecure' '--profile' '--config' '--replica' '--node' '--key-prefix')
      ;;
    'audit-ttl')
      commands=()
      flags=('--help' '--exclude' '--sample' '--count' '--delimiter' '--policy' '--max-ttl' '--max-missing' '--baseline' '--write-baseline' '--set-ttl' '--jitter' '--protect' '--rate' '--max-latency' '--max-lag' '--dry-run' '--yes' '--top' '--html' '-o' '--output' '--json' '-q' '--quiet' '--verbose' '--color' '-h' '--host' '-p' '--port' '-s' '--socket' '-n' '--db' '-u' '--url' '--user' '-a' '--pass' '--askpass' '--pass-file' '--no-auth-warning' '-c' '-t' '--timeout' '--tls' '--sni' '--cacert' '--cacertdir' '--cert' '--key' '--insecure' '--profile' '--config' '--replica' '--node' '--key-prefix')
      ;;
    'tags')
      commands=('show' 'of' 'check' 'prune')
      flags=('--help' '--layout' '--tag-prefix' '-o' '--output' '--json' '-q' '--quiet' '--verbose' '--color' '-h' '--host' '-p' '--port' '-s' '--socket' '-n' '--db' '-u' '--url' '--user' '-a' '--pass' '--askpass' '--pass-file' '--no-auth-warning' '-c' '-t' '--timeout' '--tls' '--sni' '--cacert' '--cacertdir' '--cert' '--key' '--insecure' '--profile' '--config' '--replica' '--node' '--key-prefix')
      ;;
    'tags show')
      commands=()
      flags=('--help' '--layout' '--tag-prefix' '-o' '--output' '--json' '-q' '--quiet' '--verbose' '--color' '-h' '--host' '-p' '--port' '-s' '--socket' '-n' '--db' '-u' '--url' '--user' '-a' '--pass' '--askpass' '--pass-file' '--no-auth-warning' '-c' '-t' '--timeout' '--tls' '--sni' '--cacert' '--cacertdir' '--cert' '--key' '--insecure' '--profile' '--config' '--replica' '--node' '--key-prefix')
      ;;
    'tags of')
      commands=()
      flags=('--help' '--layout' '--tag-prefix' '-o' '--output' '--json' '-q' '--quiet' '--verbose' '--color' '-h' '--host' '-p' '--port' '-s' '--socket' '-n' '--db' '-u' '--url' '--user' '-a' '--pass' '--askpass' '--pass-file' '--no-auth-warning' '-c' '-t' '--timeout' '--tls' '--sni' '--cacert' '--cacertdir' '--cert' '--key' '--insecure' '--profile' '--config' '--replica' '--node' '--key-prefix')
      ;;
    'tags check')
      commands=()
      flags=('--help' '--pattern' '--layout' '--tag-prefix' '-o' '--output' '--json' '-q' '--quiet' '--verbose' '--color' '-h' '--host' '-p' '--port' '-s' '--socket' '-n' '--db' '-u' '--url' '--user' '-a' '--pass' '--askpass' '--pass-file' '--no-auth-warning' '-c' '-t' '--timeout' '--tls' '--sni' '--cacert' '--cacertdir' '--cert' '--key' '--insecure' '--profile' '--config' '--replica' '--node' '--key-prefix')
      ;;
    'tags prune')
      commands=()
      flags=('--help' '--dry-run' '--yes' '--layout' '--tag-prefix' '-o' '--output' '--json' '-q' '--quiet' '--verbose' '--color' '-h' '--host' '-p' '--port' '-s' '--socket' '-n' '--db' '-u' '--url' '--user' '-a' '--pass' '--askpass' '--pass-file' '--no-auth-warning' '-c' '-t' '--timeout' '--tls' '--sni' '--cacert' '--cacertdir' '--cert' '--key' '--insecure' '--profile' '--config' '--replica' '--node' '--key-prefix')
      ;;
    'record')
      commands=()
      flags=('--help' '--for' '--match' '--max-bytes' '--plain-keys' '-o' '--output' '--json' '-q' '--quiet' '--verbose' '--color' '-h' '--host' '-p' '--port' '-s' '--socket' '-n' '--db' '-u' '--url' '--user' '-a' '--pass' '--askpass' '--pass-file' '--no-auth-warning' '-c' '-t' '--timeout' '--tls' '--sni' '--cacert' '--cacertdir' '--cert' '--key' '--insecure' '--profile' '--config' '--replica' '--node' '--key-prefix')
      ;;
    'stampede')
      commands=('simulate' 'replay' 'live' 'advise')
      flags=('--help' '-q' '--quiet' '--verbose' '--color')
      ;;
    'stampede simulate')
      commands=()
      flags=('--help' '--preset' '--strategy' '--runs' '--fail-above' '--rate' '--clients' '--think' '--keys' '--zipf' '--ttl' '--jitter' '--jitter-all' '--whole-seconds' '--stale' '--rtt' '--warm' '--together' '--cold' '--load-time' '--db-slots' '--db' '--db-timeout' '--processes' '--beta' '--delta-cap' '--lock-ttl' '--poll' '--wait-once' '--crash' '--slow-at' '--slow-factor' '--down-at' '--down-for' '--invalidate-every' '--duration' '--seed' '--max-in-flight' '--sweep' '-o' '--output' '--json' '--html' '--timing' '--threads' '-q' '--quiet' '--verbose' '--color')
      ;;
    'stampede replay')
      commands=()
      flags=('--help' '--match' '--format' '--strict' '--keep-polls' '--preset' '--strategy' '--runs' '--fail-above' '--rate' '--clients' '--think' '--keys' '--zipf' '--ttl' '--jitter' '--jitter-all' '--whole-seconds' '--stale' '--rtt' '--warm' '--together' '--cold' '--load-time' '--db-slots' '--db' '--db-timeout' '--processes' '--beta' '--delta-cap' '--lock-ttl' '--poll' '--wait-once' '--crash' '--slow-at' '--slow-factor' '--down-at' '--down-for' '--invalidate-every' '--duration' '--seed' '--max-in-flight' '-o' '--output' '--json' '--html' '--timing' '--threads' '-q' '--quiet' '--verbose' '--color')
      ;;
    'stampede live')
      commands=()
      flags=('--help' '-o' '--output' '--json' '--preset' '--strategy' '--runs' '--fail-above' '--rate' '--clients' '--think' '--keys' '--zipf' '--ttl' '--jitter' '--jitter-all' '--whole-seconds' '--stale' '--rtt' '--warm' '--together' '--cold' '--load-time' '--db-slots' '--db' '--db-timeout' '--processes' '--beta' '--delta-cap' '--lock-ttl' '--poll' '--wait-once' '--crash' '--slow-at' '--slow-factor' '--down-at' '--down-for' '--invalidate-every' '--duration' '--seed' '--max-in-flight' '--html' '--yes' '--max-time' '-q' '--quiet' '--verbose' '--color' '-h' '--host' '-p' '--port' '-s' '--socket' '-n' '-u' '--url' '--user' '-a' '--pass' '--askpass' '--pass-file' '--no-auth-warning' '-c' '-t' '--timeout' '--tls' '--sni' '--cacert' '--cacertdir' '--cert' '--key' '--insecure' '--profile' '--config' '--replica' '--node' '--key-prefix')
      ;;
    'stampede advise')
      commands=()
      flags=('--help' '-o' '--output' '--json' '--match' '--top' '--for' '--format' '--strict' '--keep-polls' '--preset' '--strategy' '--runs' '--rate' '--clients' '--think' '--keys' '--zipf' '--ttl' '--jitter' '--jitter-all' '--whole-seconds' '--stale' '--rtt' '--warm' '--together' '--cold' '--load-time' '--db-slots' '--db' '--db-timeout' '--processes' '--beta' '--delta-cap' '--lock-ttl' '--poll' '--wait-once' '--crash' '--slow-at' '--slow-factor' '--down-at' '--down-for' '--invalidate-every' '--duration' '--seed' '--max-in-flight' '--threads' '-q' '--quiet' '--verbose' '--color' '-h' '--host' '-p' '--port' '-s' '--socket' '-n' '-u' '--url' '--user' '-a' '--pass' '--askpass' '--pass-file' '--no-auth-warning' '-c' '-t' '--timeout' '--tls' '--sni' '--cacert' '--cacertdir' '--cert' '--key' '--insecure' '--profile' '--config' '--replica' '--node' '--key-prefix')
      ;;
    'demo')
      commands=()
      flags=('--help' '--keys' '--seed' '--server' '-q' '--quiet' '--verbose' '--color')
      ;;
    'completion')
      commands=()
      flags=('--help' '-q' '--quiet' '--verbose' '--color')
      ;;
    'help')
      commands=()
      flags=('--help' '-q' '--quiet' '--verbose' '--color')
      ;;
    *) return 1 ;;
  esac
}

# Sets $takes to what the flag $2 of the command $1 is followed by, and $must to whether it has to be.
_rcache_flag() {
  takes=nothing must=yes choices=()
  case $1 in
    'stats')
      case $2 in
        '-o' | '--output') takes=choices choices=('text' 'json' 'ndjson' 'csv' 'prometheus') ;;
        '--window') takes=text ;;
        '--watch') takes=text must=no ;;
        '--min-hit-ratio') takes=text ;;
        '--max-evictions') takes=text ;;
        '--max-memory-ratio') takes=text ;;
        '--save') takes=file ;;
        '--since') takes=file ;;
        '--color') takes=choices choices=('auto' 'always' 'never') ;;
        '-h' | '--host') takes=text ;;
        '-p' | '--port') takes=text ;;
        '-s' | '--socket') takes=file ;;
        '-n' | '--db') takes=text ;;
        '-u' | '--url') takes=text ;;
        '--user') takes=text ;;
        '-a' | '--pass') takes=text ;;
        '--pass-file') takes=file ;;
        '-t' | '--timeout') takes=text ;;
        '--sni') takes=text ;;
        '--cacert') takes=file ;;
        '--cacertdir') takes=directory ;;
        '--cert') takes=file ;;
        '--key') takes=file ;;
        '--profile') takes=text ;;
        '--config') takes=file ;;
        '--key-prefix') takes=text ;;
        *) return 1 ;;
      esac
      ;;
    'invalidate')
      case $2 in
        '--tag') takes=text ;;
        '--layout') takes=text ;;
        '--tag-prefix') takes=text ;;
        '--exclude') takes=text ;;
        '--protect') takes=text ;;
        '--type') takes=text ;;
        '--max-keys') takes=text ;;
        '--backup') takes=file ;;
        '--backup-mode') takes=choices choices=('exact' 'fast') ;;
        '--backup-max-value') takes=text ;;
        '--wait') takes=text ;;
        '--rate') takes=text ;;
        '--max-latency') takes=text ;;
        '--max-lag') takes=text ;;
        '--max-time') takes=text ;;
        '--stop-file') takes=file ;;
        '--count') takes=text ;;
        '--spread') takes=text ;;
        '--expire-in') takes=text ;;
        '--publish') takes=text ;;
        '-o' | '--output') takes=choices choices=('text' 'json') ;;
        '--color') takes=choices choices=('auto' 'always' 'never') ;;
        '-h' | '--host') takes=text ;;
        '-p' | '--port') takes=text ;;
        '-s' | '--socket') takes=file ;;
        '-n' | '--db') takes=text ;;
        '-u' | '--url') takes=text ;;
        '--user') takes=text ;;
        '-a' | '--pass') takes=text ;;
        '--pass-file') takes=file ;;
        '-t' | '--timeout') takes=text ;;
        '--sni') takes=text ;;
        '--cacert') takes=file ;;
        '--cacertdir') takes=directory ;;
        '--cert') takes=file ;;
        '--key') takes=file ;;
        '--profile') takes=text ;;
        '--config') takes=file ;;
        '--key-prefix') takes=text ;;
        *) return 1 ;;
      esac
      ;;
    'restore')
      case $2 in
        '--match') takes=text ;;
        '--ttl') takes=choices choices=('keep' 'remaining') ;;
        '-o' | '--output') takes=choices choices=('text' 'json') ;;
        '--color') takes=choices choices=('auto' 'always' 'never') ;;
        '-h' | '--host') takes=text ;;
        '-p' | '--port') takes=text ;;
        '-s' | '--socket') takes=file ;;
        '-n' | '--db') takes=text ;;
        '-u' | '--url') takes=text ;;
        '--user') takes=text ;;
        '-a' | '--pass') takes=text ;;
        '--pass-file') takes=file ;;
        '-t' | '--timeout') takes=text ;;
        '--sni') takes=text ;;
        '--cacert') takes=file ;;
        '--cacertdir') takes=directory ;;
        '--cert') takes=file ;;
        '--key') takes=file ;;
        '--profile') takes=text ;;
        '--config') takes=file ;;
        '--key-prefix') takes=text ;;
        *) return 1 ;;
      esac
      ;;
    'audit-ttl')
      case $2 in
        '--exclude') takes=text ;;
        '--sample') takes=text ;;
        '--count') takes=text ;;
        '--delimiter') takes=text ;;
        '--policy') takes=file ;;
        '--max-ttl') takes=text ;;
        '--max-missing') takes=text ;;
        '--baseline') takes=file ;;
        '--write-baseline') takes=file ;;
        '--set-ttl') takes=text ;;
        '--jitter') takes=text ;;
        '--protect') takes=text ;;
        '--rate') takes=text ;;
        '--max-latency') takes=text ;;
        '--max-lag') takes=text ;;
        '--top') takes=text ;;
        '--html') takes=file ;;
        '-o' | '--output') takes=choices choices=('text' 'json' 'ndjson' 'csv' 'junit' 'github' 'prometheus') ;;
        '--color') takes=choices choices=('auto' 'always' 'never') ;;
        '-h' | '--host') takes=text ;;
        '-p' | '--port') takes=text ;;
        '-s' | '--socket') takes=file ;;
        '-n' | '--db') takes=text ;;
        '-u' | '--url') takes=text ;;
        '--user') takes=text ;;
        '-a' | '--pass') takes=text ;;
        '--pass-file') takes=file ;;
        '-t' | '--timeout') takes=text ;;
        '--sni') takes=text ;;
        '--cacert') takes=file ;;
        '--cacertdir') takes=directory ;;
        '--cert') takes=file ;;
        '--key') takes=file ;;
        '--profile') takes=text ;;
        '--config') takes=file ;;
        '--key-prefix') takes=text ;;
        *) return 1 ;;
      esac
      ;;
    'tags')
      case $2 in
        '--layout') takes=text ;;
        '--tag-prefix') takes=text ;;
        '-o' | '--output') takes=choices choices=('text' 'json' 'ndjson' 'csv') ;;
        '--color') takes=choices choices=('auto' 'always' 'never') ;;
        '-h' | '--host') takes=text ;;
        '-p' | '--port') takes=text ;;
        '-s' | '--socket') takes=file ;;
        '-n' | '--db') takes=text ;;
        '-u' | '--url') takes=text ;;
        '--user') takes=text ;;
        '-a' | '--pass') takes=text ;;
        '--pass-file') takes=file ;;
        '-t' | '--timeout') takes=text ;;
        '--sni') takes=text ;;
        '--cacert') takes=file ;;
        '--cacertdir') takes=directory ;;
        '--cert') takes=file ;;
        '--key') takes=file ;;
        '--profile') takes=text ;;
        '--config') takes=file ;;
        '--key-prefix') takes=text ;;
        *) return 1 ;;
      esac
      ;;
    'tags show')
      case $2 in
        '--layout') takes=text ;;
        '--tag-prefix') takes=text ;;
        '-o' | '--output') takes=choices choices=('text' 'json' 'ndjson' 'csv') ;;
        '--color') takes=choices choices=('auto' 'always' 'never') ;;
        '-h' | '--host') takes=text ;;
        '-p' | '--port') takes=text ;;
        '-s' | '--socket') takes=file ;;
        '-n' | '--db') takes=text ;;
        '-u' | '--url') takes=text ;;
        '--user') takes=text ;;
        '-a' | '--pass') takes=text ;;
        '--pass-file') takes=file ;;
        '-t' | '--timeout') takes=text ;;
        '--sni') takes=text ;;
        '--cacert') takes=file ;;
        '--cacertdir') takes=directory ;;
        '--cert') takes=file ;;
        '--key') takes=file ;;
        '--profile') takes=text ;;
        '--config') takes=file ;;
        '--key-prefix') takes=text ;;
        *) return 1 ;;
      esac
      ;;
    'tags of')
      case $2 in
        '--layout') takes=text ;;
        '--tag-prefix') takes=text ;;
        '-o' | '--output') takes=choices choices=('text' 'json' 'ndjson' 'csv') ;;
        '--color') takes=choices choices=('auto' 'always' 'never') ;;
        '-h' | '--host') takes=text ;;
        '-p' | '--port') takes=text ;;
        '-s' | '--socket') takes=file ;;
        '-n' | '--db') takes=text ;;
        '-u' | '--url') takes=text ;;
        '--user') takes=text ;;
        '-a' | '--pass') takes=text ;;
        '--pass-file') takes=file ;;
        '-t' | '--timeout') takes=text ;;
        '--sni') takes=text ;;
        '--cacert') takes=file ;;
        '--cacertdir') takes=directory ;;
        '--cert') takes=file ;;
        '--key') takes=file ;;
        '--profile') takes=text ;;
        '--config') takes=file ;;
        '--key-prefix') takes=text ;;
        *) return 1 ;;
      esac
      ;;
    'tags check')
      case $2 in
        '--pattern') takes=text ;;
        '--layout') takes=text ;;
        '--tag-prefix') takes=text ;;
        '-o' | '--output') takes=choices choices=('text' 'json' 'ndjson' 'csv') ;;
        '--color') takes=choices choices=('auto' 'always' 'never') ;;
        '-h' | '--host') takes=text ;;
        '-p' | '--port') takes=text ;;
        '-s' | '--socket') takes=file ;;
        '-n' | '--db') takes=text ;;
        '-u' | '--url') takes=text ;;
        '--user') takes=text ;;
        '-a' | '--pass') takes=text ;;
        '--pass-file') takes=file ;;
        '-t' | '--timeout') takes=text ;;
        '--sni') takes=text ;;
        '--cacert') takes=file ;;
        '--cacertdir') takes=directory ;;
        '--cert') takes=file ;;
        '--key') takes=file ;;
        '--profile') takes=text ;;
        '--config') takes=file ;;
        '--key-prefix') takes=text ;;
        *) return 1 ;;
      esac
      ;;
    'tags prune')
      case $2 in
        '--layout') takes=text ;;
        '--tag-prefix') takes=text ;;
        '-o' | '--output') takes=choices choices=('text' 'json' 'ndjson' 'csv') ;;
        '--color') takes=choices choices=('auto' 'always' 'never') ;;
        '-h' | '--host') takes=text ;;
        '-p' | '--port') takes=text ;;
        '-s' | '--socket') takes=file ;;
        '-n' | '--db') takes=text ;;
        '-u' | '--url') takes=text ;;
        '--user') takes=text ;;
        '-a' | '--pass') takes=text ;;
        '--pass-file') takes=file ;;
        '-t' | '--timeout') takes=text ;;
        '--sni') takes=text ;;
        '--cacert') takes=file ;;
        '--cacertdir') takes=directory ;;
        '--cert') takes=file ;;
        '--key') takes=file ;;
        '--profile') takes=text ;;
        '--config') takes=file ;;
        '--key-prefix') takes=text ;;
        *) return 1 ;;
      esac
      ;;
    'record')
      case $2 in
        '--for') takes=text ;;
        '--match') takes=text ;;
        '--max-bytes') takes=text ;;
        '-o' | '--output') takes=choices choices=('text' 'json') ;;
        '--color') takes=choices choices=('auto' 'always' 'never') ;;
        '-h' | '--host') takes=text ;;
        '-p' | '--port') takes=text ;;
        '-s' | '--socket') takes=file ;;
        '-n' | '--db') takes=text ;;
        '-u' | '--url') takes=text ;;
        '--user') takes=text ;;
        '-a' | '--pass') takes=text ;;
        '--pass-file') takes=file ;;
        '-t' | '--timeout') takes=text ;;
        '--sni') takes=text ;;
        '--cacert') takes=file ;;
        '--cacertdir') takes=directory ;;
        '--cert') takes=file ;;
        '--key') takes=file ;;
        '--profile') takes=text ;;
        '--config') takes=file ;;
        '--key-prefix') takes=text ;;
        *) return 1 ;;
      esac
      ;;
    'stampede')
      case $2 in
        '--color') takes=choices choices=('auto' 'always' 'never') ;;
        *) return 1 ;;
      esac
      ;;
    'stampede simulate')
      case $2 in
        '--preset') takes=text ;;
        '--strategy') takes=text ;;
        '--runs') takes=text ;;
        '--fail-above') takes=text ;;
        '--rate') takes=text ;;
        '--clients') takes=text ;;
        '--think') takes=text ;;
        '--keys') takes=text ;;
        '--zipf') takes=text ;;
        '--ttl') takes=text ;;
        '--jitter') takes=text ;;
        '--stale') takes=text ;;
        '--rtt') takes=text ;;
        '--together') takes=text ;;
        '--load-time') takes=text ;;
        '--db-slots') takes=text ;;
        '--db') takes=choices choices=('fifo' 'shared' 'unlimited') ;;
        '--db-timeout') takes=text ;;
        '--processes') takes=text ;;
        '--beta') takes=text ;;
        '--delta-cap') takes=text ;;
        '--lock-ttl') takes=text ;;
        '--poll') takes=text ;;
        '--wait-once') takes=text ;;
        '--crash') takes=text ;;
        '--slow-at') takes=text ;;
        '--slow-factor') takes=text ;;
        '--down-at') takes=text ;;
        '--down-for') takes=text ;;
        '--invalidate-every') takes=text ;;
        '--duration') takes=text ;;
        '--seed') takes=text ;;
        '--max-in-flight') takes=text ;;
        '--sweep') takes=text ;;
        '-o' | '--output') takes=choices choices=('text' 'json' 'csv') ;;
        '--html') takes=file ;;
        '--threads') takes=text ;;
        '--color') takes=choices choices=('auto' 'always' 'never') ;;
        *) return 1 ;;
      esac
      ;;
    'stampede replay')
      case $2 in
        '--match') takes=text ;;
        '--format') takes=choices choices=('monitor' 'record' 'csv' 'ndjson' 'twitter' 'oracle-general') ;;
        '--preset') takes=text ;;
        '--strategy') takes=text ;;
        '--runs') takes=text ;;
        '--fail-above') takes=text ;;
        '--rate') takes=text ;;
        '--clients') takes=text ;;
        '--think') takes=text ;;
        '--keys') takes=text ;;
        '--zipf') takes=text ;;
        '--ttl') takes=text ;;
        '--jitter') takes=text ;;
        '--stale') takes=text ;;
        '--rtt') takes=text ;;
        '--together') takes=text ;;
        '--load-time') takes=text ;;
        '--db-slots') takes=text ;;
        '--db') takes=choices choices=('fifo' 'shared' 'unlimited') ;;
        '--db-timeout') takes=text ;;
        '--processes') takes=text ;;
        '--beta') takes=text ;;
        '--delta-cap') takes=text ;;
        '--lock-ttl') takes=text ;;
        '--poll') takes=text ;;
        '--wait-once') takes=text ;;
        '--crash') takes=text ;;
        '--slow-at') takes=text ;;
        '--slow-factor') takes=text ;;
        '--down-at') takes=text ;;
        '--down-for') takes=text ;;
        '--invalidate-every') takes=text ;;
        '--duration') takes=text ;;
        '--seed') takes=text ;;
        '--max-in-flight') takes=text ;;
        '-o' | '--output') takes=choices choices=('text' 'json' 'csv') ;;
        '--html') takes=file ;;
        '--threads') takes=text ;;
        '--color') takes=choices choices=('auto' 'always' 'never') ;;
        *) return 1 ;;
      esac
      ;;
    'stampede live')
      case $2 in
        '-o' | '--output') takes=choices choices=('text' 'json' 'csv') ;;
        '--preset') takes=text ;;
        '--strategy') takes=text ;;
        '--runs') takes=text ;;
        '--fail-above') takes=text ;;
        '--rate') takes=text ;;
        '--clients') takes=text ;;
        '--think') takes=text ;;
        '--keys') takes=text ;;
        '--zipf') takes=text ;;
        '--ttl') takes=text ;;
        '--jitter') takes=text ;;
        '--stale') takes=text ;;
        '--rtt') takes=text ;;
        '--together') takes=text ;;
        '--load-time') takes=text ;;
        '--db-slots') takes=text ;;
        '--db') takes=choices choices=('fifo' 'shared' 'unlimited') ;;
        '--db-timeout') takes=text ;;
        '--processes') takes=text ;;
        '--beta') takes=text ;;
        '--delta-cap') takes=text ;;
        '--lock-ttl') takes=text ;;
        '--poll') takes=text ;;
        '--wait-once') takes=text ;;
        '--crash') takes=text ;;
        '--slow-at') takes=text ;;
        '--slow-factor') takes=text ;;
        '--down-at') takes=text ;;
        '--down-for') takes=text ;;
        '--invalidate-every') takes=text ;;
        '--duration') takes=text ;;
        '--seed') takes=text ;;
        '--max-in-flight') takes=text ;;
        '--html') takes=file ;;
        '--max-time') takes=text ;;
        '--color') takes=choices choices=('auto' 'always' 'never') ;;
        '-h' | '--host') takes=text ;;
        '-p' | '--port') takes=text ;;
        '-s' | '--socket') takes=file ;;
        '-n') takes=text ;;
        '-u' | '--url') takes=text ;;
        '--user') takes=text ;;
        '-a' | '--pass') takes=text ;;
        '--pass-file') takes=file ;;
        '-t' | '--timeout') takes=text ;;
        '--sni') takes=text ;;
        '--cacert') takes=file ;;
        '--cacertdir') takes=directory ;;
        '--cert') takes=file ;;
        '--key') takes=file ;;
        '--profile') takes=text ;;
        '--config') takes=file ;;
        '--key-prefix') takes=text ;;
        *) return 1 ;;
      esac
      ;;
    'stampede advise')
      case $2 in
        '-o' | '--output') takes=choices choices=('text' 'json') ;;
        '--match') takes=text ;;
        '--top') takes=text ;;
        '--for') takes=text ;;
        '--format') takes=choices choices=('monitor' 'record' 'csv' 'ndjson' 'twitter' 'oracle-general') ;;
        '--preset') takes=text ;;
        '--strategy') takes=text ;;
        '--runs') takes=text ;;
        '--rate') takes=text ;;
        '--clients') takes=text ;;
        '--think') takes=text ;;
        '--keys') takes=text ;;
        '--zipf') takes=text ;;
        '--ttl') takes=text ;;
        '--jitter') takes=text ;;
        '--stale') takes=text ;;
        '--rtt') takes=text ;;
        '--together') takes=text ;;
        '--load-time') takes=text ;;
        '--db-slots') takes=text ;;
        '--db') takes=choices choices=('fifo' 'shared' 'unlimited') ;;
        '--db-timeout') takes=text ;;
        '--processes') takes=text ;;
        '--beta') takes=text ;;
        '--delta-cap') takes=text ;;
        '--lock-ttl') takes=text ;;
        '--poll') takes=text ;;
        '--wait-once') takes=text ;;
        '--crash') takes=text ;;
        '--slow-at') takes=text ;;
        '--slow-factor') takes=text ;;
        '--down-at') takes=text ;;
        '--down-for') takes=text ;;
        '--invalidate-every') takes=text ;;
        '--duration') takes=text ;;
        '--seed') takes=text ;;
        '--max-in-flight') takes=text ;;
        '--threads') takes=text ;;
        '--color') takes=choices choices=('auto' 'always' 'never') ;;
        '-h' | '--host') takes=text ;;
        '-p' | '--port') takes=text ;;
        '-s' | '--socket') takes=file ;;
        '-n') takes=text ;;
        '-u' | '--url') takes=text ;;
        '--user') takes=text ;;
        '-a' | '--pass') takes=text ;;
        '--pass-file') takes=file ;;
        '-t' | '--timeout') takes=text ;;
        '--sni') takes=text ;;
        '--cacert') takes=file ;;
        '--cacertdir') takes=directory ;;
        '--cert') takes=file ;;
        '--key') takes=file ;;
        '--profile') takes=text ;;
        '--config') takes=file ;;
        '--key-prefix') takes=text ;;
        *) return 1 ;;
      esac
      ;;
    'demo')
      case $2 in
        '--keys') takes=text ;;
        '--seed') takes=text ;;
        '--server') takes=program ;;
        '--color') takes=choices choices=('auto' 'always' 'never') ;;
        *) return 1 ;;
      esac
      ;;
    'completion')
      case $2 in
        '--color') takes=choices choices=('auto' 'always' 'never') ;;
        *) return 1 ;;
      esac
      ;;
    'help')
      case $2 in
        '--color') takes=choices choices=('auto' 'always' 'never') ;;
        *) return 1 ;;
      esac
      ;;
    *) return 1 ;;
  esac
}

# Sets $takes to what stands in the place $2, from 0, of the command $1.
_rcache_place() {
  takes=nothing choices=()
  case $1/$2 in
    'invalidate/'*) takes=text ;;
    'restore/'0) takes=file ;;
    'audit-ttl/'*) takes=text ;;
    'tags show/'0) takes=text ;;
    'tags of/'0) takes=text ;;
    'tags check/'*) takes=text ;;
    'record/'0) takes=file ;;
    'stampede simulate/'0) takes=file ;;
    'stampede replay/'0) takes=file ;;
    'stampede live/'0) takes=file ;;
    'stampede advise/'0) takes=file ;;
    'demo/'*) takes=command ;;
    'completion/'0) takes=choices choices=('bash' 'zsh' 'fish') ;;
    'help/'*) takes=choices choices=('exit-codes' 'patterns' 'guarantees' 'layouts' 'policies' 'strategies' 'presets' 'environment' 'man' 'stats' 'invalidate' 'restore' 'audit-ttl' 'tags' 'record' 'stampede' 'demo' 'completion' 'help') ;;
    *) return 1 ;;
  esac
}

# Adds the words that begin with what is typed: "$1" put before each of the others. What readline
# takes for a part of its own, up to the last of COMP_WORDBREAKS, is left out of the replies.
_rcache_offer() {
  local before=$1 word
  local kept=${current%"${current##*["$COMP_WORDBREAKS"]}"}
  shift
  for word in "$@"; do
    word=$before$word
    if [[ $word == "$current"* ]]; then COMPREPLY+=("${word#"$kept"}"); fi
  done
}

# Offers values of the kind that $takes names; $1 is what stands before the value: "--output=".
_rcache_offer_value() {
  local name
  case $takes in
    choices) _rcache_offer "$1" "${choices[@]}" ;;
    file) compopt -o default 2>/dev/null ;;
    directory) compopt -o dirnames 2>/dev/null ;;
    program | command)
      while IFS= read -r name; do
        _rcache_offer "$1" "$name"
      done < <(compgen -c -- "${current#"$1"}")
      ;;
  esac
}

# Completes the last of the given words; the others are those before it, without "rcache".
_rcache_complete() {
  local path='' pending='' dashes='' place=0 index word
  local current=${!#} commands flags takes must choices
  for ((index = 1; index < $#; index++)); do
    word=${!index}
    if [[ -n $pending ]]; then
      pending=''
    elif [[ -z $dashes && $word == -- ]]; then
      dashes=yes
    elif [[ -z $dashes && $word == -?* ]]; then
      if _rcache_flag "$path" "$word" && [[ $must == yes ]]; then pending=$word; fi
    elif [[ -z $dashes ]] && _rcache_command "$path${path:+ }$word"; then
      path=$path${path:+ }$word
    elif _rcache_place "$path" "$place" && [[ $takes == command ]]; then
      # The rest of the line belongs to another program, perhaps to this one again.
      if [[ ${word##*/} == rcache ]]; then
        _rcache_complete "${@:index + 1}"
      else
        compopt -o default 2>/dev/null
      fi
      return
    else
      place=$((place + 1))
    fi
  done

  if [[ -n $pending ]]; then
    _rcache_flag "$path" "$pending"
    _rcache_offer_value ''
    return
  fi
  _rcache_command "$path"
  if [[ -z $dashes && $current == -*=* ]]; then
    if _rcache_flag "$path" "${current%%=*}"; then _rcache_offer_value "${current%%=*}="; fi
    return
  fi
  if [[ -z $dashes && $current == -* ]]; then
    _rcache_offer '' "${flags[@]}"
    return
  fi
  if [[ -z $dashes && $place -eq 0 ]]; then _rcache_offer '' "${commands[@]}"; fi
  if _rcache_place "$path" "$place"; then
    if [[ $takes == command && -z $dashes ]]; then
      _rcache_offer '' --
    else
      _rcache_offer_value ''
    fi
  elif [[ -z $dashes && -z $current && ${#commands[@]} -eq 0 ]]; then
    _rcache_offer '' "${flags[@]}"
  fi
}

# Bash cuts words at '=' and ':', too. Here they are put together again: pieces with nothing between
# them in the line up to the cursor are one word.
_rcache() {
  local IFS=$' \t\n' line=${COMP_LINE:0:COMP_POINT} words=() index piece rest
  COMPREPLY=()
  line=${line#*"${COMP_WORDS[0]}"}
  for ((index = 1; index <= COMP_CWORD; index++)); do
    piece=${COMP_WORDS[index]}
    rest=${line#"${line%%[![:space:]]*}"}
    if ((index == COMP_CWORD)); then piece=$rest; fi
    if [[ $rest == "$line" && ${#words[@]} -gt 0 ]]; then
      words[${#words[@]} - 1]+=$piece
    else
      words+=("$piece")
    fi
    line=${rest#"$piece"}
  done
  _rcache_complete "${words[@]}"
}

complete -F _rcache rcache
