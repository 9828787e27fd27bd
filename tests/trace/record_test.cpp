#include <doctest/doctest.h>

#include "trace/record_reader.h"
#include "trace/record_writer.h"
#include "trace/samples.h"

namespace rcache::trace::test {
namespace {

const std::string k_monitor =
    "1700000000.000000 [0 a:1] \"GET\" \"user:1\"\n"
    "1700000000.000100 [0 a:2] \"GET\" \"user:1\"\n"
    "1700000000.000090 [0 a:2] \"SET\" \"user:2\" \"secret\" \"EX\" \"60\"\n"
    "1700000000.500000 [3 a:1] \"SET\" \"user:1\" \"secret\"\n"
    "1700000001.000000 [3 a:1] \"SET\" \"user:1\" \"secret\" \"KEEPTTL\"\n"
    "1700000001.000001 [0 a:9] \"FLUSHALL\"\n"
    "1700000001.000002 [0 a:9] \"SET\" \"lock\" \"x\" \"NX\" \"PX\" \"1\"\n"
    "1700000009.000002 [0 a:9] \"DEL\" \"lock\" \"user:1\"\n";

/// The recording of those lines, a block for each `events_each` events.
std::string recorded(bool plain_keys, std::size_t events_each, const RecordEnd* end,
                     const std::string& lines = k_monitor) {
  Intake intake;
  intake.keys = plain_keys ? KeyTable(Names::kept) : KeyTable(SecretKey{11, 22});
  Recording recording;
  Feeder feeder(make_decoder(TraceFormat::monitor, intake, recording, 1));
  feeder.feed(lines);
  feeder.finish();
  RecordHeader header;
  header.plain_keys = plain_keys;
  header.begin_us = 1'700'000'000'000'000;
  header.tool = "rcache test";
  header.servers = "127.0.0.1:6379";
  auto out = header_block(header);
  RecordWriter writer(header, intake.keys);
  std::size_t in_block = 0;
  for (const auto& event : intake.events) {
    REQUIRE(writer.add(event));
    if (++in_block % events_each == 0) out += writer.take_block();
  }
  out += writer.take_block();
  CHECK(writer.take_block().empty());
  if (end != nullptr) out += end_block(*end);
  return out;
}

}  // namespace

TEST_CASE("record: what was written is read back, whatever the size of blocks") {
  const auto original = read(k_monitor);
  const RecordEnd end{"time", 9, 1, 0, 1'700'000'010'000'000};
  for (const std::size_t each : {1U, 2U, 3U, 100U}) {
    CAPTURE(each);
    const auto trace = read(recorded(true, each, &end));
    CHECK(trace.format == TraceFormat::record);
    CHECK(in_words(trace) == in_words(original));
    CHECK(trace.tally.malformed == 0);
    REQUIRE(trace.recording.header);
    CHECK(trace.recording.header->plain_keys);
    CHECK(trace.recording.header->tool == "rcache test");
    REQUIRE(trace.recording.end);
    CHECK(*trace.recording.end == end);
  }
}

TEST_CASE("record: hashed keys are equal where names are, and no name or value is in the file") {
  const auto bytes = recorded(false, 3, nullptr);
  for (const char* word : {"user", "lock", "secret"}) CHECK(bytes.find(word) == std::string::npos);
  const auto trace = read(bytes);
  const auto original = read(k_monitor);
  REQUIRE(trace.events.size() == original.events.size());
  CHECK(trace.keys.size() == original.keys.size());
  for (std::size_t i = 0; i < trace.events.size(); ++i)
    CHECK(trace.events[i] == original.events[i]);
  CHECK_FALSE(trace.recording.end);
  auto options = named();
  options.match = *Glob::parse("user:*");
  CHECK(parse_trace(bytes, options).error().message ==
        "cannot use the trace 'trace': its keys have no names that --match could look at");
}

TEST_CASE("record: with names, keys can be chosen") {
  auto options = named();
  options.match = *Glob::parse("lock");
  const auto trace = read(recorded(true, 100, nullptr), options);
  CHECK(in_words(trace) == Lines{"1700000001000 flush from=2 db=all",
                                 "1700000001000 add lock ttl=1 size=1 from=2",
                                 "1700000009000 del lock from=2"});
  CHECK(trace.tally.filtered == 6);
}

TEST_CASE("record: cut at every length, each whole block is read and the torn end is no damage") {
  const auto bytes = recorded(true, 2, nullptr);
  std::size_t most = 0;
  for (std::size_t size = 0; size <= bytes.size(); ++size) {
    CAPTURE(size);
    Intake intake;
    Recording recording;
    Feeder feeder(make_decoder(TraceFormat::record, intake, recording, 1));
    feeder.feed(std::string_view(bytes).substr(0, size));
    feeder.finish();
    CHECK(intake.tally.malformed == 0);
    CHECK(intake.events.size() >= most);
    CHECK(intake.events.size() % 2 == (size == bytes.size() ? 1 : 0));
    most = intake.events.size();
  }
  CHECK(most == 9);
}

TEST_CASE("record: a flipped bit anywhere costs at most its block, and is counted") {
  const auto bytes = recorded(true, 2, nullptr);
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    auto damaged = bytes;
    damaged[at] = static_cast<char>(damaged[at] ^ 4);
    CAPTURE(at);
    Intake intake;
    Recording recording;
    Feeder feeder(make_decoder(TraceFormat::record, intake, recording, 1));
    feeder.feed(damaged);
    feeder.finish();
    CHECK(intake.tally.malformed + intake.tally.torn_bytes > 0);
    if (recording.header) CHECK(intake.events.size() >= 7);
  }
}

TEST_CASE("record: key names too long for a block are left out, and said") {
  Intake intake;
  intake.keys = KeyTable(Names::kept);
  Event event;
  event.key = intake.keys.intern(std::string(70'000, 'k'), 0);
  RecordHeader header;
  header.plain_keys = true;
  RecordWriter writer(header, intake.keys);
  CHECK_FALSE(writer.add(event));
  CHECK(writer.events() == 0);
}

}  // namespace rcache::trace::test
