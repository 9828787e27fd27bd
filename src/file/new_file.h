#pragma once

#include <string>
#include <string_view>

#include "core/error.h"
#include "file/descriptor.h"

namespace rcache::file {

/// A file that did not exist before, open for writing, and the folder that it is in.
struct NewFile {
  Descriptor file;
  Descriptor folder;
  std::string name;  ///< in that folder
};

/// Makes a file that nobody but us can read or put in place of ours: mode 0600 whatever the umask,
/// not through a symbolic link, in a folder of ours or root's that not everybody may rename in.
///
/// In:      `kind`, what an error calls the file: "backup file".
/// Errors:  usage when something stands there already, or for the folder; output for what the
/// system
///          refuses.
Result<NewFile> make_new_file(const std::string& path, std::string_view kind);

/// Writes all of it. 0, or the errno of what stopped it.
int write_all(const Descriptor& file, std::string_view bytes);

/// fdatasync(), however often a signal comes between. 0 or an errno.
int sync_data(const Descriptor& file);

/// Takes away a file that was just made.
void remove_file(const NewFile& file);

/// What fsync() of the folder says: only then does the new name outlive a power cut. 0 or an errno.
int sync_folder(const NewFile& file);

}  // namespace rcache::file
