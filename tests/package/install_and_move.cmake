# Installs the build tree BUILD, then moves it to PREFIX.
file(REMOVE_RECURSE "${PREFIX}" "${PREFIX}-before")
execute_process(COMMAND "${CMAKE_COMMAND}" --install "${BUILD}" --config "${CONFIG}" --prefix "${PREFIX}-before"
  RESULT_VARIABLE result)
if(result)
  message(FATAL_ERROR "the install failed: ${result}")
endif()
file(RENAME "${PREFIX}-before" "${PREFIX}")

# What is installed must not know where it was built or first installed.
get_filename_component(source "${CMAKE_CURRENT_LIST_DIR}/../.." ABSOLUTE)
file(GLOB_RECURSE files "${PREFIX}/*")
foreach(file IN LISTS files)
  file(READ "${file}" text)
  foreach(path "${PREFIX}" "${BUILD}" "${source}")
    string(FIND "${text}" "${path}" at)
    if(NOT at EQUAL -1)
      message(FATAL_ERROR "${file} contains the path ${path}")
    endif()
  endforeach()
endforeach()
