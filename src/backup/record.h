#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "core/tag_layout.h"

/// The backup file of `invalidate --backup`: what `restore` puts back.
///
/// A file is a row of frames. Each begins with its own checksummed head, so that a damaged one
/// costs only itself: the reader goes on at the next head that is whole.
///
///   frame   magic "rcf1" (4) | kind (1) | payload length (4) | CRC-32C of these 9 bytes (4)
///           | payload | CRC-32C of the payload (4)                  all numbers little-endian
///   payload its fields; a zero byte that is no part of them stands behind every "rcf", so that
///           the magic is never found inside a frame
///   order   one header, then values and members in any order, then one end
///
/// A file without its end was cut off (kill -9, a lost machine): every whole frame in it is good.
namespace rcache::backup {

inline constexpr std::uint32_t k_format_version = 1;
inline constexpr std::size_t k_max_payload_bytes = std::size_t{600} << 20U;
inline constexpr std::size_t k_max_members = 1'000'000;  ///< of one record

/// What the file is of. Never a password.
struct Header {
  std::uint32_t format_version = k_format_version;
  std::int64_t created_unix_ms = 0;
  std::string tool;    ///< "rcache 0.1.0"
  std::string target;  ///< "10.0.0.7:6379" or the nodes of a cluster, separated by blanks
  std::string server;  ///< "redis 7.0.15"
  std::int32_t database = 0;
  std::vector<std::string> patterns;
  std::vector<std::string> tags;
  std::string key_prefix;
  bool operator==(const Header&) const = default;
};

/// One key as it was: DUMP's bytes, and when it expires.
struct Value {
  std::string key;
  std::string dump;
  std::optional<std::int64_t> expires_unix_ms;  ///< the server's clock; empty: never
  std::int64_t saved_unix_ms = 0;               ///< the server's clock when it was read
  bool operator==(const Value&) const = default;
};

/// Members that were taken out of a tag's container.
struct Members {
  std::string container;
  std::optional<std::int64_t> expires_unix_ms;  ///< of the set
  std::int64_t saved_unix_ms = 0;
  std::vector<std::string> members;
  ContainerType type = ContainerType::set;
  std::vector<std::string> values = {};  ///< of each its score, or the hash's value; none in a set
  bool operator==(const Members&) const = default;
};

/// The last frame of a run that came to its own end, whatever the reason.
struct End {
  std::uint64_t values = 0;   ///< records
  std::uint64_t members = 0;  ///< in all records of members
  std::string reason;         ///< as in the receipt
  bool operator==(const End&) const = default;
};

enum class Kind : std::uint8_t { header = 1, value = 2, members = 3, end = 4 };

/// A whole frame, ready to be appended to a file.
std::string frame(const Header& header);
std::string frame(const Value& value);
std::string frame(const Members& members);
std::string frame(const End& end);

/// Reads payloads back. Errors: usage (the file is not as it was written), never a crash.
Result<Header> parse_header(std::string_view payload);
Result<Value> parse_value(std::string_view payload);
Result<Members> parse_members(std::string_view payload);
Result<End> parse_end(std::string_view payload);

/// The payload version that DUMP wrote into its last ten bytes (2 bytes of version, 8 of CRC-64).
///
/// Out:     empty when the bytes are too few to be a DUMP.
/// Source:  https://redis.io/docs/latest/commands/dump/
std::optional<std::uint16_t> dump_version(std::string_view dump);

/// A DUMP of a string of one byte with this payload version, made by us: RESTORE of it tells
/// whether a server reads that version.
///
/// Source:  https://github.com/redis/redis/blob/7.0/src/crc64.c (CRC-64/Jones, reflected)
std::string probe_dump(std::uint16_t version);

}  // namespace rcache::backup
