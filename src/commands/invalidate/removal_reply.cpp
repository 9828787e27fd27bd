#include "commands/invalidate/removal_reply.h"

#include <fmt/format.h>

#include "commands/invalidate/answers.h"
#include "redis/refusal.h"

namespace rcache::invalidate {
namespace {

void fail_all(Job& job, const redis::Address& node, const std::vector<std::string>& keys,
              const std::string& why) {
  for (const auto& key : keys) job.ledger.failed(node, key, why);
}

/// The server says what cannot be: nothing that it says counts any more.
void distrust(Job& job, const redis::Address& node, const std::vector<std::string>& keys,
              const std::string& what) {
  const auto words = fmt::format("{} {}", redis::to_string(node), what);
  if (!job.refused) job.refused = Error{ErrorKind::protocol, words};
  job.stop(Reason::server, words);
  fail_all(job, node, keys, "the server's reply made no sense");
}

Next after_other_command(Job& job, const redis::Address& node, const std::vector<std::string>& keys,
                         How sent, const redis::ServerError& error) {
  // Another removal may have been refused before: then there is another command already.
  if (job.how != sent) return Next::again;
  if (sent == How::unlink) {
    job.how = How::del;
    job.ledger.receipt().how = How::del;
    return Next::again;
  }
  if (!job.refused) job.refused = redis::refusal(redis::to_string(node), error);
  job.stop(Reason::server,
           fmt::format("{} takes no removal: {}", redis::to_string(node), redis::own_words(error)));
  fail_all(job, node, keys, redis::own_words(error));
  return Next::nothing;
}

}  // namespace

std::string_view command_of(How how) {
  return how == How::del ? "DEL" : "UNLINK";
}

Next enter_reply(Job& job, const redis::Address& node, const std::vector<std::string>& keys,
                 How sent, const redis::Reply& reply) {
  if (const auto* removed = reply.get<std::int64_t>()) {
    if (*removed >= 0 && static_cast<std::uint64_t>(*removed) <= keys.size()) {
      job.ledger.settled(node, keys, static_cast<std::uint64_t>(*removed));
    } else {
      distrust(job, node, keys,
               fmt::format("says that it removed {} of {} keys", *removed, keys.size()));
    }
    return Next::nothing;
  }
  const auto* error = reply.error();
  if (error == nullptr) {
    distrust(job, node, keys, fmt::format("answers {} with no number", command_of(sent)));
    return Next::nothing;
  }
  switch (answer_to(*error)) {
    case Answer::other_command:
      return after_other_command(job, node, keys, sent, *error);
    case Answer::not_this_key:
      if (keys.size() > 1) return Next::singly;
      break;
    case Answer::redirected:
      return Next::at_owner;
    case Answer::later:
      return Next::later;
    case Answer::failed:
      break;
  }
  fail_all(job, node, keys, redis::own_words(*error));
  return Next::nothing;
}

}  // namespace rcache::invalidate
