#pragma once

#include "commands/tags/survey.h"

namespace rcache::tags {

/// `rcache tags prune`: removes members whose keys are gone. Asks first, on a terminal.
///
/// Out:     incomplete when something could not be seen or removed; refused when the answer was no.
/// Cost:    that of a check, and of remove_dead() for what it finds; a question costs a check more.
asio::awaitable<Result<Outcome>> prune_tags(Context& context, Options options);

}  // namespace rcache::tags
