#include <wick/base/detail/process_mark.hpp>

#include <doctest/doctest.h>

#if !defined(_WIN32)
#include <sys/wait.h>
#include <unistd.h>
#endif

TEST_CASE("a mark is here in the process that made it") {
  const wick::detail::ProcessMark mark;
  CHECK(mark.is_here());
#if !defined(_WIN32)
  const pid_t child = ::fork();
  if (child == 0) {
    const wick::detail::ProcessMark own;
    ::_exit(!mark.is_here() && own.is_here() ? 0 : 1);
  }
  REQUIRE(child > 0);
  int status = -1;
  ::waitpid(child, &status, 0);
  CHECK(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 0);
  CHECK(mark.is_here());
#endif
}
