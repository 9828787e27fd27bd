#pragma once

#include <doctest/doctest.h>

#include <iostream>
#include <string>

#include "support/server.h"

namespace rcache::test {

/// Says on stdout that a test did not run, and why. doctest cannot skip a test that has begun, so
/// the test returns after this; scripts look for lines that begin with SKIPPED.
inline void report_skipped(const std::string& test, const std::string& reason) {
  std::cout << "SKIPPED " << test << ": " << reason << std::endl;
}

/// The name of the test that runs now.
inline std::string current_test() {
  return doctest::getContextOptions()->currentTest->m_name;
}

}  // namespace rcache::test

/// Ends the test by name with a reason, unless there is a `name` server ("redis", "valkey").
#define RCACHE_NEED_SERVER(name)                                                                   \
  do {                                                                                             \
    if (!rcache::test::find_server(name)) {                                                        \
      rcache::test::report_skipped(                                                                \
          rcache::test::current_test(),                                                            \
          std::string("there is no ") + (name) + "-server (scripts/fetch-servers looks for one)"); \
      return;                                                                                      \
    }                                                                                              \
  } while (false)
