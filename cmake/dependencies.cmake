# Every library comes from the distribution; scripts/packages lists them all. A missing one stops
# configuration with the name of its package.

function(rcache_require what package found)
  if(NOT ${found})
    message(FATAL_ERROR "${what} was not found: apt-get install ${package} (or run scripts/test, which installs all)")
  endif()
endfunction()

find_package(Threads REQUIRED)
find_package(fmt QUIET)
rcache_require("fmt" libfmt-dev fmt_FOUND)
find_package(tl-expected QUIET)
rcache_require("tl::expected" libexpected-dev tl-expected_FOUND)
find_package(nlohmann_json QUIET)
rcache_require("nlohmann_json" nlohmann-json3-dev nlohmann_json_FOUND)
find_package(OpenSSL QUIET)
rcache_require("OpenSSL" libssl-dev OPENSSL_FOUND)
find_package(CLI11 QUIET)
rcache_require("CLI11" libcli11-dev CLI11_FOUND)

# These have no CMake package on every distribution that we support: headers and a library will do.
find_path(RCACHE_ASIO_INCLUDE asio/awaitable.hpp)
rcache_require("asio" libasio-dev RCACHE_ASIO_INCLUDE)
find_path(RCACHE_TOMLPLUSPLUS_INCLUDE toml++/toml.h)
rcache_require("toml++" libtomlplusplus-dev RCACHE_TOMLPLUSPLUS_INCLUDE)
find_path(RCACHE_HIREDIS_INCLUDE hiredis/hiredis.h)
find_library(RCACHE_HIREDIS_LIBRARY hiredis)
rcache_require("hiredis" libhiredis-dev RCACHE_HIREDIS_LIBRARY)
if(RCACHE_TESTS)
  find_path(RCACHE_DOCTEST_INCLUDE doctest/doctest.h)
  rcache_require("doctest" doctest-dev RCACHE_DOCTEST_INCLUDE)
endif()

add_library(rcache_asio INTERFACE)
target_include_directories(rcache_asio SYSTEM INTERFACE ${RCACHE_ASIO_INCLUDE})
# asio asks for aligned_alloc before it has included a header that says whether there is one: what it
# finds depends on the includes before it, and memory from one file would be freed otherwise in another.
target_compile_definitions(rcache_asio INTERFACE
  ASIO_STANDALONE ASIO_NO_DEPRECATED ASIO_DISABLE_STD_ALIGNED_ALLOC)
target_link_libraries(rcache_asio INTERFACE Threads::Threads)

add_library(rcache_hiredis INTERFACE)
target_include_directories(rcache_hiredis SYSTEM INTERFACE ${RCACHE_HIREDIS_INCLUDE})
target_link_libraries(rcache_hiredis INTERFACE ${RCACHE_HIREDIS_LIBRARY})
