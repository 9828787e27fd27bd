#include "commands/stampede/live/cache.h"

#include <charconv>

#include "commands/stampede/live/wire.h"

namespace rcache::stampede::live {
namespace {

using redis::Commands;
using redis::Reply;

Nanos number_at(const char*& at, const char* end) {
  std::int64_t number = 0;
  while (at != end && *at == ' ') ++at;
  at = std::from_chars(at, end, number).ptr;
  return number;
}

Found open_envelope(const std::string& value) {
  const char* at = value.data();
  const char* const end = at + value.size();
  Found found{.there = true};
  found.delta = number_at(at, end) * k_microsecond;
  found.fresh_until = number_at(at, end) * k_microsecond;
  return found;
}

/// Source:  the TTL command of Redis: (pttl + 500) / 1000
Nanos in_whole_seconds(Nanos left) {
  return (left / k_millisecond + 500) / 1000 * k_second;
}

/// What PTTL (or TTL) says; nothing is left of a key that has just gone.
Nanos left_of(const Reply& reply, Nanos unit) {
  const auto* number = reply.get<std::int64_t>();
  return number == nullptr || *number < 0 ? 0 : *number * unit;
}

/// What an application's own expiry says about how long the value lives.
Nanos left_by_meta(const Reply& reply, Nanos now, bool whole_seconds) {
  const auto* text = reply.get<std::string>();
  if (text == nullptr) return 0;
  const char* at = text->data();
  const Nanos left = number_at(at, at + text->size()) * k_microsecond - now;
  return whole_seconds ? in_whole_seconds(left) : left;
}

/// How long the key itself lives.
Nanos kept_for(const Run& run, Nanos fresh_for) {
  switch (run.strategy()) {
    case Strategy::swr:
    case Strategy::swr_singleflight:
    case Strategy::swr_lock:
      return fresh_for + run.scenario().stale;
    default:
      return fresh_for;
  }
}

void add_set_of(Commands& commands, const std::string& key, const std::string& value, Nanos span,
                bool whole_seconds) {
  if (whole_seconds) {
    commands.add(
        {"SET", key, value, "EX", digits(std::max<Nanos>(1, (span + k_second / 2) / k_second))});
  } else {
    commands.add({"SET", key, value, "PX", milliseconds(span)});
  }
}

}  // namespace

void add_set(Commands& commands, const Run& run, std::uint32_t key, Nanos now, Nanos delta,
             Nanos fresh_for) {
  const bool whole_seconds = run.scenario().whole_seconds;
  const Nanos span = kept_for(run, fresh_for);
  add_set_of(commands, run.names().value(key), envelope(delta, now + fresh_for), span,
             whole_seconds);
  if (run.strategy() == Strategy::xfetch_nodelta) {
    add_set_of(commands, run.names().meta(key), digits((now + span) / k_microsecond), span,
               whole_seconds);
  }
}

asio::awaitable<std::optional<Found>> look(RunPtr run, AskPtr ask) {
  const auto strategy = run->strategy();
  const bool by_ttl = strategy == Strategy::xfetch || strategy == Strategy::xfetch_lock;
  const bool by_meta = strategy == Strategy::xfetch_nodelta;
  const bool whole_seconds = run->scenario().whole_seconds;
  const auto key = run->names().value(ask->key);
  Commands commands;
  commands.add({"GET", key});
  if (by_ttl) commands.add({whole_seconds ? "TTL" : "PTTL", key});
  if (by_meta) commands.add({"GET", run->names().meta(ask->key)});
  auto replies = co_await run->send(ask, std::move(commands));
  if (!replies) co_return std::nullopt;
  const auto* value = replies->front().get<std::string>();
  if (value == nullptr) co_return Found();
  Found found = open_envelope(*value);
  if (by_ttl) found.left = left_of(replies->back(), whole_seconds ? k_second : k_millisecond);
  if (by_meta) found.left = left_by_meta(replies->back(), run->now(), whole_seconds);
  co_return found;
}

asio::awaitable<bool> store(RunPtr run, AskPtr ask, Nanos delta) {
  const Nanos fresh_for = run->bench().fresh_for(ask->index);
  const Nanos sent = run->now();
  Commands commands;
  add_set(commands, *run, ask->key, sent, delta, fresh_for);
  const auto replies = co_await run->send(ask, std::move(commands));
  if (!replies) co_return false;
  run->bench().stored(sent, ask->key, fresh_for);
  co_return true;
}

}  // namespace rcache::stampede::live
