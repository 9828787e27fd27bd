#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "commands/stampede/render.h"
#include "stampede/advice.h"
#include "stampede/keyspace_advice.h"

namespace rcache::stampede {

/// The advice on one screen: what to do, what the formulas say, what was tried.
std::string text(const Advice& advice, const TextOptions& options);

/// "rcache.stampede-advice/1".
std::string json(const Advice& advice);

/// How the TTLs were read that an advice is about.
struct KeyspaceLook {
  std::string match;
  std::uint64_t lookups = 0;
  std::vector<std::string> reasons;      ///< why not every key was seen; empty when each was
  bool rate_assumed = false;             ///< nobody said how much traffic there is
  Scenario scenario = {};                ///< as it was typed, and fitted to the traffic
  std::optional<Recorded> traffic = {};  ///< what was heard of it, when somebody listened
  bool traffic_full = false;             ///< and ended early, as no more could be kept
};

/// What each key pattern needs.
std::string text(const KeyspaceAdvice& advice, const KeyspaceLook& look,
                 const TextOptions& options);
std::string json(const KeyspaceAdvice& advice, const KeyspaceLook& look);

}  // namespace rcache::stampede
