#pragma once

#include "commands/command.h"
#include "commands/flags.h"
#include "core/tag_layout.h"

namespace rcache {

/// The naming that was chosen with --layout and --tag-prefix, of those that rcache has and those of
/// the config file.
///
/// Errors:  usage, with the known names.
Result<TagNaming> naming_of(const Context& context, const LayoutChoice& choice);

/// "tag:{tag}, cachetag:{tag}", printable.
std::string shown_containers(const TagNaming& naming);

}  // namespace rcache
