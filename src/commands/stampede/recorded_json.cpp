#include "commands/stampede/recorded_json.h"

#include <nlohmann/json.hpp>

namespace rcache::stampede {
namespace {

using render::Json;
using render::number_json;

}  // namespace

Json loads_json(const std::optional<Recorded::Loads>& loads) {
  if (!loads) return nullptr;
  return {{"given", loads->given},
          {"inferred", loads->inferred},
          {"same_source", loads->same_source},
          {"p50_seconds", number_json(loads->p50_seconds)},
          {"p90_seconds", number_json(loads->p90_seconds)},
          {"p99_seconds", number_json(loads->p99_seconds)},
          {"max_seconds", number_json(loads->max_seconds)}};
}

Json recorded_json(const Recorded& recorded) {
  auto first = Json(nullptr);
  if (recorded.first_malformed > 0) {
    first = {{"number", recorded.first_malformed},
             {"why", render::text_json(recorded.malformed_why)}};
  }
  return {{"name", render::key_json(recorded.name)},
          {"format", recorded.format},
          {"open_loop", true},
          {"reads", recorded.reads},
          {"invalidations", recorded.invalidations},
          {"keys", recorded.keys},
          {"duration_seconds", number_json(recorded.seconds)},
          {"keys_with_ttl", recorded.keys_with_ttl},
          {"ttl_given", recorded.ttl_given},
          {"load_time_given", recorded.load_time_given},
          {"loads", loads_json(recorded.loads)},
          {"start", recorded.start},
          {"polls_left_out", recorded.polls},
          {"written_ahead", recorded.written_ahead},
          {"filtered", recorded.filtered},
          {"out_of_order", recorded.out_of_order},
          {"lines", recorded.lines},
          {"malformed", recorded.malformed},
          {"first_malformed", std::move(first)},
          {"torn_bytes", recorded.torn_bytes}};
}

}  // namespace rcache::stampede
