#include "trace/oracle_general.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>

#include "trace/seconds_spread.h"

namespace rcache::trace {
namespace {

template <typename Number>
Number little_endian(const char* at) {
  Number number;
  std::memcpy(&number, at, sizeof number);
  if constexpr (std::endian::native == std::endian::big) {
    auto* bytes = reinterpret_cast<unsigned char*>(&number);
    std::reverse(bytes, bytes + sizeof number);
  }
  return number;
}

std::uint32_t second_of(const char* record) {
  return little_endian<std::uint32_t>(record);
}
std::uint64_t id_of(const char* record) {
  return little_endian<std::uint64_t>(record + 4);
}
std::uint32_t size_of(const char* record) {
  return little_endian<std::uint32_t>(record + 12);
}
std::int64_t next_access_of(const char* record) {
  return little_endian<std::int64_t>(record + 16);
}

class OracleGeneralDecoder : public Decoder {
 public:
  OracleGeneralDecoder(Intake& intake, std::uint64_t seed)
      : intake_(intake), spread_(intake.events, seed) {
    intake_.nameless = true;
  }

  std::size_t consume(std::string_view bytes, More more) override {
    const auto count = bytes.size() / k_oracle_record_bytes;
    for (std::size_t i = 0; i < count; ++i) {
      // Where the keys of a large trace lie cannot be guessed by the processor: tell it early.
      constexpr std::size_t k_ahead = 12;
      const char* record = bytes.data() + i * k_oracle_record_bytes;
      if (i + k_ahead < count) {
        intake_.keys.prefetch_number(id_of(record + k_ahead * k_oracle_record_bytes));
      }
      read_record(record);
    }
    if (more == More::yes) return count * k_oracle_record_bytes;
    if (bytes.size() % k_oracle_record_bytes != 0) {
      ++intake_.tally.lines;
      intake_.tally.add_malformed("cut off: a record has 24 bytes");
    }
    spread_.finish();
    return bytes.size();
  }

 private:
  void read_record(const char* record) {
    ++intake_.tally.lines;
    ++intake_.tally.events;
    Event event;
    event.time_ns = std::int64_t{second_of(record)} * 1'000'000'000;
    event.key = intake_.keys.intern_number(id_of(record));
    event.size = std::min(size_of(record), k_unknown - 1);
    spread_.add(event);
  }

  Intake& intake_;
  SecondsSpread spread_;
};

}  // namespace

std::unique_ptr<Decoder> oracle_general_decoder(Intake& intake, std::uint64_t seed) {
  return std::make_unique<OracleGeneralDecoder>(intake, seed);
}

bool looks_like_oracle_general(std::string_view begin) {
  const auto count = begin.size() / k_oracle_record_bytes;
  if (count == 0) return false;
  std::uint32_t last = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const char* record = begin.data() + i * k_oracle_record_bytes;
    const auto second = second_of(record);
    const auto next = next_access_of(record);
    const bool never = next == -1 || next == std::numeric_limits<std::int64_t>::max();
    if (second < last || (!never && next <= static_cast<std::int64_t>(i))) return false;
    last = second;
  }
  return true;
}

}  // namespace rcache::trace
