#include "Worker.h"
#include <csignal>
#include <gtest/gtest.h>
#include <unistd.h>
#include <vector>

using namespace convopt;

static llvm::Expected<double> task(size_t i) {
  if (i == 1)
    raise(SIGKILL);
  if (i == 2)
    return llvm::createStringError(llvm::inconvertibleErrorCode(), "no");
  if (i == 4)
    sleep(60);
  return i * 1.5;
}

TEST(Worker, GoesOnAfterEveryFailure) {
  std::vector<std::string> results;
  runInWorkers(6, 0.3, task, [&](size_t i, llvm::Expected<double> result) {
    EXPECT_EQ(i, results.size());
    results.push_back(result ? std::to_string(*result)
                             : llvm::toString(result.takeError()));
  });
  std::vector<std::string> expected{"0.000000", "crashed",       "no",
                                    "4.500000", "took too long", "7.500000"};
  EXPECT_EQ(results, expected);
}
