# wick::wick brings an include path, C++20 and Eigen to the program that links it, and nothing else. In a build that contains
# wick it stands for the target wick.
set(target wick::wick)
if(TARGET wick)
  set(target wick)
endif()
function(check_interface property expected)
  get_target_property(value ${target} ${property})
  if(NOT value)
    set(value "")
  endif()
  if(NOT "${value}" MATCHES "^${expected}$")
    message(FATAL_ERROR "${target} has ${property} \"${value}\", expected \"${expected}\"")
  endif()
endfunction()

check_interface(INTERFACE_INCLUDE_DIRECTORIES "[^;]*/include(>;[^;]*include>)?")
check_interface(INTERFACE_COMPILE_FEATURES "cxx_std_20")
check_interface(INTERFACE_LINK_LIBRARIES "Eigen3::Eigen")
foreach(property COMPILE_DEFINITIONS COMPILE_OPTIONS LINK_OPTIONS LINK_DIRECTORIES SOURCES PRECOMPILE_HEADERS
    POSITION_INDEPENDENT_CODE AUTOUIC_OPTIONS LINK_DEPENDS)
  check_interface(INTERFACE_${property} "")
endforeach()
