#include "commands/audit_ttl/policy.h"

namespace rcache::audit_ttl {

std::string policy_help() {
  return R"toml(# A policy for `rcache audit-ttl --policy FILE`: which keys must expire, and
# when. What you read is one, the default policy (--policy default), and a file
# to begin with:
#
#   rcache help policies > cache.toml
#
# Each [[rule]] has
#   pattern   which keys: a glob, see `rcache help patterns`
#   ttl       "required" (the default): they must have a TTL
#             "none": they must not have one
#             "any": they may or may not
#   min, max  how much of the TTL may be left: "90s", "15m", "24h", "7d", or a
#             number of seconds. min is for keys whose TTL is renewed all the
#             time: any other falls below it in the end.
#   reason    why; shown with the rule
#
# Rules are tried in order, and the first whose pattern matches a key decides. A
# key that no rule matches must have a TTL; to allow others, end with a rule for
# "*" and ttl = "any". --max-ttl lowers the max of every rule.
# A mistake is exit 2, with its file, line and column.

)toml" + std::string(default_policy_text());
}

}  // namespace rcache::audit_ttl
