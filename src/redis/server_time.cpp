#include "redis/server_time.h"

#include "core/info.h"

namespace rcache::redis {

std::optional<std::int64_t> read_server_time(const Reply& reply) {
  const auto* parts = reply.get<std::vector<Reply>>();
  if (parts == nullptr || parts->size() != 2) return std::nullopt;
  const auto* seconds = (*parts)[0].get<std::string>();
  const auto* micros = (*parts)[1].get<std::string>();
  const auto s = seconds != nullptr ? parse_integer(*seconds) : std::nullopt;
  const auto us = micros != nullptr ? parse_integer(*micros) : std::nullopt;
  constexpr std::int64_t k_beyond_reason = 1'000'000'000'000;
  if (!s || !us || *s < 0 || *s > k_beyond_reason) return std::nullopt;
  return *s * 1000 + *us / 1000;
}

}  // namespace rcache::redis
