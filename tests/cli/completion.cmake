# Completions and the man page: as text, in real shells, and as committed.
rcache_test(cli_docs
  command_tree_test.cpp
  completion_test.cpp
  man_page_test.cpp
  LINK rcache_cli)

foreach(shell bash zsh fish)
  add_test(NAME completion_${shell}
    COMMAND bash ${CMAKE_CURRENT_SOURCE_DIR}/completion_${shell}.sh $<TARGET_FILE:rcache>)
  set_tests_properties(completion_${shell} PROPERTIES SKIP_REGULAR_EXPRESSION "SKIPPED" TIMEOUT 60)
endforeach()

add_test(NAME man_page_lint
  COMMAND bash ${CMAKE_CURRENT_SOURCE_DIR}/man_page_lint.sh $<TARGET_FILE:rcache>)
set_tests_properties(man_page_lint PROPERTIES SKIP_REGULAR_EXPRESSION "SKIPPED" TIMEOUT 60)

add_test(NAME docs_up_to_date
  COMMAND ${CMAKE_COMMAND} -DPROGRAM=$<TARGET_FILE:rcache> -DSOURCE=${CMAKE_SOURCE_DIR}
    -DFOLDER=${CMAKE_BINARY_DIR}/docs -P ${CMAKE_CURRENT_SOURCE_DIR}/docs_up_to_date.cmake)
