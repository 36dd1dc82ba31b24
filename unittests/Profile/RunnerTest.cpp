// The real runner, with the kernels of FakeBatch.c.

#include "RunBatch.h"
#include <gtest/gtest.h>

using namespace convopt;

namespace {
using Results = std::vector<std::string>;

Results run(llvm::ArrayRef<int> kernels) {
  Results results;
  RunOptions options;
  options.kernelSeconds = 1e-3;
  options.timeoutSeconds = 1;
  auto done = [&](size_t, llvm::Expected<double> seconds) {
    results.push_back(!seconds ? llvm::toString(seconds.takeError())
                      : *seconds > 0 && *seconds < 1
                          ? "time"
                          : std::to_string(*seconds));
  };
  auto report = runBatch(Board(), CONVOPT_FAKE_BATCH, kernels, options, done);
  if (!report)
    results.push_back(llvm::toString(report.takeError()));
  else
    EXPECT_FALSE(report->references.empty());
  return results;
}
} // namespace

TEST(Runner, MeasuresInTheOrderThatIsAskedFor) {
  EXPECT_EQ(run({1, 0}), (Results{"time", "time"}));
  EXPECT_EQ(run({0}), Results{"time"});
  EXPECT_EQ(run({2, 1, 2}), (Results{"returned 7", "time", "returned 7"}));
}

TEST(Runner, SurvivesWhatKernelsDo) {
  EXPECT_EQ(run({1, 3, 0, 4, 5, 1}),
            (Results{"time", "crashed", "time", "took too long", "ended early",
                     "time"}));
}

TEST(Runner, RefusesWhatItDoesNotKnow) {
  EXPECT_EQ(run({6}), Results{"unknown option"});
}

TEST(Runner, SaysWhereItRuns) {
  auto report = runReference(Board(), CONVOPT_FAKE_BATCH, RunOptions());
  ASSERT_TRUE(bool(report));
  ASSERT_EQ(report->references.size(), 1u);
  for (double seconds : report->references[0])
    EXPECT_GT(seconds, 0);
  EXPECT_EQ(report->system["kernel"].rfind("Linux", 0), 0u);
}
