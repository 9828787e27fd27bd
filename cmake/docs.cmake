# The target `docs` rewrites completions/ and man/ from what the program says of itself.
add_custom_target(docs
  COMMAND ${CMAKE_COMMAND} -DPROGRAM=$<TARGET_FILE:rcache> -DFOLDER=${CMAKE_SOURCE_DIR}
    -P ${CMAKE_SOURCE_DIR}/cmake/write_docs.cmake
  COMMENT "Writing completions/ and man/"
  VERBATIM)
add_dependencies(docs rcache)
