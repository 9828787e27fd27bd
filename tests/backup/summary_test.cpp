#include <doctest/doctest.h>

#include "backup/reader.h"
#include "backup/samples.h"
#include "support/temp_dir.h"

namespace rcache::backup {
namespace {

Value value_of(std::string key, std::string dump) {
  Value out;
  out.key = std::move(key);
  out.dump = std::move(dump);
  return out;
}

/// A backup of these bytes behind a header.
std::unique_ptr<Reader> open(const test::TempDir& folder, const std::string& frames) {
  auto reader = Reader::open(folder.write("backup", frame(Header{}) + frames));
  REQUIRE(reader);
  return std::move(*reader);
}

}  // namespace

TEST_CASE("summarize: counts records, members, dumps and payload versions") {
  const test::TempDir folder;
  const auto reader =
      open(folder, frame(value_of("a", probe_dump(11))) + frame(value_of("b", probe_dump(9))) +
                       frame(value_of("c", std::string(100, 'x') + probe_dump(11))) +
                       frame(value_of("d", "")) + frame(Members{"t", {}, 0, {"1", "2"}}) +
                       frame(Members{"u", {}, 0, {"3"}}) + frame(End{4, 3, "done"}));
  const auto summary = summarize(*reader);
  REQUIRE(summary);
  CHECK(summary->values == 4);
  CHECK(summary->member_records == 2);
  CHECK(summary->members == 3);
  CHECK(summary->dump_bytes == 13 + 13 + 113);
  CHECK(summary->largest_dump_bytes == 113);
  CHECK(summary->versions == std::vector<std::uint16_t>{9, 11});
  CHECK(summary->damaged == 0);
  CHECK(summary->torn_bytes == 0);
  CHECK(summary->end == End{4, 3, "done"});
  CHECK(summary->last_of_key.empty());
}

TEST_CASE("summarize: a backup of nothing, that was cut off before its end") {
  const test::TempDir folder;
  const auto summary = summarize(*open(folder, ""));
  REQUIRE(summary);
  CHECK(summary->values == 0);
  CHECK(summary->versions.empty());
  CHECK_FALSE(summary->end);
}

TEST_CASE("summarize: reads from the beginning, wherever the reader stands") {
  const test::TempDir folder;
  const auto reader = open(folder, frame(value_of("a", "")) + frame(value_of("b", "")) + "rcf1");
  REQUIRE(reader->next());
  for (int time = 0; time < 2; ++time) {
    const auto summary = summarize(*reader);
    REQUIRE(summary);
    CHECK(summary->values == 2);
    CHECK(summary->torn_bytes == 4);
  }
}

TEST_CASE("summarize: keeps the first 1,000 pieces of damage and counts all") {
  const test::TempDir folder;
  std::string frames;
  for (int at = 0; at < 1'200; ++at) frames += "?" + frame(value_of("key", ""));
  const auto summary = summarize(*open(folder, frames));
  REQUIRE(summary);
  CHECK(summary->values == 1'200);
  CHECK(summary->damaged == 1'200);
  REQUIRE(summary->damage.size() == 1'000);
  CHECK(summary->damage[0].offset == frame(Header{}).size());
  CHECK(summary->damage[0].bytes == 1);
  CHECK(summary->damage[0].what == "no record begins here");
}

TEST_CASE("counts: of a key with several records only the last") {
  const test::TempDir folder;
  const auto reader = open(folder, frame(value_of("twice", "1")) + frame(value_of("once", "2")) +
                                       frame(value_of("twice", "3")) +
                                       frame(value_of("late", "4")) + frame(value_of("late", "5")) +
                                       frame(value_of("same", "6")) + frame(value_of("same", "7")) +
                                       frame(Members{"twice", {}, 0, {"m"}}) + "?" + frame(End{}));
  const auto summary = summarize(*reader);
  REQUIRE(summary);
  CHECK(summary->values == 7);
  CHECK(summary->last_of_key.size() == 3);
  REQUIRE(reader->rewind());
  std::string counting;
  std::size_t others = 0;
  while (true) {
    const auto item = reader->next();
    REQUIRE(item);
    if (!*item) break;
    const auto* value = std::get_if<Value>(&(*item)->content);
    if (value == nullptr) {
      ++others;
      CHECK(summary->counts(**item));
    } else if (summary->counts(**item)) {
      counting += value->dump;
    }
  }
  CHECK(counting == "2357");
  CHECK(others == 3);
}

}  // namespace rcache::backup
