#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "commands/stats/render.h"

namespace rcache::stats {

// Words that the screen of a report and that of a watch share. All are printable, none is cut.

/// A server's own word, harmless and of bearable length; "unknown" for none.
std::string word(std::string_view text);

/// "redis 7.0.15 standalone master at 127.0.0.1:6379, up 3d 2h".
std::string title(const StatsReport& report);

/// Counts, ratios and so on as people read them; "n/a" for unknown.
std::string or_na(std::optional<std::int64_t> count);
std::string bytes_or_na(std::optional<std::int64_t> bytes);
std::string ratio_or_na(std::optional<double> ratio);
std::string rate_or_na(std::optional<double> per_second);

/// "1,234 ops/s", "12 of 10,000 clients", "0 blocked", "0 rejected": the window's ops/s if there is
/// one.
std::vector<std::string> traffic(const StatsReport& report);
/// "peak 1.4 GiB", "rss 1.5 GiB", "fragmentation 1.21", "policy allkeys-lru".
std::vector<std::string> memory_details(const Memory& memory);
/// "51,234 in all", "48,000 with TTL", "3,234 without".
std::vector<std::string> key_counts(const Keys& keys);

/// "ok", "warn", "FAIL", "unknown": readable without colour.
std::string_view status_word(Status status);
render::Tone tone_of(Status status);
Status worst_status(const StatsReport& report);

/// The last line: "Healthy, with warnings: memory, policy".
std::string verdict(const StatsReport& report);
render::Tone verdict_tone(const StatsReport& report);

}  // namespace rcache::stats
