#include "commands/watched_scan.h"

#include "render/progress.h"

namespace rcache {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds k_tick{100};

}  // namespace

struct WatchedScan::Beside {
  Context& context;
  ScanWatch watch;
  redis::Scan* scan = nullptr;
  Clock::Instant begin;
  bool over = false;
  std::optional<asio::steady_timer> next_tick = {};  ///< cancelled at the end: nobody waits for it

  void show_progress() const;
};

void WatchedScan::Beside::show_progress() const {
  render::Progress progress;
  progress.verb = watch.verb;
  progress.keys = watch.keys();
  for (const auto& walk : scan->progress()) {
    progress.scanned += walk.looked_at;
    progress.total += walk.keyspace;
  }
  const std::chrono::duration<double> elapsed = context.clock.now() - begin;
  if (elapsed.count() > 0)
    progress.keys_per_second = static_cast<double>(progress.scanned) / elapsed.count();
  if (progress.keys_per_second > 0 && progress.total >= progress.scanned) {
    const auto left = static_cast<double>(progress.total - progress.scanned);
    progress.eta = milliseconds(static_cast<std::int64_t>(1000 * left / progress.keys_per_second));
  }
  progress.held_by = watch.held_by();
  context.output.progress(
      render::progress_line(progress, static_cast<std::size_t>(context.output.look().width)));
}

asio::awaitable<void> WatchedScan::tick(std::shared_ptr<Beside> beside) {
  auto& interrupt = beside->context.interrupt;
  while (!beside->over) {
    beside->next_tick.emplace(co_await asio::this_coro::executor, k_tick);
    const auto wake = interrupt.listen_early([&beside] { beside->next_tick->cancel(); });
    co_await beside->next_tick->async_wait(redis::k_no_throw);
    interrupt.ignore(wake);
    if (beside->over) co_return;
    if (beside->watch.is_over()) beside->scan->stop();
    beside->show_progress();
  }
}

WatchedScan::WatchedScan(Context& context, std::shared_ptr<redis::Deployment> servers,
                         redis::ScanOptions options, ScanWatch watch)
    : scan_(std::move(servers), std::move(options)),
      beside_(std::make_shared<Beside>(
          Beside{context, std::move(watch), &scan_, context.clock.now()})) {}

WatchedScan::~WatchedScan() {
  beside_->over = true;
  if (beside_->next_tick) beside_->next_tick->cancel();
  beside_->context.output.progress("");
}

void WatchedScan::start(const asio::any_io_executor& executor) {
  asio::co_spawn(executor, tick(beside_), asio::detached);
}

}  // namespace rcache
