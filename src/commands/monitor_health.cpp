#include "commands/monitor_health.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "core/info.h"
#include "core/units.h"
#include "redis/server_time.h"

namespace rcache {
namespace {

/// More than this waiting in the server, and more at each look: it will not get better.
constexpr std::int64_t k_much_waiting = std::int64_t{32} << 20;
/// And so much is too much at once, whatever it does next.
constexpr std::int64_t k_too_much_waiting = std::int64_t{256} << 20;
constexpr int k_looks_growing = 4;
constexpr std::int64_t k_far_behind_ms = 5000;

}  // namespace

redis::Commands MonitorHealth::commands(std::optional<std::int64_t> client_id) {
  redis::Commands out;
  out.add({"TIME"});
  if (client_id) out.add({"CLIENT", "LIST", "ID", std::to_string(*client_id)});
  return out;
}

std::optional<std::int64_t> waiting_bytes(const redis::Reply& client_list) {
  constexpr std::string_view k_field = " omem=";
  const auto* text = client_list.get<std::string>();
  if (text == nullptr) return std::nullopt;
  const auto at = text->find(k_field);
  if (at == std::string::npos) return std::nullopt;
  const auto begin = at + k_field.size();
  return parse_integer(std::string_view(*text).substr(
      begin, std::min(text->find_first_of(" \n", begin), text->size()) - begin));
}

std::optional<std::string> MonitorHealth::look(const std::vector<redis::Reply>& replies,
                                               std::int64_t newest_line_ms, CapturedNode& report) {
  const auto now_ms = replies.empty() ? std::nullopt : redis::read_server_time(replies[0]);
  std::int64_t behind_ms = 0;
  if (now_ms && expected_ms_ && newest_line_ms < *expected_ms_) {
    behind_ms = *now_ms - std::max(newest_line_ms, first_ms_);
    report.most_behind_ms = std::max(report.most_behind_ms, behind_ms);
  }
  if (now_ms && !expected_ms_) first_ms_ = *now_ms;
  expected_ms_ = now_ms;
  if (const auto waiting = replies.size() > 1 ? waiting_bytes(replies[1]) : std::nullopt) {
    report.most_waiting_bytes = std::max(report.most_waiting_bytes.value_or(0), *waiting);
    growing_ = *waiting > std::max(k_much_waiting, waiting_bytes_) ? growing_ + 1 : 0;
    waiting_bytes_ = *waiting;
    if (growing_ >= k_looks_growing || *waiting > k_too_much_waiting) {
      return fmt::format("{} has {} of lines waiting to be read", report.address,
                         format_bytes(*waiting));
    }
  }
  if (behind_ms > k_far_behind_ms) {
    return fmt::format("the lines of {} come {} late", report.address,
                       format_duration(std::chrono::milliseconds(behind_ms)));
  }
  return std::nullopt;
}

}  // namespace rcache
