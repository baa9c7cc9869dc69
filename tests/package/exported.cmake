# Configures the project "exported"; the list of targets that it installs has to refer to wick by the names of its package.
string(REPLACE "|" ";" OPTIONS "${OPTIONS}")
file(REMOVE_RECURSE "${BUILD}")
execute_process(COMMAND "${CMAKE_COMMAND}" -S "${CMAKE_CURRENT_LIST_DIR}/exported" -B "${BUILD}" -G "${GENERATOR}" ${OPTIONS}
  COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND "${CMAKE_COMMAND}" --install "${BUILD}" --component targets --prefix "${BUILD}/prefix"
  COMMAND_ERROR_IS_FATAL ANY)
file(READ "${BUILD}/prefix/lib/consumer.cmake" targets)
foreach(part wick compiled stb)
  if(NOT targets MATCHES "with_${part} PROPERTIES[^)]*wick::${part}")
    message(FATAL_ERROR "the target with_${part} does not refer to wick::${part}:\n${targets}")
  endif()
endforeach()
