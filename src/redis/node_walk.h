#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "redis/batch_queue.h"
#include "redis/deployment.h"
#include "redis/node_view.h"

namespace rcache::redis {

/// Holds a walk back, and says how large its steps may be.
class Pace {
 public:
  virtual ~Pace() = default;
  /// Waits until the next SCAN may be sent. False: it may not any more, the run ends.
  virtual asio::awaitable<bool> admit() = 0;
  /// SCAN's COUNT for now.
  virtual std::uint32_t count() const = 0;
};

/// How to walk the keyspace.
struct ScanOptions {
  std::string match = {};      ///< a glob, matched by the server; empty: every key
  std::string type = {};       ///< as TYPE names it; empty: every type
  std::uint32_t count = 1000;  ///< buckets a call looks at: about 0.5 ms of server time
  /// Independent cursors per node, where the server is known to allow it; 0: as many as the
  /// measured round trip asks for, which makes distance nearly free.
  std::size_t lanes = 1;
  std::shared_ptr<Pace> pace = {};  ///< empty: as fast as batches are taken, `count` at a time
  /// Of a cluster: only keys of these slots, all of them and no others. Empty: all slots.
  std::optional<SlotSet> slots = {};
  int max_passes = 5;  ///< how often parts that changed hands are walked again
  /// Which of the keys that match are meant, where `match` alone does not say; empty: all of them.
  /// Counts only keys of foreign slots; every other key is handed out.
  std::function<bool(std::string_view)> meant = {};
  std::chrono::milliseconds patience{
      10000};  ///< how long to wait for a part that nobody serves now
};

/// One walk over the keys of one node: what is wanted of it, what it saw, and what it can prove.
struct NodeWalk {
  Node node;
  Mode mode = Mode::standalone;
  NodeView before;             ///< the node's own word at the start
  SlotSet wanted;              ///< of a cluster: keys of other slots are not handed out
  SlotSet steady;              ///< served and unmarked at every look so far
  bool same_process = true;    ///< at every look so far
  bool unknown_order = false;  ///< the cursors did not come in the order that lanes rely on
  std::string failure;         ///< why it did not reach its end; empty when it did
  std::uint64_t batches = 0;
  std::uint64_t keys = 0;
  NodeView last;                                        ///< the node's own word at the last look
  std::map<std::uint16_t, std::uint64_t> foreign_keys;  ///< by slots that the node does not serve

  /// Keys of slots that the node neither served nor was about to, before and after: they only lie
  /// there.
  std::uint64_t orphans() const;

  int pass = 1;
  std::uint64_t keyspace = 0;               ///< keys of the node when the walk began; 0: unknown
  std::chrono::microseconds round_trip{0};  ///< the least that was measured
  std::vector<double> lanes_done;           ///< how much of each lane lies behind it
  bool order_known = false;                 ///< else the cursors do not tell how far it is

  /// About how many keys the walk has looked at.
  std::uint64_t looked_at(std::uint32_t count) const;

  std::size_t lanes_left = 0;
  std::optional<asio::steady_timer> next_look;  ///< cancelled when the last lane has ended
};

/// The first look at the node, which the walk's proof is measured against.
/// Out:     false, and `failure`, when the node does not answer.
/// Cost:    that of ask_view(), one DBSIZE and one PING, one after the other.
asio::awaitable<bool> begin_walk(std::shared_ptr<NodeWalk> walk);

/// Walks all lanes from their first to their last cursor and looks at the node once a second and at
/// the end.
///
/// Out:     false, and `failure`, when it did not get through; with an error that another try
/// cannot mend
///          (NOPERM, Ctrl-C) the queue is failed.
/// Cost:    one SCAN per `count` keys; per second one ask_view().
asio::awaitable<bool> finish_walk(std::shared_ptr<NodeWalk> walk, ScanOptions options,
                                  std::shared_ptr<BatchQueue> queue);

}  // namespace rcache::redis
