#include "commands/demo/families.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "commands/demo/random.h"

namespace rcache::demo {
namespace {

constexpr std::array k_first_names = {"Ada",  "Grace",     "Edsger", "Barbara",
                                      "Alan", "Katherine", "Linus",  "Radia"};
constexpr std::array k_last_names = {"Lovelace", "Hopper",  "Dijkstra", "Liskov",
                                     "Turing",   "Johnson", "Perlman"};
constexpr std::array k_wares = {"lamp", "desk",   "chair", "shelf", "clock",
                                "vase", "mirror", "rug",   "stool"};

/// Another stream than the one that plan.cpp takes names and lives from.
Random details(const Plan& plan, Stream which, std::size_t index) {
  return Random(plan.seed + 1, static_cast<std::uint64_t>(which), index);
}

template <std::size_t N>
const char* any_of(Random& random, const std::array<const char*, N>& words) {
  return words[random.below(N)];
}

std::string person(Random& random) {
  // Named one by one: the order in which a call's arguments are computed is the compiler's choice.
  const char* first = any_of(random, k_first_names);
  const char* last = any_of(random, k_last_names);
  return fmt::format("{} {}", first, last);
}

void set_for(Chunk& chunk, std::string_view key, std::string_view value, std::int64_t ttl_ms) {
  chunk.add({"SET", key, value, "PX", std::to_string(ttl_ms)});
}

}  // namespace

void write_contacts(const Plan& plan, std::size_t index, Chunk& chunk) {
  const Life life = contacts_life(plan, index);
  Random random = details(plan, Stream::contacts, index);
  const auto first_id = random.between(10'000, 99'990);
  const std::string first = person(random);
  const std::string second = person(random);
  // Fresh for 7 minutes, then served stale while somebody renews it, gone with the TTL.
  const std::int64_t cached_at = plan.now_ms - life.age_ms;
  static constexpr auto k_page =
      R"({{"value":{{"total":{},"contacts":[{{"id":{},"name":"{}"}},{{"id":{},"name":"{}"}}]}},)"
      R"("cachedAt":{},"expiresAt":{}}})";
  set_for(chunk, contacts_key(plan, index),
          fmt::format(k_page, random.between(2, 900), first_id, first, first_id + 7, second,
                      cached_at, cached_at + 420'000),
          life.ttl_ms);
}

void write_profile(const Plan& plan, std::size_t index, Chunk& chunk) {
  Random random = details(plan, Stream::profiles, index);
  const std::string name = person(random);
  const char* locale = random.chance(300) ? "de" : "en";
  set_for(chunk, profile_key(index),
          fmt::format(
              R"({{"id":{},"name":"{}","email":"user{}@example.com","locale":"{}","plan":"{}"}})",
              index + 1, name, index + 1, locale, random.chance(120) ? "pro" : "free"),
          profile_life(plan, index).ttl_ms);
}

void write_profile_meta(const Plan& plan, std::size_t index, Chunk& chunk) {
  const Life life = profile_life(plan, index);
  const std::string key = profile_key(index) + ":meta";
  Random random = details(plan, Stream::profiles, plan.profiles + index);
  chunk.add({"HSET", key, "cachedAt", std::to_string(plan.now_ms - life.age_ms), "expiresAt",
             std::to_string(plan.now_ms + life.ttl_ms), "delta",
             std::to_string(random.between(40, 400))});
  chunk.add({"PEXPIRE", key, std::to_string(life.ttl_ms)});
}

void write_session(const Plan& plan, std::size_t index, Chunk& chunk) {
  Random random = details(plan, Stream::sessions, index);
  const std::string key = session_key(plan, index);
  const std::string user = std::to_string(random.popular(plan.profiles) + 1);
  const std::string csrf = random.hex(16);
  chunk.add({"HSET", key, "user", user, "csrf", csrf, "seen",
             std::to_string(plan.now_ms - random.between(0, 600'000))});
  chunk.add({"PEXPIRE", key, std::to_string(random.between(30'000, 900'000))});
}

void write_product(const Plan& plan, std::size_t index, Chunk& chunk) {
  Random random = details(plan, Stream::products, index);
  const char* ware = any_of(random, k_wares);
  const std::int64_t cents = random.between(500, 90'000);
  const std::int64_t delta_ms = random.between(20, 300);
  const std::int64_t whole_ms = random.between(79'200'000, 86'400'000);
  const std::int64_t ttl_ms = whole_ms - random.between(0, 72'000'000);
  static constexpr auto k_product = R"({{"value":{{"id":{},"title":"{} no. {}","price":{}.{:02}}},)"
                                    R"("delta":{},"expiresAt":{}}})";
  set_for(chunk, product_key(index),
          fmt::format(k_product, index + 1, ware, index + 1, cents / 100, cents % 100, delta_ms,
                      plan.now_ms + ttl_ms),
          ttl_ms);
}

void write_search(const Plan& plan, std::size_t index, Chunk& chunk) {
  Random random = details(plan, Stream::searches, index);
  std::string ids;
  for (std::int64_t left = random.between(0, 20); left > 0; --left) {
    ids += fmt::format("{}{}", ids.empty() ? "" : ",", random.between(10'000, 99'999));
  }
  const std::int64_t whole_ms = random.between(240'000, 300'000);
  set_for(chunk, search_key(plan, index), "[" + ids + "]", whole_ms - random.between(0, 220'000));
}

void write_rate_limit(const Plan& plan, std::size_t index, Chunk& chunk) {
  Random random = details(plan, Stream::rate_limits, index);
  const std::string key = rate_limit_key(index);
  Words words{"ZADD", key};
  // A sliding window of 60 s; what is older waits for the next request to be trimmed away.
  std::int64_t at_ms = plan.now_ms - random.between(0, 30'000);
  const std::int64_t last_ms = at_ms;
  for (std::int64_t left = random.between(1, 12); left > 0; --left) {
    words.push_back(std::to_string(at_ms));
    words.push_back(fmt::format("{}-{}", at_ms, random.hex(6)));
    at_ms -= random.between(200, 15'000);
  }
  chunk.add(std::move(words));
  chunk.add({"PEXPIRE", key, std::to_string(last_ms + 60'000 - plan.now_ms)});
}

void write_code(const Plan& plan, std::size_t index, Chunk& chunk) {
  Random random = details(plan, Stream::codes, index);
  const std::int64_t code = random.between(0, 999'999);
  set_for(chunk, code_key(index), fmt::format("{:06}", code), random.between(10'000, 60'000));
}

void write_lock(const Plan& plan, std::size_t index, Chunk& chunk) {
  Random random = details(plan, Stream::locks, index);
  const std::int64_t worker = random.between(1, 8);
  const std::string token = random.hex(12);
  chunk.add({"SET", "lock:" + contacts_key(plan, 1 + index * 37),
             fmt::format("worker-{}:{}", worker, token), "NX", "PX",
             std::to_string(random.between(10'000, 30'000))});
}

void write_report(const Plan& plan, std::size_t index, Chunk& chunk) {
  Random random = details(plan, Stream::exports, index);
  const std::int64_t visits = random.between(0, 5'000);
  chunk.add({"SET", fmt::format("report:daily:{}", index + 1),
             fmt::format(R"({{"account":{},"visits":{},"orders":{}}})", index + 1, visits,
                         random.between(0, 90)),
             "PXAT", std::to_string(plan.cliff_ms)});
}

void write_export(const Plan& plan, std::size_t index, Chunk& chunk) {
  Random random = details(plan, Stream::exports, plan.reports + index);
  std::string rows = "id;name;email\n";
  for (int row = 0; row < 8; ++row) {
    const std::int64_t id = random.between(10'000, 99'999);
    rows += fmt::format("{};{};user{}@example.com\n", id, person(random), id);
  }
  chunk.add({"SET", fmt::format("contacts:org7:export:{}", index + 1), rows});
}

void write_flag(const Plan& plan, std::size_t index, Chunk& chunk) {
  const bool on = details(plan, Stream::exports, plan.reports + plan.exports + index).chance(400);
  chunk.add({"SET", fmt::format("feature:flags:{}", index + 1), on ? "on" : "off"});
}

void write_spent_code(const Plan& plan, std::size_t index, Chunk& chunk) {
  chunk.add(
      {"SET", code_key(plan.codes + index), "000000", "PXAT", std::to_string(plan.codes_spent_ms)});
}

}  // namespace rcache::demo
