#include "redis/lineage.h"

#include <algorithm>

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

bool Lineage::continues_in(const Identity& identity, Instant now) {
  if (known_ && known_->run_id == identity.run_id) {
    known_ = identity;  // its replication ids may have changed
    return true;
  }
  const auto known_for = std::chrono::duration_cast<std::chrono::seconds>(now - since_);
  if (known_ && !continues(*known_, identity, known_for)) return false;
  known_ = identity;
  since_ = now;
  return true;
}

bool Lineage::continues_in(const std::vector<std::string>& node_ids) {
  std::set<std::string> ids(node_ids.begin(), node_ids.end());
  ids.erase("");  // what does not tell
  const auto known = [this](const std::string& id) { return node_ids_.contains(id); };
  if (!node_ids_.empty() && !ids.empty() && std::none_of(ids.begin(), ids.end(), known))
    return false;
  node_ids_.merge(ids);
  return true;
}

}  // namespace rcache::redis
