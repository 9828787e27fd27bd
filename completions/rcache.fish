# fish completion for rcache, made by `rcache completion fish`.

# Whether the words before the cursor lead to the command $argv[1]; '' is rcache itself. A "--" is a
# part of the path, and the last one.
function __rcache_at
    set -l known 'stats' 'demo' 'completion' 'help'
    set -l path
    for word in (commandline -opc)[2..]
        if test "$word" = --
            set -a path --
            break
        end
        set -l longer (string join ' ' -- $path $word)
        if contains -- "$longer" $known
            set -a path $word
        end
    end
    test "$path" = "$argv[1]"
end

# What completes the command line behind the "--".
function __rcache_behind_dashes
    set -l words (commandline -opc)
    set -l dashes (contains -i -- -- $words)
    set -l behind $words[(math $dashes + 1)..]
    complete -C (string join ' ' -- (string escape -- $behind) (commandline -ct))
end

complete -c rcache -e
complete -c rcache -f

complete -c rcache -n "__rcache_at ''" -a stats -d 'Is the cache healthy? Hit ratio, evictions, memory, TTLs, top commands'
complete -c rcache -n "__rcache_at ''" -a demo -d 'A playground: a private throwaway server with a believable cache'
complete -c rcache -n "__rcache_at ''" -a completion -d 'Print a script that lets the Tab key complete commands'
complete -c rcache -n "__rcache_at ''" -a help -d 'Explain a topic or a command: exit-codes, patterns, environment, man'
complete -c rcache -n "__rcache_at ''" -l help -d 'Print help'
complete -c rcache -n "__rcache_at ''" -s v -l version -d 'Print the version'

complete -c rcache -n "__rcache_at 'stats'" -l help -d 'Print help'
complete -c rcache -n "__rcache_at 'stats'" -s o -l output -x -a 'text json ndjson csv prometheus' -d 'How to write the result'
complete -c rcache -n "__rcache_at 'stats'" -l json -d 'The same as -o json'
complete -c rcache -n "__rcache_at 'stats'" -l window -x -d 'Count for this long, then report what happened meanwhile'
complete -c rcache -n "__rcache_at 'stats'" -l watch -d 'Repeat every DURATION (2s): redrawn in place, or a line each on a pipe'
complete -c rcache -n "__rcache_at 'stats'" -l check -d 'Exit 1 when a check fails'
complete -c rcache -n "__rcache_at 'stats'" -l min-hit-ratio -x -d 'Fail below this (80%)'
complete -c rcache -n "__rcache_at 'stats'" -l max-evictions -x -d 'Fail above this (0/s)'
complete -c rcache -n "__rcache_at 'stats'" -l max-memory-ratio -x -d 'Fail above this part of maxmemory (90%)'
complete -c rcache -n "__rcache_at 'stats'" -l per-node -d 'Each node of a cluster as well'
complete -c rcache -n "__rcache_at 'stats'" -l save -r -F -d 'Save the counters for a later --since'
complete -c rcache -n "__rcache_at 'stats'" -l since -r -F -d 'Count since the snapshot in this file'
complete -c rcache -n "__rcache_at 'stats'" -s h -l host -x -d 'Server\'s host name or address (127.0.0.1)'
complete -c rcache -n "__rcache_at 'stats'" -s p -l port -x -d 'Server\'s port (6379)'
complete -c rcache -n "__rcache_at 'stats'" -s s -l socket -r -F -d 'Server\'s unix socket, in place of host and port'
complete -c rcache -n "__rcache_at 'stats'" -s n -l db -x -d 'Database number (0)'
complete -c rcache -n "__rcache_at 'stats'" -s u -l url -x -d 'redis://[user:password@]host[:port][/db], rediss:, unix:, redis-sentinel:'
complete -c rcache -n "__rcache_at 'stats'" -l user -x -d 'ACL user to log in as; needs a password'
complete -c rcache -n "__rcache_at 'stats'" -s a -l pass -x -d 'Password; others can see it for a moment: better --askpass or --pass-file'
complete -c rcache -n "__rcache_at 'stats'" -l askpass -d 'Ask for the password on the terminal'
complete -c rcache -n "__rcache_at 'stats'" -l pass-file -r -F -d 'Read the password from the first line of a file (\'-\' is stdin)'
complete -c rcache -n "__rcache_at 'stats'" -l no-auth-warning -d 'Do not warn of a password on the command line'
complete -c rcache -n "__rcache_at 'stats'" -s c -d 'Accepted for redis-cli\'s sake: a cluster is found by itself'
complete -c rcache -n "__rcache_at 'stats'" -s t -l timeout -x -d 'Wait so long for a connection (3) and for each reply (10)'
complete -c rcache -n "__rcache_at 'stats'" -l tls -d 'Speak TLS; the certificate\'s chain and name are verified'
complete -c rcache -n "__rcache_at 'stats'" -l sni -x -d 'Name to ask for and to verify, when it is not the host\'s'
complete -c rcache -n "__rcache_at 'stats'" -l cacert -r -F -d 'Authority to trust, in place of the system\'s'
complete -c rcache -n "__rcache_at 'stats'" -l cacertdir -x -a '(__fish_complete_directories)' -d 'Directory of authorities to trust'
complete -c rcache -n "__rcache_at 'stats'" -l cert -r -F -d 'Client certificate'
complete -c rcache -n "__rcache_at 'stats'" -l key -r -F -d 'Private key of the client certificate'
complete -c rcache -n "__rcache_at 'stats'" -l insecure -d 'Do not verify the certificate: anybody in between can read and forge'
complete -c rcache -n "__rcache_at 'stats'" -l profile -x -d 'Profile of the config file to use'
complete -c rcache -n "__rcache_at 'stats'" -l config -r -F -d 'Config file (~/.config/rcache/config.toml)'
complete -c rcache -n "__rcache_at 'stats'" -l replica -d 'Read from replicas, never from a primary'
complete -c rcache -n "__rcache_at 'stats'" -l node -d 'This node only: no fan-out over a cluster'
complete -c rcache -n "__rcache_at 'stats'" -l key-prefix -x -d 'What the application\'s client library puts before every key'
complete -c rcache -n "__rcache_at 'stats'" -s q -l quiet -d 'Only the result and errors: no notes, no progress'
complete -c rcache -n "__rcache_at 'stats'" -l verbose -d 'Say on stderr which servers were found'
complete -c rcache -n "__rcache_at 'stats'" -l color -x -a 'auto always never' -d 'When to colour verdicts'

