#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "commands/audit_ttl/report.h"

namespace rcache::audit_ttl {

// What the renderings say in the same words.

/// "1 key has", "1,234 keys have".
std::string keys_have(std::uint64_t keys);
/// "1 key is", "1,234 keys are".
std::string keys_are(std::uint64_t keys);
/// What keys with this offence have: "more TTL left than their rule's max".
std::string_view words_of(Offence offence);
/// "1 without TTL, 3 over max": the kinds that there are.
std::string summary(const Offences& offences);
/// "must expire, within 15m", "must expire, 1m to 15m", "must not expire", "may expire".
std::string demand(const Rule& rule);
/// "session:*", or "(every other key)" for the implied rule behind others and "(every key)" for
/// the implied one alone.
std::string rule_name(const AuditReport& report, std::size_t index);
/// A pattern or key as one harmless line, cut behind 512 bytes, and no command to a CI runner.
std::string shown(std::string_view key);
/// The same for what the user typed.
std::string in_quotes(std::string_view text);
/// "2,400 keys of report:daily:* expire at 2026-11-21T03:00:00Z (in 3h 10m)".
std::string words_of(const Cliff& cliff, std::int64_t now_unix_ms);
/// One stretch of TTLs between edges that people know (1s, 10s, 1m, 5m, 15m, 1h, 6h, 1d, 7d, 30d).
struct TtlClass {
  std::int64_t from_ms = 0;
  std::optional<std::int64_t> to_ms = {};  ///< not included; empty: without end
  std::uint64_t keys = 0;                  ///< about; in all classes together they are exact
};
/// Those that hold keys.
std::vector<TtlClass> ttl_classes(const TtlHistogram& ttl);

/// "1h 30m" of milliseconds.
std::string lifetime(std::int64_t ms);

}  // namespace rcache::audit_ttl
