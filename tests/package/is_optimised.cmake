# Configures the project in FOLDER as it is; its build type has to be Release.
string(REPLACE "|" ";" OPTIONS "${OPTIONS}")
file(REMOVE_RECURSE "${BUILD}")
execute_process(COMMAND "${CMAKE_COMMAND}" -S "${FOLDER}" -B "${BUILD}" -G "${GENERATOR}" ${OPTIONS}
  OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
load_cache("${BUILD}" READ_WITH_PREFIX got_ CMAKE_BUILD_TYPE)
if(NOT got_CMAKE_BUILD_TYPE STREQUAL "Release")
  message(FATAL_ERROR "expected the build type Release, got '${got_CMAKE_BUILD_TYPE}'")
endif()
