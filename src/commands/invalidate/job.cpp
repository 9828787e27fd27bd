#include "commands/invalidate/job.h"

#include <sys/stat.h>

namespace rcache::invalidate {
namespace {

bool exists(const std::string& path) {
  struct stat about {};
  return ::stat(path.c_str(), &about) == 0;
}

}  // namespace

void check_stop(Job& job) {
  if (job.context.interrupt.requested()) job.stop(Reason::interrupted);
  if (job.deadline && job.context.clock.now() >= *job.deadline) job.stop(Reason::max_time);
  if (!job.options.stop_file.empty() && exists(job.options.stop_file)) job.stop(Reason::stop_file);
}

}  // namespace rcache::invalidate
