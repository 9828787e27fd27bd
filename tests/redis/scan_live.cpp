#include "redis/scan_live.h"

namespace rcache::redis {

asio::awaitable<Walked> walk(std::shared_ptr<Deployment> servers, ScanOptions options,
                             Meanwhile meanwhile) {
  Walked walked;
  Scan scan(std::move(servers), std::move(options));
  int number = 0;
  while (true) {
    auto batch = co_await scan.next();
    if (!batch) {
      walked.error = std::move(batch).error();
      break;
    }
    if (!batch->has_value()) break;
    for (const auto& key : (*batch)->keys) ++walked.seen[key];
    if (meanwhile) meanwhile(++number);
  }
  walked.coverage = scan.coverage();
  co_return walked;
}

Walked walk_all(const std::string& url, ScanOptions options, Meanwhile meanwhile) {
  World world;
  auto servers = world.connect(settings_of(url));
  if (!servers) throw test::Failure(servers.error().message);
  return world.run(walk(*servers, std::move(options), std::move(meanwhile)));
}

}  // namespace rcache::redis
