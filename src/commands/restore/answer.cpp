#include "commands/restore/answer.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "redis/refusal.h"

namespace rcache::restore {
namespace {

template <std::size_t Count>
bool one_of(std::string_view code, const std::array<std::string_view, Count>& codes) {
  return std::find(codes.begin(), codes.end(), code) != codes.end();
}

constexpr std::array<std::string_view, 5> k_elsewhere = {"MOVED", "ASK", "TRYAGAIN", "CLUSTERDOWN",
                                                         "LOADING"};
constexpr std::array<std::string_view, 6> k_no_writes = {"READONLY",   "MISCONF", "NOREPLICAS",
                                                         "MASTERDOWN", "BUSY",    "NOAUTH"};

}  // namespace

Answer answer_of(const redis::Reply& reply) {
  const auto* error = reply.error();
  if (error == nullptr) {
    const bool expected =
        reply.get<redis::Status>() != nullptr || reply.get<std::int64_t>() != nullptr;
    return expected ? Answer::done : Answer::failed;
  }
  const auto code = error->code();
  if (code == "BUSYKEY") return Answer::existing;
  if (code == "OOM") return Answer::no_memory;
  if (one_of(code, k_elsewhere)) return Answer::elsewhere;
  if (one_of(code, k_no_writes)) return Answer::no_writes;
  return Answer::failed;
}

bool unreadable_payload(const redis::Reply& reply) {
  const auto* error = reply.error();
  return error != nullptr && error->text.find("DUMP payload version") != std::string::npos;
}

std::string refused_writes(std::string_view where, const redis::Reply& reply) {
  const auto* error = reply.error();
  if (error != nullptr && error->code() == "READONLY")
    return fmt::format("{} is a replica: it takes no writes", where);
  if (error != nullptr && error->code() == "OOM")
    return fmt::format("{} has no memory left: {}", where, words_of(reply));
  return fmt::format("{} takes no writes: {}", where, words_of(reply));
}

std::string words_of(const redis::Reply& reply) {
  const auto* error = reply.error();
  return error != nullptr ? redis::own_words(*error) : "the server's answer makes no sense";
}

}  // namespace rcache::restore
