#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "commands/tags/render.h"
#include "render/screen.h"

namespace rcache::tags {

/// "FAIL  12 dead members", and under it what that means.
void add_finding(render::Screen& screen, std::string_view mark, render::Tone tone,
                 std::string_view headline, const std::vector<std::string>& explanation);

/// A line "INCOMPLETE: why" for each reason; of very many the first few.
void add_incomplete(render::Screen& screen, const std::vector<std::string>& reasons);

/// "12m 5s", or "none".
std::string ttl_text(const std::optional<double>& seconds);
/// "tag:{tag}, cachetag:{tag}".
std::string containers_text(const std::vector<std::string>& containers);
/// A key or tag as one piece of text of bearable length; `""` for the empty one.
std::string name_text(std::string_view bytes);

}  // namespace rcache::tags
