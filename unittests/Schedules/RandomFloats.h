#ifndef CONVOPT_UNITTESTS_SCHEDULES_RANDOMFLOATS_H
#define CONVOPT_UNITTESTS_SCHEDULES_RANDOMFLOATS_H

#include <cstdint>
#include <random>
#include <vector>

namespace convopt {

/// Normally distributed around 0; the same for the same seed.
inline std::vector<float> randomFloats(int64_t count, unsigned seed,
                                       float deviation = 1) {
  std::mt19937 engine(seed);
  std::normal_distribution<float> normal(0, deviation);
  std::vector<float> values(count);
  for (float &value : values)
    value = normal(engine);
  return values;
}

} // namespace convopt

#endif // CONVOPT_UNITTESTS_SCHEDULES_RANDOMFLOATS_H
