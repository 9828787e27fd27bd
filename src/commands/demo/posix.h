#pragma once

#include <csignal>
#include <string>
#include <utility>
#include <vector>

#include "core/error.h"

namespace rcache::demo {

/// A file descriptor that is closed with its owner.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  ~Descriptor() { close(); }

  int number() const { return number_; }
  void close();

 private:
  int number_ = -1;
};

/// Both ends of a pipe; neither survives an exec.
struct Pipe {
  Descriptor reader;
  Descriptor writer;
};
Result<Pipe> make_pipe();

/// Words as exec wants them: pointers into this object, ended by a null pointer.
class ExecWords {
 public:
  explicit ExecWords(std::vector<std::string> words);
  ExecWords(const ExecWords&) = delete;
  ExecWords& operator=(const ExecWords&) = delete;
  char* const* get() const { return pointers_.data(); }

 private:
  std::vector<std::string> words_;
  std::vector<char*> pointers_;
};

/// All signals are held back while this lives, so that a fork's child can put its handlers in order
/// before the first one reaches it.
class SignalsHeld {
 public:
  SignalsHeld();
  ~SignalsHeld();
  SignalsHeld(const SignalsHeld&) = delete;
  SignalsHeld& operator=(const SignalsHeld&) = delete;

  /// For the child, just before exec: our handlers are gone, SIGPIPE is deadly again, and signals
  /// come as they did before. What the user had told us to ignore (nohup) stays ignored.
  /// Async-signal-safe.
  void release_in_child() const;

 private:
  sigset_t before_;
};

/// "Permission denied" for EACCES.
std::string system_message(int error_number);

}  // namespace rcache::demo
