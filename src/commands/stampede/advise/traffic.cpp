#include "commands/stampede/advise/traffic.h"

#include <fmt/format.h>

#include <algorithm>

#include "commands/monitor_capture.h"
#include "core/units.h"
#include "trace/load_times.h"
#include "trace/polls.h"

namespace rcache::stampede {
namespace {

using trace::Verb;

constexpr std::size_t k_most_events = 2'000'000;
constexpr std::size_t k_most_name_bytes = std::size_t{64} << 20U;

std::string progress_line(const trace::Intake& intake, std::chrono::milliseconds left) {
  return fmt::format("heard {}, {} left", counted(intake.tally.events, "event"),
                     format_duration(std::chrono::ceil<std::chrono::seconds>(left)));
}

/// The events in the order of their times: those of several servers came side by side.
trace::Trace trace_of(trace::Intake intake) {
  trace::Trace out;
  out.format = trace::TraceFormat::monitor;
  out.events = std::move(intake.events);
  out.keys = std::move(intake.keys);
  out.sources = intake.sources.size();
  out.tally = std::move(intake.tally);
  std::stable_sort(
      out.events.begin(), out.events.end(),
      [](const trace::Event& a, const trace::Event& b) { return a.time_ns < b.time_ns; });
  return out;
}

std::vector<KeyTraffic> keys_of(const trace::Trace& trace) {
  std::vector<KeyTraffic> keys(trace.keys.size());
  for (const auto& event : trace.events) {
    if (event.key == trace::k_unknown) continue;
    auto& key = keys[event.key];
    if (event.verb == Verb::get) ++key.reads;
    const bool writes = event.verb == Verb::set || event.verb == Verb::expire;
    if (writes && event.ttl_ms < trace::k_same_ttl)
      key.ttl_ms = std::max<std::int64_t>(key.ttl_ms, event.ttl_ms);
  }
  for (std::uint32_t key = 0; key < keys.size(); ++key) keys[key].key = trace.keys.name_of(key);
  std::erase_if(keys, [](const KeyTraffic& key) { return key.reads == 0 && key.ttl_ms == 0; });
  return keys;
}

Traffic traffic_of(trace::Trace trace, const Captured& captured, const Listening& how) {
  Traffic out;
  auto& facts = out.facts;
  facts.name = "Traffic";
  facts.format = to_string(trace.format);
  facts.seconds = static_cast<double>(captured.elapsed.count()) / 1000;
  facts.lines = trace.tally.lines;
  facts.malformed = trace.tally.malformed;
  facts.filtered = trace.tally.filtered;
  if (!how.keep_polls) facts.polls = trace::collapse_polls(trace);
  const auto loads = trace::infer_load_times(trace, how.seed);
  facts.written_ahead = loads.written_ahead;
  if (loads.known()) {
    facts.loads =
        Recorded::Loads{loads.given,       loads.inferred,    loads.same_source, loads.p50_seconds,
                        loads.p90_seconds, loads.p99_seconds, loads.max_seconds};
  }
  out.keys = keys_of(trace);
  for (const auto& key : out.keys) {
    facts.reads += key.reads;
    if (key.reads > 0) ++facts.keys;
  }
  return out;
}

/// Why it is not what it should be; empty when it is.
std::vector<std::string> shortcomings(const Captured& captured, const Traffic& traffic,
                                      const Listening& how) {
  std::vector<std::string> out = captured.gaps;
  if (!captured.complete() && !captured.detail.empty())
    out.push_back(fmt::format("listening ended after {}: {}", format_duration(captured.elapsed),
                              captured.detail));
  if (traffic.facts.reads == 0) {
    out.push_back(
        fmt::format("nothing that matches '{}' was read in {}: listen longer (--for), or "
                    "say --rate instead",
                    how.match, format_duration(captured.elapsed)));
  }
  return out;
}

}  // namespace

asio::awaitable<Result<Traffic>> listen(Context& context, Listening how) {
  trace::Intake intake;
  intake.keys = trace::KeyTable(trace::Names::kept);
  auto match = Glob::parse(context.key_prefix.on_pattern(how.match));
  if (!match)
    co_return fail(ErrorKind::usage, "--match: " + match.error().message, match.error().hint);
  intake.match = std::move(*match);
  auto servers = co_await context.connect();
  if (!servers) co_return fail(std::move(servers).error());
  MonitorCapture capture(context, intake);
  if (auto opened = co_await capture.open(**servers); !opened)
    co_return fail(std::move(opened).error());
  warn_of_monitor(context, how.duration);
  CaptureHooks hooks;
  const auto database = static_cast<std::uint16_t>(context.safety.database);
  std::size_t looked_at = 0;
  hooks.came = [&] {
    // MONITOR tells of every database.
    auto& events = intake.events;
    const auto fresh = events.begin() + static_cast<std::ptrdiff_t>(looked_at);
    events.erase(std::remove_if(fresh, events.end(),
                                [&](const auto& event) {
                                  return event.database != database &&
                                         event.database != trace::k_all_databases;
                                }),
                 events.end());
    looked_at = events.size();
    if (events.size() > k_most_events || intake.keys.name_bytes() > k_most_name_bytes)
      capture.stop(CaptureEnd::full);
  };
  hooks.tick = [] {};
  hooks.progress = [&](auto left) { return progress_line(intake, left); };
  const auto captured = co_await capture.run(how.duration, std::move(hooks));
  if (context.interrupt.requested()) co_return fail(ErrorKind::interrupted, "interrupted");
  auto traffic = traffic_of(trace_of(std::move(intake)), captured, how);
  traffic.full = captured.end == CaptureEnd::full;
  traffic.reasons = shortcomings(captured, traffic, how);
  co_return traffic;
}

}  // namespace rcache::stampede
