#pragma once

#include "cli/connection_flags.h"

namespace rcache::cli {

/// The file system and the controlling terminal. A file's first line is the password; "-" is stdin.
/// Errors:  usage, naming the file or saying that there is no terminal.
PasswordSources real_password_sources();

}  // namespace rcache::cli
