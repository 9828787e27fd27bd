#pragma once

#include <string>
#include <vector>

#include "commands/command.h"

namespace rcache::cli {

/// How a command is called behind `rcache`: "stats", "tags show"; "" for the tree itself.
std::string command_name(const CLI::App& app);

/// The help of the program or of one subcommand.
std::string help_text(const CLI::App& app);

/// A text that `rcache help NAME` prints; the man page has them all.
struct Topic {
  std::string name;
  std::string title;
  std::string text;
  enum class Form {
    prose,  ///< for troff_topic()
    file    ///< a file to copy, kept line by line
  } form = Form::prose;
};
const std::vector<Topic>& topics();

/// rcache help [TOPIC|COMMAND]
Command add_help(CLI::App& tree);

}  // namespace rcache::cli
