#pragma once

#include "commands/command.h"

namespace rcache::stampede {

/// `rcache stampede advise`: the smallest change that keeps the database within its slots.
///
/// Cost:    with --match that of read_keyspace(), see keyspace.h; with --for that of listen(), see
///          traffic.h; otherwise no server is asked.
Command add_advise(CLI::App& stampede);

}  // namespace rcache::stampede
