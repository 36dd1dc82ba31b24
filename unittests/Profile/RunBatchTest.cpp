// Shell scripts stand for a batch's program.

#include "RunBatch.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/raw_ostream.h"
#include <gtest/gtest.h>

using namespace convopt;

namespace {
std::string script(llvm::StringRef body) {
  std::string path = testing::TempDir() + "convopt-batch.sh";
  {
    std::error_code ignored;
    llvm::raw_fd_ostream(path, ignored) << "#!/bin/sh\n" << body;
  }
  llvm::sys::fs::setPermissions(path, llvm::sys::fs::perms(0755));
  return path;
}

struct Outcome {
  std::vector<std::string> results;
  std::string error;
  BatchReport report;
};

Outcome run(llvm::StringRef body, llvm::ArrayRef<int> kernels) {
  Outcome outcome;
  RunOptions options;
  options.timeoutSeconds = 1;
  auto done = [&](size_t place, llvm::Expected<double> seconds) {
    EXPECT_EQ(place, outcome.results.size());
    outcome.results.push_back(seconds ? std::to_string(*seconds)
                                      : llvm::toString(seconds.takeError()));
  };
  auto report = runBatch(Board(), script(body), kernels, options, done);
  if (report)
    outcome.report = std::move(*report);
  else
    outcome.error = llvm::toString(report.takeError());
  return outcome;
}

using Results = std::vector<std::string>;
} // namespace

TEST(RunBatch, ReadsWhatTheProgramPrints) {
  Outcome outcome = run("echo $* | grep -q -- '--kernels=2,0$' || exit 9\n"
                        "echo reference 1 2 3\necho pages 4K\n"
                        "echo system kernel Linux 6\n"
                        "echo kernel 2 0.5\necho kernel 0 0.25\n"
                        "echo reference 4 5 6\n",
                        {2, 0});
  EXPECT_EQ(outcome.error, "");
  EXPECT_EQ(outcome.results, (Results{"0.500000", "0.250000"}));
  EXPECT_EQ(outcome.report.references,
            (std::vector<Reference>{{1, 2, 3}, {4, 5, 6}}));
  EXPECT_FALSE(outcome.report.hasLargePages);
  EXPECT_EQ(outcome.report.system["kernel"], "Linux 6");
}

TEST(RunBatch, GoesOnAfterACrash) {
  // The first kernel of each run says that it has crashed, or the program ends
  // without a word.
  Outcome outcome =
      run("echo reference 1 2 3\ncase \"$*\" in\n"
          "*=5,6,7,8) echo kernel 5 0.5; echo error 6 crashed; exit 1;;\n"
          "*=7,8) kill -9 $$;;\n*=8) echo kernel 8 0.25;;\nesac\n",
          {5, 6, 7, 8});
  EXPECT_EQ(outcome.error, "");
  EXPECT_EQ(outcome.results,
            (Results{"0.500000", "crashed", "ended early", "0.250000"}));
}

TEST(RunBatch, WhatNoKernelIsToBlameForIsAnError) {
  EXPECT_EQ(run("echo failure not enough memory\nexit 1\n", {0}).error,
            "not enough memory");
  EXPECT_NE(run("exit 3\n", {0}).error.find("ended with status 3"),
            std::string::npos);
  EXPECT_EQ(run("echo reference 1 2 3\necho kernel 1 0.5\n", {0}).error,
            "unexpected: kernel 1 0.5");
}
