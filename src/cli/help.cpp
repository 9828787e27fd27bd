#include "cli/help.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/App.hpp>
#include <CLI/Formatter.hpp>

#include "cli/man_page.h"
#include "commands/audit_ttl/policy.h"
#include "core/key.h"
#include "core/suggest.h"
#include "render/layout.h"
#include "stampede/presets.h"
#include "stampede/strategy.h"

namespace rcache::cli {
namespace {

constexpr const char* k_exit_codes =
    R"(  0    done and healthy
  1    a check found something (audit-ttl, tags check, stats --check, a passed
       threshold)
  2    usage: a bad flag, value, pattern, URL or file
  3    no server: cannot connect or log in, or may not
  4    incomplete: it began and could not finish or cover everything
  5    refused: it needs a confirmation that it did not get, or a cap was hit;
       nothing (more) was done
  70   a bug in rcache
  130  interrupted by Ctrl-C (SIGINT)
  143  ended by SIGTERM

4 beats 1: a check that could not see everything is not a verdict.
)";

constexpr const char* k_patterns =
    R"(Patterns are Redis globs. They match bytes, not characters, and upper and lower
case differ.

  *        any number of bytes, ':' and '/' among them
  ?        exactly one byte ('?' twice for an accented letter in UTF-8)
  [abc]    one of these bytes        [a-c]  one byte of this range
  [^a]     any byte but this one ('[!a]' does NOT negate: it matches '!' or 'a')
  \*       a star itself; the same for \? \[ \\

Quote patterns, so that the shell does not expand them: 'contacts:org1:*'.
A report's key pattern is inferred from the keys themselves: segments that vary
(numbers, UUIDs, hashes) become '*', as in contacts:*:*.
With --key-prefix (or key_prefix in a profile) the prefix of the application's
client library is put before patterns, and left out of what is shown.

A pattern has at most 1 KiB and 64 stars. One that matches every key ('*') wants
--all where keys are removed. In a cluster a literal hash tag ('cart:{org1}:*')
says which slot all matches are in: only the node that serves it is scanned.
A pattern without anything special is a key: no scan is needed to remove it, or
to audit its TTL.
)";

constexpr const char* k_guarantees =
    R"(What `rcache invalidate` and `rcache restore` promise, and what they do not.

Promised
  - No key outside the patterns (or tags) is touched: each is matched once more
    here, byte for byte as Redis does it, before it goes. --protect always wins.
  - Exit 0 means proven: every slot (or the one keyspace) was walked from its
    first to its last cursor on its primary, in one process, under one slot map,
    and every removal was acknowledged. A restart, failover or reshard in between
    walks again what it touched; what stays unproven is exit 4, with the reason.
  - With --backup nothing is removed that is not on the disk first (fdatasync).
    --backup-mode exact (the default) removes a value only if it is still the one
    that was saved; fast may lose a value written in the milliseconds between.
  - The receipt is true whenever the run ends: Ctrl-C, a lost server, a full disk.
    removed + expiring + gone + failed + protected = matched. Run it again to
    finish. Ctrl-C once ends after the keys under way, twice at once.
  - restore never overwrites (without --replace) and never deletes: what would
    have expired meanwhile is left out.

Not promised
  - Keys written while it runs may stay, when the scan had passed their place.
    --verify scans again.
  - A failover within the next seconds can bring keys back that the promoted
    replica had not yet seen gone: --wait N waits for N replicas. A server that
    crashes and loads an old snapshot has the old keys again.
  - A tag and its members lie on different nodes of a cluster: there is no moment
    in which both are gone together.
  - A backup holds values as they are: it is 0600, not encrypted. Restore it only
    if you know where it comes from: a server trusts the payloads in it.
  - DUMP counts as a read in the server's hit statistics, and refreshes LRU.
  - --spread and --expire-in cannot be undone by a key's old TTL, except from a
    backup and with restore --replace.

Why a run ended (`reason`): done, dry-run, declined, max-keys, max-time,
stop-file, interrupted, incomplete, failed-keys, not-verified, replicas, publish,
backup (the file could not be written), server (lost, or it refuses all removals).
)";

