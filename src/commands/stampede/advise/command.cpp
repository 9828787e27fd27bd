#include "commands/stampede/advise/command.h"
#include "commands/text_look.h"

#include <fmt/format.h>

#include <CLI/Option.hpp>
#include <algorithm>
#include <atomic>
#include <thread>

#include "commands/flags.h"
#include "commands/stampede/advise/keyspace.h"
#include "commands/stampede/advise/render.h"
#include "commands/stampede/advise/trace.h"
#include "commands/stampede/flags.h"
#include "commands/stampede/output.h"
#include "commands/stampede/replay/flags.h"
#include "commands/stampede/values.h"
#include "core/key.h"
#include "core/units.h"
#include "redis/worker.h"
#include "stampede/advice.h"
#include "stampede/presets.h"

namespace rcache::stampede {
namespace {

constexpr std::uint32_t k_runs = 5;
constexpr std::uint32_t k_top = 5;

/// What was typed behind `rcache stampede advise`.
struct AdviseOptions {
  Format format = Format::text;
  ScenarioFlags scenario;
  std::optional<std::uint32_t> threads;
  std::string file;   ///< a scenario, when its name ends with ".toml"; otherwise a trace
  std::string match;  ///< not empty: the TTLs of a server, or the keys that count of a trace
  std::optional<trace::TraceFormat> trace_format;
  bool strict = false;
  bool keep_polls = false;
  std::optional<std::uint32_t> top;
  std::optional<std::chrono::milliseconds> listen_for;
};

bool is_trace(const AdviseOptions& options) {
  return !options.file.empty() && !options.file.ends_with(".toml");
}

/// --for alone means all keys of the server.
bool asks_server(const AdviseOptions& options) {
  return !is_trace(options) && (!options.match.empty() || options.listen_for);
}

bool typed(const ScenarioFlags& flags, std::string_view name) {
  return std::any_of(flags.typed.begin(), flags.typed.end(),
                     [&](const auto& each) { return each.first->name == name; });
}

Result<AdviceJob> job_of(const AdviseOptions& options) {
  auto plan = plan_of(options.scenario, preset_named("one-hot-key")->scenario);
  if (!plan) return fail(std::move(plan).error());
  AdviceJob job;
  job.scenario = plan->scenario;
  job.strategies = plan->strategies;
  job.runs = options.scenario.runs.value_or(std::max(k_runs, plan->runs));
  job.threads = options.threads.value_or(std::max(1U, std::thread::hardware_concurrency()));
  job.keep_duration = typed(options.scenario, "duration");
  if (!is_trace(options) && job.keep_duration && job.scenario.duration < job.scenario.ttl) {
    return fail(ErrorKind::usage,
                "--duration: nothing expires in " + format_span(job.scenario.duration) +
                    ", the TTL is " + format_span(job.scenario.ttl),
                "leave --duration out: advise makes it long enough");
  }
  return job;
}

/// Searches on threads of its own, so that a signal can end it.
/// Errors:  interrupted.
template <typename T>
asio::awaitable<Result<T>> aside(Context& context, std::atomic<bool>& stop,
                                 std::function<T()> work) {
  const auto token = context.interrupt.listen([&stop] { stop = true; });
  redis::Worker worker;
  auto found = co_await worker.run(std::move(work));
  context.interrupt.ignore(token);
  if (context.interrupt.requested()) co_return fail(ErrorKind::interrupted, "interrupted");
  co_return std::move(found);
}

Result<void> write(Output& output, const std::string& document) {
  auto written = output.write(document);
  if (!written && !output.pipe_closed()) return written;
  return {};
}

Result<Outcome> write_advice(Context& context, Format format, const Advice& advice) {
  const auto document =
      format == Format::json ? json(advice) : text(advice, text_look(context.output.look()));
  if (auto done = write(context.output, document); !done) return fail(std::move(done).error());
  return advice.feasible() ? Outcome::done : Outcome::findings;
}

/// Advice on a scenario.
asio::awaitable<Result<Outcome>> advise_on_flags(Context& context, Format format, AdviceJob job) {
  std::atomic<bool> stop{false};
  job.stop = &stop;
  std::function<Advice()> work = [&job] { return advise(job); };
  auto advice = co_await aside(context, stop, std::move(work));
  if (!advice) co_return fail(std::move(advice).error());
  co_return write_advice(context, format, *advice);
}

void fit_to(Traffic& traffic, const AdviseOptions& options, AdviceJob& job) {
  auto& facts = traffic.facts;
  facts.load_time_given = typed(options.scenario, "load-time");
  if (!facts.loads || facts.load_time_given) return;
  job.scenario.load_time = load_time_of(*facts.loads);
  job.observed.longest_load = facts.loads->max_seconds;
}

/// Advice on the TTLs that a server has now and, with --for, on its traffic.
asio::awaitable<Result<Outcome>> advise_on_server(Context& context, AdviseOptions options,
                                                  AdviceJob job) {
  if (options.match.empty()) options.match = "*";
  std::optional<Traffic> traffic;
  if (options.listen_for) {
    // GCC 12 destroys a braced argument of an awaited call twice.
    Listening how{options.match, *options.listen_for, options.keep_polls, job.scenario.seed};
    auto heard = co_await listen(context, std::move(how));
    if (!heard) co_return fail(std::move(heard).error());
    traffic = std::move(*heard);
    fit_to(*traffic, options, job);
  }
  auto keyspace = co_await read_keyspace(context, options.match, traffic ? &*traffic : nullptr);
  if (!keyspace) co_return fail(std::move(keyspace).error());
  std::atomic<bool> stop{false};
  job.stop = &stop;
  KeyspaceJob keyspace_job;
  keyspace_job.advice = std::move(job);
  keyspace_job.keep_ttl = typed(options.scenario, "ttl");
  keyspace_job.most_patterns = options.top.value_or(k_top);
  if (traffic) keyspace_job.listened_seconds = traffic->facts.seconds;
  std::function<KeyspaceAdvice()> work = [&] {
    return advise_keyspace(keyspace_job, keyspace->patterns);
  };
  auto advice = co_await aside(context, stop, std::move(work));
  if (!advice) co_return fail(std::move(advice).error());
  KeyspaceLook look{options.match, keyspace->lookups, keyspace->reasons,
                    !traffic && !typed(options.scenario, "rate")};
  look.scenario = keyspace_job.advice.scenario;
  if (traffic) {
    look.reasons.insert(look.reasons.begin(), traffic->reasons.begin(), traffic->reasons.end());
    look.traffic = std::move(traffic->facts);
    look.traffic_full = traffic->full;
  }
  const auto document = options.format == Format::json
                            ? json(*advice, look)
                            : text(*advice, look, text_look(context.output.look()));
  if (auto done = write(context.output, document); !done) co_return fail(std::move(done).error());
  if (!look.reasons.empty()) co_return Outcome::incomplete;
  // What matches nothing is no proof of anything.
  const bool seen = advice->keys + advice->without_ttl > 0;
  co_return seen && advice->feasible() ? Outcome::done : Outcome::findings;
}

/// Advice on recorded traffic.
asio::awaitable<Result<Outcome>> advise_on_recording(Context& context, AdviseOptions options,
                                                     AdviceJob job) {
  std::atomic<bool> stop{false};
  TraceJob trace_job;
  trace_job.path = options.file;
  trace_job.reading.format = options.trace_format;
  trace_job.reading.strict = options.strict;
  trace_job.reading.seed = job.scenario.seed;
  trace_job.reading.stop = &stop;
  if (!options.match.empty()) {
    auto match = Glob::parse(options.match);
    if (!match)
      co_return fail(ErrorKind::usage, "--match: " + match.error().message, match.error().hint);
    trace_job.reading.match = std::move(*match);
  }
  trace_job.how = preparation_of(options.scenario, job.scenario, options.keep_polls);
  job.stop = &stop;
  trace_job.advice = std::move(job);
  std::function<Result<Advice>()> work = [&trace_job] { return advise_on_trace(trace_job); };
  auto advice = co_await aside(context, stop, std::move(work));
  if (!advice) co_return fail(std::move(advice).error());
  if (!*advice) co_return fail(std::move(*advice).error());
  co_return write_advice(context, options.format, **advice);
}

Result<void> check_server_flags(const AdviseOptions& options) {
  for (const char* name : {"keys", "together", "warm", "cold", "clients"}) {
    if (!typed(options.scenario, name)) continue;
    return fail(
        ErrorKind::usage,
        fmt::format("--{} does not go with --match: the keys are those of the server", name));
  }
  if (options.listen_for && typed(options.scenario, "rate")) {
    return fail(ErrorKind::usage, "--rate does not go with --for: the traffic is measured",
                "leave one of them out");
  }
  return {};
}

Result<void> check_flags(const AdviseOptions& options) {
  const bool trace = is_trace(options);
  if (options.listen_for && trace) {
    return fail(ErrorKind::usage, "--for listens to a server, and does not go with a trace",
                "leave one of them out");
  }
  if (!trace && (options.trace_format || options.strict)) {
    return fail(ErrorKind::usage, "--format and --strict are for a trace",
                "name its file; a scenario's name ends with .toml");
  }
  if (options.keep_polls && !trace && !options.listen_for) {
    return fail(ErrorKind::usage, "--keep-polls is for a trace or --for",
                "without traffic there are no polls");
  }
  if (options.top && !asks_server(options)) {
    return fail(ErrorKind::usage, "--top is for --match",
                "add --match '*' to read the TTLs of a server");
  }
  if (trace) return check_traced(options.scenario);
  return asks_server(options) ? check_server_flags(options) : Result<void>();
}

asio::awaitable<Result<Outcome>> run_advise(Context& context, AdviseOptions options) {
  if (auto fits = check_flags(options); !fits) co_return fail(std::move(fits).error());
  if (!is_trace(options)) options.scenario.file = options.file;
  auto job = job_of(options);
  if (!job) co_return fail(std::move(job).error());
  if (is_trace(options))
    co_return co_await advise_on_recording(context, std::move(options), std::move(*job));
  if (asks_server(options))
    co_return co_await advise_on_server(context, std::move(options), std::move(*job));
  co_return co_await advise_on_flags(context, options.format, std::move(*job));
}

Result<std::uint32_t> parse_top(std::string_view text) {
  const auto count = parse_count(text);
  if (!count) return fail(count.error());
  if (*count < 1 || *count > 1000)
    return fail(ErrorKind::usage, fmt::format("'{}' is not 1 to 1000", printable(text, 60)));
  return static_cast<std::uint32_t>(*count);
}

Result<std::string> parse_match(std::string_view text) {
  if (text.empty()) return fail(ErrorKind::usage, "the pattern is empty (try '*')");
  return std::string(text);
}

Result<std::chrono::milliseconds> parse_listening(std::string_view text) {
  auto duration = parse_duration(text);
  if (duration && duration->count() == 0)
    return fail(ErrorKind::usage, "0 hears nothing (try 30s)");
  return duration;
}

}  // namespace

Command add_advise(CLI::App& stampede) {
  auto* app = stampede.add_subcommand(
      "advise", "The smallest change that keeps the database within its slots");
  auto options = std::make_shared<AdviseOptions>();
  app->add_option("file", options->file,
                  "A scenario (its name ends with .toml), or a trace: see replay; - is stdin")
      ->type_name("FILE");
  add_format(*app, options->format, {Format::text, Format::json});
  add_value(*app, "--match", options->match, parse_match, "GLOB",
            "Advise on the TTLs that these keys of a server have now; of a trace: only these keys");
  add_value(*app, "--top", options->top, parse_top, "N",
            "Simulate so many of their key patterns, the worst first (5)");
  add_value(*app, "--for", options->listen_for, parse_listening, "DURATION",
            "Listen so long to what the server is asked for (a bounded MONITOR)");
  add_trace_flags(*app, options->trace_format, options->strict, options->keep_polls);
  add_advice_flags(*app, options->scenario);
  add_threads(*app, options->threads);
  Command command{app, Command::Server::needed,
                  [options](Context& context) { return run_advise(context, *options); }};
  command.asks_server = [options] { return asks_server(*options); };
  return command;
}

}  // namespace rcache::stampede
