#pragma once

#include <cstddef>
#include <vector>

#include "stampede/scenario.h"
#include "stampede/strategy.h"

namespace rcache::stampede {

/// The distribution of a stampede's size where a closed form knows it: the probability of 1 load,
/// of 2, ... up to `largest`. Empty where none does: several keys, random load times, a closed
/// loop, trouble on the way, a database that slows down.
///
/// Source:  cache-aside and swr: 1 + Poisson(rate*load); XFetch: geometric with
///          p = exp(-load/(beta*delta)), from Vattani, Chierichetti, Lowenstein, PVLDB 8(8), 2015;
///          a lock that outlives the load: 1.
std::vector<double> expected_sizes(const Scenario& scenario, Strategy strategy,
                                   std::size_t largest);

}  // namespace rcache::stampede
