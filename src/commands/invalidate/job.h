#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_set>
#include <vector>

#include "commands/command.h"
#include "commands/invalidate/ledger.h"
#include "commands/invalidate/options.h"
#include "commands/invalidate/selection.h"
#include "commands/pacing.h"
#include "core/tag_layout.h"
#include "redis/deployment.h"

namespace rcache::invalidate {

class Saver;

/// A run, as all its parts see it.
struct Job {
  Job(Context& with, Options asked, Selection chosen, TagNaming by,
      std::shared_ptr<redis::Deployment> over)
      : context(with),
        options(std::move(asked)),
        selection(std::move(chosen)),
        naming(std::move(by)),
        servers(std::move(over)),
        ledger(context.key_prefix) {
    auto& receipt = ledger.receipt();
    receipt.patterns = options.patterns;
    receipt.tags = options.tags;
    const auto window = options.spread ? options.spread : options.expire_in;
    if (window) receipt.spread_seconds = static_cast<double>(window->count()) / 1000;
    if (window) receipt.how = How::expire;
  }

  Context& context;
  Options options;
  Selection selection;
  TagNaming naming;  ///< of the tags
  std::shared_ptr<redis::Deployment> servers;
  Ledger ledger;
  std::shared_ptr<RunPace> pace;
  std::shared_ptr<Saver> saver;  ///< empty without --backup
  How how = How::unlink;
  std::uint64_t seed = 0;  ///< for --spread
  /// Keys that a server would not take when they were sent: on the move, lost connection.
  std::unordered_set<std::string> later;

  /// How many keys were chosen to go in this run, whatever came of it: for --max-keys.
  std::uint64_t keys_chosen = 0;

  bool cluster() const { return servers->mode() == redis::Mode::cluster; }

  /// Ends the run at the next batch. The first reason counts.
  void stop(Reason reason, std::string words = {}) {
    if (!stopped) stopped = reason;
    if (!words.empty()) say(std::move(words));
  }
  /// A reason why not everything is covered; each is said once.
  void say(std::string words) {
    auto& reasons = ledger.receipt().reasons;
    for (const auto& known : reasons) {
      if (known == words) return;
    }
    reasons.push_back(std::move(words));
  }
  /// A line for the person at the terminal, each only once.
  void note_once(const std::string& line) {
    if (noted.insert(line).second) context.output.note(line);
  }
  std::set<std::string> noted;
  std::optional<Reason> stopped;
  std::optional<Clock::Instant> deadline;  ///< of --max-time
  /// Why the server takes no removal at all; the run's error when nothing was removed before.
  std::optional<Error> refused;
};

/// Stops the job when Ctrl-C, --max-time or --stop-file say so.
void check_stop(Job& job);

}  // namespace rcache::invalidate