constexpr const char* k_environment =
    R"(  RCACHE_URL         the server, unless a flag says where it is
  REDIS_URL          the same, after RCACHE_URL
  RCACHE_PASSWORD    the password, after flags and URL; then REDISCLI_AUTH and
                     VALKEYCLI_AUTH
  XDG_CONFIG_HOME    where rcache/config.toml is looked for (else ~/.config)
  NO_COLOR           no colour; CLICOLOR_FORCE=1 forces it
  LC_ALL, LANG       in a UTF-8 locale bars and sparklines are drawn with blocks
  XDG_RUNTIME_DIR    where `rcache demo` keeps its private server; then TMPDIR

The config file holds profiles, used by --profile NAME or default_profile:

  default_profile = "dev"
  [profile.prod]
  url = "rediss://cache.example.com:6380/0"
  user = "ops"
  pass_file = "/etc/rcache/prod.pass"
  key_prefix = "shop:"
  production = true        # destructive commands ask for the profile's name
  protect = ["session:*"]  # never removed
  replica = false          # true: read from replicas
  cacert = "/etc/rcache/ca.crt"   # also sni, cert, key

[layout.NAME] tables say how an application keeps its tags: rcache help layouts.

Precedence: flag (--profile too), RCACHE_URL, REDIS_URL, default_profile,
redis://127.0.0.1:6379/0. With -h, -p or -s no URL of the environment counts.
)";

/// All commands, each behind the one it belongs to.
std::vector<const CLI::App*> commands_below(const CLI::App& app) {
  std::vector<const CLI::App*> all;
  for (const auto* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    all.push_back(command);
    for (const auto* below : commands_below(*command)) all.push_back(below);
  }
  return all;
}

/// The strategies and the presets of `rcache stampede`, from its own lists.
std::string strategies_text() {
  std::string out =
      "How an application can guard the load of a value that the cache does not have:\n\n";
  for (const auto strategy : stampede::all_strategies())
    out +=
        fmt::format("  {:<16}  {}\n", stampede::to_string(strategy), stampede::explain(strategy));
  return out + R"(
swr is stale-while-revalidate: a value is kept past its TTL (--stale). A refresh of
xfetch is drawn by chance, so that it comes before the expiry and seldom twice.
Each is simulated command by command, with the round trip to Redis (--rtt); locks
have the lifetimes and pauses of the well-known articles and libraries, unless
--lock-ttl, --poll or --wait-once say otherwise.

Best first means: the database stays within its slots (--db-slots) in every run,
then no errors, then the p99.9 of the latency, then how stale answers get, then
the number of loads.
)";
}

std::string presets_text() {
  std::string out = "Scenarios that are known to hurt: rcache stampede simulate --preset NAME\n";
  for (const auto& preset : stampede::presets()) {
    out += fmt::format("\n  {}\n", preset.name);
    for (const auto& line : render::wrap(preset.shows, 74)) out += "    " + line + "\n";
  }
  return out + R"(
Flags change a preset: --preset slow-load --db-slots 200. A file does the same:

  name = "cart"                  # rcache stampede simulate cart.toml
  preset = "slow-load"
  rate = 800                     # every flag by its name
  load-time = "lognormal:80ms,0.5"
  strategy = ["none", "swr-lock"]
)";
}

constexpr const char* k_layouts =
    R"(A layout says in which keys an application keeps the members of its tags, and
which key a member names. --layout NAME chooses one, for `rcache tags` and for
`rcache invalidate --tag`.

  generic   sets tag:TAG and cachetag:TAG; a member is a key (the default)
  laravel   sorted sets *tag:TAG:entries; members without the cache's prefix,
            which is what stands before "tag:" (Laravel 10 and later)
  symfony   sets *\x01tags\x01TAG of RedisTagAwareAdapter; a member is a key
  magento   sets zc:ti:TAG of Cm_Cache_Backend_Redis; the key is zc:k:MEMBER
  aspnet    sorted sets *__MSOCT_TAG of ASP.NET Core's output cache; the key is
            *__MSOCV_MEMBER
  cacheops  sets *conj:TAG of django-cacheops; a member is a key

