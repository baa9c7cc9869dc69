# wick_add_stb(): wick::stb, the code of stb for image files and gzip, compiled once in the program
# that uses it, from the stb_image.h that WICK_STB_INCLUDE_DIR names. wick's own build uses this file,
# and so does an installed wick, for find_package(wick COMPONENTS stb).

find_path(WICK_STB_INCLUDE_DIR stb_image.h PATH_SUFFIXES stb DOC "Folder that contains stb_image.h")

function(wick_add_stb)
  if(TARGET wick::stb)
    return()
  endif()
  file(CONFIGURE OUTPUT "${CMAKE_CURRENT_BINARY_DIR}/wick_stb.cpp" CONTENT
    "#define WICK_STB_IMPLEMENTATION\n#include <wick/external/stb.hpp>\n")
  add_library(wick_stb STATIC "${CMAKE_CURRENT_BINARY_DIR}/wick_stb.cpp")
  add_library(wick::stb ALIAS wick_stb)
  target_include_directories(wick_stb SYSTEM PUBLIC "${WICK_STB_INCLUDE_DIR}")
  target_link_libraries(wick_stb PUBLIC wick::wick)
  set_target_properties(wick_stb PROPERTIES POSITION_INDEPENDENT_CODE ON)
endfunction()
