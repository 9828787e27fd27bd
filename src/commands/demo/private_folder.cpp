#include "commands/demo/private_folder.h"

#include <fmt/format.h>
#include <stdlib.h>
#include <sys/un.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

#include "commands/demo/posix.h"

namespace rcache::demo {
namespace {

constexpr std::string_view k_name = "/rcache-demo-XXXXXX";
constexpr std::size_t k_room_for_socket_name = 16;
constexpr std::size_t k_longest_parent =
    sizeof(sockaddr_un::sun_path) - 1 - k_name.size() - k_room_for_socket_name;

}  // namespace

Result<PrivateFolder> PrivateFolder::make() {
  int reason = 0;
  const char* const parents[] = {getenv("XDG_RUNTIME_DIR"), getenv("TMPDIR"), "/tmp"};
  for (const char* parent : parents) {
    if (!parent || *parent != '/') continue;
    std::string path = parent;
    if (path.size() > k_longest_parent) continue;
    path += k_name;
    if (mkdtemp(path.data())) return PrivateFolder(std::move(path));  // with mode 0700
    reason = errno;
  }
  return fail(ErrorKind::connect,
              fmt::format("cannot make a folder in /tmp: {}", system_message(reason)),
              "set TMPDIR to a folder that you may write to");
}

PrivateFolder::~PrivateFolder() {
  std::error_code ignored;
  if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
}

}  // namespace rcache::demo
