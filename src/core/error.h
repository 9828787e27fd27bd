#pragma once

#include <string>
#include <tl/expected.hpp>
#include <utility>

namespace rcache {

/// What went wrong, as far as the exit code cares.
enum class ErrorKind {
  usage,        ///< the command line, a file or an environment variable is wrong
  connect,      ///< no server: cannot reach it, log in, or may not
  server,       ///< the server answered a command with an error
  protocol,     ///< the server answered something that makes no sense
  incomplete,   ///< it began and could not finish or cover everything
  refused,      ///< wants a confirmation that it did not get, or a cap was hit
  output,       ///< the result could not be written
  interrupted,  ///< a signal ended it
  bug           ///< our mistake
};

/// One failure in words: `message` says what, where and why; `hint` says what to do, or is empty.
/// Neither ends with a full stop, and neither ever contains a password.
struct Error {
  ErrorKind kind = ErrorKind::bug;
  std::string message;
  std::string hint = {};
};

template <typename T>
using Result = tl::expected<T, Error>;

/// The short way to return a failure: `return fail(ErrorKind::usage, "...", "...")`.
inline tl::unexpected<Error> fail(ErrorKind kind, std::string message, std::string hint = {}) {
  return tl::unexpected<Error>(Error{kind, std::move(message), std::move(hint)});
}

/// Passes on the failure of one result as the failure of another.
inline tl::unexpected<Error> fail(Error error) {
  return tl::unexpected<Error>(std::move(error));
}

}  // namespace rcache
