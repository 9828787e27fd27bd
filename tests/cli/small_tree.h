#pragma once

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <string>
#include <vector>

namespace rcache::test {

/// A command line with one of everything that completions and the man page have to deal with.
struct SmallTree {
  CLI::App app{"Look after caches.", "rcache"};
  bool flag = false;
  std::string text = {};
  std::string keys = "50";
  std::string shell = {};
  std::string topic = {};
  std::vector<std::string> words = {};

  SmallTree() {
    app.set_help_flag("--help", "Print help");
    auto* stats = app.add_subcommand("stats", "Is it healthy?");
    stats->add_option("-h,--host", text, "Server's host")->type_name("HOST")->group("Connection");
    stats->add_option("-o,--output", text, "How to write it: [all] of 'them'")
        ->type_name("text|json|prometheus")
        ->group("Output");
    stats->add_option("--max", text, "A limit")->type_name("N|P%");
    stats->add_option("--save", text, "Keep it")->type_name("FILE");
    stats->add_option("--folder", text, "Keep all")->type_name("DIRECTORY");
    stats->add_option("--watch", text, "Again and again")->type_name("DURATION")->expected(0, 1);
    stats->add_flag("--secret", flag, "Not for everybody")->group("");
    auto* demo = app.add_subcommand("demo", "A playground");
    demo->add_option("--keys", keys, "How many")->type_name("N")->capture_default_str();
    demo->add_option("command", words, "What to run")->type_name("COMMAND");
    auto* help = app.add_subcommand("help", "Explain");
    help->add_option("topic", topic, "What to explain")->type_name("TOPIC");
    auto* tags = app.add_subcommand("tags", "Who belongs to what");
    tags->add_subcommand("show", "One tag")->add_option("--layout", text, "How tags are kept");
    app.add_subcommand("internal", "Not for everybody")->group("");
    for (auto* command : {stats, demo, help, tags}) {
      command->add_flag("-q,--quiet", flag, "Only the result")->group("Output");
    }
  }
};

}  // namespace rcache::test
