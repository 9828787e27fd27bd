#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <random>

#include "backup/frame.h"
#include "backup/reader.h"
#include "backup/samples.h"
#include "core/crc.h"
#include "support/temp_dir.h"

namespace rcache::backup {
namespace {

/// One frame of a file that was put together by hand.
struct Frame {
  std::string bytes;
  Item item;  ///< what a reader makes of it
};

/// A header and five frames; one of them holds a whole frame that somebody stored as a value.
std::vector<Frame> sample_frames() {
  std::vector<Frame> out;
  const auto add = [&out](const auto& record) {
    const auto offset =
        out.empty() ? 0 : out.back().item.offset + std::uint64_t{out.back().bytes.size()};
    out.push_back({frame(record), {offset, record}});
  };
  Value hostile = sample_value("rcf1");
  hostile.dump = frame(sample_value("forged")) + probe_dump(10);
  Value empty;
  add(sample_header());
  add(sample_value("first"));
  add(Members{"tag", 5, 6, {"a", "", "rcf"}});
  add(hostile);
  add(empty);
  add(End{3, 3, "done"});
  return out;
}

std::string joined(const std::vector<Frame>& frames) {
  std::string out;
  for (const auto& each : frames) out += each.bytes;
  return out;
}

const Damage* damage_in(const Item& item) {
  return std::get_if<Damage>(&item.content);
}

/// A new file each time: a file system may flush one that is emptied and written again.
std::string write_backup(const test::TempDir& folder, const std::string& bytes) {
  std::filesystem::remove(folder.file("backup"));
  return folder.write("backup", bytes);
}

/// A header, and then these bytes.
Result<FileContent> read_behind_header(const test::TempDir& folder, std::string_view bytes) {
  return read_backup(write_backup(folder, frame(Header{}) + std::string(bytes)));
}

/// The file as a list of what stands in it, one line each, offsets behind the header.
std::string outline(const FileContent& content) {
  std::string out;
  for (const auto& item : content.items) {
    out += std::to_string(item.offset - frame(Header{}).size());
    if (const auto* value = std::get_if<Value>(&item.content)) out += " value " + value->key;
    if (std::holds_alternative<End>(item.content)) out += " end";
    if (const auto* damage = damage_in(item)) {
      CHECK(damage->offset == item.offset);
      out += " damage of " + std::to_string(damage->bytes) + ": " + damage->what;
    }
    out += "\n";
  }
  if (content.torn_bytes != 0) out += "torn " + std::to_string(content.torn_bytes) + "\n";
  return out;
}

std::string outline_behind_header(std::string_view bytes) {
  const test::TempDir folder;
  const auto content = read_behind_header(folder, bytes);
  REQUIRE(content);
  return outline(*content);
}

Value value_of(std::string key) {
  Value out;
  out.key = std::move(key);
  return out;
}

}  // namespace

TEST_CASE("reader: one wrong bit costs the frame that it is in, and is reported there") {
  const test::TempDir folder;
  const auto frames = sample_frames();
  const std::string whole = joined(frames);
  for (std::size_t hit = 1; hit < frames.size(); ++hit) {
    const auto start = static_cast<std::size_t>(frames[hit].item.offset);
    for (std::size_t bit = 0; bit < 8 * frames[hit].bytes.size(); ++bit) {
      CAPTURE(hit);
      CAPTURE(bit);
      std::string bytes = whole;
      char& byte = bytes[start + bit / 8];
      byte = static_cast<char>(byte ^ (1 << bit % 8));
      const auto content = read_backup(write_backup(folder, bytes));
      REQUIRE(content);
      CHECK(content->torn_bytes == 0);
      REQUIRE(content->items.size() == frames.size() - 1);
      for (std::size_t at = 1; at < frames.size(); ++at) {
        const Item& item = content->items[at - 1];
        if (at != hit) {
          CHECK(item == frames[at].item);
          continue;
        }
        REQUIRE(damage_in(item) != nullptr);
        CHECK(damage_in(item)->offset == frames[at].item.offset);
        CHECK(damage_in(item)->bytes == frames[at].bytes.size());
      }
    }
  }
}

TEST_CASE(
    "reader: a file cut anywhere gives every whole frame, the rest is torn, nothing damaged") {
  const test::TempDir folder;
  const auto frames = sample_frames();
  const std::string whole = joined(frames);
  for (std::size_t size = frames[0].bytes.size(); size <= whole.size(); ++size) {
    CAPTURE(size);
    const auto content = read_backup(write_backup(folder, whole.substr(0, size)));
    REQUIRE(content);
    auto end = frames[0].bytes.size();
    for (std::size_t at = 0; at < content->items.size(); ++at) {
      CHECK(content->items[at] == frames[at + 1].item);
      end += frames[at + 1].bytes.size();
    }
    CHECK(content->torn_bytes == size - end);
    const auto next = content->items.size() + 1;
    CHECK((next == frames.size() || size < end + frames[next].bytes.size()));
  }
}

TEST_CASE("reader: what stands where a frame should be is named, and the next frame is found") {
  const std::string a = frame(value_of("a"));  // 35 bytes
  const std::string b = frame(value_of("b"));
  const std::string long_one = frame(value_of(std::string(965, 'x')));  // 999 bytes
  REQUIRE(a.size() == 35);
  REQUIRE(long_one.size() == 999);
  const auto head_of = [](std::uint32_t payload_bytes) {
    std::string out = std::string(k_magic) + '\2';
    for (unsigned at = 0; at < 4; ++at) out += static_cast<char>(payload_bytes >> (8 * at));
    const auto sum = crc32c(out);
    for (unsigned at = 0; at < 4; ++at) out += static_cast<char>(sum >> (8 * at));
    return out;
  };
  const auto kind_9 = close_frame(static_cast<Kind>(9), open_frame() + "abc");
  const auto no_value = close_frame(Kind::value, open_frame() + "\4");
  struct Case {
    const char* name;
    std::string bytes;
    const char* outline;
  };
  const Case cases[] = {
      {"nothing", "", ""},
      {"junk between", a + "junk" + b,
       "0 value a\n35 damage of 4: no record begins here\n39 value b\n"},
      {"junk at the end", a + "junk", "0 value a\n35 damage of 4: no record begins here\n"},
      {"zeros at the end", a + std::string(5000, '\0'),
       "0 value a\n35 damage of 5000: no record begins here\n"},
      {"an unknown kind", kind_9 + b, "0 damage of 20: it is of the unknown kind 9\n20 value b\n"},
      {"a checksum that fits nonsense", no_value + b,
       "0 damage of 18: it has an unknown flag\n18 value b\n"},
      {"a second header", a + frame(Header{}) + b,
       "0 value a\n35 damage of 57: it is a second header: files were joined\n92 value b\n"},
      {"longer than any record", head_of(0xffffffff) + b,
       "0 damage of 13: it is longer than any record\n13 value b\n"},
      {"longer than the file, frames follow", head_of(600U << 20U) + b + a,
       "0 damage of 13: its end is missing\n13 value b\n48 value a\n"},
      {"longer than the file, nothing follows", a + head_of(600U << 20U), "0 value a\ntorn 13\n"},
      {"bytes lost in the middle", a + long_one.substr(0, 500) + b + long_one,
       "0 value a\n35 damage of 500: the checksum does not fit\n535 value b\n570 value "},
      {"bytes lost near the end", long_one.substr(0, 500) + b,
       "0 damage of 500: its end is missing\n500 value b\n"},
      {"two damaged ones in a row",
       std::string(a).replace(20, 1, "?") + std::string(a).replace(20, 1, "?") + b,
       "0 damage of 35: the checksum does not fit\n35 damage of 35: the checksum does not fit\n"
       "70 value b\n"},
      {"a damaged one before a torn one", std::string(a).replace(20, 1, "?") + b.substr(0, 9),
       "0 damage of 35: the checksum does not fit\ntorn 9\n"},
      {"an old frame inside a damaged one", long_one.substr(0, 100) + a + long_one.substr(135) + b,
       "0 damage of 999: the checksum does not fit\n999 value b\n"},
      {"the magic and no head", "rcf1rcf1rcf1rcf1rcf1" + b,
       "0 damage of 20: the checksum of its head does not fit\n20 value b\n"},
  };
  for (const auto& c : cases) {
    CAPTURE(c.name);
    CHECK(outline_behind_header(c.bytes).substr(0, std::string(c.outline).size()) == c.outline);
  }
}

TEST_CASE("reader: the next frame is found wherever it lies at the edges of what is read at once") {
  const std::string b = frame(value_of("b"));
  for (const std::size_t edge : {std::size_t{64} << 10U, std::size_t{256} << 10U}) {
    for (std::size_t size = edge - 60; size < edge + 20; ++size) {
      CAPTURE(size);
      CHECK(outline_behind_header(std::string(size, 'x') + b) ==
            "0 damage of " + std::to_string(size) + ": no record begins here\n" +
                std::to_string(size) + " value b\n");
    }
  }
}

TEST_CASE(
    "reader: after any damage no record appears that was not written, and no byte is left out") {
  const test::TempDir folder;
  const auto frames = sample_frames();
  const auto header_bytes = frames[0].bytes.size();
  const std::string body = joined(frames).substr(header_bytes);
  std::mt19937 random(20240607);
  const auto below = [&random](std::size_t limit) { return random() % (limit + 1); };
  for (int round = 0; round < 3000; ++round) {
    CAPTURE(round);
    std::string bytes = body + body;
    for (int change = 0; change < 4; ++change) {
      const auto at = below(bytes.size());
      const auto size = below(120);
      switch (random() % 4) {
        case 0:
          bytes.erase(at, size);
          break;
        case 1:
          bytes.insert(at, bytes.substr(below(bytes.size()), size));
          break;
        case 2:
          bytes.replace(at, size, std::string(size, '\0'));
          break;
        default:
          bytes.insert(at, "rcf1\xff");
          break;
      }
    }
    const auto content = read_backup(write_backup(folder, frames[0].bytes + bytes));
    REQUIRE(content);
    auto expected = std::uint64_t{header_bytes};
    for (const auto& item : content->items) {
      REQUIRE(item.offset == expected);
      if (const auto* damage = damage_in(item)) {
        REQUIRE(damage->bytes > 0);
        expected += damage->bytes;
        continue;
      }
      const auto written = std::find_if(frames.begin(), frames.end(), [&](const Frame& f) {
        return f.item.content == item.content;
      });
      REQUIRE(written != frames.end());
      expected += written->bytes.size();
    }
    CHECK(expected + content->torn_bytes == header_bytes + bytes.size());
  }
}

TEST_CASE("reader: random bytes are no backup, and none behind a header is a record") {
  const test::TempDir folder;
  std::mt19937 random(7);
  for (std::size_t size : {1U, 12U, 13U, 100U, 4096U, 300'000U}) {
    CAPTURE(size);
    std::string bytes(size, '\0');
    for (char& byte : bytes) byte = static_cast<char>(random());
    const auto path = write_backup(folder, bytes);
    CHECK(error_of(read_backup(path)).message == "'" + path + "' is not a backup file of rcache");
    CHECK(outline_behind_header(bytes) ==
          "0 damage of " + std::to_string(size) + ": no record begins here\n");
  }
}

}  // namespace rcache::backup
