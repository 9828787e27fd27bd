#include "commands/confirmation.h"

#include <fmt/format.h>

#include "core/key.h"

namespace rcache {

Result<Permission> permission(const Context& context, const std::optional<std::string>& yes,
                              std::string_view deed, Alternative alternative) {
  const auto& safety = context.safety;
  const auto profile = printable(safety.profile);
  if (yes) {
    if (!yes->empty() && *yes != safety.profile) {
      return fail(
          ErrorKind::refused,
          fmt::format("--yes={}: {}", printable(*yes),
                      safety.profile.empty() ? std::string("no profile is in use")
                                             : fmt::format("the profile in use is '{}'", profile)),
          "nothing was touched");
    }
    if (safety.production && yes->empty()) {
      return fail(ErrorKind::refused,
                  fmt::format("profile '{}' is production: --yes alone is not enough", profile),
                  fmt::format("nothing was touched; name it: --yes={}", profile));
    }
    return Permission::given;
  }
  if (context.prompt != nullptr && context.prompt->can_ask()) return Permission::to_be_asked;
  return fail(ErrorKind::refused, fmt::format("{}, and there is no terminal to ask on", deed),
              fmt::format("nothing was touched; --yes{} does it{}",
                          safety.production ? "=" + profile : std::string(),
                          alternative == Alternative::dry_run ? ", --dry-run only looks" : ""));
}

asio::awaitable<Result<bool>> ask(Context& context, std::string text, std::string deed) {
  const bool production = context.safety.production;
  const auto& name = context.safety.profile;
  text += production ? fmt::format("\n{}? This is production: type the profile's name ({}): ", deed,
                                   printable(name))
                     : fmt::format("\n{}? Type yes: ", deed);
  auto answer = co_await context.prompt->ask(std::move(text));
  if (!answer) co_return fail(std::move(answer).error());
  co_return production ? *answer == name : *answer == "yes" || *answer == "y";
}

}  // namespace rcache
