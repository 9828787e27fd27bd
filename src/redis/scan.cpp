#include "redis/scan.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <deque>
#include <unordered_set>

#include "core/key.h"
#include "redis/asio.h"
#include "redis/lanes.h"
#include "redis/node_view.h"
#include "redis/refusal.h"
#include "redis/slot.h"

namespace rcache::redis {
namespace {

using Instant = std::chrono::steady_clock::time_point;
constexpr std::chrono::seconds k_ownership_check_every{1};

asio::awaitable<void> pause(std::chrono::milliseconds duration) {
  asio::steady_timer timer(co_await asio::this_coro::executor, duration);
  co_await timer.async_wait(k_no_throw);
}

/// The border of two lanes. The left one's last batch runs over it, so both see the keys right behind
/// it: whoever comes second leaves out what the first has handed out.
class Seam {
 public:
  void leave_out_seen(std::vector<std::string>& keys) {
    std::erase_if(keys, [&](const std::string& key) { return !seen_.insert(key).second; });
  }

 private:
  std::unordered_set<std::string> seen_;
};

/// One walk over one node: what is wanted of it, and how it went.
struct Walk {
  Node node;
  NodeView before;
  SlotSet wanted;           ///< keys of other slots are not handed out
  SlotSet steady;           ///< served and unmarked at every look so far
  bool same_process = true; ///< at every look so far
  bool foreign_count = false;
  std::string failure;      ///< why it did not reach the end; empty when it did
  std::size_t lanes_left = 0;
  std::optional<asio::steady_timer> next_look;  ///< cancelled when the last lane has ended
};

/// A server error that another try cannot mend.
bool is_final(const ServerError& error) {
  const auto code = error.code();
  return code == "NOPERM" || code == "NOAUTH" || code == "ERR";
}

}  // namespace

struct Scan::State : std::enable_shared_from_this<Scan::State> {
  State(std::shared_ptr<Deployment> over, ScanOptions with) : deployment(std::move(over)), options(std::move(with)) {}

  std::shared_ptr<Deployment> deployment;
  ScanOptions options;
  std::optional<Signal> batch_ready;  // made at the first next(): only then is there an executor
  std::optional<Signal> room;
  std::deque<KeyBatch> ready;
  std::size_t capacity = 2;
  bool stopped = false;
  bool ended = false;
  bool whole_missing = true;  ///< outside a cluster: the one keyspace has not been proven
  std::optional<Error> fatal;
  Coverage coverage;

  bool cluster() const { return deployment->mode() == Mode::cluster; }
  bool anything_missing() const { return cluster() ? coverage.missing.any() : whole_missing; }
  void end_with(Error error);
  void settle(const Walk& walk);
  void explain_missing();
  void keep_wanted(Walk& walk, std::vector<std::string>& keys);

