#ifndef CONVOPT_TOOLS_PROFILE_RANDOM_H
#define CONVOPT_TOOLS_PROFILE_RANDOM_H

#include <cstdint>

namespace convopt {

/// splitmix64 (G. Steele et al., OOPSLA 2014): the standard library's
/// distributions differ between implementations.
struct Random {
  uint64_t state;
  uint64_t next() {
    uint64_t z = state += 0x9e3779b97f4a7c15;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }
};

} // namespace convopt

#endif // CONVOPT_TOOLS_PROFILE_RANDOM_H
