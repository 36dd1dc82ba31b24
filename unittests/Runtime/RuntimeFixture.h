#ifndef CONVOPT_UNITTESTS_RUNTIME_RUNTIMEFIXTURE_H
#define CONVOPT_UNITTESTS_RUNTIME_RUNTIMEFIXTURE_H

#include "functions.h"
#include "gtest/gtest.h"
#include <cstdlib>
#include <cstring>
#include <memory>

extern struct convopt_plan convopt_plan;

namespace convopt {

inline constexpr char weights[64] = {1};

/// A workspace as a caller provides it: aligned, and dirty.
struct Workspace {
  explicit Workspace(size_t tensorBytes = 4096)
      : memory(std::aligned_alloc(64, bytes(tensorBytes)), std::free) {
    std::memset(memory.get(), 0xa5, bytes(tensorBytes));
  }
  static size_t bytes(size_t tensorBytes) {
    return CONVOPT_HEADER_BYTES + convopt_plan.threads * CONVOPT_THREAD_BYTES +
           convopt_plan.scratch_bytes +
           convopt_plan.threads * convopt_plan.thread_scratch_bytes +
           tensorBytes;
  }
  int init() { return convopt_init(memory.get(), nullptr); }
  int run() {
    const float input = 0;
    float output = 0;
    const void *inputs[] = {&input};
    void *outputs[] = {&output};
    return convopt_run(inputs, outputs, memory.get());
  }
  std::unique_ptr<void, decltype(&std::free)> memory;
};

/// What a run of the plan runs.
inline int (*currentModel)(void *tensors, void *context);

/// A plan of one thread, one input and one output.
class RuntimeTest : public testing::Test {
protected:
  void SetUp() override {
    convopt_plan = {};
    convopt_plan.threads = 1;
    convopt_plan.input_count = convopt_plan.output_count = 1;
    convopt_plan.weights = weights;
    convopt_plan.main = [](const void *const *, void *const *, void *tensors,
                           const void *, void *context) {
      return currentModel(tensors, context);
    };
    currentModel = [](void *, void *) { return 0; };
  }
};

} // namespace convopt

#endif // CONVOPT_UNITTESTS_RUNTIME_RUNTIMEFIXTURE_H
