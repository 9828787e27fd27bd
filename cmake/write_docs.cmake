# Lets the program PROGRAM write its completions and its man page into FOLDER.
#
#   cmake -DPROGRAM=build/rcache -DFOLDER=. -P cmake/write_docs.cmake
#
# Out:     RCACHE_DOCS, the files, relative to FOLDER.

set(RCACHE_DOCS)

function(write_doc file)
  execute_process(COMMAND ${PROGRAM} ${ARGN}
    OUTPUT_VARIABLE text ERROR_VARIABLE errors RESULT_VARIABLE code)
  list(JOIN ARGN " " line)
  if(NOT code EQUAL 0)
    message(FATAL_ERROR "'${PROGRAM} ${line}' ended with ${code}: ${errors}")
  endif()
  file(WRITE ${FOLDER}/${file} "${text}")
  set(RCACHE_DOCS ${RCACHE_DOCS} ${file} PARENT_SCOPE)
endfunction()

write_doc(completions/rcache.bash completion bash)
write_doc(completions/_rcache completion zsh)
write_doc(completions/rcache.fish completion fish)
write_doc(man/rcache.1 help man)
