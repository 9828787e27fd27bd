#include "trace/ndjson.h"

#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>

#include "trace/hash.h"

namespace rcache::trace {
namespace {

using Json = nlohmann::json;

constexpr double k_most_json_seconds = 9e9;  // 285 years: what 64 bits of nanoseconds hold

/// Source:  RFC 4648, section 4 (with padding)
std::optional<std::string> base64_decoded(std::string_view text) {
  constexpr std::string_view k_letters =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  if (text.size() % 4 != 0) return std::nullopt;
  while (text.ends_with('=')) text.remove_suffix(1);
  std::string bytes;
  std::uint32_t bits = 0;
  unsigned have = 0;
  for (const char letter : text) {
    const auto value = k_letters.find(letter);
    if (value == std::string_view::npos) return std::nullopt;
    bits = (bits << 6U) | static_cast<std::uint32_t>(value);
    have += 6;
    if (have < 8) continue;
    have -= 8;
    bytes += static_cast<char>(bits >> have & 0xffU);
  }
  return bytes;
}

class NdjsonDecoder : public LineDecoder {
 public:
  using LineDecoder::LineDecoder;

 private:
  void line(std::string_view text) override {
    const auto json = Json::parse(text, nullptr, false);
    const char* why = json.is_object() ? read_event(json) : "not a JSON object";
    if (why != nullptr) intake_.tally.add_malformed(why);
  }

  /// A field of seconds: false when it is there and makes no sense.
  static bool seconds_in(const Json& json, const char* name, std::optional<double>& out) {
    const auto field = json.find(name);
    if (field == json.end() || field->is_null()) return true;
    if (!field->is_number()) return false;
    out = field->get<double>();
    return *out >= 0 && *out <= k_most_json_seconds;
  }

  const char* read_event(const Json& json) {
    Event event;
    std::optional<double> at;
    std::optional<double> ttl;
    std::optional<double> load;
    if (!seconds_in(json, "time_s", at) || !at) return "time_s is not a number of seconds";
    if (!seconds_in(json, "ttl_s", ttl)) return "ttl_s is not a number of seconds";
    if (!seconds_in(json, "load_s", load)) return "load_s is not a number of seconds";
    event.time_ns = std::llround(*at * 1e9);
    if (const auto op = json.find("op"); op != json.end() && !op->is_null()) {
      const auto verb =
          op->is_string() ? verb_named(op->get_ref<const std::string&>()) : std::optional<Verb>();
      if (!verb) return "op is not one of get, look, set, add, update, del, expire, persist, flush";
      event.verb = *verb;
    }
    if (event.verb == Verb::set || event.verb == Verb::add) event.ttl_ms = k_no_ttl;
    if (ttl) event.ttl_ms = ttl_of(std::llround(std::ceil(*ttl * 1e3)));
    if (load) {
      if (*load * 1e6 >= k_unknown) return "load_s is not a number of seconds";
      event.load_us = static_cast<std::uint32_t>(std::llround(*load * 1e6));
    }
    if (const auto size = json.find("size"); size != json.end() && size->is_number_unsigned()) {
      event.size = static_cast<std::uint32_t>(
          std::min<std::uint64_t>(size->get<std::uint64_t>(), k_unknown - 1));
    }
    if (const auto source = json.find("source"); source != json.end() && !source->is_null()) {
      event.source = intake_.sources.intern(quick_hash(source->dump(), 0));
    }
    if (event.verb == Verb::flush) {
      event.database = k_all_databases;
      intake_.add_flush(event);
      return nullptr;
    }
    return add_keyed(event, json);
  }

  const char* add_keyed(const Event& event, const Json& json) {
    const auto key = json.find("key");
    if (key == json.end()) return "no key";
    if (key->is_string()) {
      intake_.add(event, key->get_ref<const std::string&>());
      return nullptr;
    }
    const auto coded = key->is_object() ? key->find("base64") : key->end();
    if (!key->is_object() || coded == key->end() || !coded->is_string()) {
      return "the key is neither a string nor {\"base64\": ...}";
    }
    const auto bytes = base64_decoded(coded->get_ref<const std::string&>());
    if (!bytes) return "the key's base64 is damaged";
    intake_.add(event, *bytes);
    return nullptr;
  }
};

}  // namespace

std::unique_ptr<Decoder> ndjson_decoder(Intake& intake) {
  return std::make_unique<NdjsonDecoder>(intake);
}

}  // namespace rcache::trace
