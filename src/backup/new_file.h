#pragma once

#include <string>

#include "backup/descriptor.h"
#include "core/error.h"

namespace rcache::backup {

/// A file that did not exist before, open for writing, and the folder that it is in.
struct NewFile {
  Descriptor file;
  Descriptor folder;
  std::string name;  ///< in that folder
};

/// Makes a file that nobody but us can read or put in place of ours: mode 0600 whatever the umask,
/// not through a symbolic link, in a folder of ours or root's that not everybody may rename in.
///
/// Errors:  usage when something stands there already, or for the folder; output for what the
/// system
///          refuses.
Result<NewFile> make_new_file(const std::string& path);

/// Takes away a file that was just made.
void remove_file(const NewFile& file);

/// What fsync() of the folder says: only then does the new name outlive a power cut. 0 or an errno.
int sync_folder(const NewFile& file);

}  // namespace rcache::backup
