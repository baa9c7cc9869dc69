# What the compiler's flags must not do in silence: -ffast-math is refused, and so are, by the linker, two halves of a program
# of which one was compiled with wick::wick and one with wick::compiled, or one with the checking containers of libstdc++.
file(REMOVE_RECURSE "${WORK}")
file(MAKE_DIRECTORY "${WORK}")
set(includes -std=c++20 "-I${INCLUDE}")

# compile(SOURCE RESULT [FLAG...]): RESULT is empty, or what the compiler said.
function(compile source result)
  execute_process(COMMAND "${CXX}" ${includes} ${ARGN} -c "${WORK}/${source}.cpp" -o "${WORK}/${source}.o"
    RESULT_VARIABLE status ERROR_VARIABLE said)
  set(${result} "" PARENT_SCOPE)
  if(status)
    set(${result} "${said}" PARENT_SCOPE)
  endif()
endfunction()

# Every header is in this namespace, and gets it from here.
set(text "#include <wick/version.hpp>
namespace wick::inline WICK_ABI_NAMESPACE {
class Tensor {};
}
")
file(WRITE "${WORK}/user.cpp" "${text}void use(const wick::Tensor&);\nint main() { use({}); }\n")
file(WRITE "${WORK}/library.cpp" "${text}void use(const wick::Tensor&) {}\n")

foreach(flags "-ffast-math" "-Ofast" "-ffinite-math-only" "-fno-finite-math-only;-ffast-math")
  compile(user said ${flags})
  if(NOT said MATCHES "wick needs NaN and infinity")
    message(FATAL_ERROR "with ${flags} expected an #error, got \"${said}\"")
  endif()
endforeach()
compile(user said -ffast-math -fno-finite-math-only)
if(said)
  message(FATAL_ERROR "with -fno-finite-math-only expected no error, got ${said}")
endif()

# link(RESULT USER_FLAGS LIBRARY_FLAGS)
function(link result user_flags library_flags)
  compile(user said ${user_flags})
  compile(library said_too ${library_flags})
  if(said OR said_too)
    message(FATAL_ERROR "${said}${said_too}")
  endif()
  execute_process(COMMAND "${CXX}" "${WORK}/user.o" "${WORK}/library.o" -o "${WORK}/program" ERROR_VARIABLE said)
  set(${result} "${said}" PARENT_SCOPE)
endfunction()

foreach(flags "" -DWICK_COMPILED -D_GLIBCXX_DEBUG)
  link(said "${flags}" "${flags}")
  if(said)
    message(FATAL_ERROR "with \"${flags}\" for both: ${said}")
  endif()
endforeach()
foreach(flags -DWICK_COMPILED -D_GLIBCXX_DEBUG)
  link(said "" "${flags}")
  if(NOT said MATCHES "undefined (reference|symbol)[^\n]*use\\(wick::v[0-9_a-z]+::Tensor const&\\)")
    message(FATAL_ERROR "with \"${flags}\" for one of two files expected that they are not linked, got \"${said}\"")
  endif()
endforeach()
