#include "commands/stampede/live/run.h"

#include <algorithm>

#include "redis/refusal.h"

namespace rcache::stampede::live {

Run::Run(const asio::any_io_executor& executor, Setup setup)
    : setup_(std::move(setup)),
      bench_(setup_.scenario, setup_.strategy),
      executor_(executor),
      processes_(setup_.scenario.seed, Purpose::process),
      coins_(setup_.scenario.seed, Purpose::coin),
      backoffs_(setup_.scenario.seed, Purpose::backoff),
      end_timer_(executor),
      database_timer_(executor),
      task_ended_(executor) {}

Nanos Run::now() const {
  return std::chrono::nanoseconds(std::chrono::steady_clock::now() - zero_).count();
}

void Run::register_ask(const AskPtr& ask) {
  waiting_.insert(ask.get());
  const auto count = static_cast<std::uint32_t>(waiting_.size());
  peak_waiting_ = std::max(peak_waiting_, count);
  if (count > scenario().max_in_flight && unstable_at_ == k_never) {
    unstable_at_ = now();
    end_timer_.cancel();
  }
}

AskPtr Run::open(Nanos asked, std::uint64_t index, std::uint32_t key) {
  auto ask = std::make_shared<Ask>();
  ask->asked = asked;
  ask->index = index;
  ask->key = key;
  ask->process = processes_.below(scenario().processes, index);
  register_ask(ask);
  return ask;
}

AskPtr Run::open_behind(const AskPtr& ask) {
  auto behind = std::make_shared<Ask>(*ask);
  behind->waited_for = false;
  return behind;
}

void Run::hit(const AskPtr& ask) {
  volunteered(ask);
  answered(ask);
}

void Run::stale(const AskPtr& ask, Nanos age) {
  if (over_) return;
  ask->counted = true;
  ledger().stale_age.add(age);
  answered(ask);
}

void Run::miss(const AskPtr& ask) {
  if (over_) return;
  ask->counted = true;
  ++ledger().misses;
}

void Run::volunteered(const AskPtr& ask) {
  if (over_) return;
  ask->counted = true;
  ++ledger().hits;
}

void Run::answered(const AskPtr& ask) {
  if (!ask->waited_for) return;
  ask->waited_for = false;
  waiting_.erase(ask.get());
  if (!over_) ledger().latency.add(std::max<Nanos>(0, now() - ask->asked));
}

void Run::failed(const AskPtr& ask) {
  if (ask->waited_for && !over_) ++ledger().errors;
  answered(ask);
}

asio::awaitable<bool> Run::sleep_until(Nanos moment) {
  if (over_) co_return false;
  asio::steady_timer timer(executor_, zero_ + std::chrono::nanoseconds(moment));
  waits_.insert(&timer);
  co_await timer.async_wait(redis::k_no_throw);
  waits_.erase(&timer);
  if (!over_) lateness_.add(std::max<Nanos>(0, now() - moment));
  co_return !over_;
}

asio::awaitable<void> Run::last_until(Nanos moment) {
  if (over_ || unstable_at_ != k_never) co_return;
  end_timer_.expires_at(zero_ + std::chrono::nanoseconds(moment));
  co_await end_timer_.async_wait(redis::k_no_throw);
}

asio::awaitable<bool> Run::park(std::shared_ptr<Parked> parked) {
  while (!parked->woken && !over_) {
    waits_.insert(&parked->timer);
    co_await parked->timer.async_wait(redis::k_no_throw);
    waits_.erase(&parked->timer);
  }
  co_return !over_;
}

asio::awaitable<std::optional<LoadEnd>> Run::load(AskPtr ask, LoadStart start) {
  if (over_) co_return std::nullopt;
  end_due_loads();
  start.index = ask->index;
  start.key = ask->key;
  start.background = !ask->waited_for;
  const auto ticket = bench_.start_load(now(), start);
  if (ticket >= loaders_.size()) {
    loaders_.resize(ticket + 1);
    load_ends_.resize(ticket + 1);
  }
  const auto parked = std::make_shared<Parked>(executor_);
  // Its own copy of the end: the ticket may be another's when it comes to read it.
  const auto end = std::make_shared<LoadEnd>(LoadEnd::ok);
  loaders_[ticket] = parked;
  load_ends_[ticket] = end;
  arm_database();
  if (!co_await park(parked)) co_return std::nullopt;
  co_return *end;
}

void Run::end_due_loads() {
  bench_.end_due(now(), [this](std::uint32_t ticket, LoadEnd end) {
    *load_ends_[ticket] = end;
    loaders_[ticket]->wake();
    loaders_[ticket] = nullptr;
  });
}

void Run::arm_database() {
  const Nanos due = bench_.next_due();
  if (due == armed_for_ || over_) return;
  armed_for_ = due;
  if (due == k_never) return;
  database_timer_.expires_at(zero_ + std::chrono::nanoseconds(due));
  database_timer_.async_wait([weak = weak_from_this()](asio::error_code error) {
    const auto self = weak.lock();
    if (error || !self || self->over_) return;
    self->end_due_loads();
    self->armed_for_ = k_never;
    self->arm_database();
  });
}

asio::awaitable<std::optional<std::vector<redis::Reply>>> Run::send(AskPtr ask,
                                                                    redis::Commands commands) {
  if (over_) co_return std::nullopt;
  ledger().operations += commands.count();
  const auto& connections = setup_.connections;
  const auto connection = connections[ask->process % connections.size()];
  const Nanos sent = now();
  auto replies = co_await connection->pipeline(std::move(commands));
  if (!accept(replies)) co_return std::nullopt;
  round_trips_.add(now() - sent);
  co_return std::move(*replies);
}

asio::awaitable<bool> Run::send_besides(redis::Commands commands) {
  if (over_) co_return false;
  const auto connection = setup_.connections.front();
  const auto replies = co_await connection->pipeline(std::move(commands));
  co_return accept(replies);
}

/// False ends what the caller does: the run is over, if only because of these replies.
bool Run::accept(const Result<std::vector<redis::Reply>>& replies) {
  if (!replies) {
    fail(replies.error());
    return false;
  }
  for (const auto& reply : *replies) {
    const auto* error = reply.error();
    if (error == nullptr || error->code() == "NOSCRIPT") continue;
    fail(redis::refusal(setup_.where, *error));
    return false;
  }
  return !over_;
}

void Run::spawn(asio::awaitable<void> task) {
  ++tasks_;
  asio::co_spawn(executor_, std::move(task), [self = shared_from_this()](std::exception_ptr bug) {
    --self->tasks_;
    if (bug) self->fail({ErrorKind::bug, "a client of the run broke down"});
    if (self->tasks_ == 0) self->task_ended_.notify();
  });
}

asio::awaitable<void> Run::drain() {
  const auto self = shared_from_this();
  while (tasks_ > 0) co_await task_ended_.wait();
}

StrategyReport Run::report() {
  end_due_loads();
  const Nanos end = now();
  for (const auto* ask : waiting_) {
    if (!ask->counted) continue;  // its first look is not answered yet: it is in no sum
    ++unfinished_;
    ledger().latency.add(std::max<Nanos>(0, end - ask->asked));
  }
  auto& counted = ledger();
  const auto requests = counted.hits + counted.misses + counted.stale_age.count();
  // The ledger adds one command for each request, which has been counted here when it was sent.
  counted.operations -= std::min(counted.operations, requests);
  auto out = counted.report(end, 0);
  out.strategy = strategy();
  out.unfinished = unfinished_;
  out.peak_waiting = peak_waiting_;
  if (unstable_at_ != k_never) {
    out.unstable_at_seconds = seconds(unstable_at_);
    out.keeps_within_slots = false;
  }
  out.peak_range = {static_cast<double>(out.peak_loads), static_cast<double>(out.peak_loads)};
  out.loads_range = {static_cast<double>(out.loads), static_cast<double>(out.loads)};
  out.p999_range = {out.latency.p999, out.latency.p999};
  return out;
}

void Run::stop() {
  if (over_) return;
  over_ = true;
  end_timer_.cancel();
  database_timer_.cancel();
  // A copy: who wakes up takes himself out.
  const std::vector<asio::steady_timer*> waits(waits_.begin(), waits_.end());
  for (auto* timer : waits) timer->cancel();
  for (const auto& loader : loaders_)
    if (loader) loader->wake();
}

void Run::fail(Error error) {
  if (!failure_ && !over_) failure_ = std::move(error);
  stop();
}

}  // namespace rcache::stampede::live
