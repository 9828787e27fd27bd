#include "backup/record.h"

#include <fmt/format.h>

#include "backup/frame.h"
#include "backup/payload.h"
#include "core/crc.h"

namespace rcache::backup {
namespace {

// Flags of a record. Without one of the last two members are those of a set, as all were once.
constexpr unsigned k_expires = 1;
constexpr unsigned k_zset = 2;
constexpr unsigned k_hash = 4;

// What DUMP puts behind the value.
constexpr std::size_t k_dump_version_bytes = 2;
constexpr std::size_t k_dump_checksum_bytes = 8;
constexpr std::size_t k_dump_tail_bytes = k_dump_version_bytes + k_dump_checksum_bytes;

std::uint8_t flags_of(const std::optional<std::int64_t>& expires_unix_ms) {
  return static_cast<std::uint8_t>(expires_unix_ms ? k_expires : 0);
}

/// The flags, of which only those in `known` may be set.
unsigned read_flags(FieldReader& fields, unsigned known) {
  const unsigned flags = fields.u8();
  if ((flags & ~known) != 0) fields.reject("it has an unknown flag");
  return flags;
}

/// What parse() makes of the fields of a payload.
template <typename Record>
Result<Record> parse_fields(std::string_view payload, Record (*parse)(FieldReader&)) {
  std::string room;
  const auto unmarked = unmark(payload, room);
  if (!unmarked) return fail(ErrorKind::usage, "it has bytes that are never written");
  FieldReader fields(*unmarked);
  Record record = parse(fields);
  const auto end = fields.end();
  if (!end) return fail(end.error());
  return record;
}

}  // namespace

std::string frame(const Header& header) {
  std::string out = open_frame();
  FieldWriter fields(out);
  fields.u32(header.format_version);
  fields.i64(header.created_unix_ms);
  fields.text(header.tool);
  fields.text(header.target);
  fields.text(header.server);
  fields.i32(header.database);
  fields.list(header.patterns);
  fields.list(header.tags);
  fields.text(header.key_prefix);
  return close_frame(Kind::header, std::move(out));
}

std::string frame(const Value& value) {
  std::string out = open_frame();
  out.reserve(value.key.size() + value.dump.size() + 64);
  FieldWriter fields(out);
  fields.u8(flags_of(value.expires_unix_ms));
  if (value.expires_unix_ms) fields.i64(*value.expires_unix_ms);
  fields.i64(value.saved_unix_ms);
  fields.text(value.key);
  fields.text(value.dump);
  return close_frame(Kind::value, std::move(out));
}

std::string frame(const Members& members) {
  std::string out = open_frame();
  FieldWriter fields(out);
  const unsigned type = members.type == ContainerType::zset   ? k_zset
                        : members.type == ContainerType::hash ? k_hash
                                                              : 0;
  fields.u8(static_cast<std::uint8_t>(flags_of(members.expires_unix_ms) | type));
  if (members.expires_unix_ms) fields.i64(*members.expires_unix_ms);
  fields.i64(members.saved_unix_ms);
  fields.text(members.container);
  fields.list(members.members);
  if (members.type != ContainerType::set) fields.list(members.values);
  return close_frame(Kind::members, std::move(out));
}

std::string frame(const End& end) {
  std::string out = open_frame();
  FieldWriter fields(out);
  fields.u64(end.values);
  fields.u64(end.members);
  fields.text(end.reason);
  return close_frame(Kind::end, std::move(out));
}

Result<Header> parse_header(std::string_view payload) {
  // First of all: the other fields of a later format may be others.
  const auto version = FieldReader(payload).u32();
  if (version > k_format_version) {
    return fail(ErrorKind::usage, fmt::format("it is of format {}, and this rcache reads format {}",
                                              version, k_format_version));
  }
  return parse_fields<Header>(payload, [](FieldReader& fields) {
    Header out;
    out.format_version = fields.u32();
    if (out.format_version == 0) fields.reject("there is no format 0");
    out.created_unix_ms = fields.i64();
    out.tool = fields.text();
    out.target = fields.text();
    out.server = fields.text();
    out.database = fields.i32();
    out.patterns = fields.list();
    out.tags = fields.list();
    out.key_prefix = fields.text();
    return out;
  });
}

Result<Value> parse_value(std::string_view payload) {
  return parse_fields<Value>(payload, [](FieldReader& fields) {
    Value out;
    const unsigned flags = read_flags(fields, k_expires);
    if ((flags & k_expires) != 0) out.expires_unix_ms = fields.i64();
    out.saved_unix_ms = fields.i64();
    out.key = fields.text();
    out.dump = fields.text();
    return out;
  });
}

Result<Members> parse_members(std::string_view payload) {
  return parse_fields<Members>(payload, [](FieldReader& fields) {
    Members out;
    const unsigned flags = read_flags(fields, k_expires | k_zset | k_hash);
    if ((flags & k_zset) != 0) out.type = ContainerType::zset;
    if ((flags & k_hash) != 0) out.type = ContainerType::hash;
    if ((flags & (k_zset | k_hash)) == (k_zset | k_hash)) fields.reject("it is of two types");
    if ((flags & k_expires) != 0) out.expires_unix_ms = fields.i64();
    out.saved_unix_ms = fields.i64();
    out.container = fields.text();
    out.members = fields.list();
    if (out.type != ContainerType::set) {
      out.values = fields.list();
      if (out.values.size() != out.members.size())
        fields.reject("it has not a value for each member");
    }
    return out;
  });
}

Result<End> parse_end(std::string_view payload) {
  return parse_fields<End>(payload, [](FieldReader& fields) {
    End out;
    out.values = fields.u64();
    out.members = fields.u64();
    out.reason = fields.text();
    return out;
  });
}

std::optional<std::uint16_t> dump_version(std::string_view dump) {
  if (dump.size() < k_dump_tail_bytes) return std::nullopt;
  return FieldReader(dump.substr(dump.size() - k_dump_tail_bytes)).u16();
}

std::string probe_dump(std::uint16_t version) {
  std::string out;
  FieldWriter fields(out);
  fields.u8(0);  // a string
  fields.u8(1);  // its length: below 64 it is one byte
  out += 'x';    // no digit, which Redis would store as a number
  fields.u16(version);
  fields.u64(crc64(out));
  return out;
}

}  // namespace rcache::backup
