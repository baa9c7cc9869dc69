// Links of a given rate and delay between network namespaces of one machine, for kernels without netem.
//
// usage: mpi_links GBIT MILLISECONDS MTU NAMESPACE...     as root, until it is killed
//
// Makes a device eth0 in each namespace and hands frames on between these, as a switch does with cables: a
// frame takes its bits / GBIT to get onto the cable of the sender, and as long from that of the receiver,
// where it begins as soon as it comes in, and arrives MILLISECONDS later. It needs a processor in time: chrt
// -f 10.

#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <poll.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;
using Address = std::array<char, 6>;

struct Frame {
  std::vector<char> bytes;
  Clock::time_point begins;  ///< on the cable of the receiver, at the earliest
};

/// A namespace's device, and the cable to it.
struct Port {
  int file = -1;
  Clock::time_point sends_until{};
  Clock::time_point receives_until{};
  std::deque<Frame> frames{};  ///< to it, in the order in which they come
};

[[noreturn]] void fail(const std::string& what) {
  std::fprintf(stderr, "mpi_links: %s: %s\n", what.c_str(), std::strerror(errno));
  std::exit(1);
}

/// Opens eth0 of a namespace, where this process is then.
int open_device(const std::string& name, int mtu) {
  const int space = open(("/var/run/netns/" + name).c_str(), O_RDONLY | O_CLOEXEC);
  if (space < 0 || setns(space, CLONE_NEWNET) != 0) fail("namespace " + name);
  close(space);
  const int file = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
  ifreq request{};
  std::strncpy(request.ifr_name, "eth0", IFNAMSIZ - 1);
  request.ifr_flags = IFF_TAP | IFF_NO_PI;
  if (file < 0 || ioctl(file, TUNSETIFF, &request) != 0) fail("eth0 of " + name);
  const int any = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  request.ifr_mtu = mtu;
  if (ioctl(any, SIOCSIFMTU, &request) != 0) fail("MTU of " + name);
  close(any);
  return file;
}

class Switch {
 public:
  Switch(double gbit, double milliseconds)
      : nanoseconds_of_byte_(8 / gbit), delay_(static_cast<std::int64_t>(milliseconds * 1e6)) {}

  void add(int file) { ports_.push_back({.file = file}); }

  void run() {
    std::vector<pollfd> polled;
    for (const Port& port : ports_) polled.push_back({port.file, POLLIN, 0});
    for (;;) {
      const Clock::time_point next = deliver();
      timespec left{3600, 0};
      if (next != Clock::time_point::max()) {
        const auto wait = std::max<std::int64_t>(0, std::chrono::nanoseconds(next - Clock::now()).count());
        left = {wait / 1'000'000'000, wait % 1'000'000'000};
      }
      if (ppoll(polled.data(), polled.size(), &left, nullptr) < 0) fail("ppoll");
      for (std::size_t p = 0; p < ports_.size(); ++p) {
        if ((polled[p].revents & POLLIN) != 0) take(p);
      }
    }
  }

 private:
  [[nodiscard]] std::chrono::nanoseconds time_of(std::size_t bytes) const {
    // With preamble, checksum and gap.
    return std::chrono::nanoseconds(
        static_cast<std::int64_t>(static_cast<double>(bytes + 24) * nanoseconds_of_byte_));
  }
  void take(std::size_t from) {
    Port& port = ports_[from];
    for (;;) {
      const ssize_t n = read(port.file, buffer_.data(), buffer_.size());
      if (n < 14) return;
      const auto size = static_cast<std::size_t>(n);
      const auto begins = std::max(Clock::now(), port.sends_until);
      port.sends_until = begins + time_of(size);
      Address to{};
      Address sender{};
      std::memcpy(to.data(), buffer_.data(), 6);
      std::memcpy(sender.data(), buffer_.data() + 6, 6);
      known_[sender] = from;
      const auto found = known_.find(to);
      for (std::size_t p = 0; p < ports_.size(); ++p) {
        if (p == from || (found != known_.end() && found->second != p)) continue;
        auto& frames = ports_[p].frames;
        Frame frame{{buffer_.data(), buffer_.data() + size}, begins + delay_};
        const auto later = [](const Frame& a, const Frame& b) { return a.begins < b.begins; };
        frames.insert(std::upper_bound(frames.begin(), frames.end(), frame, later), std::move(frame));
      }
    }
  }
  /// Delivers what has come; when the next frame will.
  Clock::time_point deliver() {
    auto next = Clock::time_point::max();
    for (Port& port : ports_) {
      while (!port.frames.empty()) {
        const Frame& frame = port.frames.front();
        const auto there = std::max(frame.begins, port.receives_until) + time_of(frame.bytes.size());
        if (there > Clock::now()) {
          next = std::min(next, there);
          break;
        }
        // Lost if the device has no room, as on a cable.
        if (write(port.file, frame.bytes.data(), frame.bytes.size()) < 0 && errno != EAGAIN && errno != EIO)
          fail("write");
        port.receives_until = there;
        port.frames.pop_front();
      }
    }
    return next;
  }

  double nanoseconds_of_byte_;
  std::chrono::nanoseconds delay_;
  std::vector<Port> ports_ = {};
  std::map<Address, std::size_t> known_ = {};
  std::array<char, 1 << 16> buffer_{};
};

}  // namespace

int main(int argc, char** argv) {
  if (argc < 5) {
    std::fputs("usage: mpi_links GBIT MILLISECONDS MTU NAMESPACE...\n", stderr);
    return 2;
  }
  prctl(PR_SET_TIMERSLACK, 1);
  Switch links(std::atof(argv[1]), std::atof(argv[2]));
  for (int i = 4; i < argc; ++i) links.add(open_device(argv[i], std::atoi(argv[3])));
  std::puts("ready");
  std::fflush(stdout);
  links.run();
}