complete -c rcache -n "__rcache_at 'demo'" -a -- -d 'Run this with RCACHE_URL set, and end the server with it; put it after --'
complete -c rcache -n "__rcache_at 'demo --'" -a '(__rcache_behind_dashes)'
complete -c rcache -n "__rcache_at 'demo'" -l help -d 'Print help'
complete -c rcache -n "__rcache_at 'demo'" -l keys -x -d 'How many keys, 1000 to 5000000 (50000)'
complete -c rcache -n "__rcache_at 'demo'" -l seed -x -d 'The same number gives the same cache, another a different one (1)'
complete -c rcache -n "__rcache_at 'demo'" -l server -x -a '(__fish_complete_command)' -d 'Server program (redis-server, else valkey-server, on PATH)'
complete -c rcache -n "__rcache_at 'demo'" -s q -l quiet -d 'Only the result and errors: no notes, no progress'
complete -c rcache -n "__rcache_at 'demo'" -l verbose -d 'Say on stderr which servers were found'
complete -c rcache -n "__rcache_at 'demo'" -l color -x -a 'auto always never' -d 'When to colour verdicts'

complete -c rcache -n "__rcache_at 'completion'" -x -a 'bash zsh fish'
complete -c rcache -n "__rcache_at 'completion'" -l help -d 'Print help'
complete -c rcache -n "__rcache_at 'completion'" -s q -l quiet -d 'Only the result and errors: no notes, no progress'
complete -c rcache -n "__rcache_at 'completion'" -l verbose -d 'Say on stderr which servers were found'
complete -c rcache -n "__rcache_at 'completion'" -l color -x -a 'auto always never' -d 'When to colour verdicts'

complete -c rcache -n "__rcache_at 'help'" -x -a 'exit-codes patterns environment man stats demo completion help'
complete -c rcache -n "__rcache_at 'help'" -l help -d 'Print help'
complete -c rcache -n "__rcache_at 'help'" -s q -l quiet -d 'Only the result and errors: no notes, no progress'
complete -c rcache -n "__rcache_at 'help'" -l verbose -d 'Say on stderr which servers were found'
complete -c rcache -n "__rcache_at 'help'" -l color -x -a 'auto always never' -d 'When to colour verdicts'
