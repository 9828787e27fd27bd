# The program behind scripts/bench; not part of `all`.
set(bench ${CMAKE_SOURCE_DIR}/scripts)
add_executable(rcache_bench EXCLUDE_FROM_ALL
  ${bench}/bench.cpp
  ${bench}/bench_audit.cpp
  ${bench}/bench_backup.cpp
  ${bench}/bench_bystanders.cpp
  ${bench}/bench_distance.cpp
  ${bench}/bench_invalidate.cpp
  ${bench}/bench_ioredis.cpp
  ${bench}/bench_keyspace.cpp
  ${bench}/bench_measure.cpp
  ${bench}/bench_print.cpp
  ${bench}/bench_removers.cpp
  ${bench}/bench_scan.cpp
  ${bench}/bench_stampede.cpp
  ${bench}/bench_stats.cpp
  ${bench}/bench_tags.cpp
  ${bench}/bench_trace.cpp)
target_compile_definitions(rcache_bench PRIVATE RCACHE_BENCH_SCRIPTS="${bench}")
target_link_libraries(rcache_bench PRIVATE rcache_redis rcache_stampede_lab rcache_trace rcache_test_support rcache_warnings)
