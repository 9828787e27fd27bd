#include "redis/expiry.h"

#include "redis/refusal.h"

namespace rcache::redis {

ExpiryCommand expiry_command_of(const Identity& identity) {
  return version_of(identity).major >= 7 ? ExpiryCommand::pexpiretime : ExpiryCommand::pttl;
}

std::string_view to_string(ExpiryCommand command) {
  return command == ExpiryCommand::pexpiretime ? "PEXPIRETIME" : "PTTL";
}

Result<std::optional<std::int64_t>> read_expiry(const Reply& reply, ExpiryCommand command,
                                                std::optional<std::int64_t> now) {
  if (const auto* error = reply.error()) return fail(ErrorKind::server, own_words(*error));
  const auto* number = reply.get<std::int64_t>();
  if (number == nullptr) return fail(ErrorKind::protocol, "the reply made no sense");
  if (*number < 0) return std::optional<std::int64_t>();
  if (command == ExpiryCommand::pexpiretime) return std::optional(*number);
  if (!now) return fail(ErrorKind::server, "the server refuses TIME");
  return std::optional(*now + *number);
}

}  // namespace rcache::redis
