#include "commands/demo/dataset.h"

#include <algorithm>

#include "commands/demo/oddities.h"
#include "commands/demo/tags.h"
#include "commands/demo/traffic.h"
#include "model.h"

namespace rcache::demo {
namespace {

constexpr std::int64_t k_minute_ms = 60'000;
constexpr std::int64_t k_hour_ms = 60 * k_minute_ms;

std::vector<Words> commands_of(std::size_t keys, std::uint64_t seed) {
  std::vector<Words> all;
  Dataset dataset(make_plan(keys, seed, k_now_ms));
  for (Chunk chunk = dataset.next(); !chunk.commands.empty(); chunk = dataset.next()) {
    all.insert(all.end(), chunk.commands.begin(), chunk.commands.end());
  }
  return all;
}

const Plan& usual_plan() {
  static const Plan plan = make_plan(50'000, 1, k_now_ms);
  return plan;
}

const Model& usual_model() {
  static const Model model = model_of(usual_plan());
  return model;
}

}  // namespace

TEST_CASE("dataset: the same seed gives the same commands, another seed others") {
  CHECK(commands_of(2'000, 7) == commands_of(2'000, 7));
  CHECK(commands_of(2'000, 7) != commands_of(2'000, 8));
}

TEST_CASE("dataset: holds exactly as many keys as asked for") {
  for (const std::size_t keys : {1'000u, 1'234u, 9'999u, 50'000u, 131'072u}) {
    CAPTURE(keys);
    CHECK(model_of(make_plan(keys, 3, k_now_ms)).keys.size() == keys);
  }
}

TEST_CASE("dataset: no chunk of a usual fill is longer than a server likes to be asked at once") {
  Dataset dataset(usual_plan());
  for (Chunk chunk = dataset.next(); !chunk.commands.empty(); chunk = dataset.next()) {
    REQUIRE(chunk.commands.size() <= 1'200);
  }
  CHECK(dataset.next().commands.empty());
}

TEST_CASE("dataset: each family has its number of keys, its type and its longest TTL") {
  struct Case {
    const char* prefix;
    std::size_t count;
    const char* type;
    std::int64_t least_ms;
    std::int64_t most_ms;
  };
  const Case cases[] = {
      {"session:", 8'000, "hash", 30'000, 15 * k_minute_ms},
      {"otp:", 1'200, "string", 10'000, k_minute_ms},
      {"catalog:product:", 6'500, "string", 2 * k_hour_ms, 24 * k_hour_ms},
      {"search:", 6'029, "string", 20'000, 5 * k_minute_ms},
      {"report:daily:", 1'500, "string", k_hour_ms / 2, 25 * k_hour_ms},
      {"user:", 9'500, "", k_minute_ms, 15 * k_minute_ms},
  };
  for (const Case& c : cases) {
    CAPTURE(c.prefix);
    CHECK(usual_model().count(c.prefix) == c.count);
    for (const auto& [key, value] : usual_model().keys) {
      if (!key.starts_with(c.prefix)) continue;
      if (*c.type) REQUIRE(value.type == c.type);
      REQUIRE(value.expires_ms);
      REQUIRE(*value.expires_ms - k_now_ms >= c.least_ms);
      REQUIRE(*value.expires_ms - k_now_ms <= c.most_ms);
    }
  }
  for (const auto& [key, value] : usual_model().keys) {
    if (!key.starts_with("contacts:") || key.find(":list:") == std::string::npos) continue;
    REQUIRE(*value.expires_ms - k_now_ms >= k_minute_ms);
    REQUIRE(*value.expires_ms - k_now_ms <= 10 * k_minute_ms);
  }
}

TEST_CASE("dataset: keys without TTL are those of the story and no others") {
  std::map<std::string, int> found;
  for (const auto& [key, value] : usual_model().keys) {
    if (!value.expires_ms)
      ++found[key.starts_with("contacts:") ? key.substr(0, 20) : key.substr(0, key.rfind(':'))];
  }
  CHECK(found == std::map<std::string, int>{{"contacts:org7:export", 350},
                                            {"feature:flags", 60},
                                            {"events", 1},
                                            {"lock:contacts:org1:list:page:1:sort", 1},
                                            {"metrics", 2},
                                            {"ratelimit:17", 1},
                                            {"ratelimit:1204", 1},
                                            {"ratelimit:4711", 1},
                                            {"tag:contacts:org", 1},
                                            {"test2", 1},
                                            {"tmp", 1}});
}

TEST_CASE(
    "dataset: all reports expire in one second, at 03:00 UTC, and nothing else comes near it") {
  std::map<std::int64_t, int> by_second;
  for (const auto& [key, value] : usual_model().keys) {
    if (value.expires_ms) ++by_second[*value.expires_ms / 1'000];
  }
  const std::int64_t cliff = usual_plan().cliff_ms / 1'000;
  CHECK(cliff % 86'400 == 3 * 3'600);
  CHECK(by_second[cliff] >= 1'500);
  by_second.erase(cliff);
  const auto next =
      std::max_element(by_second.begin(), by_second.end(),
                       [](const auto& a, const auto& b) { return a.second < b.second; });
  CHECK(next->second < 200);
}

TEST_CASE("dataset: the cliff is at least half an hour and at most a day and a half hour away") {
  for (std::int64_t now_ms = k_now_ms; now_ms < k_now_ms + 24 * k_hour_ms;
       now_ms += 7 * k_minute_ms) {
    const auto away = make_plan(1'000, 1, now_ms).cliff_ms - now_ms;
    REQUIRE(away >= k_hour_ms / 2);
    REQUIRE(away <= 24 * k_hour_ms + k_hour_ms / 2);
  }
}

TEST_CASE("dataset: tags are well kept, or have exactly the fault of their story") {
  const Model& model = usual_model();
  int with_dead = 0;
  int with_outliving = 0;
  int without_ttl = 0;
  for (const auto& [key, tag] : model.keys) {
    if (tag.type != "set") continue;
    int dead = 0;
    int outliving = 0;
    for (const std::string& member : tag.members) {
      const auto found = model.keys.find(member);
      if (found == model.keys.end()) {
        ++dead;
      } else if (tag.expires_ms && *found->second.expires_ms > *tag.expires_ms) {
        ++outliving;
      }
    }
    with_dead += dead > 0;
    with_outliving += outliving > 0;
    without_ttl += !tag.expires_ms;
    CAPTURE(key);
    CHECK((dead > 0) + (outliving > 0) + !tag.expires_ms <= 1);
  }
  CHECK(with_dead == 5 + 1 + 2);   // orgs 3, 11, 19, 27, 35; category 6; two deleted orgs
  CHECK(with_outliving == 5 + 1);  // orgs 5, 13, 21, 29, 37; category 4
  CHECK(without_ttl == 1);
}

TEST_CASE("dataset: the faults of tags are there in the smallest cache too") {
  const Model model = model_of(make_plan(1'000, 1, k_now_ms));
  CHECK(model.keys.at("tag:contacts:all").type == "string");
  CHECK_FALSE(model.keys.at("tag:contacts:org:2").expires_ms);
  CHECK(model.keys.at("tag:contacts:org:3").members.contains("contacts:org3:list:page:1:sort:age"));
  const auto& deleted = model.keys.at("tag:contacts:org:9").members;
  CHECK(deleted.size() == 12);
  CHECK(std::none_of(deleted.begin(), deleted.end(),
                     [&](const auto& key) { return model.keys.contains(key); }));
  const auto& short_lived = model.keys.at("tag:contacts:org:5");
  CHECK(std::any_of(short_lived.members.begin(), short_lived.members.end(), [&](const auto& key) {
    return *model.keys.at(key).expires_ms > *short_lived.expires_ms;
  }));
}

TEST_CASE(
    "dataset: a page of contacts is in the tag of its org, or in none when it was forgotten") {
  const Model& model = usual_model();
  std::size_t untagged = 0;
  for (std::size_t i = 0; i < usual_plan().contacts; ++i) {
    const std::string key = contacts_key(usual_plan(), i);
    const std::string org = key.substr(12, key.find(':', 12) - 12);
    const bool is_tagged = model.keys.at("tag:contacts:org:" + org).members.contains(key);
    REQUIRE(is_tagged == !is_untagged(i));
    untagged += !is_tagged;
  }
  CHECK(untagged == 45);
}

TEST_CASE("dataset: the crashed lock guards the most wanted page, which is stale") {
  const std::string page = contacts_key(usual_plan(), 0);
  CHECK(page == "contacts:org1:list:page:1:sort:name");
  CHECK_FALSE(usual_model().keys.at("lock:" + page).expires_ms);
  const std::string& value = usual_model().keys.at(page).value;
  const auto at = value.find("\"expiresAt\":");
  REQUIRE(at != std::string::npos);
  CHECK(std::stoll(value.substr(at + 12)) < k_now_ms);
  CHECK(usual_model().ttl_ms(page) == 2 * k_minute_ms);
}

TEST_CASE("dataset: every other lock guards a page that exists, for 30 seconds at most") {
  int locks = 0;
  for (const auto& [key, lock] : usual_model().keys) {
    if (!key.starts_with("lock:") || !lock.expires_ms) continue;
    ++locks;
    CHECK(usual_model().keys.contains(key.substr(5)));
    CHECK(*lock.expires_ms - k_now_ms <= 30'000);
  }
  CHECK(locks == 60);
}

TEST_CASE("dataset: has a big hash, a stream and hostile names") {
  CHECK(usual_model().keys.at("contacts:org3:index").members.size() == 20'000);
  CHECK(usual_model().keys.at("events:contacts").members.size() == 400);
  for (const std::string& key : hostile_keys()) CHECK(usual_model().keys.contains(key));
}

TEST_CASE("dataset: between 84 and 88 % of the reads hit, whatever the size and the seed") {
  for (const std::size_t keys : {1'000u, 50'000u}) {
    for (const std::uint64_t seed : {1u, 2u, 99u}) {
      const Model model = model_of(make_plan(keys, seed, k_now_ms));
      const double ratio =
          static_cast<double>(model.hits) / static_cast<double>(model.hits + model.misses);
      CAPTURE(keys);
      CAPTURE(seed);
      CHECK(ratio > 0.84);
      CHECK(ratio < 0.88);
    }
  }
}

TEST_CASE("dataset: the application's own counters say what it read") {
  const Model& model = usual_model();
  const auto hits = std::stoull(model.keys.at("metrics:cache_hits").value);
  const auto misses = std::stoull(model.keys.at("metrics:cache_misses").value);
  CHECK(hits == model.hits);
  CHECK(misses == model.misses - usual_plan().spent_codes);
  CHECK(hits + misses == usual_plan().read_batches * k_reads_per_batch);
}

}  // namespace rcache::demo
