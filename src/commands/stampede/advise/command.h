#pragma once

#include "commands/command.h"

namespace rcache::stampede {

/// `rcache stampede advise`: the smallest change that keeps the database within its slots.
///
/// Cost:    no server; see stampede/advice.h.
Command add_advise(CLI::App& stampede);

}  // namespace rcache::stampede
