#include "commands/invalidate/receipt.h"

namespace rcache::invalidate {

std::string to_string(Reason reason) {
  switch (reason) {
    case Reason::done:
      return "done";
    case Reason::dry_run:
      return "dry-run";
    case Reason::declined:
      return "declined";
    case Reason::max_keys:
      return "max-keys";
    case Reason::max_time:
      return "max-time";
    case Reason::stop_file:
      return "stop-file";
    case Reason::interrupted:
      return "interrupted";
    case Reason::incomplete:
      return "incomplete";
    case Reason::failed_keys:
      return "failed-keys";
    case Reason::not_verified:
      return "not-verified";
    case Reason::replicas:
      return "replicas";
    case Reason::publish:
      return "publish";
    case Reason::backup:
      return "backup";
    case Reason::server:
      break;
  }
  return "server";
}

}  // namespace rcache::invalidate
