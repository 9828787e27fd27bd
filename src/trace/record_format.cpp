#include "trace/record_format.h"

#include "core/crc.h"
#include "trace/fields.h"

namespace rcache::trace {
namespace {

constexpr std::size_t k_checked_head_bytes = k_block_head_bytes - 4;
constexpr std::uint8_t k_plain_keys = 1;

}  // namespace

std::string block(BlockKind kind, std::uint32_t events, std::string_view payload) {
  std::string out(k_record_magic);
  FieldWriter fields(out);
  fields.u8(static_cast<std::uint8_t>(kind));
  fields.u32(static_cast<std::uint32_t>(payload.size()));
  fields.u32(events);
  fields.u32(crc32c(out));
  out += payload;
  fields.u32(crc32c(payload));
  return out;
}

std::string header_block(const RecordHeader& header) {
  std::string payload;
  FieldWriter fields(payload);
  fields.u8(header.plain_keys ? k_plain_keys : 0);
  fields.u64(static_cast<std::uint64_t>(header.begin_us));
  fields.text(header.tool);
  fields.text(header.servers);
  fields.text(header.pattern);
  return block(BlockKind::header, 0, payload);
}

std::string end_block(const RecordEnd& end) {
  std::string payload;
  FieldWriter fields(payload);
  fields.text(end.reason);
  fields.u64(end.lines);
  fields.u64(end.other);
  fields.u64(end.malformed);
  fields.u64(static_cast<std::uint64_t>(end.end_us));
  return block(BlockKind::end, 0, payload);
}

bool read_block_head(std::string_view bytes, BlockHead& out) {
  if (!bytes.starts_with(k_record_magic)) return false;
  FieldReader fields(bytes.substr(k_record_magic.size(), k_block_head_bytes - 4));
  const auto kind = fields.u8();
  out.payload_bytes = fields.u32();
  out.events = fields.u32();
  const auto sum = fields.u32();
  if (!fields.good() || sum != crc32c(bytes.substr(0, k_checked_head_bytes))) return false;
  if (kind < 1 || kind > 3 || out.payload_bytes > k_max_block_bytes) return false;
  out.kind = static_cast<BlockKind>(kind);
  return true;
}

bool payload_is_whole(std::string_view payload_and_sum) {
  if (payload_and_sum.size() < 4) return false;
  const auto payload = payload_and_sum.substr(0, payload_and_sum.size() - 4);
  return FieldReader(payload_and_sum.substr(payload.size())).u32() == crc32c(payload);
}

bool read_header(std::string_view payload, RecordHeader& out) {
  FieldReader fields(payload);
  out.plain_keys = (fields.u8() & k_plain_keys) != 0;
  out.begin_us = static_cast<std::int64_t>(fields.u64());
  out.tool = fields.text();
  out.servers = fields.text();
  out.pattern = fields.text();
  return fields.good() && fields.at_end();
}

bool read_end(std::string_view payload, RecordEnd& out) {
  FieldReader fields(payload);
  out.reason = fields.text();
  out.lines = fields.u64();
  out.other = fields.u64();
  out.malformed = fields.u64();
  out.end_us = static_cast<std::int64_t>(fields.u64());
  return fields.good() && fields.at_end();
}

}  // namespace rcache::trace
