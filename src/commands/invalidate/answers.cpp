#include "commands/invalidate/answers.h"

#include <algorithm>
#include <array>

namespace rcache::invalidate {

Answer answer_to(const redis::ServerError& error) {
  const auto code = error.code();
  if (code == "NOPERM") {
    return error.text.find("command") != std::string::npos ? Answer::other_command
                                                           : Answer::not_this_key;
  }
  if (code == "ERR" && error.text.starts_with("ERR unknown command")) return Answer::other_command;
  if (code == "ASK" || code == "TRYAGAIN") return Answer::redirected;
  static constexpr std::array<std::string_view, 9> k_not_now = {
      "MOVED",    "CLUSTERDOWN", "LOADING",    "MASTERDOWN", "BUSY",
      "READONLY", "MISCONF",     "NOREPLICAS", "UNBLOCKED"};
  const bool not_now = std::find(k_not_now.begin(), k_not_now.end(), code) != k_not_now.end();
  return not_now ? Answer::later : Answer::failed;
}

}  // namespace rcache::invalidate
