#include "commands/restore/forecast.h"

#include <algorithm>

namespace rcache::restore {
namespace {

void add(std::vector<Share>& shares, const redis::Node& owner, const backup::Value& value) {
  auto share = std::find_if(shares.begin(), shares.end(), [&owner](const Share& each) {
    return each.node.address == owner.address;
  });
  if (share == shares.end()) share = shares.insert(shares.end(), Share{owner, 0, value.key});
  share->payload_bytes += value.dump.size();
}

}  // namespace

Result<std::vector<Share>> forecast(BatchReader records, const Nodes& nodes) {
  std::vector<Share> shares;
  while (true) {
    const auto batch = records.next();
    if (!batch) return fail(batch.error());
    if (batch->empty()) return shares;
    for (const auto& record : batch->keys) {
      if (const auto* owner = nodes.owner_of(record.value.key)) add(shares, *owner, record.value);
    }
  }
}

}  // namespace rcache::restore
