#include "commands/invalidate/planning.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "commands/invalidate/sweep.h"
#include "commands/invalidate/tag_sets.h"
#include "core/reservoir.h"
#include "redis/fan_out.h"

namespace rcache::invalidate {
namespace {

constexpr std::size_t k_sample = 1000;
constexpr std::size_t k_examples = 5;

struct Sampled {
  std::shared_ptr<redis::Client> client;
  std::string key;
};

TtlClass class_of(std::int64_t pttl_ms) {
  if (pttl_ms < 0) return TtlClass::none;
  const std::chrono::milliseconds ttl(pttl_ms);
  if (ttl < std::chrono::minutes(1)) return TtlClass::minute;
  if (ttl < std::chrono::hours(1)) return TtlClass::hour;
  return ttl < std::chrono::hours(24) ? TtlClass::day : TtlClass::longer;
}

/// Type and TTL of the sample. A key that went meanwhile, or may not be asked for, is left out.
asio::awaitable<void> ask_sample(const Reservoir<Sampled>& reservoir, Plan& plan) {
  std::map<std::shared_ptr<redis::Client>, redis::Commands> questions;
  for (const auto& sampled : reservoir.kept()) {
    questions[sampled.client].add({"TYPE", sampled.key});
    questions[sampled.client].add({"PTTL", sampled.key});
  }
  for (auto& [client, commands] : questions) {
    const auto replies = co_await client->pipeline(std::move(commands));
    if (!replies) continue;
    for (std::size_t i = 0; i + 1 < replies->size(); i += 2) {
      const auto* type = (*replies)[i].get<redis::Status>();
      const auto* ttl = (*replies)[i + 1].get<std::int64_t>();
      if (type == nullptr || ttl == nullptr || *ttl == -2) continue;
      ++plan.sampled;
      ++plan.types[type->text];
      ++plan.ttl_classes[class_of(*ttl)];
    }
  }
}

asio::awaitable<Target> describe_target(std::shared_ptr<Job> job) {
  Target target;
  target.profile = job->context.safety.profile;
  target.production = job->context.safety.production;
  target.database = job->context.safety.database;
  const auto& nodes = job->servers->nodes();
  const auto& identity = nodes.front().identity;
  for (const auto& node : nodes)
    target.addresses += (target.addresses.empty() ? "" : ", ") + redis::to_string(node.address);
  if (nodes.size() > 1)
    target.addresses = fmt::format("{} nodes: {}", nodes.size(), target.addresses);
  target.server = fmt::format("{} {}", identity.flavor, identity.version);
  if (job->cluster()) target.server += ", cluster";
  if (identity.role == "slave") target.server += ", replica";
  if (!job->cluster()) target.run_id = identity.run_id.substr(0, 8);
  redis::Args words{"DBSIZE"};
  const auto sizes = co_await redis::ask_every_node(job->servers, std::move(words));
  for (const auto& size : sizes) {
    const auto* keys = size ? size->get<std::int64_t>() : nullptr;
    if (keys != nullptr && *keys > 0) target.keys += static_cast<std::uint64_t>(*keys);
  }
  co_return target;
}

/// What the looks at patterns and tags add up to.
struct Count {
  Plan plan;
  KeyPatterns groups;
  std::map<redis::Address, NodePlan> nodes;
  Reservoir<Sampled> reservoir{k_sample};

