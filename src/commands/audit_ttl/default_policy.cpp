#include "commands/audit_ttl/policy.h"

namespace rcache::audit_ttl {

std::string_view default_policy_text() {
  return R"toml(# What guards something must end even when its holder died.
[[rule]]
pattern = "lock:*"
max = "30s"
reason = "a lock whose holder crashed must free itself"

# Short by their meaning.
[[rule]]
pattern = "otp:*"
max = "60s"
reason = "one-time codes"

[[rule]]
pattern = "code:*"
max = "60s"
reason = "one-time codes"

[[rule]]
pattern = "ratelimit:*"
max = "60s"
reason = "a counter ends with its window: put yours here"

[[rule]]
pattern = "rate_limit:*"
max = "60s"
reason = "a counter ends with its window: put yours here"

# People.
[[rule]]
pattern = "session:*"
max = "15m"
reason = "sessions end with their token"

[[rule]]
pattern = "sess:*"
max = "15m"
reason = "sessions end with their token"

[[rule]]
pattern = "user:*:profile*"
max = "15m"
reason = "profiles"

[[rule]]
pattern = "profile:*"
max = "15m"
reason = "profiles"

# What is computed from the database.
[[rule]]
pattern = "catalog:*"
max = "24h"
reason = "catalog"

[[rule]]
pattern = "search:*"
max = "5m"
reason = "search results"

# Counters that the application keeps itself must not start again at 0.
[[rule]]
pattern = "metrics:cache_*"
ttl = "any"
reason = "the application's own counters"

[[rule]]
pattern = "metrics:*"
max = "60s"
reason = "metrics"

# A tag has to outlive its members (rcache tags check), so there is no max.
[[rule]]
pattern = "tag:*"
ttl = "required"
reason = "tags"

[[rule]]
pattern = "cachetag:*"
ttl = "required"
reason = "tags"

# No cache: streams and queues are data.
[[rule]]
pattern = "events:*"
ttl = "any"
reason = "streams"

[[rule]]
pattern = "stream:*"
ttl = "any"
reason = "streams"

[[rule]]
pattern = "queue:*"
ttl = "any"
reason = "queues"

# Lists under any name, behind the rules that know their keys better.
[[rule]]
pattern = "*:list:*"
max = "10m"
reason = "lists"

[[rule]]
pattern = "list:*"
max = "10m"
reason = "lists"
)toml";
}

}  // namespace rcache::audit_ttl
