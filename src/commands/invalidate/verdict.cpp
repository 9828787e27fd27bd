#include "commands/invalidate/verdict.h"

#include <fmt/format.h>

#include "commands/invalidate/page.h"
#include "core/units.h"

namespace rcache::invalidate {
namespace {

using render::Tone;

constexpr const char* k_again = "run it again to finish";

enum class Of { done, matching, found };

/// "removed 12,345 keys", "removed 12,300 of 12,345 matching keys", "12,345 keys expire within the
/// next 60s".
std::string deed(const Receipt& receipt, Of of) {
  const bool expires = receipt.how == How::expire;
  const auto count = expires ? receipt.expiring : receipt.removed;
  const auto keys = of == Of::done ? counted(count, "key")
                                   : fmt::format("{} of {}{}", format_count(count),
                                                 counted(receipt.matched, "matching key"),
                                                 of == Of::found ? " found so far" : "");
  if (!expires) return "removed " + keys;
  auto words = keys + (count == 1 ? " expires" : " expire");
  if (receipt.spread_seconds) {
    words += " within the next " + format_seconds(*receipt.spread_seconds);
  }
  return words;
}

/// The same with the time it took; keys that expire have their own time to tell.
std::string deed_in_time(const Receipt& receipt, Of of) {
  const auto words = deed(receipt, of);
  return receipt.how == How::expire ? words : words + " in " + format_duration(receipt.elapsed);
}

/// What matches is counted as it is found: of a run that stopped it is not the whole.
Verdict stopped(const Receipt& receipt, std::string_view why, Tone tone, std::string next) {
  const auto* joint = receipt.how == How::expire ? "; stopped: " : ", then stopped: ";
  return {fmt::format("{}{}{}", deed(receipt, Of::found), joint, why), tone, std::move(next)};
}

Verdict done(const Receipt& receipt) {
  const auto tone = receipt.complete && receipt.failed == 0 ? Tone::ok : Tone::fail;
  if (receipt.matched == 0) {
    return {fmt::format("nothing matches: {} scanned in {}", counted(receipt.scanned, "key"),
                        format_duration(receipt.elapsed)),
            tone,
            {}};
  }
  return {deed_in_time(receipt, Of::done), tone, {}};
}

Verdict too_many(const Receipt& receipt) {
  const std::string next = "look at the plan (--dry-run), then raise --max-keys";
  if (receipt.removed + receipt.expiring > 0) {
    return stopped(receipt, "--max-keys", Tone::warn, next);
  }
  return {fmt::format("nothing was removed: {} found, more than --max-keys allows",
                      counted(receipt.matched, "matching key")),
          Tone::warn, next};
}

}  // namespace

Verdict verdict_of(const Receipt& receipt) {
  switch (receipt.reason) {
    case Reason::done:
      break;
    case Reason::dry_run:
      return {"dry run: nothing was removed; run it with --yes to do it", Tone::plain, {}};
    case Reason::declined:
      return {"nothing was removed: the answer was not yes", Tone::warn, {}};
    case Reason::max_keys:
      return too_many(receipt);
    case Reason::max_time:
      return stopped(receipt, "--max-time", Tone::warn, k_again);
    case Reason::stop_file:
      return stopped(receipt, "--stop-file", Tone::warn,
                     "remove that file, then run it again to finish");
    case Reason::interrupted:
      return stopped(receipt, "interrupted", Tone::warn, k_again);
    case Reason::incomplete:
      return {deed_in_time(receipt, Of::done) + ", but not everything could be covered", Tone::fail,
              k_again};
    case Reason::failed_keys:
      return {fmt::format("{}: {} failed", deed_in_time(receipt, Of::matching),
                          format_count(receipt.failed)),
              Tone::fail, "see the server's words below, then run it again to finish"};
    case Reason::not_verified:
      return {fmt::format("{}, but a last scan found {}", deed_in_time(receipt, Of::done),
                          counted(receipt.verified_left.value_or(0), "matching key")),
              Tone::fail, "run it again; if they come back, something writes them"};
    case Reason::replicas:
      return {deed_in_time(receipt, Of::done) + ", but too few replicas have it", Tone::fail,
              "look at the replicas: a failover now can bring keys back"};
    case Reason::publish:
      return {deed_in_time(receipt, Of::done) + ", but not all was published", Tone::fail,
              "publish it by hand, or run it again"};
    case Reason::backup:
      return stopped(receipt, "the backup could not be written", Tone::fail,
                     "nothing unsaved was removed; run it again with another --backup file");
    case Reason::server:
      return stopped(receipt, "the server was lost or refuses", Tone::fail,
                     "when it is back, run it again to finish");
  }
  return done(receipt);
}

}  // namespace rcache::invalidate
