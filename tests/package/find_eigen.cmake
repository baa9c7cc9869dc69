# Puts the folder that holds Eigen/Core into eigen, for projects that name it themselves.
if(WICK_EIGEN_INCLUDE_DIR)
  set(eigen "${WICK_EIGEN_INCLUDE_DIR}")
else()
  find_package(Eigen3 REQUIRED CONFIG)
  get_target_property(eigen Eigen3::Eigen INTERFACE_INCLUDE_DIRECTORIES)
endif()
