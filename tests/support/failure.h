#pragma once

#include <stdexcept>

namespace rcache::test {

/// The means of a test did not do what they should: a server that did not start, a program over its
/// deadline. Nobody catches it: doctest prints the text as the failure of the test.
class Failure : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace rcache::test
