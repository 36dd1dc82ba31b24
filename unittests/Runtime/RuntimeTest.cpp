#include "RuntimeFixture.h"
#include <chrono>
#include <set>
#include <thread>
#include <vector>

using namespace convopt;

struct convopt_plan convopt_plan;

namespace {

TEST_F(RuntimeTest, RejectsBadArguments) {
  Workspace workspace;
  char *memory = static_cast<char *>(workspace.memory.get());
  EXPECT_EQ(convopt_init(nullptr, nullptr), CONVOPT_BAD_ARGUMENT);
  EXPECT_EQ(convopt_init(memory + 4, nullptr), CONVOPT_BAD_ARGUMENT);
  EXPECT_EQ(workspace.run(), CONVOPT_BAD_ARGUMENT) << "before init";
  ASSERT_EQ(workspace.init(), CONVOPT_OK);
  float value = 0;
  const void *inputs[] = {&value}, *noInput[] = {nullptr};
  void *outputs[] = {&value}, *noOutput[] = {nullptr};
  EXPECT_EQ(convopt_run(inputs, outputs, memory), CONVOPT_OK);
  EXPECT_EQ(convopt_run(noInput, outputs, memory), CONVOPT_BAD_ARGUMENT);
  EXPECT_EQ(convopt_run(inputs, noOutput, memory), CONVOPT_BAD_ARGUMENT);
  EXPECT_EQ(convopt_run(nullptr, outputs, memory), CONVOPT_BAD_ARGUMENT);
  EXPECT_EQ(convopt_run(inputs, nullptr, memory), CONVOPT_BAD_ARGUMENT);
  EXPECT_EQ(convopt_run(inputs, outputs, nullptr), CONVOPT_BAD_ARGUMENT);
  convopt_fini(memory);
  EXPECT_EQ(workspace.run(), CONVOPT_BAD_ARGUMENT) << "after fini";
  convopt_fini(memory);
  convopt_fini(nullptr);
}

TEST_F(RuntimeTest, GivesTheSizesOfTheLastRun) {
  static const int64_t most[] = {9, 4}, fixed[] = {2};
  static const convopt_tensor tensors[] = {{"a", "f32", 2, most},
                                           {"b", "f32", 1, fixed}};
  static const int64_t offsets[] = {64, 0};
  convopt_plan.outputs = tensors;
  convopt_plan.shape_offsets = offsets;
  convopt_plan.output_count = 2;
  convopt_plan.main = [](const void *const *, void *const *, void *tensors,
                         const void *, void *) {
    auto *shape =
        reinterpret_cast<int64_t *>(static_cast<char *>(tensors) + 64);
    shape[0] += 3;
    shape[1] = 4;
    return 0;
  };
  Workspace workspace;
  void *memory = workspace.memory.get();
  EXPECT_EQ(convopt_output_dims(memory, 0), nullptr) << "before init";
  ASSERT_EQ(workspace.init(), CONVOPT_OK);
  EXPECT_EQ(convopt_output_dims(memory, 0)[0], 0) << "before a run";
  float value = 0;
  const void *inputs[] = {&value};
  void *outputs[] = {&value, &value};
  for (int64_t run = 1; run < 3; ++run) {
    ASSERT_EQ(convopt_run(inputs, outputs, memory), CONVOPT_OK);
    EXPECT_EQ(convopt_output_dims(memory, 0)[0], 3 * run);
    EXPECT_EQ(convopt_output_dims(memory, 0)[1], 4);
    EXPECT_EQ(convopt_output_dims(memory, 1), fixed);
  }
  EXPECT_EQ(convopt_output_dims(memory, 2), nullptr);
  EXPECT_EQ(convopt_output_dims(memory, -1), nullptr);
  EXPECT_EQ(convopt_output_dims(nullptr, 0), nullptr);
  convopt_fini(memory);
}

TEST_F(RuntimeTest, RunsTheSizeThatTheInputsHave) {
  static const int64_t small[] = {1, 8}, large[] = {1, 16};
  static const convopt_tensor tensors[] = {{"x", "f32", 2, small},
                                           {"x", "f32", 2, large}};
  static const convopt_size sizes[] = {{&tensors[0], &tensors[0]},
                                       {&tensors[1], &tensors[1]}};
  static const convopt_main mains[] = {
      [](const void *const *, void *const *, void *, const void *, void *) {
        return 10;
      },
      [](const void *const *, void *const *, void *, const void *, void *) {
        return 11;
      }};
  convopt_plan.main = nullptr;
  convopt_plan.size_count = 2;
  convopt_plan.sizes = sizes;
  convopt_plan.mains = mains;
  Workspace workspace;
  float value = 0;
  const void *inputs[] = {&value};
  void *outputs[] = {&value};
  auto run = [&](const int64_t *dims) {
    const int64_t *all[] = {dims};
    return convopt_run_sizes(inputs, all, outputs, workspace.memory.get());
  };
  EXPECT_EQ(run(small), CONVOPT_BAD_ARGUMENT) << "before init";
  ASSERT_EQ(workspace.init(), CONVOPT_OK);
  EXPECT_EQ(run(small), 10);
  EXPECT_EQ(run(large), 11);
  const int64_t other[] = {2, 8};
  EXPECT_EQ(run(other), CONVOPT_BAD_ARGUMENT);
  EXPECT_EQ(run(nullptr), CONVOPT_BAD_ARGUMENT);
  EXPECT_EQ(convopt_run_sizes(inputs, nullptr, outputs, workspace.memory.get()),
            CONVOPT_BAD_ARGUMENT);
  EXPECT_EQ(workspace.run(), CONVOPT_BAD_ARGUMENT) << "no size given";
}

TEST_F(RuntimeTest, GivesTheOutputSizesOfTheSizeThatRan) {
  static const int64_t small[] = {8}, large[] = {16}, differs[] = {-1};
  static const convopt_tensor of[] = {{"y", "f32", 1, small},
                                      {"count", "f32", 1, small}};
  static const convopt_tensor ofLarge[] = {{"y", "f32", 1, large},
                                           {"count", "f32", 1, large}};
  static const convopt_tensor ofBoth[] = {{"y", "f32", 1, differs},
                                          {"count", "f32", 1, differs}};
  static const convopt_size sizes[] = {{of, of}, {ofLarge, ofLarge}};
  static const int64_t offsets[] = {0, 64};
  // The second output's sizes depend on data.
  static const convopt_main mains[] = {[](const void *const *, void *const *,
                                          void *tensors, const void *, void *) {
                                         static_cast<int64_t *>(tensors)[8] = 3;
                                         return 0;
                                       },
                                       [](const void *const *, void *const *,
                                          void *tensors, const void *, void *) {
                                         static_cast<int64_t *>(tensors)[8] =
                                             11;
                                         return 0;
                                       }};
  convopt_plan.main = nullptr;
  convopt_plan.output_count = 2;
  convopt_plan.outputs = ofBoth;
  convopt_plan.shape_offsets = offsets;
  convopt_plan.size_count = 2;
  convopt_plan.sizes = sizes;
  convopt_plan.mains = mains;
  Workspace workspace;
  void *memory = workspace.memory.get();
  ASSERT_EQ(workspace.init(), CONVOPT_OK);
  EXPECT_EQ(convopt_output_dims(memory, 0), differs) << "before a run";
  EXPECT_EQ(convopt_output_dims(memory, 1)[0], 0) << "before a run";
  float value = 0;
  const void *inputs[] = {&value};
  void *outputs[] = {&value, &value};
  auto run = [&](const int64_t *dims) {
    return convopt_run_sizes(inputs, &dims, outputs, memory);
  };
  ASSERT_EQ(run(large), CONVOPT_OK);
  EXPECT_EQ(convopt_output_dims(memory, 0), large);
  EXPECT_EQ(convopt_output_dims(memory, 1)[0], 11);
  ASSERT_EQ(run(small), CONVOPT_OK);
  EXPECT_EQ(convopt_output_dims(memory, 0), small);
  EXPECT_EQ(convopt_output_dims(memory, 1)[0], 3);
  EXPECT_EQ(run(differs), CONVOPT_BAD_ARGUMENT);
  EXPECT_EQ(convopt_output_dims(memory, 0), small) << "nothing ran";
}

TEST_F(RuntimeTest, TakesWeightsThatTheObjectLacks) {
  convopt_plan.weights = nullptr;
  Workspace workspace;
  EXPECT_EQ(workspace.init(), CONVOPT_BAD_ARGUMENT);
  alignas(64) static char given[64] = {7};
  convopt_plan.main = [](const void *const *, void *const *, void *,
                         const void *weights, void *) {
    return static_cast<const char *>(weights)[0] == 7 ? 0 : 9;
  };
  ASSERT_EQ(convopt_init(workspace.memory.get(), given), CONVOPT_OK);
  EXPECT_EQ(workspace.run(), CONVOPT_OK);
}

TEST_F(RuntimeTest, TakesTheWeightsFileOfTheModelAlone) {
  static const convopt_weights_header expected = {
      {'c', 'o', 'n', 'v', 'o', 'p', 't', 'W'}, 64, {1, 2, 3}, {}};
  convopt_plan.weights = nullptr;
  convopt_plan.weights_header = &expected;
  convopt_plan.main = [](const void *const *, void *const *, void *,
                         const void *weights, void *) {
    return static_cast<const char *>(weights)[0] == 7 ? 0 : 9;
  };
  Workspace workspace;
  EXPECT_EQ(workspace.init(), CONVOPT_BAD_ARGUMENT);
  alignas(64) static char file[CONVOPT_WEIGHTS_OFFSET + 64];
  EXPECT_EQ(convopt_init(workspace.memory.get(), file), CONVOPT_WRONG_WEIGHTS);
  EXPECT_EQ(workspace.run(), CONVOPT_BAD_ARGUMENT);
  std::memcpy(file, &expected, sizeof expected);
  file[CONVOPT_WEIGHTS_OFFSET] = 7;
  file[16 + 31] ^= 1; // The hash's last byte.
  EXPECT_EQ(convopt_init(workspace.memory.get(), file), CONVOPT_WRONG_WEIGHTS);
  file[16 + 31] ^= 1;
  ASSERT_EQ(convopt_init(workspace.memory.get(), file), CONVOPT_OK);
  EXPECT_EQ(workspace.run(), CONVOPT_OK);
}

TEST_F(RuntimeTest, ReturnsWhatTheModelReturns) {
  currentModel = [](void *, void *) { return -5; };
  Workspace workspace;
  ASSERT_EQ(workspace.init(), CONVOPT_OK);
  EXPECT_EQ(workspace.run(), -5);
}

TEST_F(RuntimeTest, RefusesACpuWithoutTheFeatures) {
#if defined(__x86_64__)
  convopt_requirement impossible{1, 2, uint64_t(1) << 40};
  convopt_requirement sse2{1, 3, uint64_t(1) << 26};
#else
  convopt_requirement impossible{16, 0, uint64_t(1) << 63};
  convopt_requirement sse2{16, 0, 1 << 1};
#endif
  convopt_requirement both[] = {sse2, impossible};
  convopt_plan.requirements = both;
  convopt_plan.requirement_count = 1;
  Workspace workspace;
  EXPECT_EQ(workspace.init(), CONVOPT_OK);
  convopt_plan.requirement_count = 2;
  EXPECT_EQ(workspace.init(), CONVOPT_WRONG_CPU);
}

TEST_F(RuntimeTest, AllocatesFromTheScratchAlone) {
  convopt_plan.scratch_bytes = 1024;
  Workspace workspace;
  ASSERT_EQ(workspace.init(), CONVOPT_OK);
  currentModel = [](void *tensors, void *context) {
    char *a = static_cast<char *>(halide_malloc(context, 100));
    char *b = static_cast<char *>(halide_malloc(context, 1));
    if (!a || !b || uintptr_t(a) % 64 || uintptr_t(b) % 64)
      return 1;
    if (b < a + 100 || b + 1 > tensors)
      return 2;
    if (halide_malloc(context, 1024) || halide_malloc(context, SIZE_MAX))
      return 3;              // Too large: refused, nothing changes.
    halide_free(context, a); // Not the uppermost: b stays.
    char *c = static_cast<char *>(halide_malloc(context, 64));
    if (c < b + 64)
      return 4;
    halide_free(context, c);
    halide_free(context, b);
    // All is free again: the whole fits, less its header.
    void *whole = halide_malloc(context, 1024 - 64);
    halide_free(context, whole);
    halide_free(context, nullptr);
    return whole ? 0 : 5;
  };
  EXPECT_EQ(workspace.run(), 0);
  EXPECT_EQ(workspace.run(), 0);
}

TEST_F(RuntimeTest, TellsTheObserverOfEachLaunch) {
  currentModel = [](void *, void *context) {
    convopt_observe(context, 7, 0);
    convopt_observe(context, 7, 1);
    return 0;
  };
  using Calls = std::vector<std::pair<int64_t, int>>;
  auto note = [](void *data, int64_t launch, int done) {
    static_cast<Calls *>(data)->emplace_back(launch, done);
  };
  Workspace workspace;
  Calls calls;
  EXPECT_EQ(convopt_watch(workspace.memory.get(), note, &calls),
            CONVOPT_BAD_ARGUMENT)
      << "before init";
  ASSERT_EQ(workspace.init(), CONVOPT_OK);
  EXPECT_EQ(workspace.run(), CONVOPT_OK) << "nobody watches";
  ASSERT_EQ(convopt_watch(workspace.memory.get(), note, &calls), CONVOPT_OK);
  EXPECT_EQ(workspace.run(), CONVOPT_OK);
  EXPECT_EQ(calls, (Calls{{7, 0}, {7, 1}}));
  ASSERT_EQ(convopt_watch(workspace.memory.get(), nullptr, nullptr),
            CONVOPT_OK);
  EXPECT_EQ(workspace.run(), CONVOPT_OK);
  EXPECT_EQ(calls.size(), 2u);
}

} // namespace
