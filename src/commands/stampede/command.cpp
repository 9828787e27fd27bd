#include "commands/stampede/command.h"

#include <CLI/App.hpp>

#include "commands/stampede/advise/command.h"
#include "commands/stampede/live/command.h"
#include "commands/stampede/replay/command.h"
#include "commands/stampede/simulate/command.h"

namespace rcache::stampede {

std::vector<Command> add_stampede(CLI::App& tree) {
  auto* app = tree.add_subcommand(
      "stampede", "Will the database survive when this key expires, and what would help?");
  return {add_simulate(*app), add_replay(*app), add_live(*app), add_advise(*app)};
}

}  // namespace rcache::stampede
