#include "redis/lineage.h"

namespace rcache::redis {
namespace {

// Uptime counts whole seconds by a clock that ticks ten times a second.
constexpr std::chrono::seconds k_rounding{2};

bool related(const Identity& before, const Identity& now) {
  if (before.replication_id.empty()) return false;
  return before.replication_id == now.replication_id ||
         before.replication_id == now.replication_id2 ||
         (!before.replication_id2.empty() && before.replication_id2 == now.replication_id);
}

}  // namespace

bool continues(const Identity& before, const Identity& now, std::chrono::seconds known_for) {
  if (before.run_id == now.run_id || before.run_id.empty() || now.run_id.empty()) return true;
  if (related(before, now)) return true;
  return std::chrono::seconds(now.uptime_seconds) <= known_for + k_rounding;
}

}  // namespace rcache::redis
