#pragma once

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

#include "trace/format.h"
#include "trace/trace.h"

namespace rcache::trace::test {

inline ReadOptions named() {
  ReadOptions options;
  options.names = Names::kept;
  return options;
}

/// A trace that can be read.
inline Trace read(std::string_view bytes, ReadOptions options = named()) {
  auto trace = parse_trace(bytes, std::move(options));
  REQUIRE_MESSAGE(trace.has_value(), (trace ? std::string() : trace.error().message));
  return std::move(*trace);
}

/// "1.5 set a ttl=60000 size=3 load=20000 from=0 db=2", leaving out what is not known.
inline std::string in_words(const Event& event, const KeyTable& keys) {
  auto text = std::to_string(event.time_ns / 1'000'000) + " " + std::string(to_string(event.verb));
  if (event.key != k_unknown) text += " " + std::string(keys.name_of(event.key));
  if (event.ttl_ms == k_no_ttl) text += " ttl=never";
  if (event.ttl_ms <= k_max_ttl_ms) text += " ttl=" + std::to_string(event.ttl_ms);
  if (event.size != k_unknown) text += " size=" + std::to_string(event.size);
  if (event.load_us != k_unknown) text += " load=" + std::to_string(event.load_us);
  if (event.source != 0) text += " from=" + std::to_string(event.source);
  if (event.database == k_all_databases) {
    text += " db=all";
  } else if (event.database != 0) {
    text += " db=" + std::to_string(event.database);
  }
  return text;
}

using Lines = std::vector<std::string>;

inline Lines in_words(const Trace& trace) {
  Lines lines;
  for (const auto& event : trace.events) lines.push_back(in_words(event, trace.keys));
  return lines;
}

/// The events of one MONITOR line at second 1 from one source, without its time.
inline Lines of_command(const std::string& command) {
  Intake intake;
  intake.keys = KeyTable(Names::kept);
  Recording recording;
  Feeder feeder(make_decoder(TraceFormat::monitor, intake, recording, 1));
  feeder.feed("1.000000 [0 127.0.0.1:1] " + command + "\n");
  feeder.finish();
  Lines lines;
  for (const auto& event : intake.events) lines.push_back(in_words(event, intake.keys).substr(5));
  if (intake.tally.malformed > 0)
    lines.push_back("malformed: " + intake.tally.first_malformed->why);
  return lines;
}

}  // namespace rcache::trace::test
