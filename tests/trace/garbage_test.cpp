// Bytes that nobody wrote. Nothing is expected of them but that reading ends, and that what it
// counts adds up.

#include <doctest/doctest.h>

#include <random>

#include "trace/record_writer.h"
#include "trace/samples.h"

namespace rcache::trace::test {
namespace {

constexpr TraceFormat k_formats[] = {TraceFormat::monitor, TraceFormat::record,
                                     TraceFormat::csv,     TraceFormat::ndjson,
                                     TraceFormat::twitter, TraceFormat::oracle_general};

/// Feeds the bytes in pieces.
void swallow(TraceFormat format, std::string_view bytes, std::mt19937& random) {
  Intake intake;
  intake.keys = KeyTable(Names::kept);
  Recording recording;
  Feeder feeder(make_decoder(format, intake, recording, 1));
  while (!bytes.empty()) {
    const auto size = std::min<std::size_t>(1 + random() % 97, bytes.size());
    // A piece of its own, so that a sanitizer sees a byte that is read behind its end.
    const std::string piece(bytes.substr(0, size));
    feeder.feed(piece);
    bytes.remove_prefix(size);
  }
  feeder.finish();
  CHECK(intake.events.size() == intake.tally.events);
  CHECK(intake.tally.malformed <= intake.tally.lines);
  for (const auto& event : intake.events) {
    REQUIRE((event.verb == Verb::flush || event.key < intake.keys.size()));
    REQUIRE(event.time_ns >= 0);
  }
}

std::string sample(TraceFormat format) {
  switch (format) {
    case TraceFormat::monitor:
      return "OK\n1700000000.000001 [0 127.0.0.1:1] \"SET\" \"a\\x00\\\"b\" \"v\" \"EX\" \"60\"\n"
             "1700000000.000002 [0 lua] \"mget\" \"a\" \"b\"\n+1.5 [2 [::1]:9] \"GETEX\" \"k\" "
             "\"PX\" \"5\"\r\n";
    case TraceFormat::csv:
      return "time_s,op,key,ttl_s,load_s\n0.5,get,a,,0.02\n1,set,\"b,\"\"\",60,\n";
    case TraceFormat::ndjson:
      return "{\"time_s\":0.5,\"op\":\"set\",\"key\":{\"base64\":\"/wA=\"},\"ttl_s\":60}\n"
             "{\"time_s\":1,\"key\":\"a\"}\n";
    case TraceFormat::twitter:
      return "0,a,1,1,5,get,0\n1,b,1,10,5,set,60\n";
    case TraceFormat::oracle_general:
      return std::string(24, '\1') + std::string(24, '\2');
    case TraceFormat::record:
      break;
  }
  RecordHeader header;
  KeyTable keys(SecretKey{1, 2});
  RecordWriter writer(header, keys);
  Event event;
  for (const char* name : {"a", "b", "a"}) {
    event.key = keys.intern(name, 0);
    event.time_ns += 1'000'000;
    event.ttl_ms = 60'000;
    writer.add(event);
  }
  return header_block(header) + writer.take_block() + end_block({});
}

}  // namespace

TEST_CASE("every format: random bytes") {
  std::mt19937 random(1);
  for (const auto format : k_formats) {
    CAPTURE(to_string(format));
    for (int round = 0; round < 200; ++round) {
      std::string bytes(random() % 2000, '\0');
      for (auto& byte : bytes) byte = static_cast<char>(random());
      swallow(format, bytes, random);
    }
  }
}

TEST_CASE("every format: random letters of its own alphabet") {
  std::mt19937 random(2);
  for (const auto format : k_formats) {
    CAPTURE(to_string(format));
    const auto letters = sample(format);
    for (int round = 0; round < 200; ++round) {
      std::string bytes(random() % 2000, '\0');
      for (auto& byte : bytes) byte = letters[random() % letters.size()];
      swallow(format, bytes, random);
    }
  }
}

TEST_CASE("every format: cut at every length") {
  std::mt19937 random(3);
  for (const auto format : k_formats) {
    CAPTURE(to_string(format));
    const auto whole = sample(format);
    for (std::size_t size = 0; size <= whole.size(); ++size) {
      swallow(format, std::string_view(whole).substr(0, size), random);
    }
  }
}

TEST_CASE("every format: bytes flipped, doubled and left out") {
  std::mt19937 random(4);
  for (const auto format : k_formats) {
    CAPTURE(to_string(format));
    const auto whole = sample(format);
    for (int round = 0; round < 1000; ++round) {
      auto bytes = whole + whole;
      for (int change = 0; change < 4; ++change) {
        const auto at = random() % bytes.size();
        switch (random() % 3) {
          case 0:
            bytes[at] = static_cast<char>(random());
            break;
          case 1:
            bytes.insert(at, bytes.substr(at, random() % 16));
            break;
          default:
            bytes.erase(at, 1 + random() % 8);
        }
      }
      swallow(format, bytes, random);
    }
  }
}

TEST_CASE("record: blocks whose checksums hold but whose content is nonsense") {
  std::mt19937 random(5);
  RecordHeader header;
  for (int round = 0; round < 3000; ++round) {
    header.plain_keys = round % 2 == 0;
    std::string payload(random() % 60, '\0');
    for (auto& byte : payload)
      byte = static_cast<char>(random() % 3 == 0 ? random() : random() % 9);
    const auto kind = static_cast<BlockKind>(1 + random() % 3);
    swallow(TraceFormat::record, header_block(header) + block(kind, 5, payload), random);
  }
}

TEST_CASE("detect_format: random begins never crash it") {
  std::mt19937 random(6);
  for (int round = 0; round < 5000; ++round) {
    std::string bytes(random() % 100, '\0');
    for (auto& byte : bytes) byte = static_cast<char>(random() % 2 == 0 ? random() : random() % 64);
    const auto found = detect_format(bytes);
    if (!found) CHECK(found.error().kind == ErrorKind::usage);
  }
}

}  // namespace rcache::trace::test
