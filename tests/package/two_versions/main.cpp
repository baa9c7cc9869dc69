// Each library keeps its own functions and types.
#include <iostream>
#include <typeinfo>

namespace one {
int answer();
float sum(int n);
const std::type_info& tensor();
}  // namespace one
namespace other {
int answer();
float sum(int n);
const std::type_info& tensor();
}  // namespace other

int main() {
  std::cout << "answers " << one::answer() << " and " << other::answer() << ", types " << one::tensor().name()
            << " and " << other::tensor().name() << '\n';
  const bool apart = one::answer() == 1 && other::answer() == 2 && one::tensor() != other::tensor();
  return apart && one::sum(3) == 3 && other::sum(4) == 4 ? 0 : 1;
}
