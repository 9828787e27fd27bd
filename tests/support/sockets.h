#pragma once

#include <string>

#include "support/file_handle.h"

namespace rcache::test {

/// A listening socket on a unix path (an `address` that begins with '/') or on a free port of
/// 127.0.0.1 (an empty one).
///
/// Errors:  Failure, naming the address.
FileHandle listen_on(const std::string& address);

/// The port of a listening TCP socket.
int port_of(const FileHandle& socket);

/// A connection to "127.0.0.1:PORT" or to a unix path; no file when there is none.
FileHandle connect_to(const std::string& address);

/// What a Relay wants of its sockets: never block, and send small pieces at once.
void make_lively(const FileHandle& socket);

}  // namespace rcache::test
