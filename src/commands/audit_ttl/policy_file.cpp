#include "commands/audit_ttl/policy_file.h"

#include "commands/text_file.h"

namespace rcache::audit_ttl {

Result<Policy> load_policy(const std::string& path) {
  if (path == "default") return parse_policy(default_policy_text(), path);
  auto text = read_text_file("--policy", path, "rcache help policies shows a whole policy");
  if (!text) return fail(std::move(text).error());
  return parse_policy(*text, path);
}

}  // namespace rcache::audit_ttl
