// Loops that the runtime's workers share.

#include "RuntimeFixture.h"
#include <atomic>
#include <chrono>
#include <ctime>
#include <numeric>
#include <set>
#include <thread>
#include <vector>

using namespace convopt;

namespace {

using ParallelLoops = RuntimeTest;

struct Loop {
  std::atomic<int> sum{0};
  std::vector<std::atomic<int>> times = std::vector<std::atomic<int>>(1000);
};
Loop *loop;

TEST_F(ParallelLoops, RunsEachIterationOnce) {
  for (int threads : {1, 2, 4}) {
    convopt_plan.threads = threads;
    convopt_plan.thread_scratch_bytes = 1024;
    Workspace workspace;
    ASSERT_EQ(workspace.init(), CONVOPT_OK);
    Loop counts;
    loop = &counts;
    currentModel = [](void *, void *context) {
      auto task = [](void *context, int index, uint8_t *closure) {
        auto &counts = *reinterpret_cast<Loop *>(closure);
        ++counts.times[index];
        // Each thread has its own scratch.
        auto *mine = static_cast<int *>(halide_malloc(context, 512));
        if (!mine)
          return 1;
        for (int i = 0; i < 128; ++i)
          mine[i] = index;
        int same = 0;
        for (int i = 0; i < 128; ++i)
          same += mine[i] == index;
        halide_free(context, mine);
        counts.sum += index;
        return same == 128 ? 0 : 2;
      };
      return halide_do_par_for(context, task, 3, 900,
                               reinterpret_cast<uint8_t *>(loop));
    };
    for (int run = 1; run <= 50; ++run) {
      ASSERT_EQ(workspace.run(), 0);
      for (int i = 0; i < 1000; ++i)
        ASSERT_EQ(counts.times[i], i >= 3 && i < 903 ? run : 0);
    }
    convopt_fini(workspace.memory.get());
  }
}

TEST_F(ParallelLoops, RunsInnerLoopsToo) {
  convopt_plan.threads = 3;
  Workspace workspace;
  ASSERT_EQ(workspace.init(), CONVOPT_OK);
  Loop counts;
  loop = &counts;
  currentModel = [](void *, void *context) {
    auto outer = [](void *context, int, uint8_t *closure) {
      auto inner = [](void *, int index, uint8_t *closure) {
        reinterpret_cast<Loop *>(closure)->sum += index;
        return 0;
      };
      return halide_do_par_for(context, inner, 0, 10, closure);
    };
    return halide_do_par_for(context, outer, 0, 20,
                             reinterpret_cast<uint8_t *>(loop));
  };
  EXPECT_EQ(workspace.run(), 0);
  EXPECT_EQ(counts.sum, 20 * 45);
  convopt_fini(workspace.memory.get());
}

TEST_F(ParallelLoops, ReportsAFailingIteration) {
  for (int threads : {1, 3}) {
    convopt_plan.threads = threads;
    Workspace workspace;
    ASSERT_EQ(workspace.init(), CONVOPT_OK);
    currentModel = [](void *, void *context) {
      auto task = [](void *, int index, uint8_t *) {
        return index == 37 ? -12 : 0;
      };
      return halide_do_par_for(context, task, 0, 100, nullptr);
    };
    EXPECT_EQ(workspace.run(), -12);
    EXPECT_EQ(workspace.run(), -12);
    convopt_fini(workspace.memory.get());
  }
}

TEST_F(ParallelLoops, WakesWorkersThatSleep) {
  convopt_plan.threads = 2;
  Workspace workspace;
  ASSERT_EQ(workspace.init(), CONVOPT_OK);
  currentModel = [](void *, void *context) {
    // Two iterations that wait for each other need two threads.
    static std::atomic<int> arrived;
    arrived = 0;
    auto task = [](void *, int, uint8_t *) {
      ++arrived;
      for (int i = 0; i < 2000 && arrived < 2; ++i)
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
      return arrived == 2 ? 0 : 1;
    };
    return halide_do_par_for(context, task, 0, 2, nullptr);
  };
  for (int run = 0; run < 3; ++run) {
    EXPECT_EQ(workspace.run(), 0);
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  convopt_fini(workspace.memory.get());
}

TEST_F(ParallelLoops, SleepsBetweenRuns) {
  convopt_plan.threads = 4;
  Workspace workspace;
  ASSERT_EQ(workspace.init(), CONVOPT_OK);
  currentModel = [](void *, void *context) {
    auto task = [](void *, int, uint8_t *) { return 0; };
    return halide_do_par_for(context, task, 0, 16, nullptr);
  };
  ASSERT_EQ(workspace.run(), 0);
  auto wait = [](int milliseconds) {
    std::this_thread::sleep_for(std::chrono::milliseconds(milliseconds));
  };
  wait(20); // Workers go to sleep once they notice that the run is over.
  std::clock_t before = std::clock();
  wait(100);
  double used = double(std::clock() - before) / CLOCKS_PER_SEC;
  EXPECT_LT(used, 0.01) << "of the process, whose threads have nothing to do";
  convopt_fini(workspace.memory.get());
}

// Many loops that begin while workers of the one before are still leaving.
TEST_F(ParallelLoops, KeepsLoopsApart) {
  for (int threads : {2, 3, 4}) {
    convopt_plan.threads = threads;
    Workspace workspace;
    ASSERT_EQ(workspace.init(), CONVOPT_OK);
    currentModel = [](void *, void *context) {
      auto task = [](void *, int index, uint8_t *closure) {
        ++reinterpret_cast<std::atomic<int> *>(closure)[index];
        return 0;
      };
      for (int size = 1; size <= 300; ++size) {
        std::vector<std::atomic<int>> times(300);
        if (int status =
                halide_do_par_for(context, task, 0, size,
                                  reinterpret_cast<uint8_t *>(times.data())))
          return status;
        for (int i = 0; i < 300; ++i)
          if (times[i] != (i < size))
            return size;
      }
      return 0;
    };
    for (int run = 0; run < 5; ++run)
      ASSERT_EQ(workspace.run(), 0);
    convopt_fini(workspace.memory.get());
  }
}

TEST_F(ParallelLoops, ServesTwoWorkspacesAtOnce) {
  convopt_plan.threads = 2;
  currentModel = [](void *tensors, void *context) {
    auto task = [](void *, int index, uint8_t *closure) {
      reinterpret_cast<int *>(closure)[index] = index;
      return 0;
    };
    int status = halide_do_par_for(context, task, 0, 256,
                                   static_cast<uint8_t *>(tensors));
    int *values = static_cast<int *>(tensors);
    int sum = std::accumulate(values, values + 256, 0);
    std::memset(tensors, 0, 1024);
    return status ? status : sum == 255 * 128 ? 0 : 1;
  };
  auto work = [](int &failures) {
    Workspace workspace;
    failures = workspace.init() != CONVOPT_OK;
    for (int i = 0; i < 200; ++i)
      failures += workspace.run() != 0;
    convopt_fini(workspace.memory.get());
  };
  int a = 0, b = 0;
  std::thread other(work, std::ref(a));
  work(b);
  other.join();
  EXPECT_EQ(a, 0);
  EXPECT_EQ(b, 0);
}

} // namespace
