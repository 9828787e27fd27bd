#include "stampede/change.h"

#include <algorithm>

namespace rcache::stampede {
namespace {

using Setting = Change::Setting;

bool reads_ttl(Strategy strategy) {
  return uses_delta(strategy) || strategy == Strategy::xfetch_nodelta;
}

}  // namespace

Scenario with(Scenario scenario, std::span<const Change> changes) {
  for (const auto& each : changes) {
    switch (each.setting) {
      case Setting::jitter:
        scenario.jitter = each.span;
        scenario.jitter_all = true;
        break;
      case Setting::lock_ttl:
        scenario.lock_ttl = each.span;
        break;
      case Setting::delta_cap:
        scenario.delta_cap = each.span;
        break;
      case Setting::milliseconds:
        scenario.whole_seconds = false;
        break;
      case Setting::warm:
        scenario.warm = true;
        break;
      case Setting::ttl:
        scenario.ttl = each.span;
        break;
      case Setting::slots:
        scenario.db_slots = each.slots;
        break;
    }
  }
  return scenario;
}

const Change* find(const std::vector<Change>& changes, Setting setting) {
  const auto found = std::find_if(changes.begin(), changes.end(),
                                  [&](const Change& each) { return each.setting == setting; });
  return found == changes.end() ? nullptr : &*found;
}

std::vector<Change> relevant_to(Strategy strategy, const std::vector<Change>& changes) {
  const bool jittered = find(changes, Setting::jitter) != nullptr;
  std::vector<Change> out;
  for (const auto& each : changes) {
    if (each.setting == Setting::lock_ttl && !uses_lock(strategy)) continue;
    if (each.setting == Setting::delta_cap && !uses_delta(strategy)) continue;
    if (each.setting == Setting::milliseconds && !jittered && !reads_ttl(strategy)) continue;
    out.push_back(each);
  }
  return out;
}

}  // namespace rcache::stampede
