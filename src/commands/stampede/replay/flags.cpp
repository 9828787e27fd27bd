#include "commands/stampede/replay/flags.h"

#include <fmt/format.h>

#include <CLI/Option.hpp>
#include <algorithm>

#include "commands/flags.h"

namespace rcache::stampede {
namespace {

bool typed(const ScenarioFlags& flags, std::string_view name) {
  return std::any_of(flags.typed.begin(), flags.typed.end(),
                     [&](const auto& each) { return each.first->name == name; });
}

}  // namespace

void add_trace_flags(CLI::App& app, std::optional<trace::TraceFormat>& format, bool& strict,
                     bool& keep_polls) {
  add_value(app, "--format", format, trace::parse_trace_format,
            "monitor|record|csv|ndjson|twitter|oracle-general",
            "The trace's format, when its content does not tell");
  app.add_flag("--strict", strict, "Refuse a trace with a line that makes no sense");
  app.add_flag("--keep-polls", keep_polls,
               "Keep reads with which the recorded program only waited for a value");
}

Result<void> check_traced(const ScenarioFlags& flags) {
  for (const auto* name : {"rate", "clients", "think", "keys", "zipf", "together"}) {
    if (!typed(flags, name)) continue;
    return fail(ErrorKind::usage, fmt::format("--{}: the trace says who asks and when", name),
                "leave it out, or use `rcache stampede simulate`");
  }
  return {};
}

Preparation preparation_of(const ScenarioFlags& flags, const Scenario& scenario, bool keep_polls) {
  Preparation how;
  how.ttl_given = typed(flags, "ttl");
  how.load_time_given = typed(flags, "load-time");
  how.keep_polls = keep_polls;
  if (typed(flags, "warm") || typed(flags, "cold"))
    how.start = scenario.warm ? Start::warm : Start::cold;
  if (typed(flags, "duration")) how.duration = scenario.duration;
  return how;
}

}  // namespace rcache::stampede
