#include "redis/login.h"

#include <fmt/format.h>

#include "core/key.h"
#include "core/units.h"
#include "redis/refusal.h"

namespace rcache::redis {
namespace {

Error auth_refused(const Address& address, const ServerError& reply) {
  if (reply.code() == "ERR") {
    // "AUTH <password> called without any password configured", or 5.x's "no password is set".
    return {ErrorKind::connect,
            fmt::format("{} refused the login: {}", to_string(address), own_words(reply)),
            "leave the password out, or name a user with --user"};
  }
  return refusal(to_string(address), reply);
}

std::string loading_progress(const Info& info) {
  const auto percent = info.real("loading_loaded_perc");
  const auto seconds = info.integer("loading_eta_seconds");
  if (!percent || !seconds) return "";
  return fmt::format(" ({:.0f} %, about {} left)", *percent,
                     format_duration(std::chrono::seconds(*seconds)));
}

}  // namespace

Commands login_commands(const Endpoint& endpoint) {
  Commands commands;
  if (!endpoint.user.empty()) {
    // Without a password too: silently being the default user, who may do more, is no answer to
    // --user.
    commands.add({"AUTH", endpoint.user, endpoint.password.value_or("")});
  } else if (endpoint.password) {
    commands.add({"AUTH", *endpoint.password});
  }
  commands.add({"CLIENT", "SETNAME", "rcache"});
  commands.add({"INFO"});
  if (endpoint.database != 0) commands.add({"SELECT", std::to_string(endpoint.database)});
  return commands;
}

Result<Welcome> read_login(const Address& address, const Endpoint& endpoint,
                           const std::vector<Reply>& replies) {
  std::size_t next = 0;
  if (endpoint.password || !endpoint.user.empty()) {
    if (const auto* error = replies[next++].error()) return fail(auth_refused(address, *error));
  }
  // CLIENT SETNAME is a courtesy: whatever it answers, except that nobody is let in.
  const auto& named = replies[next++];
  if (const auto* error = named.error(); error != nullptr && error->code() == "NOAUTH") {
    return fail(refusal(to_string(address), *error));
  }
  Welcome welcome;
  const auto& info = replies[next++];
  if (const auto* text = info.get<std::string>()) {
    welcome.info = Info(*text);
    welcome.identity = parse_identity(welcome.info);
  } else if (const auto* error = info.error();
             error != nullptr && error->code() != "NOPERM" && error->code() != "ERR") {
    return fail(refusal(to_string(address), *error));
  }
  if (welcome.info.integer("loading").value_or(0) != 0) {
    auto error = refusal(to_string(address), ServerError("LOADING"));
    error.message += loading_progress(welcome.info);
    return fail(std::move(error));
  }
  if (endpoint.database != 0) {
    if (const auto* error = replies[next].error()) {
      return fail(ErrorKind::connect,
                  fmt::format("{} has no database {}: {}", to_string(address), endpoint.database,
                              printable(error->text)),
                  welcome.identity.mode == "cluster" ? "a cluster has database 0 only: leave -n out"
                                                     : "check -n, or the database in the URL");
    }
  }
  return welcome;
}

bool takes_no_touch(const Identity& identity) {
  if (identity.mode != "standalone") return false;
  return identity.flavor != "redis" || version_of(identity) >= Version{7, 2};
}

}  // namespace rcache::redis
