#include "redis/node_walk.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "redis/lanes.h"
#include "redis/refusal.h"
#include "redis/scan_reply.h"
#include "redis/seam.h"
#include "redis/slot.h"

namespace rcache::redis {
namespace {

constexpr std::chrono::seconds k_look_every{1};

void leave_out_seen(Seam& seam, std::vector<std::string>& keys) {
  std::erase_if(keys, [&](const std::string& key) { return !seam.first_time(key); });
}

/// What the lanes of one walk share.
struct Errand {
  std::shared_ptr<NodeWalk> walk;
  ScanOptions options;
  std::shared_ptr<BatchQueue> queue;

  std::uint32_t count() const { return options.pace ? options.pace->count() : options.count; }
};

/// A server error that another try cannot mend.
bool is_final(const ServerError& error) {
  const auto code = error.code();
  return code == "NOPERM" || code == "NOAUTH" || code == "ERR";
}

Args scan_words(std::uint64_t cursor, const Errand& errand) {
  const auto& options = errand.options;
  Args words{"SCAN", std::to_string(cursor), "COUNT", std::to_string(errand.count())};
  if (!options.match.empty()) words.insert(words.end(), {"MATCH", options.match});
  if (!options.type.empty()) words.insert(words.end(), {"TYPE", options.type});
  return words;
}

void keep_wanted(NodeWalk& walk, const ScanOptions& options, std::vector<std::string>& keys) {
  if (walk.mode != Mode::cluster) return;
  std::erase_if(keys, [&](const std::string& key) {
    const auto slot = key_slot(key);
    if (walk.wanted[slot]) return false;
    if (!walk.before.served[slot] && (!options.meant || options.meant(key)))
      ++walk.foreign_keys[slot];
    return true;
  });
}

/// One batch. Out: nothing when the walk is over before its time, with the reason where it belongs.
asio::awaitable<std::optional<ScanReply>> scan_once(Errand errand, std::uint64_t cursor) {
  auto reply = co_await errand.walk->node.client->send(scan_words(cursor, errand));
  if (errand.queue->stopped()) co_return std::nullopt;
  if (!reply) {
    if (reply.error().kind == ErrorKind::interrupted) errand.queue->fail(reply.error());
    errand.walk->failure = reply.error().message;
    co_return std::nullopt;
  }
  if (const auto* error = reply->error()) {
    auto refused = refusal(to_string(errand.walk->node.address), *error);
    errand.walk->failure = refused.message;
    if (is_final(*error)) errand.queue->fail(std::move(refused));
    co_return std::nullopt;
  }
  auto batch = parse_scan_reply(std::move(*reply));
  if (!batch) {
    errand.walk->failure = batch.error().message;
    errand.queue->fail(std::move(batch).error());
    co_return std::nullopt;
  }
  co_return std::move(*batch);
}

/// One of the lanes that a walk is cut into, and its two borders; the outermost have none.
struct LaneTask {
  Lane lane;
  std::size_t number = 0;
  std::shared_ptr<Seam> left;
  std::shared_ptr<Seam> right;
};

asio::awaitable<bool> follow_cursor(Errand errand, LaneTask task) {
  NodeWalk& walk = *errand.walk;
  const Lane& lane = task.lane;
  const auto& left = task.left;
  const auto& right = task.right;
  // A neighbour's last batch reaches at most one batch into this lane; two allow for rehashing.
  int batches_at_left_seam = left ? 2 : 0;
  std::uint64_t cursor = lane.start;
  while (walk.failure.empty()) {
    if (errand.options.pace) {
      const bool admitted = co_await errand.options.pace->admit();
      if (!admitted) errand.queue->stop();
      if (errand.queue->stopped()) co_return false;
    }
    auto batch = co_await scan_once(errand, cursor);
    if (!batch) co_return false;
    const bool finished = lane.finished_at(batch->cursor);
    if (lane.end && !finished && lane.position(batch->cursor) < lane.position(cursor)) {
      walk.unknown_order = true;
      walk.failure =
          fmt::format("{} walks its keys in an unknown order", to_string(walk.node.address));
      co_return false;
    }
    cursor = batch->cursor;
    walk.lanes_done[task.number] = finished ? 1 : lane.part_done(cursor);
    keep_wanted(walk, errand.options, batch->keys);
    if (batches_at_left_seam > 0) {
      --batches_at_left_seam;
      leave_out_seen(*left, batch->keys);
    }
    if (finished && right) leave_out_seen(*right, batch->keys);
    ++walk.batches;
    walk.keys += batch->keys.size();
    KeyBatch keys{walk.node.address, walk.node.client, std::move(batch->keys), walk.pass};
    if (!keys.keys.empty()) {
      const bool taken = co_await errand.queue->put(std::move(keys));
      if (!taken) co_return false;
    }
    if (finished) co_return true;
  }
  co_return false;
}

asio::awaitable<bool> walk_lane(Errand errand, LaneTask task) {
  if (task.number > 0) {
    // All lanes at once would be one long pause for everybody else who uses the server.
    asio::steady_timer stagger(co_await asio::this_coro::executor,
                               task.number * server_time_of(errand.count()));
    co_await stagger.async_wait(k_no_throw);
  }
  const bool finished = co_await follow_cursor(errand, std::move(task));
  if (--errand.walk->lanes_left == 0) errand.walk->next_look->cancel();
  co_return finished;
}

/// Asks the node what it says of itself now, and keeps what has not changed.
asio::awaitable<void> look(std::shared_ptr<NodeWalk> walk) {
  const auto now = co_await ask_view(walk->node, walk->mode);
  if (!now) {
    if (walk->failure.empty()) walk->failure = now.error().message;
    co_return;
  }
  walk->same_process = walk->same_process && same_process(walk->before, *now);
  walk->steady &= unchanged_slots(walk->before, *now);
  walk->last = *now;
}

/// A slot can move away and back between the looks at the two ends; within a second it hardly can.
asio::awaitable<bool> look_every_second(Errand errand) {
  const auto walk = errand.walk;
  while (walk->lanes_left > 0) {
    walk->next_look->expires_after(k_look_every);
    co_await walk->next_look->async_wait(k_no_throw);
    if (walk->lanes_left > 0 && !errand.queue->stopped()) co_await look(walk);
  }
  co_return true;
}

}  // namespace

std::uint64_t NodeWalk::orphans() const {
  const auto near = before.served | before.moving | last.served | last.moving;
  std::uint64_t found = 0;
  for (const auto& [slot, count] : foreign_keys)
    if (!near[slot]) found += count;
  return found;
}

std::uint64_t NodeWalk::looked_at(std::uint32_t count) const {
  if (!order_known) return std::min<std::uint64_t>(batches * count, keyspace);
  double done = 0;
  for (const double part : lanes_done) done += part;
  if (!lanes_done.empty()) done /= static_cast<double>(lanes_done.size());
  return static_cast<std::uint64_t>(done * static_cast<double>(keyspace));
}

asio::awaitable<bool> begin_walk(std::shared_ptr<NodeWalk> walk) {
  auto view = co_await ask_view(walk->node, walk->mode);
  if (!view) {
    walk->failure = view.error().message;
    co_return false;
  }
  walk->before = std::move(*view);
  walk->steady = walk->before.served & ~walk->before.moving;
  // Neither may be refused by a user who may only scan: then there is less to know.
  for (const std::string_view question : {"DBSIZE", "PING"}) {
    const auto sent = std::chrono::steady_clock::now();
    Args words{std::string(question)};
    auto reply = co_await walk->node.client->send(std::move(words));
    if (!reply) {
      walk->failure = reply.error().message;
      co_return false;
    }
    const auto took = std::chrono::duration_cast<std::chrono::microseconds>(
        std::chrono::steady_clock::now() - sent);
    const bool first = walk->round_trip.count() == 0;
    walk->round_trip = first ? took : std::min(walk->round_trip, took);
    if (const auto* keys = reply->get<std::int64_t>(); keys != nullptr && *keys > 0)
      walk->keyspace = static_cast<std::uint64_t>(*keys);
  }
  co_return true;
}

asio::awaitable<bool> finish_walk(std::shared_ptr<NodeWalk> walk, ScanOptions options,
                                  std::shared_ptr<BatchQueue> queue) {
  const auto order = known_cursor_order(walk->node.identity);
  const auto count = options.pace ? options.pace->count() : options.count;
  const auto lanes = cut_lanes(
      order, options.lanes > 0 ? options.lanes : lanes_for(walk->round_trip, walk->keyspace, count),
      walk->mode == Mode::cluster ? walk->wanted : walk->before.served);
  walk->order_known = order.has_value();
  walk->lanes_left = lanes.size();
  walk->lanes_done.assign(lanes.size(), 0);
  queue->make_room_for(2 * lanes.size());
  walk->next_look.emplace(co_await asio::this_coro::executor);
  const Errand errand{walk, std::move(options), queue};

  std::vector<asio::awaitable<bool>> tasks;
  std::shared_ptr<Seam> left;
  for (std::size_t i = 0; i < lanes.size(); ++i) {
    auto right = i + 1 < lanes.size() ? std::make_shared<Seam>() : nullptr;
    LaneTask task{lanes[i], i, left, right};
    tasks.push_back(walk_lane(errand, std::move(task)));
    left = std::move(right);
  }
  tasks.push_back(look_every_second(errand));
  co_await gather(std::move(tasks));
  if (walk->failure.empty() && !queue->stopped()) co_await look(walk);
  co_return walk->failure.empty();
}

}  // namespace rcache::redis
