#include "trace/record_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "trace/fields.h"

namespace rcache::trace {
namespace {

class RecordDecoder : public Decoder {
 public:
  RecordDecoder(Intake& intake, Recording& recording) : intake_(intake), recording_(recording) {}

  std::size_t consume(std::string_view bytes, More more) override {
    std::size_t at = 0;
    while (bytes.size() - at >= k_block_head_bytes) {
      const auto rest = bytes.substr(at);
      BlockHead head;
      if (!read_block_head(rest, head)) {
        at += skip_to_head(rest);
        continue;
      }
      lost_ = false;
      const auto size = k_block_overhead_bytes + head.payload_bytes;
      if (rest.size() < size) break;
      take_block(head, rest.substr(k_block_head_bytes, std::size_t{head.payload_bytes} + 4));
      at += size;
    }
    if (more == More::yes) return at;
    intake_.tally.torn_bytes += bytes.size() - at;
    return bytes.size();
  }

 private:
  /// Over bytes that begin no block, counted once however many they are.
  std::size_t skip_to_head(std::string_view rest) {
    if (!lost_) {
      ++intake_.tally.lines;
      intake_.tally.add_malformed("bytes that begin no block");
      lost_ = true;
    }
    const auto next = rest.find(k_record_magic, 1);
    return next != std::string_view::npos ? next : rest.size() - (k_record_magic.size() - 1);
  }

  void take_block(const BlockHead& head, std::string_view payload_and_sum) {
    auto& tally = intake_.tally;
    ++tally.lines;
    if (!payload_is_whole(payload_and_sum)) {
      tally.add_malformed(fmt::format("a damaged block of {} events", head.events));
      return;
    }
    const auto payload = payload_and_sum.substr(0, payload_and_sum.size() - 4);
    bool good = true;
    if (head.kind == BlockKind::header) {
      RecordHeader header;
      good = read_header(payload, header);
      if (good && !recording_.header) recording_.header = std::move(header);
      if (good) intake_.nameless = !recording_.header->plain_keys;
    } else if (head.kind == BlockKind::end) {
      RecordEnd end;
      good = read_end(payload, end);
      if (good) recording_.end = std::move(end);
    } else {
      // Without the header nobody knows what the keys are.
      good = recording_.header && read_events(payload);
    }
    if (!good) tally.add_malformed("a block that does not hold what it should");
  }

  bool read_events(std::string_view payload) {
    keys_.clear();
    FieldReader fields(payload);
    const bool plain = recording_.header->plain_keys;
    std::int64_t now_us = recording_.header->begin_us;
    Event event;
    event.source = intake_.sources.intern(0);
    while (fields.good() && !fields.at_end()) {
      const auto first = fields.u8();
      if ((first & 0x0fU) >= k_verb_count) return false;
      event.verb = static_cast<Verb>(first & 0x0fU);
      const auto step = fields.zigzag();
      constexpr std::int64_t k_most_us = 9'000'000'000'000'000;  // what nanoseconds can hold
      if (step > k_most_us || step < -k_most_us || now_us < 0 || now_us > k_most_us) return false;
      now_us += step;
      if (now_us < 0 || now_us > k_most_us) return false;
      event.time_ns = now_us * 1000;
      std::string_view name;
      std::uint64_t hash = 0;
      std::uint64_t place = 0;
      if (event.verb != Verb::flush) {
        place = fields.varint();
        if (place > keys_.size()) return false;
        if (place == 0 && plain) name = fields.text();
        if (place == 0 && !plain) hash = fields.u64();
      }
      const auto ttl = (first & 0x10U) != 0 ? fields.varint() : std::uint64_t{k_same_ttl} + 1;
      event.ttl_ms = ttl == 0
                         ? k_no_ttl
                         : static_cast<std::uint32_t>(std::min<std::uint64_t>(ttl - 1, k_same_ttl));
      event.size =
          (first & 0x20U) != 0
              ? static_cast<std::uint32_t>(std::min<std::uint64_t>(fields.varint(), k_unknown))
              : k_unknown;
      if ((first & 0x40U) != 0) event.source = intake_.sources.intern(fields.varint());
      if ((first & 0x80U) != 0) event.database = static_cast<std::uint16_t>(fields.varint());
      if (!fields.good()) return false;
      if (event.verb == Verb::flush) {
        intake_.add_flush(event);
      } else {
        add(event, place, name, hash);
      }
    }
    return fields.good();
  }

  void add(Event event, std::uint64_t place, std::string_view name, std::uint64_t hash) {
    if (place > 0) {
      const auto& key = keys_[static_cast<std::size_t>(place - 1)];
      event.key = key.number;
      return key.wanted ? push(event) : skip();
    }
    bool wanted = true;
    if (recording_.header->plain_keys) {
      wanted = !intake_.match || intake_.match->matches(name);
      event.key = wanted ? intake_.keys.intern(name, event.database) : k_unknown;
    } else {
      event.key = intake_.keys.intern_number(hash);
    }
    keys_.push_back({event.key, wanted});
    wanted ? push(event) : skip();
  }

  void skip() { ++intake_.tally.filtered; }

  void push(const Event& event) {
    intake_.events.push_back(event);
    ++intake_.tally.events;
  }

  struct KnownKey {
    std::uint32_t number = 0;
    bool wanted = true;
  };

  Intake& intake_;
  Recording& recording_;
  std::vector<KnownKey> keys_;  ///< new in this block
  bool lost_ = false;
};

}  // namespace

std::unique_ptr<Decoder> record_decoder(Intake& intake, Recording& recording) {
  return std::make_unique<RecordDecoder>(intake, recording);
}

}  // namespace rcache::trace
