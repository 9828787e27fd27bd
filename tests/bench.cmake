# The program behind scripts/bench; not part of `all`.
add_executable(rcache_bench EXCLUDE_FROM_ALL ${CMAKE_SOURCE_DIR}/scripts/bench.cpp)
target_link_libraries(rcache_bench PRIVATE rcache_redis rcache_test_support rcache_warnings)
