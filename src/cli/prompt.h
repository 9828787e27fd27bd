#pragma once

#include "cli/io.h"
#include "commands/command.h"
#include "core/interrupt.h"

namespace rcache::cli {

/// Asks on stderr and reads from stdin, so that stdout stays free for the result.
class TerminalPrompt : public Prompt {
 public:
  TerminalPrompt(Io& io, Interrupt& interrupt) : io_(io), interrupt_(interrupt) {}

  bool can_ask() const override;
  asio::awaitable<Result<std::string>> ask(std::string text) override;

 private:
  Io& io_;
  Interrupt& interrupt_;
};

}  // namespace rcache::cli
