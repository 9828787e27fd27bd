// Bad input, tried as a new user would: one line, a hint where one helps, exit 2, and no server
// asked.
#include <string>
#include <vector>

#include "e2e/support.h"

namespace rcache::test {
namespace {

struct Case {
  std::vector<std::string> words;
  std::string message;  ///< a part of stderr
};

void check_all(const std::vector<Case>& cases) {
  for (const auto& c : cases) check_refused(run_rcache(c.words), 2, c.message);
}

}  // namespace

TEST_CASE("bad input: ports and databases") {
  check_all({
      {{"stats", "-p", "abc"}, "rcache: --port: 'abc' is not a port (1 to 65535)\n"},
      {{"stats", "-p", "70000"}, "'70000' is not a port"},
      {{"stats", "-p", "0"}, "'0' is not a port"},
      {{"stats", "-p", "-1"}, "'-1' is not a port"},
      {{"stats", "-p", ""}, "'' is not a port"},
      {{"stats", "-p", "6379x"}, "'6379x' is not a port"},
      {{"stats", "-p"}, "rcache: --port: a value is missing\n"},
      {{"stats", "-n", "-3"}, "'-3' is not a database number"},
      {{"stats", "-n", "x"}, "'x' is not a database number"},
      {{"stats", "-h", ""}, "--host"},
      {{"stats", "-s", ""}, "--socket"},
  });
}

TEST_CASE("bad input: URLs are refused without being shown") {
  check_all({
      {{"stats", "-u", "localhost"}, "rcache: --url: the URL has no scheme such as redis://\n"},
      {{"stats", "-u", ""}, "no scheme"},
      {{"stats", "-u", "http://localhost"}, "scheme is not one that is known"},
      {{"stats", "-u", "redis://a b"}, "a character that no host name has"},
      {{"stats", "-u", "redis://h\x01:1"}, "--url"},
      {{"stats", "-u", "redis://h:abc"}, "the port in the URL is not a number from 1 to 65535"},
      {{"stats", "-u", "redis://h:70000"}, "the port in the URL"},
      {{"stats", "-u", "redis://h:1:2"}, "more than one ':'"},
      {{"stats", "-u", "redis://[::1:1"}, "begins with '[' and has no ']'"},
      {{"stats", "-u", "redis://h/x"}, "the database in the URL is not a number"},
      {{"stats", "-u", "redis://h/-1"}, "the database in the URL is not a number"},
      {{"stats", "-u", "redis://u:%zz@h"}, "'%' that is not followed by two hex digits"},
      {{"stats", "-u", "unix://relative"}, "absolute path"},
      {{"stats", "-u", "unix:///s?port=1"}, "only db=N is known"},
      {{"stats", "-u", "redis-sentinel://h1,h2"}, "the primary's name"},
      {{"stats", "redis://localhost"}, "rcache: stats: a URL is given with -u\n"},
      {{"redis://localhost"}, "rcache: a URL is not a command\n"},
  });
}

TEST_CASE("bad input: a URL of the environment is named by its variable") {
  check_refused(run_rcache({"stats"}, {"RCACHE_URL=x"}), 2,
                "rcache: RCACHE_URL: the URL has no scheme");
  check_refused(run_rcache({"stats"}, {"REDIS_URL=x"}), 2,
                "rcache: REDIS_URL: the URL has no scheme");
}

TEST_CASE("bad input: durations, ratios, rates, forms") {
  check_all({
      {{"stats", "--window", "-3s"},
       "rcache: --window: '-3s' is not a duration (try 90s, 15m, 24h or 7d)\n"},
      {{"stats", "--window=-3s"}, "--window: '-3s' is not a duration"},
      {{"stats", "--window", "3 weeks"}, "--window: '3 weeks' is not a duration"},
      {{"stats", "--window", "0"}, "--window: 0 is no window (try 5s)"},
      {{"stats", "--window", "1e99s"}, "--window: '1e99s'"},
      {{"stats", "--window"}, "--window: a value is missing"},
      {{"stats", "--window", "1s", "--window", "2s"}, "--window: is given more than once"},
      {{"stats", "--watch", "-3s"}, "--watch: '-3s' is not a duration"},
      {{"stats", "--watch", "1ms"}, "--watch: a tick is at least 100 ms"},
      {{"stats", "--min-hit-ratio", "120%"}, "--min-hit-ratio: '120%'"},
      {{"stats", "--min-hit-ratio", "nan"}, "--min-hit-ratio: 'nan'"},
      {{"stats", "--max-evictions", "-1"}, "--max-evictions: '-1' is not a rate"},
      {{"stats", "-o", "xml"},
       "--output: 'xml' is not a form of output here (one of text|json|ndjson|csv|prometheus)"},
      {{"stats", "--color", "sometimes"}, "--color: 'sometimes' is not one of auto, always, never"},
      {{"stats", "--check=maybe"}, "rcache: --check: takes no value\n"},
      {{"stats", "-t", "0"}, "--timeout: 0 leaves no time to answer"},
      {{"stats", "-t", "soon"}, "--timeout: 'soon' is not a duration"},
  });
}

TEST_CASE("bad input: what was meant is guessed") {
  check_all({
      {{"stat"}, "rcache: 'stat' is not a command\nhint: did you mean 'stats'?\n"},
      {{"sttas"}, "hint: did you mean 'stats'?\n"},
      {{"frobnicate"},
       "rcache: 'frobnicate' is not a command\nhint: rcache --help lists the commands\n"},
      {{""}, "rcache: '' is not a command\n"},
      {{"stats", "--wimdow", "3s"},
       "rcache: stats: '--wimdow' is not a flag of this command\nhint: did you mean '--window'?\n"},
      {{"stats", "--frobnicate"}, "hint: rcache stats --help lists its flags\n"},
      {{"stats", "-Z"},
       "rcache: stats: '-Z' is not a flag of this command\nhint: rcache stats --help lists its "
       "flags\n"},
      {{"--hlep"}, "hint: did you mean '--help'?\n"},
      {{"-p", "7", "stats"},
       "rcache: '-p' is not a flag of rcache itself\nhint: flags follow the command: rcache stats "
       "-h HOST\n"},
      {{"help", "exit-code"},
       "rcache: help: there is no topic 'exit-code'\nhint: did you mean 'exit-codes'?\n"},
      {{"demo", "--keyz", "5"}, "hint: did you mean '--keys'?\n"},
  });
}

TEST_CASE("bad input: arguments too many") {
  check_all({
      {{"stats", "a", "b"},
       "rcache: stats: 'a' is one argument too many\nhint: rcache stats --help shows what it "
       "takes\n"},
      {{"stats", "stats"}, "rcache: stats: 'stats' is one argument too many\n"},
      {{"stats", "demo"}, "rcache: stats: 'demo' is one argument too many\n"},
      {{"stats", ""}, "rcache: stats: '' is one argument too many\n"},
      {{"help", "stats", "demo"}, "rcache: help: there is no topic 'stats demo'\n"},
  });
}

TEST_CASE("bad input: flags that contradict each other") {
  check_all({
      {{"stats", "--window", "1s", "--since", "x"},
       "--window and --since both say where the window begins"},
      {{"stats", "--watch", "--save", "x"}, "--watch does not go with --window, --since or --save"},
      {{"stats", "--watch", "-o", "prometheus"}, "--watch has no prometheus form"},
      {{"stats", "-u", "redis://h", "-p", "1"},
       "--url and -h, -p or -s both say where the server is"},
      {{"stats", "-s", "/s", "-h", "h"}, "-s and -h or -p both say where the server is"},
      {{"stats", "--user", "bob"}, "the user 'bob' needs a password"},
      {{"stats", "--askpass"}, "--askpass: there is no terminal to ask on"},
  });
}

TEST_CASE("bad input: files that are not there, or are something else") {
  const TempDir folder;
  check_all({
      {{"stats", "--since", folder.file("none")},
       "--since: cannot read '" + folder.file("none") + "': No such file"},
      {{"stats", "--since", folder.path()}, "--since: cannot read '" + folder.path() + "'"},
      {{"stats", "--since", folder.write("x.json", "{\"schema\":1}")}, "x.json"},
      {{"stats", "--since", folder.write("empty", "")}, "empty"},
      {{"stats", "--pass-file", folder.file("none")},
       "cannot read the password file '" + folder.file("none")},
      {{"stats", "--pass-file", folder.path()}, "the password file '" + folder.path()},
      {{"stats", "--pass-file", folder.write("p", "\nsecond line")},
       "has no password in its first line"},
      {{"stats", "--config", folder.file("none")}, "--config: cannot read '" + folder.file("none")},
      {{"stats", "--config", folder.path()}, "--config: cannot read '" + folder.path()},
  });
}

TEST_CASE("bad input: what was typed cannot write to the terminal") {
  for (const auto& words :
       std::vector<std::vector<std::string>>{{"st\x1b[2Jats"},
                                             {"stats", "--x\x1b[2J\r"},
                                             {"stats", "x\x1b]0;title\x07"},
                                             {"stats", "--window", "\x1b[31m"},
                                             {"stats", "--profile", "\x1b[31m\n"},
                                             {"help", "\x1b[31m"}}) {
    const auto result = run_rcache(words);
    check_refused(result, 2, "\\x1b");
    CHECK(!contains(result.err, "\x1b"));
  }
}

}  // namespace rcache::test