--tag-prefix P replaces what stands before the tag (generic: --tag-prefix group:
looks at group:TAG); in laravel, symfony, aspnet and cacheops it says what stands
for the star, so that one tag is found without a scan.

Your own, in the config file:

  [layout.shop]
  container = "{prefix}grp:{tag}:keys"   # or a list; {prefix} is whatever stands
                                         # there, and may be left out
  type = "set"                  # or "zset", "hash" (the fields are the members)
  key = "{prefix}item:{member}" # the default is "{member}"
  members_have_prefix = false   # true: stored with the key prefix (--key-prefix)
  tags_expire = true            # false: a tag without a TTL is no finding

In laravel, symfony, magento and aspnet tags never expire, so that is no finding.
)";

Result<Outcome> print_topic(Context& context, const CLI::App& tree, const std::string& name) {
  const auto print = [&](const std::string& text) -> Result<Outcome> {
    if (auto written = context.output.write(text); !written)
      return fail(std::move(written).error());
    return Outcome::done;
  };
  if (name.empty()) return print(help_text(tree));
  if (name == "man") return print(man_page(tree));
  std::vector<std::string> known{"man"};
  for (const auto& topic : topics()) {
    if (topic.name == name) return print(topic.text);
    known.push_back(topic.name);
  }
  for (const auto* command : commands_below(tree)) {
    if (command_name(*command) == name) return print(help_text(*command));
    known.push_back(command_name(*command));
  }
  if (name.find("://") != std::string::npos)
    return fail(ErrorKind::usage, "help: a URL is not a topic");  // it may hold a password
  const auto near = suggest(name, known);
  std::string list;
  for (const auto& word : known) list += (list.empty() ? "" : ", ") + word;
  return fail(ErrorKind::usage, fmt::format("help: there is no topic '{}'", printable(name)),
              near ? fmt::format("did you mean '{}'?", *near) : fmt::format("known are {}", list));
}

asio::awaitable<Result<Outcome>> run_help(Context& context, const CLI::App& tree,
                                          std::string name) {
  co_return print_topic(context, tree, name);
}

}  // namespace

const std::vector<Topic>& topics() {
  static const std::vector<Topic> all = {
      {"exit-codes", "Exit codes", k_exit_codes},
      {"patterns", "Patterns", k_patterns},
      {"guarantees", "Guarantees of invalidate and restore", k_guarantees},
      {"layouts", "Layouts of tags", k_layouts},
      {"policies", "Policies of audit-ttl", audit_ttl::policy_help(), Topic::Form::file},
      {"strategies", "Strategies of stampede", strategies_text()},
      {"presets", "Presets of stampede", presets_text()},
      {"environment", "Environment and config file", k_environment},
  };
  return all;
}

std::string command_name(const CLI::App& app) {
  const auto* parent = app.get_parent();
  if (parent == nullptr) return "";
  const auto above = command_name(*parent);
  return above.empty() ? app.get_name() : above + " " + app.get_name();
}

std::string help_text(const CLI::App& app) {
  // Not app.help(): after parsing it speaks of the chosen subcommand, whatever `app` is.
  const auto name = app.get_parent() == nullptr ? "rcache" : "rcache " + command_name(app);
  return app.get_formatter()->make_help(&app, name, CLI::AppFormatMode::Normal);
}

Command add_help(CLI::App& tree) {
  auto* app = tree.add_subcommand(
      "help",
      "Explain a topic or a command: exit-codes, patterns, layouts, policies, strategies, man");
  auto words = std::make_shared<std::vector<std::string>>();
  app->add_option("topic", *words, "What to explain")->type_name("TOPIC");
  return {app, Command::Server::not_needed, [&tree, words](Context& context) {
            return run_help(context, tree, fmt::format("{}", fmt::join(*words, " ")));
          }};
}

}  // namespace rcache::cli
