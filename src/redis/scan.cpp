#include "redis/scan.h"

#include <fmt/format.h>

#include <algorithm>

#include "redis/slot.h"

namespace rcache::redis {
namespace {

asio::awaitable<void> pause(std::chrono::milliseconds duration) {
  asio::steady_timer timer(co_await asio::this_coro::executor, duration);
  co_await timer.async_wait(k_no_throw);
}

}  // namespace

/// The passes over the deployment, until everything is proven or nothing more can be done.
struct Scan::State {
  State(std::shared_ptr<Deployment> over, ScanOptions with)
      : deployment(std::move(over)), options(std::move(with)) {}

  std::shared_ptr<Deployment> deployment;
  ScanOptions options;
  std::shared_ptr<BatchQueue> queue;  ///< made at the first next(): only then is there an executor
  bool whole_missing = true;          ///< outside a cluster: the one keyspace has not been proven
  Coverage coverage;

  using Walks = std::vector<std::shared_ptr<NodeWalk>>;
  Walks walks;  ///< of all passes

  bool cluster() const { return deployment->mode() == Mode::cluster; }
  bool anything_missing() const { return cluster() ? coverage.missing.any() : whole_missing; }
  void settle(const NodeWalk& walk);
  void explain_missing();

  static asio::awaitable<Walks> begin_walks(std::shared_ptr<State> self);
  static asio::awaitable<bool> run_pass(std::shared_ptr<State> self);
  static asio::awaitable<void> drive(std::shared_ptr<State> self);
};

/// Draws the conclusion from one finished walk.
void Scan::State::settle(const NodeWalk& walk) {
  coverage.batches += walk.batches;
  coverage.keys += walk.keys;
  if (coverage.passes == 1) coverage.foreign_keys += walk.orphans();
  if (walk.unknown_order) options.lanes = 1;  // the next pass relies on nothing
  if (!walk.failure.empty()) {
    coverage.reasons.push_back(fmt::format("{} was not walked to its end: {}",
                                           to_string(walk.node.address), walk.failure));
    return;
  }
  if (!walk.same_process) {
    coverage.reasons.push_back(fmt::format("{} restarted or changed its role during the scan",
                                           to_string(walk.node.address)));
    return;
  }
  if (cluster()) {
    coverage.missing &= ~walk.steady;
    return;
  }
  // The last word on who is in charge is the refreshed deployment's: a sentinel may have named
  // another.
  const auto& node = deployment->nodes().front();
  if (node.identity.run_id == walk.before.run_id && node.identity.role == walk.before.role) {
    whole_missing = false;
  } else {
    coverage.reasons.push_back(fmt::format("{} is in charge now, {} was walked",
                                           to_string(node.address), to_string(walk.node.address)));
  }
}

void Scan::State::explain_missing() {
  for (const auto& gap : deployment->gaps()) {
    if ((gap.slots & coverage.missing).any())
      coverage.reasons.push_back(fmt::format("{}: {}", gap.what, gap.why));
  }
  if (cluster())
    coverage.reasons.push_back(fmt::format("not proven: slots {}", to_string(coverage.missing)));
}

/// The first look at every node that has something to offer.
asio::awaitable<Scan::State::Walks> Scan::State::begin_walks(std::shared_ptr<State> self) {
  Walks walks;
  std::vector<asio::awaitable<bool>> looks;
  for (const auto& node : self->deployment->nodes()) {
    walks.push_back(std::make_shared<NodeWalk>());
    walks.back()->node = node;
    walks.back()->mode = self->deployment->mode();
    walks.back()->pass = self->coverage.passes;
    looks.push_back(begin_walk(walks.back()));
  }
  co_await gather(std::move(looks));
  for (const auto& walk : walks)
    walk->wanted = self->coverage.missing & (walk->before.served | walk->before.moving);
  std::erase_if(walks, [&](const auto& walk) {
    return walk->failure.empty() && self->cluster() && walk->wanted.none();
  });
  self->walks.insert(self->walks.end(), walks.begin(), walks.end());
  co_return walks;
}

/// Walks, on all nodes at once, what is still missing.
/// Out:     false when there was nobody to walk.
asio::awaitable<bool> Scan::State::run_pass(std::shared_ptr<State> self) {
  self->coverage.reasons.clear();
  const auto walks = co_await begin_walks(self);
  self->queue->reset_room();
  std::vector<asio::awaitable<bool>> runs;
  for (const auto& walk : walks) {
    if (walk->failure.empty()) runs.push_back(finish_walk(walk, self->options, self->queue));
  }
  const bool walked_something = !runs.empty();
  co_await gather(std::move(runs));
  if (self->queue->stopped()) co_return walked_something;

  const auto refreshed = co_await self->deployment->refresh();
  if (refreshed) {
    for (const auto& walk : walks) self->settle(*walk);
  } else {
    if (refreshed.error().kind == ErrorKind::interrupted) self->queue->fail(refreshed.error());
    self->coverage.reasons.push_back(refreshed.error().message);
  }
  if (self->anything_missing()) self->explain_missing();
  co_return walked_something;
}

asio::awaitable<void> Scan::State::drive(std::shared_ptr<State> self) {
  if (self->cluster()) {
    if (self->options.slots) {
      self->coverage.missing = *self->options.slots;
    } else {
      self->coverage.missing.set();
    }
  }
  auto give_up_waiting = std::chrono::steady_clock::now() + self->options.patience;
  auto wait = std::chrono::milliseconds(50);
  while (self->coverage.passes < self->options.max_passes) {
    ++self->coverage.passes;
    const bool walked_something = co_await run_pass(self);
    if (self->queue->stopped() || !self->anything_missing()) break;
    if (walked_something) {
      give_up_waiting = std::chrono::steady_clock::now() + self->options.patience;
    } else {
      // Only a wait for somebody to take over: it does not count as a pass.
      --self->coverage.passes;
      if (std::chrono::steady_clock::now() >= give_up_waiting) break;
    }
    co_await pause(wait);
    wait = std::min(wait * 2, std::chrono::milliseconds(1000));
  }
  self->coverage.complete = !self->queue->stopped() && !self->anything_missing();
  if (self->coverage.complete) self->coverage.reasons.clear();
  self->queue->close();
}

Scan::Scan(std::shared_ptr<Deployment> deployment, ScanOptions options)
    : state_(std::make_shared<State>(std::move(deployment), std::move(options))) {}

Scan::~Scan() {
  if (state_ && state_->queue) state_->queue->stop();
}

Scan::Scan(Scan&&) noexcept = default;
Scan& Scan::operator=(Scan&&) noexcept = default;

void Scan::stop() {
  if (state_->queue) state_->queue->stop();
}

const Coverage& Scan::coverage() const {
  return state_->coverage;
}

std::vector<WalkProgress> Scan::progress() const {
  std::vector<WalkProgress> all;
  const auto count = state_->options.pace ? state_->options.pace->count() : state_->options.count;
  for (const auto& walk : state_->walks)
    all.push_back({walk->node.address, walk->looked_at(count), walk->keyspace,
                   walk->lanes_done.size(), walk->failure});
  return all;
}

asio::awaitable<Result<std::optional<KeyBatch>>> Scan::next() {
  const auto state = state_;
  if (!state->queue) {
    const auto executor = co_await asio::this_coro::executor;
    state->queue = std::make_shared<BatchQueue>(executor);
    asio::co_spawn(executor, State::drive(state), asio::detached);
  }
  const auto queue = state->queue;
  co_return co_await queue->take();
}

}  // namespace rcache::redis
