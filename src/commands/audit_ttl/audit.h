#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "commands/audit_ttl/choice.h"
#include "commands/audit_ttl/options.h"
#include "commands/audit_ttl/policy.h"
#include "commands/command.h"
#include "commands/pacing.h"
#include "redis/deployment.h"

namespace rcache::audit_ttl {

/// A run, as all its parts see it.
struct Audit {
  Context& context;
  Options options;
  Choice choice;
  Policy policy;
  std::shared_ptr<redis::Deployment> servers;
  /// What keyspace_hits and keyspace_misses of the servers have grown by because of us.
  std::uint64_t own_lookups = 0;
  std::vector<std::string> notes = {};
  std::shared_ptr<RunPace> pace =
      {};  ///< of a repair that is held to a budget; empty: there is none

  bool cluster() const { return servers->mode() == redis::Mode::cluster; }
  bool interrupted() const { return context.interrupt.requested(); }

  /// The key as the application knows it.
  std::string_view shown(std::string_view key) const {
    return context.key_prefix.off(key).value_or(key);
  }

  /// Something that a reader must know; each is said once.
  void note(std::string words) {
    for (const auto& known : notes)
      if (known == words) return;
    notes.push_back(std::move(words));
  }
};

}  // namespace rcache::audit_ttl
