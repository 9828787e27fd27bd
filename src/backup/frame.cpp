#include "backup/frame.h"

#include "backup/payload.h"
#include "core/crc.h"

namespace rcache::backup {
namespace {

constexpr std::size_t k_summed_bytes = k_head_bytes - k_checksum_bytes;
constexpr std::string_view k_rare = k_magic.substr(0, 3);
constexpr char k_mark = '\0';

std::string checksum(std::string_view bytes) {
  std::string out;
  FieldWriter(out).u32(crc32c(bytes));
  return out;
}

std::string head(Kind kind, std::size_t payload_bytes) {
  std::string out(k_magic);
  FieldWriter fields(out);
  fields.u8(static_cast<std::uint8_t>(kind));
  fields.u32(static_cast<std::uint32_t>(payload_bytes));
  return out + checksum(out);
}

/// The frame with a mark behind every "rcf" of its payload.
std::string mark(std::string opened) {
  auto hit = opened.find(k_rare, k_head_bytes);
  if (hit == std::string::npos) return opened;  // nearly always: not copied
  std::string out;
  std::size_t copied = 0;
  for (; hit != std::string::npos; hit = opened.find(k_rare, copied)) {
    const auto end = hit + k_rare.size();
    out.append(opened, copied, end - copied);
    out += k_mark;
    copied = end;
  }
  return out.append(opened, copied);
}

}  // namespace

std::optional<Head> parse_head(std::string_view bytes) {
  if (bytes.size() < k_head_bytes || !bytes.starts_with(k_magic)) return std::nullopt;
  const auto summed = bytes.substr(0, k_summed_bytes);
  if (bytes.substr(k_summed_bytes, k_checksum_bytes) != checksum(summed)) return std::nullopt;
  FieldReader fields(summed.substr(k_magic.size()));
  Head out;
  out.kind = fields.u8();
  out.payload_bytes = fields.u32();
  return out;
}

bool is_cut_head(std::string_view bytes) {
  return !bytes.empty() && bytes.size() < k_head_bytes &&
         bytes.substr(0, k_magic.size()) == k_magic.substr(0, bytes.size());
}

bool payload_fits(std::string_view payload_and_checksum) {
  if (payload_and_checksum.size() < k_checksum_bytes) return false;
  const auto payload_bytes = payload_and_checksum.size() - k_checksum_bytes;
  return payload_and_checksum.substr(payload_bytes) ==
         checksum(payload_and_checksum.substr(0, payload_bytes));
}

std::string open_frame() {
  return std::string(k_head_bytes, '\0');
}

std::string close_frame(Kind kind, std::string opened) {
  std::string out = mark(std::move(opened));
  const auto payload_bytes = out.size() - k_head_bytes;
  out.replace(0, k_head_bytes, head(kind, payload_bytes));
  out += checksum(std::string_view(out).substr(k_head_bytes));
  return out;
}

std::optional<std::string_view> unmark(std::string_view payload, std::string& room) {
  auto hit = payload.find(k_rare);
  if (hit == std::string_view::npos) return payload;
  room.clear();
  for (; hit != std::string_view::npos; hit = payload.find(k_rare)) {
    const auto end = hit + k_rare.size();
    if (end == payload.size() || payload[end] != k_mark) return std::nullopt;
    room += payload.substr(0, end);
    payload.remove_prefix(end + 1);
  }
  room += payload;
  return room;
}

}  // namespace rcache::backup
