# One of three processes kills itself while they train; the file that is left is whole, and four others go on with it to
# the bytes of one process, which PROGRAM compares.
file(REMOVE_RECURSE "${FOLDER}")
file(MAKE_DIRECTORY "${FOLDER}")
execute_process(COMMAND "${MPIRUN}" -n 3 "${PROGRAM}" "${FOLDER}/run.wick" kill
  RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output TIMEOUT 60)
if(result STREQUAL "0" OR NOT EXISTS "${FOLDER}/run.wick")
  message(FATAL_ERROR "expected a run that is killed after it saved itself, got ${result}: ${output}")
endif()
execute_process(COMMAND "${MPIRUN}" -n 4 "${PROGRAM}" "${FOLDER}/run.wick" resume
  RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output TIMEOUT 60)
if(NOT result STREQUAL "0")
  message(FATAL_ERROR "going on with it: ${result}: ${output}")
endif()
