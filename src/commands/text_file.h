#pragma once

#include <string>
#include <string_view>

#include "core/error.h"

namespace rcache {

/// The whole of a file that a flag names, at most 16 MiB.
///
/// Errors:  usage, "FLAG: cannot read 'PATH': why", with the hint.
Result<std::string> read_text_file(std::string_view flag, const std::string& path,
                                   std::string hint);

/// Writes a file in one step: whoever reads it sees the old one or the new one, whole. It is on
/// the disk before its name is. A new file gets the mode that the umask leaves, an old one keeps
/// its own; a symbolic link stays one, and what it points to is replaced.
///
/// Errors:  output, "FLAG: cannot write 'PATH': why"; the old file is then as it was.
Result<void> write_text_file(std::string_view flag, const std::string& path, std::string_view text);

}  // namespace rcache
