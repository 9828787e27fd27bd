# Where the program, its completions and its pages go. All paths are below the prefix, so that
# DESTDIR and packages work; the files are those of the repository (the target `docs` makes them).
include(GNUInstallDirs)

# Debian's zsh reads /usr/local/share/zsh/site-functions, as zsh does everywhere; of what packages put
# below /usr it reads vendor-completions alone.
set(zsh_folder site-functions)
if(CMAKE_INSTALL_PREFIX STREQUAL "/usr" AND EXISTS /etc/debian_version)
  set(zsh_folder vendor-completions)
endif()

install(TARGETS rcache RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
# bash-completion loads a file by the name of the command.
install(FILES completions/rcache.bash
  DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME rcache)
install(FILES completions/_rcache DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/${zsh_folder})
# Below /usr/local, fish looks here only when XDG_DATA_DIRS names /usr/local/share, as desktops do.
install(FILES completions/rcache.fish
  DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)
install(FILES man/rcache.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install(FILES README.md DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(FILES docs/stampede.md DESTINATION ${CMAKE_INSTALL_DOCDIR}/docs)
