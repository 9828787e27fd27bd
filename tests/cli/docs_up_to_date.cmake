# Fails when a file of completions/ or man/ is not what the program PROGRAM prints.
#
#   cmake -DPROGRAM=build/rcache -DSOURCE=. -DFOLDER=build/docs -P tests/cli/docs_up_to_date.cmake
#
# FOLDER is for the files that the program should have; SOURCE is the repository.

include(${SOURCE}/cmake/write_docs.cmake)
find_program(DIFF diff)

set(stale)
foreach(file IN LISTS RCACHE_DOCS)
  execute_process(COMMAND ${CMAKE_COMMAND} -E compare_files ${SOURCE}/${file} ${FOLDER}/${file}
    RESULT_VARIABLE differs OUTPUT_QUIET ERROR_QUIET)
  if(NOT differs)
    continue()
  endif()
  list(APPEND stale ${file})
  if(NOT EXISTS ${SOURCE}/${file})
    message(NOTICE "${file} does not exist")
  elseif(DIFF)
    execute_process(COMMAND ${DIFF} -u --label "${file} (committed)" --label "${file} (as printed)"
      ${SOURCE}/${file} ${FOLDER}/${file} OUTPUT_VARIABLE difference)
    message(NOTICE "${difference}")
  endif()
endforeach()

if(stale)
  list(JOIN stale ", " names)
  message(FATAL_ERROR "out of date: ${names}. "
    "Run: cmake --build build --target docs, and commit what it writes.")
endif()
