#include "commands/invalidate/confirmation.h"

#include <fmt/format.h>

#include "commands/invalidate/render.h"
#include "core/key.h"
#include "core/units.h"

namespace rcache::invalidate {

Result<Permission> permission(const Context& context, const Options& options) {
  if (options.dry_run) return Permission::given;
  const auto& safety = context.safety;
  const auto profile = printable(safety.profile);
  if (options.yes) {
    if (!options.yes->empty() && *options.yes != safety.profile) {
      return fail(ErrorKind::refused,
                  safety.profile.empty()
                      ? fmt::format("--yes={}: no profile is in use", printable(*options.yes))
                      : fmt::format("--yes={}: the profile in use is '{}'", printable(*options.yes),
                                    profile),
                  "nothing was touched");
    }
    if (safety.production && options.yes->empty()) {
      return fail(ErrorKind::refused,
                  fmt::format("profile '{}' is production: --yes alone is not enough", profile),
                  fmt::format("nothing was touched; name it: --yes={}", profile));
    }
    return Permission::given;
  }
  if (context.prompt != nullptr && context.prompt->can_ask()) return Permission::to_be_asked;
  return fail(
      ErrorKind::refused, "keys would be removed, and there is no terminal to ask on",
      safety.production
          ? fmt::format("nothing was touched; --yes={} does it, --dry-run only looks", profile)
          : "nothing was touched; --yes does it, --dry-run only looks");
}

asio::awaitable<Result<bool>> ask_about(Context& context, Options options, Plan plan) {
  const auto look = context.output.look();
  auto text = plan_text(
      plan, {.width = static_cast<std::size_t>(look.width),
             .color = look.color ? render::Color::on : render::Color::off,
             .charset = look.unicode ? render::Charset::unicode : render::Charset::ascii});
  const auto keys = format_count(static_cast<std::int64_t>(plan.matched - plan.protected_keys));
  const bool one = plan.matched - plan.protected_keys == 1;
  auto what = options.expires() ? fmt::format("Let {} {} expire", keys, one ? "key" : "keys")
                                : fmt::format("Remove {} {}", keys, one ? "key" : "keys");
  if (options.backup.empty() && !options.expires()) what += " without a backup";
  std::string wanted = "yes";
  if (context.safety.production) {
    wanted = context.safety.profile;
    text += fmt::format("\n{}? This is production: type the profile's name ({}): ", what,
                        printable(wanted));
  } else {
    text += fmt::format("\n{}? Type yes: ", what);
  }
  auto answer = co_await context.prompt->ask(std::move(text));
  if (!answer) co_return fail(std::move(answer).error());
  co_return *answer == wanted || (wanted == "yes" && *answer == "y");
}

}  // namespace rcache::invalidate
