#include "commands/demo/plan.h"

#include <fmt/format.h>

#include <algorithm>

#include "commands/demo/random.h"

namespace rcache::demo {
namespace {

constexpr std::int64_t k_minute_ms = 60'000;
constexpr std::int64_t k_hour_ms = 60 * k_minute_ms;
constexpr std::int64_t k_day_ms = 24 * k_hour_ms;

/// The next 03:00 UTC that is at least half an hour away: the nightly job that gave every report
/// the same end.
std::int64_t next_cliff(std::int64_t now_ms) {
  const std::int64_t soonest = now_ms + k_hour_ms / 2 - 3 * k_hour_ms;
  return (soonest / k_day_ms + 1) * k_day_ms + 3 * k_hour_ms;
}

/// Shares the contacts out among the orgs, the first the largest.
std::vector<std::size_t> share(std::size_t contacts, std::size_t orgs) {
  const auto weight = [](std::size_t org) { return 1'000'000 / (org + 3); };
  std::size_t all = 0;
  for (std::size_t org = 1; org <= orgs; ++org) all += weight(org);
  std::vector<std::size_t> first{0};
  std::size_t sum = 0;
  for (std::size_t org = 1; org <= orgs; ++org) {
    sum += weight(org);
    first.push_back(contacts * sum / all);
  }
  return first;
}

/// A life that began with a jittered TTL of at most `longest_ms` and has `least_left_ms` left or
/// more.
Life lived(Random random, std::int64_t shortest_ms, std::int64_t longest_ms,
           std::int64_t least_left_ms) {
  const std::int64_t whole = random.between(shortest_ms, longest_ms);
  const std::int64_t age = random.between(0, whole - least_left_ms);
  return {.age_ms = age, .ttl_ms = whole - age};
}

Random stream(const Plan& plan, Stream which, std::size_t index) {
  return Random(plan.seed, static_cast<std::uint64_t>(which), index);
}

}  // namespace

Plan make_plan(std::size_t keys, std::uint64_t seed, std::int64_t now_ms) {
  Plan plan;
  plan.seed = seed;
  plan.now_ms = now_ms;
  plan.keys = keys;
  plan.orgs = std::clamp<std::size_t>(keys / 1'250, 8, 400);
  plan.profiles = keys * 180 / 1'000;
  plan.profile_metas = keys * 10 / 1'000;
  plan.sessions = keys * 160 / 1'000;
  plan.products = keys * 130 / 1'000;
  plan.categories = std::clamp<std::size_t>(keys / 2'000, 8, 200);
  plan.searches = keys * 120 / 1'000;
  plan.reports = keys * 30 / 1'000;
  plan.exports = keys * 7 / 1'000;
  plan.flags = std::max<std::size_t>(keys * 12 / 10'000, 5);
  plan.rate_limits = keys * 30 / 1'000;
  plan.codes = keys * 24 / 1'000;
  plan.spent_codes = std::min<std::size_t>(keys * 8 / 1'000, 2'000);
  plan.locks = std::max<std::size_t>(keys * 12 / 10'000, 3);
  plan.user_tags = keys * 9 / 1'000;
  plan.hash_fields = std::clamp<std::size_t>(keys * 2 / 5, 1'000, 100'000);
  plan.stream_entries = 400;
  plan.read_batches = std::min<std::size_t>(keys * 6 / 5, 300'000) / k_reads_per_batch;
  plan.contacts = keys - plan.profiles - plan.profile_metas - plan.sessions - plan.products -
                  plan.categories - plan.searches - plan.reports - plan.exports - plan.flags -
                  plan.rate_limits - plan.codes - plan.locks - plan.user_tags - plan.orgs -
                  k_single_keys;
  plan.first_contact = share(plan.contacts, plan.orgs);
  plan.cliff_ms = next_cliff(now_ms);
  plan.codes_spent_ms = now_ms + 100;
  return plan;
}

std::string contacts_key(const Plan& plan, std::size_t index) {
  static constexpr const char* k_sorts[] = {"name", "created", "company"};
  const auto& first = plan.first_contact;
  // An index beyond the last is a page that the largest org does not have.
  const auto next = index < plan.contacts ? std::upper_bound(first.begin(), first.end(), index)
                                          : first.begin() + 1;
  const std::size_t rank = index - *(next - 1);
  return fmt::format("contacts:org{}:list:page:{}:sort:{}", next - first.begin(), rank / 3 + 1,
                     k_sorts[rank % 3]);
}

Life contacts_life(const Plan& plan, std::size_t index) {
  // The first is the key behind the crashed lock: past its freshness, and nobody may renew it.
  if (index == 0) return {.age_ms = 8 * k_minute_ms, .ttl_ms = 2 * k_minute_ms};
  return lived(stream(plan, Stream::contacts, index), 8 * k_minute_ms, 10 * k_minute_ms,
               k_minute_ms);
}

std::string profile_key(std::size_t index) {
  return fmt::format("user:{}:profile", index + 1);
}

Life profile_life(const Plan& plan, std::size_t index) {
  return lived(stream(plan, Stream::profiles, index), 12 * k_minute_ms, 15 * k_minute_ms,
               k_minute_ms);
}

std::string session_key(const Plan& plan, std::size_t index) {
  return "session:" + stream(plan, Stream::sessions, index).hex(32);
}

std::string product_key(std::size_t index) {
  return fmt::format("catalog:product:{}", index + 1);
}

std::string search_key(const Plan& plan, std::size_t index) {
  return "search:" + stream(plan, Stream::searches, index).hex(16);
}

std::string rate_limit_key(std::size_t index) {
  return fmt::format("ratelimit:{}:/api/contacts", index + 1);
}

std::string code_key(std::size_t index) {
  return fmt::format("otp:{}", 100'000 + index);
}

std::string org_tag_key(std::size_t org) {
  return fmt::format("tag:contacts:org:{}", org);
}

std::string category_tag_key(std::size_t category) {
  return fmt::format("cachetag:catalog:category:{}", category);
}

}  // namespace rcache::demo
