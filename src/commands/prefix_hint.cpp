#include "commands/prefix_hint.h"

#include <fmt/format.h>

#include <optional>

#include "core/glob.h"
#include "core/key.h"
#include "redis/asio.h"

namespace rcache {
namespace {

constexpr std::chrono::milliseconds k_limit{1000};

/// The shortest part of the key before which ends at a delimiter and behind which the pattern
/// matches.
std::optional<std::string> prefix_of(const std::string& key, const Glob& pattern) {
  for (auto end = key.find(':'); end != std::string::npos; end = key.find(':', end + 1)) {
    if (pattern.matches(std::string_view(key).substr(end + 1))) return key.substr(0, end + 1);
  }
  return std::nullopt;
}

/// Scans until a key is found that the pattern matches behind a prefix.
asio::awaitable<std::optional<std::string>> find_prefix(std::shared_ptr<redis::Deployment> servers,
                                                        Glob pattern, redis::ScanOptions options) {
  options.match = "*" + pattern.text();
  options.max_passes = 1;
  options.patience = k_limit;
  redis::Scan scan(std::move(servers), std::move(options));
  // Batches without a key do not reach us: the time has to end the scan from outside.
  const redis::DeadlineGuard guard(co_await asio::this_coro::executor,
                                   std::chrono::steady_clock::now() + k_limit,
                                   [&scan] { scan.stop(); });
  std::optional<std::string> prefix;
  while (!prefix) {
    auto batch = co_await scan.next();
    if (!batch || !batch->has_value()) break;
    for (const auto& key : (**batch).keys)
      if (!prefix) prefix = prefix_of(key, pattern);
  }
  scan.stop();
  co_return prefix;
}

}  // namespace

asio::awaitable<void> hint_at_prefix(Context& context, std::shared_ptr<redis::Deployment> servers,
                                     std::vector<std::string> patterns, redis::ScanOptions pace) {
  const auto& own = context.key_prefix;
  for (const auto& typed : patterns) {
    if (!own.empty()) {
      if (!own.off(typed)) continue;
      context.output.note(
          fmt::format("rcache: nothing matches; the key prefix '{}' is put before patterns, and "
                      "'{}' has it already",
                      printable(own.text()), printable(typed)));
      continue;
    }
    auto pattern = Glob::parse(typed);
    if (!pattern) continue;
    const auto prefix = co_await find_prefix(servers, std::move(*pattern), pace);
    if (!prefix) continue;
    context.output.note(fmt::format("rcache: nothing matches; did you mean '{}'? (or --key-prefix)",
                                    printable(escape_glob(*prefix) + typed)));
    co_return;
  }
}

}  // namespace rcache
