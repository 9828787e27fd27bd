#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace rcache::render {

/// One test of a suite, and how it ended.
struct JunitCase {
  enum class Result {
    passed,
    failed,
    skipped,  ///< shown, and fails nothing: for warnings
    error     ///< could not be judged
  };

  std::string group;  ///< "classname": what readers fold cases by
  std::string name;
  Result result = Result::passed;
  std::string message = {};  ///< one line; not for a case that passed
  std::string details = {};  ///< lines
};

struct JunitSuite {
  std::string name;
  std::int64_t at_unix_ms = 0;
  double seconds = 0;
  std::vector<JunitCase> cases = {};
};

/// The report that CI systems read as test results. In: any bytes in the texts.
///
/// Source:  https://github.com/testmoapp/junitxml (the common form that readers agree on)
std::string junit_xml(const JunitSuite& suite);

}  // namespace rcache::render
