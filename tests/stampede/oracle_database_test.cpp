// What a database that slows down makes of a stampede.
#include "stampede/closed_forms.h"
#include "stampede/oracle.h"

namespace rcache::stampede::oracle {

TEST_CASE("oracle: cache-aside on shared slots grows exponentially with the overload") {
  auto scenario = ideal(1000, 0.05, 20, 6000);
  scenario.db = DatabaseModel::shared;
  for (const std::uint32_t slots : {60U, 25U, 20U}) {
    scenario.db_slots = slots;
    check_size(std::to_string(slots), simulated(scenario, Strategy::none),
               closed::loads_shared(1000, 0.05, slots), 0.08);
  }
  scenario.rate = 2000;
  check_size("LD/c=5", simulated(scenario, Strategy::none), closed::loads_shared(2000, 0.05, 20),
             0.08);
}

TEST_CASE("oracle: a load timeout below the outage means the cache is never filled again") {
  auto scenario = ideal(500, 0.1, 20, 100 / k_effort);
  scenario.db = DatabaseModel::shared;
  scenario.db_timeout = from_seconds(1);
  const auto report = simulated(scenario, Strategy::none);
  CHECK(report.errors > 35'000);
  CHECK(report.episodes == 1);
}

}  // namespace rcache::stampede::oracle
