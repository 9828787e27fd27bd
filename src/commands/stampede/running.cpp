#include "commands/stampede/running.h"

#include <algorithm>
#include <thread>

namespace rcache::stampede {
unsigned RunOptions::threads_or_all() const {
  return threads.value_or(std::max(1U, std::thread::hardware_concurrency()));
}

void add_timing(Report& report, std::chrono::duration<double> elapsed) {
  std::uint64_t requests = 0;
  for (const auto& row : report.strategies) requests += row.requests;
  report.elapsed_seconds = elapsed.count();
  if (elapsed.count() > 0) {
    report.simulated_requests_per_second =
        static_cast<double>(requests) * report.runs / elapsed.count();
  }
}

}  // namespace rcache::stampede
