#include "trace/record_writer.h"

#include "trace/fields.h"

namespace rcache::trace {

bool RecordWriter::add(const Event& event) {
  constexpr std::size_t k_longest_name = std::size_t{64} << 10U;
  const bool keyed = event.verb != Verb::flush;
  if (keyed && plain_keys_ && keys_.name_of(event.key).size() > k_longest_name) return false;
  if (in_block_ == 0) {
    last_us_ = begin_us_;
    last_source_ = 0;
    last_database_ = 0;
  }
  const bool has_ttl = event.ttl_ms != k_same_ttl;
  const bool has_size = event.size != k_unknown;
  const bool new_source = event.source != last_source_;
  const bool new_database = event.database != last_database_;
  FieldWriter fields(payload_);
  fields.u8(static_cast<std::uint8_t>(static_cast<unsigned>(event.verb) | (has_ttl ? 0x10U : 0U) |
                                      (has_size ? 0x20U : 0U) | (new_source ? 0x40U : 0U) |
                                      (new_database ? 0x80U : 0U)));
  const auto now_us = event.time_ns / 1000;
  fields.zigzag(now_us - last_us_);
  if (keyed) {
    const auto before = known_.size();
    const auto place = known_.intern(event.key);
    if (place < before) {
      fields.varint(place + 1U);
    } else {
      fields.varint(0);
      if (plain_keys_) {
        fields.text(keys_.name_of(event.key));
      } else {
        fields.u64(keys_.hash_of(event.key));
      }
    }
  }
  if (has_ttl) fields.varint(event.ttl_ms == k_no_ttl ? 0 : std::uint64_t{event.ttl_ms} + 1);
  if (has_size) fields.varint(event.size);
  if (new_source) fields.varint(event.source);
  if (new_database) fields.varint(event.database);
  last_us_ = now_us;
  last_source_ = event.source;
  last_database_ = event.database;
  ++in_block_;
  ++events_;
  return true;
}

std::string RecordWriter::take_block() {
  if (in_block_ == 0) return {};
  auto out = block(BlockKind::events, in_block_, payload_);
  payload_.clear();
  known_.clear();
  in_block_ = 0;
  return out;
}

}  // namespace rcache::trace
