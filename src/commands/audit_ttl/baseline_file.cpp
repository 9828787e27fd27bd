#include "commands/audit_ttl/baseline_file.h"

#include "commands/text_file.h"

namespace rcache::audit_ttl {

Result<Baseline> load_baseline(const std::string& path) {
  auto text =
      read_text_file("--baseline", path, "write one first: rcache audit-ttl --write-baseline FILE");
  if (!text) return fail(std::move(text).error());
  return parse_baseline(*text, path);
}

Result<void> write_baseline(const std::string& path, const Baseline& baseline) {
  return write_text_file("--write-baseline", path, baseline_json(baseline));
}

}  // namespace rcache::audit_ttl
