# An overlay port: vcpkg install wick --overlay-ports=examples/packaging/vcpkg, in a checkout of wick.

get_filename_component(SOURCE_PATH "${CMAKE_CURRENT_LIST_DIR}/../../../.." ABSOLUTE)
set(VCPKG_BUILD_TYPE release)  # headers
set(VCPKG_FIXUP_ELF_RPATH OFF)  # vcpkg would download patchelf to look at the file usage

vcpkg_cmake_configure(
  SOURCE_PATH "${SOURCE_PATH}"
  OPTIONS
    -DWICK_BUILD_TESTS=OFF
    -DWICK_BUILD_EXAMPLES=OFF
    -DWICK_BUILD_BENCHMARKS=OFF)
vcpkg_cmake_install()
vcpkg_cmake_config_fixup(PACKAGE_NAME wick CONFIG_PATH share/cmake/wick)
vcpkg_fixup_pkgconfig()
file(REMOVE_RECURSE "${CURRENT_PACKAGES_DIR}/debug" "${CURRENT_PACKAGES_DIR}/lib")
vcpkg_install_copyright(FILE_LIST "${SOURCE_PATH}/LICENSE")
# Without it vcpkg tells users to link every target that it finds in the package, wick::stb too.
file(INSTALL "${CMAKE_CURRENT_LIST_DIR}/usage" DESTINATION "${CURRENT_PACKAGES_DIR}/share/${PORT}")
