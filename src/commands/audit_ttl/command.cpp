#include "commands/audit_ttl/command.h"

#include <fmt/format.h>

#include <CLI/Option.hpp>

#include "commands/audit_ttl/run.h"
#include "commands/flags.h"
#include "core/key.h"
#include "core/units.h"

namespace rcache::audit_ttl {
namespace {

constexpr std::int64_t k_largest_count = 10'000;
constexpr std::int64_t k_largest_sample = 1'000'000;

Result<char> parse_delimiter(std::string_view text) {
  if (text.size() == 1) return text.front();
  return fail(ErrorKind::usage,
              fmt::format("'{}' is not one byte (try : or / or .)", printable(text)));
}

Result<void> check_values(const Options& options) {
  const auto wrong = [](std::string message, std::string hint = {}) {
    return fail(ErrorKind::usage, std::move(message), std::move(hint));
  };
  if (options.count < 1 || options.count > k_largest_count) {
    return wrong(fmt::format("--count: {} is not between 1 and 10000", options.count),
                 "500 keys are about half a millisecond of the server's time");
  }
  if (options.sample && (*options.sample < 1 || *options.sample > k_largest_sample)) {
    return wrong(fmt::format("--sample: {} is not between 1 and 1000000", *options.sample),
                 "without --sample every key is looked at");
  }
  if (options.top && *options.top < 1) return wrong("--top: 0 groups are no report (try 15)");
  if (options.set_ttl && options.set_ttl->count() == 0)
    return wrong("--set-ttl: 0 would remove the keys (try 1h)", "rcache invalidate removes keys");
  if (options.max_latency && options.max_latency->count() == 0)
    return wrong("--max-latency: 0 cannot be held (try 5ms)");
  if (options.rate && *options.rate <= 0)
    return wrong("--rate: 0 keys a second never end (try 1000)");
  if (options.max_ttl && options.max_ttl->count() == 0)
    return wrong("--max-ttl: no key keeps to 0 (try 24h)");
  return {};
}

Result<void> check_combinations(const Options& options) {
  const auto wrong = [](std::string message, std::string hint = {}) {
    return fail(ErrorKind::usage, std::move(message), std::move(hint));
  };
  const bool repairs = options.set_ttl.has_value();
  if (!repairs && options.jitter)
    return wrong("--jitter belongs to --set-ttl", "--set-ttl 1h --jitter 10m");
  if (!repairs && (options.dry_run || !options.yes.word.empty() || !options.protect.empty()))
    return wrong("--dry-run, --yes and --protect belong to --set-ttl: an audit changes nothing");
  if (!repairs && options.is_paced())
    return wrong("--rate, --max-latency and --max-lag belong to --set-ttl: they pace the repair");
  if (!options.sample) return {};
  if (repairs) return wrong("--set-ttl does not go with --sample: it repairs what it looked at");
  if (!options.baseline.empty() || !options.write_baseline.empty()) {
    return wrong("--baseline and --write-baseline do not go with --sample",
                 "a sample cannot say how many offenders there are");
  }
  return {};
}

asio::awaitable<Result<Outcome>> run_checked(Context& context, Options options) {
  if (auto checked = check_values(options); !checked) co_return fail(std::move(checked).error());
  if (auto checked = check_combinations(options); !checked)
    co_return fail(std::move(checked).error());
  co_return co_await run_audit(context, std::move(options));
}

void add_selection(CLI::App& app, Options& options) {
  app.add_option("PATTERN", options.patterns, "Redis globs of the keys to audit; none: all keys")
      ->type_name("");
  app.add_option("--exclude", options.exclude, "Leave out keys that match")
      ->type_name("GLOB")
      ->allow_extra_args(false);
  add_value(app, "--sample", options.sample, parse_count, "N",
            "Ask for the TTL of N random keys only");
  add_value(app, "--count", options.count, parse_count, "N", "Keys to look at per SCAN (500)");
  add_value(app, "--delimiter", options.delimiter, parse_delimiter, "BYTE",
            "What separates the parts of a key (:)");
}

void add_rules(CLI::App& app, Options& options) {
  const std::string group = "Rules";
  app.add_option("--policy", options.policy,
                 "Rules by key pattern: a TOML file, or 'default' (rcache help policies)")
      ->type_name("FILE")
      ->group(group);
  add_value(app, "--max-ttl", options.max_ttl, parse_duration, "DURATION",
            "No key may have more time left than this")
      ->group(group);
  add_value(app, "--max-missing", options.max_missing, parse_max_missing, "N|P%",
            "So many keys may be without the TTL that they must have")
      ->group(group);
  app.add_option("--baseline", options.baseline, "Known offenders: only new ones fail")
      ->type_name("FILE")
      ->group(group);
  app.add_option("--write-baseline", options.write_baseline,
                 "Write the offenders of now as known ones")
      ->type_name("FILE")
      ->group(group);
}

void add_repair(CLI::App& app, Options& options) {
  const std::string group = "Repair";
  add_value(app, "--set-ttl", options.set_ttl, parse_duration, "DURATION",
            "Give this TTL to keys that must have one and have none")
      ->group(group);
  add_value(app, "--jitter", options.jitter, parse_duration, "DURATION",
            "And up to so much more, at random for each key")
      ->group(group);
  app.add_option("--protect", options.protect, "Never change keys that match; counted")
      ->type_name("GLOB")
      ->allow_extra_args(false)
      ->group(group);
  add_value(app, "--rate", options.rate, parse_rate, "KEYS/S",
            "Change at most so many keys a second")
      ->group(group);
  add_value(app, "--max-latency", options.max_latency, parse_duration, "DURATION",
            "Keep the server's response time below this while keys are changed")
      ->group(group);
  add_value(app, "--max-lag", options.max_lag, parse_duration, "DURATION",
            "Wait for replicas that are further behind")
      ->group(group);
  app.add_flag("--dry-run", options.dry_run, "Show what --set-ttl would do, and change nothing")
      ->group(group);
  add_yes(app, options.yes)->group(group);
}

}  // namespace

Command add_audit_ttl(CLI::App& tree) {
  auto* app = tree.add_subcommand(
      "audit-ttl",
      "Check that keys expire as they should: a gate for CI, with policy and baseline");
  auto options = std::make_shared<Options>();
  add_selection(*app, *options);
  add_rules(*app, *options);
  add_repair(*app, *options);
  add_value(*app, "--top", options->top, parse_count, "N", "Key patterns that text shows (15)");
  app->add_option("--html", options->html, "Also write the report as one web page")
      ->type_name("FILE");
  add_format(*app, options->format,
             {Format::text, Format::json, Format::ndjson, Format::csv, Format::junit,
              Format::github, Format::prometheus});
  return {app, Command::Server::needed,
          [options](Context& context) { return run_checked(context, *options); }};
}

}  // namespace rcache::audit_ttl
