#pragma once

#include <string>
#include <utility>
#include <vector>

#include "render/style.h"
#include "stampede/advice.h"

namespace rcache::stampede {

/// "a lock TTL of 6s, jitter of up to 40s in milliseconds"; empty for no changes.
std::string words_of(const std::vector<Change>& changes);

/// "swr-lock with a lock TTL of 6s: peak 1 of 10 slots, p99.9 0.5 ms, values up to 105 ms stale"
std::string words_of(const Proof& proof, const Scenario& scenario);

/// What is wrong today, and what to do about it.
std::vector<std::pair<std::string, render::Tone>> verdict(const Advice& advice);

/// What the closed forms say: a name and a sentence each.
std::vector<std::pair<std::string, std::string>> by_formula(const Advice& advice);

/// How it was proved: seeds, time, TTL.
std::string proof_words(const Advice& advice);

}  // namespace rcache::stampede
