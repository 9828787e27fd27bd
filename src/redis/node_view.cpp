#include "redis/node_view.h"

#include "redis/refusal.h"
#include "redis/slot_map.h"

namespace rcache::redis {

asio::awaitable<Result<NodeView>> ask_view(Node node, Mode mode) {
  Commands commands;
  commands.add({"INFO"});
  if (mode == Mode::cluster) commands.add({"CLUSTER", "NODES"});
  auto replies = co_await node.client->pipeline(std::move(commands));
  if (!replies) co_return fail(std::move(replies).error());
  NodeView view;
  if (const auto* text = replies->front().get<std::string>()) {
    const auto identity = parse_identity(Info(*text));
    view.run_id = identity.run_id;
    view.role = identity.role;
  } else if (const auto* error = replies->front().error();
             error != nullptr && error->code() != "NOPERM" && error->code() != "ERR") {
    co_return fail(refusal(to_string(node.address), *error));
  }
  if (mode != Mode::cluster) co_return view;
  const auto* text = replies->back().get<std::string>();
  if (text == nullptr) {
    view.served = node.slots;
    co_return view;
  }
  auto own = parse_own_slots(*text);
  if (!own) co_return fail(std::move(own).error());
  // A replica's own line lists no slots; it serves those of its primary.
  view.served = view.role == "slave" ? node.slots : own->served;
  view.moving = own->moving;
  view.epoch = own->epoch;
  co_return view;
}

// Two empty run_ids (a server that may not or will not tell) count as the same: both views and all
// that was read between them came over one connection, and that ends with the process behind it.
bool same_process(const NodeView& before, const NodeView& after) {
  return before.run_id == after.run_id && before.role == after.role;
}

SlotSet unchanged_slots(const NodeView& before, const NodeView& after) {
  if (!same_process(before, after) || before.epoch != after.epoch) return {};
  return before.served & after.served & ~before.moving & ~after.moving;
}

}  // namespace rcache::redis