  void add(const Job& job, const redis::Address& node, const std::shared_ptr<redis::Client>& client,
           const std::string& key, Verdict verdict) {
    ++plan.matched;
    ++nodes[node].matched;
    if (verdict == Verdict::kept) {
      ++plan.protected_keys;
      return;
    }
    if (job.ledger.on_settled) job.ledger.on_settled({key});
    auto shown = job.ledger.shown(key);
    groups.add(shown);
    if (auto* place = reservoir.offer()) *place = {client, key};
    if (plan.examples.size() < k_examples) plan.examples.push_back(std::move(shown));
  }
};

asio::awaitable<Result<void>> look_at_patterns(std::shared_ptr<Job> job,
                                               std::shared_ptr<Count> count) {
  Visitor visit = [job, count](const redis::KeyBatch& batch, std::string& key, Verdict verdict) {
    count->add(*job, batch.node, batch.client, key, verdict);
  };
  auto looked = co_await look_over(job, std::move(visit));
  if (!looked) co_return fail(std::move(looked).error());
  auto& plan = count->plan;
  plan.scanned = looked->scanned;
  plan.complete = looked->coverage.complete;
  plan.reasons = looked->coverage.reasons;
  for (const auto& node : job->ledger.finished().nodes) {
    for (auto& [address, line] : count->nodes)
      if (redis::to_string(address) == node.address) line.scanned = node.scanned;
  }
  co_return Result<void>();
}

}  // namespace

asio::awaitable<Result<Plan>> make_plan(std::shared_ptr<Job> job) {
  const auto count = std::make_shared<Count>();
  auto& plan = count->plan;
  plan.target = co_await describe_target(job);
  plan.patterns = job->options.patterns;
  plan.tags = job->options.tags;
  plan.spread_seconds = job->ledger.receipt().spread_seconds;
  plan.complete = true;
  for (const auto& node : job->servers->nodes()) count->nodes[node.address];
  if (job->selection.has_patterns()) {
    if (auto looked = co_await look_at_patterns(job, count); !looked)
      co_return fail(std::move(looked).error());
  }
  if (!job->options.tags.empty()) {
    TagVisitor visit = [job, count](const redis::Node& node, std::string& key, Verdict verdict) {
      count->add(*job, node.address, node.client, key, verdict);
    };
    auto tags = co_await look_at_tags(job, std::move(visit));
    plan.tag_sets = std::move(tags.sets);
    plan.complete = plan.complete && tags.complete;
    const auto& words = job->ledger.receipt().reasons;
    plan.reasons.insert(plan.reasons.end(), words.begin(), words.end());
  }
  if (job->stopped) plan.complete = false;
  co_await ask_sample(count->reservoir, plan);
  plan.groups = count->groups.groups();
  plan.groups_folded = count->groups.folded();
  for (auto& [address, line] : count->nodes) {
    line.address = redis::to_string(address);
    plan.nodes.push_back(std::move(line));
  }
  co_return std::move(plan);
}

Receipt receipt_of(const Plan& plan, const Job& job) {
  Receipt receipt = job.ledger.receipt();
  receipt.dry_run = true;
  receipt.complete = plan.complete;
  receipt.scanned = plan.scanned;
  receipt.matched = plan.matched;
  receipt.protected_keys = plan.protected_keys;
  receipt.reason = job.stopped.value_or(plan.complete ? Reason::dry_run : Reason::incomplete);
  receipt.reasons = plan.reasons;
  receipt.groups = plan.groups;
  receipt.groups_folded = plan.groups_folded;
  for (const auto& node : plan.nodes)
    receipt.nodes.push_back({node.address, node.scanned, node.matched, 0, std::nullopt});
  return receipt;
}

asio::awaitable<Result<std::uint64_t>> count_up_to(std::shared_ptr<Job> job, std::uint64_t most) {
  const auto matched = std::make_shared<std::uint64_t>(0);
  // Enough is known before the end: the look ends, the run goes on to refuse.
  const auto too_many = [job, matched, most] {
    if (++*matched > most) job->stop(Reason::max_keys);
  };
  if (job->selection.has_patterns()) {
    Visitor visit = [too_many](const redis::KeyBatch&, std::string&, Verdict verdict) {
      if (verdict == Verdict::selected) too_many();
    };
    auto looked = co_await look_over(job, std::move(visit));
    if (!looked) co_return fail(std::move(looked).error());
  }
  if (!job->options.tags.empty() && !job->stopped) {
    TagVisitor visit = [too_many](const redis::Node&, std::string&, Verdict verdict) {
      if (verdict == Verdict::selected) too_many();
    };
    co_await look_at_tags(job, std::move(visit));
  }
  co_return *matched;
}

}  // namespace rcache::invalidate
