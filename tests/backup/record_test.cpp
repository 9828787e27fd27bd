#include "backup/record.h"

#include <doctest/doctest.h>

#include <string_view>

#include "backup/frame.h"
#include "backup/payload.h"
#include "backup/samples.h"
#include "core/crc.h"
#include "support/server.h"
#include "support/skip.h"

namespace rcache::backup {
namespace {

using namespace std::string_literals;
using namespace std::string_view_literals;

/// What a reader hands to parse_value() and the like.
std::string_view payload_of(std::string_view frame) {
  REQUIRE(frame.size() >= k_frame_overhead_bytes);
  return frame.substr(k_head_bytes, frame.size() - k_frame_overhead_bytes);
}

std::string bytes_of(std::string_view hex) {
  std::string out;
  for (std::size_t at = 0; at < hex.size(); at += 2) {
    out += static_cast<char>(std::stoi(std::string(hex.substr(at, 2)), nullptr, 16));
  }
  return out;
}

}  // namespace

TEST_CASE("frame: its bytes are those of the format, which files on disks have") {
  CHECK(frame(End{3, 2, "done"}) == bytes_of("72636631"  // rcf1
                                             "04"
                                             "18000000"
                                             "ab2f49b3"  // kind, length, checksum of the head
                                             "0300000000000000"  // values
                                             "0200000000000000"  // members
                                             "04000000"
                                             "646f6e65"     // done
                                             "e1597fc2"));  // checksum of the payload
  Value value;
  value.key = "a:rcf1";
  value.dump = "\0\xff"sv;
  value.expires_unix_ms = 0x0102030405060708;
  value.saved_unix_ms = -2;
  CHECK(frame(value) == bytes_of("72636631"
                                 "02"
                                 "22000000"
                                 "92ab4c54"
                                 "01"  // expires
                                 "0807060504030201"
                                 "feffffffffffffff"
                                 "06000000"
                                 "613a72636600"
                                 "31"  // a:rcf, the mark, 1
                                 "02000000"
                                 "00ff"
                                 "961a598c"));
}

TEST_CASE("frame: every kind comes back as it was, whatever bytes it holds") {
  const Header header = sample_header();
  CHECK(parse_header(payload_of(frame(header))) == header);
  CHECK(parse_header(payload_of(frame(Header{}))) == Header{});

  Value value = sample_value(hostile_bytes());
  value.dump = std::string(100'000, '\0') + hostile_bytes();
  CHECK(parse_value(payload_of(frame(value))) == value);
  value.expires_unix_ms.reset();
  CHECK(parse_value(payload_of(frame(value))) == value);
  value.expires_unix_ms = INT64_MIN;
  value.saved_unix_ms = INT64_MAX;
  CHECK(parse_value(payload_of(frame(value))) == value);
  CHECK(parse_value(payload_of(frame(Value{}))) == Value{});

  Members members = sample_members();
  CHECK(parse_members(payload_of(frame(members))) == members);
  members.expires_unix_ms = 0;
  CHECK(parse_members(payload_of(frame(members))) == members);
  CHECK(parse_members(payload_of(frame(Members{}))) == Members{});
  for (const auto type : {ContainerType::zset, ContainerType::hash}) {
    members.type = type;
    members.values = {"1", hostile_bytes(), "-inf"};
    CHECK(parse_members(payload_of(frame(members))) == members);
    members.values.pop_back();
    CHECK(error_of(parse_members(payload_of(frame(members)))).message ==
          "it has not a value for each member");
  }

  const End end{UINT64_MAX, 7, hostile_bytes()};
  CHECK(parse_end(payload_of(frame(end))) == end);
  CHECK(parse_end(payload_of(frame(End{}))) == End{});
}

TEST_CASE("frame: the magic stands at its beginning and nowhere else") {
  for (const auto& bytes : {"rcf"s, "rcf1"s, "rcfrcf1"s, "rcrcf1"s, "rcf\0rcf1"s, "xrcf1rcf1x"s}) {
    CAPTURE(bytes);
    const Value value = sample_value(bytes + frame(sample_value("forged")));
    const std::string whole = frame(value);
    CHECK(whole.find(k_magic) == 0);
    CHECK(whole.find(k_magic, 1) == std::string::npos);
    CHECK(parse_value(payload_of(whole)) == value);
  }
}

TEST_CASE("parse: a payload cut anywhere, or with a byte too many, is refused") {
  const std::string header = frame(sample_header());
  const std::string value = frame(sample_value(hostile_bytes()));
  const std::string members = frame(sample_members());
  const std::string end = frame(End{1, 2, "done"});
  const auto refused = [](auto parse, std::string_view frame) {
    const std::string payload(payload_of(frame));
    for (std::size_t cut = 0; cut < payload.size(); ++cut) {
      CAPTURE(cut);
      CHECK(error_of(parse(std::string_view(payload).substr(0, cut))).kind == ErrorKind::usage);
    }
    CHECK_FALSE(parse(payload + "x"));
  };
  refused(parse_header, header);
  refused(parse_value, value);
  refused(parse_members, members);
  refused(parse_end, end);
}

TEST_CASE("parse: what no writer writes is refused with its reason") {
  const std::string zeros(8, '\0');
  const auto value = [](std::string_view payload) {
    return error_of(parse_value(payload)).message;
  };
  CHECK(value("") == "it is too short for its fields");
  CHECK(value("\4" + zeros + zeros) == "it has an unknown flag");
  CHECK(value('\0' + zeros + "\xff\xff\xff\xff" + "key") == "a text is longer than its record");
  CHECK(value('\0' + zeros + zeros + "x") == "it has more bytes than its fields");
  CHECK(value("rcf1") == "it has bytes that are never written");
  CHECK(value("rcf") == "it has bytes that are never written");

  const auto members = [](std::string_view payload) {
    return error_of(parse_members(payload)).message;
  };
  CHECK(members("\x08" + zeros + zeros) == "it has an unknown flag");
  CHECK(members("\6" + zeros + zeros + zeros) == "it is of two types");
  CHECK(members('\0' + zeros + "\0\0\0\0\xff\xff\xff\xff"s + zeros) ==
        "a list is longer than it can be");

  const auto header = [](std::string_view payload) {
    return error_of(parse_header(payload)).message;
  };
  CHECK(header("\2\0\0\0anything"sv) == "it is of format 2, and this rcache reads format 1");
  CHECK(header(std::string(40, '\0')) == "there is no format 0");
}

TEST_CASE("parse: a list of many empty texts, which take more memory than file, has a limit") {
  const auto members_of = [](std::uint32_t count) {
    std::string payload(13, '\0');  // flags, time, no name
    FieldWriter(payload).u32(count);
    payload.resize(payload.size() + std::size_t{4} * count, '\0');
    return parse_members(payload);
  };
  const auto most = members_of(k_max_members);
  REQUIRE(most);
  CHECK(most->members.size() == k_max_members);
  CHECK(error_of(members_of(k_max_members + 1)).message == "a list is longer than it can be");
}

TEST_CASE("dump_version: the two bytes before the checksum; none when there is no room for them") {
  CHECK(dump_version(probe_dump(80)) == 80);
  CHECK(dump_version("\x0b\x01"
                     "12345678"sv) == 0x10b);
  CHECK(dump_version("\x0b\x01"
                     "1234567"sv) == std::nullopt);
  CHECK(dump_version("") == std::nullopt);
}

TEST_CASE("probe_dump: a string of one byte, its version, and the checksum of all before it") {
  const std::string dump = probe_dump(0x10b);
  REQUIRE(dump.size() == 13);
  CHECK(dump.substr(0, 5) == "\0\1x\x0b\x01"sv);
  std::uint64_t sum = 0;
  for (std::size_t at = 13; at-- > 5;) sum = sum << 8U | static_cast<unsigned char>(dump[at]);
  CHECK(sum == crc64(dump.substr(0, 5)));
}

TEST_CASE("probe_dump: is what a real server dumps and restores") {
  RCACHE_NEED_SERVER("redis");
  test::Server server;
  server.command({"SET", "key", "x"});
  const std::string dump = server.command({"DUMP", "key"}).text;
  const auto version = dump_version(dump);
  REQUIRE(version);
  CHECK(probe_dump(*version) == dump);
  CHECK(server.command({"RESTORE", "probe", "0", probe_dump(*version)}).text == "OK");
  CHECK(server.command({"GET", "probe"}).text == "x");
  CHECK(server.try_command({"RESTORE", "later", "0", probe_dump(1000)}).is_error());
}

}  // namespace rcache::backup
