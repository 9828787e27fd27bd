#pragma once

#include "commands/command.h"

namespace rcache::stampede {

/// `rcache stampede live`: strategies against a real server, with a simulated database behind it.
///
/// Out:     incomplete when it was cut short; findings with --fail-above when a strategy's peak is
///          above it.
Command add_live(CLI::App& stampede);

}  // namespace rcache::stampede