  static asio::awaitable<void> drive(std::shared_ptr<State> self);
  static asio::awaitable<bool> prepare(std::shared_ptr<State> self, Node node, std::shared_ptr<Walk> walk);
  static asio::awaitable<bool> walk_node(std::shared_ptr<State> self, std::shared_ptr<Walk> walk);
  static asio::awaitable<bool> walk_lane(std::shared_ptr<State> self, std::shared_ptr<Walk> walk, Lane lane,
                                         std::shared_ptr<Seam> left, std::shared_ptr<Seam> right);
  static asio::awaitable<bool> follow_cursor(std::shared_ptr<State> self, std::shared_ptr<Walk> walk, Lane lane,
                                             std::shared_ptr<Seam> left, std::shared_ptr<Seam> right);
  static asio::awaitable<bool> watch_ownership(std::shared_ptr<State> self, std::shared_ptr<Walk> walk);
  static asio::awaitable<void> look(std::shared_ptr<State> self, std::shared_ptr<Walk> walk);
  static asio::awaitable<bool> hand_out(std::shared_ptr<State> self, KeyBatch batch);
};

void Scan::State::end_with(Error error) {
  if (!fatal) fatal = std::move(error);
  stopped = true;
  batch_ready->notify();
  room->notify();
}

/// Waits until there is room, then queues the batch. False when the scan was stopped.
asio::awaitable<bool> Scan::State::hand_out(std::shared_ptr<State> self, KeyBatch batch) {
  while (self->ready.size() >= self->capacity && !self->stopped) co_await self->room->wait();
  if (self->stopped) co_return false;
  ++self->coverage.batches;
  self->coverage.keys += batch.keys.size();
  if (batch.keys.empty()) co_return true;
  self->ready.push_back(std::move(batch));
  self->batch_ready->notify();
  co_return true;
}

void Scan::State::keep_wanted(Walk& walk, std::vector<std::string>& keys) {
  if (!cluster()) return;
  std::erase_if(keys, [&](const std::string& key) {
    const auto slot = key_slot(key);
    if (walk.wanted[slot]) return false;
    if (walk.foreign_count && !walk.before.served[slot]) ++coverage.foreign_keys;
    return true;
  });
}

asio::awaitable<bool> Scan::State::follow_cursor(std::shared_ptr<State> self, std::shared_ptr<Walk> walk, Lane lane,
                                                 std::shared_ptr<Seam> left, std::shared_ptr<Seam> right) {
  // A neighbour's last batch reaches at most one batch into this lane; two allow for rehashing.
  int batches_at_left_seam = left ? 2 : 0;
  std::uint64_t cursor = lane.start;
  while (!self->stopped && walk->failure.empty()) {
    Args words{"SCAN", std::to_string(cursor), "COUNT", std::to_string(self->options.count)};
    if (!self->options.match.empty()) words.insert(words.end(), {"MATCH", self->options.match});
    if (!self->options.type.empty()) words.insert(words.end(), {"TYPE", self->options.type});
    auto reply = co_await walk->node.client->send(std::move(words));
    if (self->stopped) co_return false;
    if (!reply) {
      if (reply.error().kind == ErrorKind::interrupted) self->end_with(reply.error());
      walk->failure = reply.error().message;
      co_return false;
    }
    if (const auto* error = reply->error()) {
      const auto where = to_string(walk->node.address);
      if (is_final(*error)) self->end_with(refusal(where, *error));
      walk->failure = refusal(where, *error).message;
      co_return false;
    }
    auto batch = parse_scan_reply(std::move(*reply));
    if (!batch) {
      self->end_with(std::move(batch).error());
      co_return false;
    }
    const bool finished = lane.finished_at(batch->cursor);
    if (lane.end && !finished && lane.position(batch->cursor) < lane.position(cursor)) {
      // The server does not walk in the order that the cut relies on: the next pass takes one lane.
      self->options.lanes = 1;
      walk->failure = fmt::format("{} walks its keys in an unknown order", to_string(walk->node.address));
      co_return false;
    }
    cursor = batch->cursor;
    self->keep_wanted(*walk, batch->keys);
    if (batches_at_left_seam > 0) {
      --batches_at_left_seam;
      left->leave_out_seen(batch->keys);
    }
    if (finished && right) right->leave_out_seen(batch->keys);
    KeyBatch keys{walk->node.address, walk->node.client, std::move(batch->keys)};
    if (!co_await hand_out(self, std::move(keys))) co_return false;
    if (finished) break;
  }
  co_return true;
}

/// Looks once at what the node says of itself now, and keeps what has not changed.
asio::awaitable<void> Scan::State::look(std::shared_ptr<State> self, std::shared_ptr<Walk> walk) {
  const auto now = co_await ask_view(walk->node, self->deployment->mode());
  if (!now) {
    if (walk->failure.empty()) walk->failure = now.error().message;
    co_return;
  }
  walk->same_process = walk->same_process && same_process(walk->before, *now);
  walk->steady &= unchanged_slots(walk->before, *now);
}

/// A slot can move away and back between two looks at the ends of a walk; in a second it hardly can.
asio::awaitable<bool> Scan::State::watch_ownership(std::shared_ptr<State> self, std::shared_ptr<Walk> walk) {
  while (walk->lanes_left > 0) {
    walk->next_look->expires_after(k_ownership_check_every);
    co_await walk->next_look->async_wait(k_no_throw);
    if (walk->lanes_left > 0 && !self->stopped) co_await look(self, walk);
  }
  co_return true;
}

asio::awaitable<bool> Scan::State::walk_lane(std::shared_ptr<State> self, std::shared_ptr<Walk> walk, Lane lane,
                                             std::shared_ptr<Seam> left, std::shared_ptr<Seam> right) {
  const bool reached_its_end = co_await follow_cursor(self, walk, lane, std::move(left), std::move(right));
  if (--walk->lanes_left == 0) walk->next_look->cancel();
  co_return reached_its_end;
}

asio::awaitable<bool> Scan::State::walk_node(std::shared_ptr<State> self, std::shared_ptr<Walk> walk) {
  const auto order = known_cursor_order(walk->node.identity);
  const auto lanes = cut_lanes(order, self->options.lanes, walk->before.served);
  walk->lanes_left = lanes.size();
  walk->next_look.emplace(co_await asio::this_coro::executor);

  std::vector<asio::awaitable<bool>> tasks;
  std::shared_ptr<Seam> left;
  for (std::size_t i = 0; i < lanes.size(); ++i) {
    auto right = i + 1 < lanes.size() ? std::make_shared<Seam>() : nullptr;
    tasks.push_back(walk_lane(self, walk, lanes[i], left, right));
    left = std::move(right);
  }
  tasks.push_back(watch_ownership(self, walk));
  co_await gather(std::move(tasks));
  if (walk->failure.empty() && !self->stopped) co_await look(self, walk);
  co_return walk->failure.empty();
}

/// The first look, and which slots this walk is to hand out.
asio::awaitable<bool> Scan::State::prepare(std::shared_ptr<State> self, Node node, std::shared_ptr<Walk> walk) {
  walk->node = std::move(node);
  auto view = co_await ask_view(walk->node, self->deployment->mode());
  if (!view) {
    walk->failure = view.error().message;
    co_return false;
  }
  walk->before = std::move(*view);
  walk->wanted = self->coverage.missing & (walk->before.served | walk->before.moving);
  walk->steady = walk->before.served & ~walk->before.moving;
  walk->foreign_count = self->coverage.passes == 1;
  co_return true;
}

/// Draws the conclusion from one finished walk.
void Scan::State::settle(const Walk& walk) {
  if (!walk.failure.empty()) {
    coverage.reasons.push_back(fmt::format("{} was not walked to its end: {}", to_string(walk.node.address), walk.failure));
    return;
  }
  if (!walk.same_process) {
    coverage.reasons.push_back(
        fmt::format("{} restarted or changed its role during the scan", to_string(walk.node.address)));
    return;
  }
  if (cluster()) {
    coverage.missing &= ~walk.steady;
    return;
  }
  // The last word on who is in charge is the refreshed deployment's: a sentinel may have named another.
  const auto& node = deployment->nodes().front();
  if (node.identity.run_id == walk.before.run_id && node.identity.role == walk.before.role) {
    whole_missing = false;
  } else {
    coverage.reasons.push_back(fmt::format("{} is in charge now, {} was walked", to_string(node.address), to_string(walk.node.address)));
  }
}

void Scan::State::explain_missing() {
  for (const auto& gap : deployment->gaps()) {
    if ((gap.slots & coverage.missing).any()) coverage.reasons.push_back(fmt::format("{}: {}", gap.what, gap.why));
  }
  if (cluster()) coverage.reasons.push_back(fmt::format("not proven: slots {}", to_string(coverage.missing)));
}

asio::awaitable<void> Scan::State::drive(std::shared_ptr<State> self) {
  if (self->cluster()) self->coverage.missing.set();
  auto give_up_waiting = std::chrono::steady_clock::now() + self->options.patience;
  auto wait = std::chrono::milliseconds(50);
  while (!self->stopped && self->anything_missing() && self->coverage.passes < self->options.max_passes) {
    ++self->coverage.passes;
    self->coverage.reasons.clear();
    std::vector<std::shared_ptr<Walk>> walks;
    std::vector<asio::awaitable<bool>> looks;
    for (const auto& node : self->deployment->nodes()) {
      walks.push_back(std::make_shared<Walk>());
      looks.push_back(prepare(self, node, walks.back()));
    }
    co_await gather(std::move(looks));
    std::erase_if(walks, [&](const auto& walk) {
      return walk->failure.empty() && self->cluster() && walk->wanted.none();
    });
    self->capacity = 2 * std::max<std::size_t>(1, walks.size() * self->options.lanes);
    std::vector<asio::awaitable<bool>> runs;
    for (const auto& walk : walks) {
      if (walk->failure.empty()) runs.push_back(walk_node(self, walk));
    }
    const bool walked_something = !runs.empty();
    co_await gather(std::move(runs));
    if (self->stopped) break;

    auto refreshed = co_await self->deployment->refresh();
    if (!refreshed && refreshed.error().kind == ErrorKind::interrupted) self->end_with(refreshed.error());
    if (refreshed) {
      for (const auto& walk : walks) self->settle(*walk);
    } else {
      self->coverage.reasons.push_back(refreshed.error().message);
    }
    if (!self->anything_missing()) break;
    self->explain_missing();
    // A pass that could walk nothing is only a wait for somebody to take over, and does not count.
    if (!walked_something) {
      if (std::chrono::steady_clock::now() >= give_up_waiting) break;
      --self->coverage.passes;
    } else {
      give_up_waiting = std::chrono::steady_clock::now() + self->options.patience;
    }
    co_await pause(wait);
    wait = std::min(wait * 2, std::chrono::milliseconds(1000));
  }
  self->coverage.complete = !self->stopped && !self->anything_missing();
  if (self->coverage.complete) self->coverage.reasons.clear();
  self->ended = true;
  self->batch_ready->notify();
}

Scan::Scan(std::shared_ptr<Deployment> deployment, ScanOptions options)
    : state_(std::make_shared<State>(std::move(deployment), std::move(options))) {}

Scan::~Scan() {
  if (!state_) return;
  state_->stopped = true;
  if (state_->room) state_->room->notify();
}

Scan::Scan(Scan&&) noexcept = default;
Scan& Scan::operator=(Scan&&) noexcept = default;

const Coverage& Scan::coverage() const { return state_->coverage; }

asio::awaitable<Result<std::optional<KeyBatch>>> Scan::next() {
  const auto state = state_;
  if (!state->batch_ready) {
    const auto executor = co_await asio::this_coro::executor;
    state->batch_ready.emplace(executor);
    state->room.emplace(executor);
    asio::co_spawn(executor, State::drive(state), asio::detached);
  }
  while (state->ready.empty() && !state->ended && !state->fatal) co_await state->batch_ready->wait();
  if (!state->ready.empty()) {
    KeyBatch batch = std::move(state->ready.front());
    state->ready.pop_front();
    state->room->notify();
    co_return std::optional<KeyBatch>(std::move(batch));
  }
  if (state->fatal) co_return fail(*state->fatal);
  co_return std::optional<KeyBatch>();
}

Result<ScanReply> parse_scan_reply(Reply reply) {
  const auto wrong = [](std::string_view what) {
    return fail(ErrorKind::protocol, fmt::format("cannot read the reply of SCAN: {}", what));
  };
  auto* parts = reply.get<std::vector<Reply>>();
  if (parts == nullptr || parts->size() != 2) return wrong("it is not a cursor and a list");
  const auto* cursor = (*parts)[0].get<std::string>();
  auto* keys = (*parts)[1].get<std::vector<Reply>>();
  if (cursor == nullptr || keys == nullptr) return wrong("it is not a cursor and a list");
  ScanReply result;
  const auto* end = cursor->data() + cursor->size();
  const auto [stop, error] = std::from_chars(cursor->data(), end, result.cursor);
  if (cursor->empty() || error != std::errc() || stop != end) {
    return wrong(fmt::format("'{}' is not a cursor", printable(*cursor)));
  }
  result.keys.reserve(keys->size());
  for (auto& key : *keys) {
    auto* name = key.get<std::string>();
    if (name == nullptr) return wrong("a key is not a string");
    result.keys.push_back(std::move(*name));
  }
  return result;
}

}  // namespace rcache::redis
