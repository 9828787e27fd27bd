#pragma once

#include "commands/command.h"
#include "commands/invalidate/options.h"
#include "commands/invalidate/plan.h"

namespace rcache::invalidate {

/// How a run gets its permission.
enum class Permission { given, to_be_asked };

/// What the flags say, before anything is done.
/// Errors:  refused, naming the flag that is missing, when nobody can be asked.
Result<Permission> permission(const Context& context, const Options& options);

/// Shows the plan and asks. In production the answer is the profile's name.
/// Out:     true for yes. Errors: those of Prompt::ask().
asio::awaitable<Result<bool>> ask_about(Context& context, Options options, Plan plan);

}  // namespace rcache::invalidate
