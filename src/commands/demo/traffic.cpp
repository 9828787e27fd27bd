#include "commands/demo/traffic.h"

#include <fmt/format.h>

#include <algorithm>

#include "commands/demo/random.h"

namespace rcache::demo {
namespace {

/// One kind of read: how many of 1000 reads it is, and how many of 1000 of those miss. Together
/// about 13.6 % miss, most of them searches, which is what a table of hit ratios by pattern should
/// show.
struct Kind {
  unsigned per_mille_of_reads;
  unsigned per_mille_missing;
};
constexpr Kind k_contacts{350, 100};
constexpr Kind k_profiles{250, 80};
constexpr Kind k_sessions{200, 120};
constexpr Kind k_products{120, 60};
constexpr Kind k_searches{80, 620};
static_assert(k_contacts.per_mille_of_reads + k_profiles.per_mille_of_reads +
                  k_sessions.per_mille_of_reads + k_products.per_mille_of_reads +
                  k_searches.per_mille_of_reads ==
              1000);

/// Picks keys and counts what an application would count.
class Reader {
 public:
  explicit Reader(Random random) : random_(random) {}

  /// Out: an index below `count` of a popular key, or one from beyond that names no key.
  std::size_t pick(const Kind& kind, std::size_t count) {
    if (random_.chance(kind.per_mille_missing)) {
      ++misses_;
      return count + 1'000 + random_.below(count * 4);
    }
    ++hits_;
    return random_.popular(count);
  }

  void read(const Plan& plan, Chunk& chunk) {
    const auto at = static_cast<unsigned>(random_.below(1000));
    unsigned upto = k_contacts.per_mille_of_reads;
    if (at < upto) return chunk.add({"GET", contacts_key(plan, pick(k_contacts, plan.contacts))});
    upto += k_profiles.per_mille_of_reads;
    if (at < upto) return chunk.add({"GET", profile_key(pick(k_profiles, plan.profiles))});
    upto += k_sessions.per_mille_of_reads;
    if (at < upto)
      return chunk.add(
          {"HMGET", session_key(plan, pick(k_sessions, plan.sessions)), "user", "csrf"});
    upto += k_products.per_mille_of_reads;
    if (at < upto) return chunk.add({"GET", product_key(pick(k_products, plan.products))});
    chunk.add({"GET", search_key(plan, pick(k_searches, plan.searches))});
  }

  std::size_t hits() const { return hits_; }
  std::size_t misses() const { return misses_; }

 private:
  Random random_;
  std::size_t hits_ = 0;
  std::size_t misses_ = 0;
};

}  // namespace

void read_batch(const Plan& plan, std::size_t index, Chunk& chunk) {
  Reader reader(Random(plan.seed, static_cast<std::uint64_t>(Stream::reads), index));
  for (std::size_t i = 0; i < k_reads_per_batch; ++i) reader.read(plan, chunk);
  chunk.add({"INCRBY", "metrics:cache_hits", std::to_string(reader.hits())});
  chunk.add({"INCRBY", "metrics:cache_misses", std::to_string(reader.misses())});
}

void read_carelessly(const Plan& plan, std::size_t, Chunk& chunk) {
  chunk.add({"KEYS", "contacts:org1:*"});
  for (int i = 0; i < 3; ++i) chunk.add({"HGETALL", "contacts:org3:index"});
  for (std::size_t org = 1; org <= std::min<std::size_t>(plan.orgs, 40); ++org) {
    chunk.add({"SMEMBERS", org_tag_key(org)});
  }
  const std::string window_start = std::to_string(plan.now_ms - 60'000);
  for (std::size_t i = 0; i < std::min<std::size_t>(plan.rate_limits, 400); ++i) {
    const std::string key = rate_limit_key(i);
    chunk.add({"ZRANGEBYSCORE", key, window_start, "+inf"});
    chunk.add({"ZCARD", key});
  }
  for (std::size_t i = 0; i < std::min<std::size_t>(plan.profile_metas, 200); ++i) {
    chunk.add({"HGETALL", profile_key(i) + ":meta"});
  }
}

void read_spent_code(const Plan& plan, std::size_t index, Chunk& chunk) {
  chunk.not_before_ms = plan.codes_spent_ms + 1;
  chunk.add({"GET", code_key(plan.codes + index)});
}

}  // namespace rcache::demo
