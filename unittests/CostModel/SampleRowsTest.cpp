#include "convopt/CostModel/SampleRows.h"
#include "TestLayer.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/raw_ostream.h"
#include <gtest/gtest.h>

using namespace convopt;

TEST(SampleRows, KeysAreTheFirstTwoCells) {
  Choice choice{&getPrimitive("direct"), Layout::NHWC, Layout::NCHW, {6, 2}};
  EXPECT_EQ(sampleKey(testLayer(64, 80, 28, 3), choice),
            "n=1 g=1 c=64 k=80 h=28 w=28 r=3x3 s=1x1 d=1x1 p=1x1x1x1,"
            "direct nhwc->nchw 6x2");
  EXPECT_EQ(
      sampleKey(ImageTransformation{1, 64, 28, 27, Layout::NCHW, Layout::NHWC}),
      "n=1 c=64 h=28 w=27,transform nchw->nhwc");
  EXPECT_EQ(firstCells("a,b,c,d", 2), "a,b");
  EXPECT_EQ(firstCells("a,b,c,d", 4), "a,b,c,d");
  EXPECT_EQ(firstCells("a,b", 3), "a,b");
  EXPECT_EQ(firstCells("", 1), "");
}

TEST(SampleRows, MachinesAreNamedByWidthAndRegisters) {
  auto name = [](const char *features) {
    auto machine = describeMachine({"x86-64", "znver4", features});
    EXPECT_TRUE(bool(machine)) << llvm::toString(machine.takeError());
    return machineName(*machine);
  };
  EXPECT_EQ(name(""), "znver4/512");
  EXPECT_EQ(name("-avx512f"), "znver4/256");
  EXPECT_EQ(name("+prefer-256-bit"), "znver4/256x32");
  EXPECT_EQ(name("+prefer-128-bit"), "znver4/128x32");
  EXPECT_EQ(name("-avx"), "znver4/128");
}

TEST(SampleRows, EveryRowIsReadUntilOneFails) {
  std::string path = testing::TempDir() + "convopt-rows.csv";
  {
    std::error_code ignored;
    llvm::raw_fd_ostream(path, ignored)
        << leastSampleColumns << ",feature\n"
        << "l,direct nhwc->nchw 6x2,m/256,0.5,3,4\n\nw,transform "
           "a->b,m/256,1e-6\n";
  }
  std::vector<std::string> keys;
  auto read = [&](size_t most) {
    return llvm::toString(
        forEachSampleRow(path, [&](const SampleRow &row) -> llvm::Error {
          if (keys.size() == most)
            return llvm::createStringError("enough");
          EXPECT_EQ(row.key, (row.layer + "," + row.choice).str());
          EXPECT_EQ(row.machine, "m/256");
          EXPECT_EQ(row.name.has_value(), row.layer == "l");
          if (row.name) {
            EXPECT_EQ(row.name->primitive, "direct");
            EXPECT_EQ(row.name->output, Layout::NCHW);
          }
          EXPECT_EQ(row.seconds, row.name ? 0.5 : 1e-6);
          keys.push_back(row.key.str());
          return llvm::Error::success();
        }));
  };
  EXPECT_EQ(read(2), "");
  EXPECT_EQ(keys, (std::vector<std::string>{"l,direct nhwc->nchw 6x2",
                                            "w,transform a->b"}));
  keys.clear();
  EXPECT_EQ(read(1), "enough");
}

namespace {
std::string write(const std::string &text) {
  std::string path = testing::TempDir() + "convopt-samples.csv";
  std::error_code ignored;
  llvm::raw_fd_ostream(path, ignored) << text;
  return path;
}

std::string errorOf(const std::string &row) {
  auto samples = readSamples(write((sampleColumns + "\n" + row + "\n").str()));
  std::string error = samples ? "" : llvm::toString(samples.takeError());
  return error.substr(std::min(error.find(".csv") + 4, error.size()));
}
} // namespace

TEST(SampleRows, PassesOfASampleAreJoined) {
  auto samples = readSamples(write(
      (sampleColumns + "\nl,direct nhwc->nchw 6x2,m/256,0.5,direct,1,0.5\n"
                       "w,transform a->b,m/256,3,transform,1,4 3\n"
                       "l,direct nhwc->nchw 6x2,m/256,0.25,direct,2,0.25\n"
                       "l,direct nhwc->nchw 6x2,m/256,0.5,direct,1,0.75 "
                       "0.375\n")
          .str()));
  ASSERT_TRUE(bool(samples));
  std::vector<std::string> texts;
  for (const Sample &sample : *samples)
    texts.push_back(toString(sample));
  EXPECT_EQ(
      texts,
      (std::vector<std::string>{
          "l,direct nhwc->nchw 6x2,m/256,3.7500e-01,direct,1,5.0000e-01 "
          "7.5000e-01 3.7500e-01",
          "w,transform a->b,m/256,3.0000e+00,transform,1,4.0000e+00 3.0000e+00",
          "l,direct nhwc->nchw 6x2,m/256,2.5000e-01,direct,2,2.5000e-01"}));
}

TEST(SampleRows, OfFourColumnsTheLastRowCounts) {
  auto samples = readSamples(
      write((leastSampleColumns + "\nl,direct nhwc->nchw 6x2,m/256,0.5\n"
                                  "l,direct nhwc->nchw 6x2,m/256,0.75,1,2\n")
                .str()));
  ASSERT_TRUE(bool(samples));
  ASSERT_EQ(samples->size(), 1u);
  EXPECT_EQ(samples->front().seconds(), 0.75);
  EXPECT_EQ(samples->front().threads, 1);
  EXPECT_EQ(samples->front().primitive(), "direct");
}

TEST(SampleRows, RowsOfAnotherFormAreRefused) {
  const char *message = ":2: not layer, choice, machine, seconds, primitive, "
                        "threads and passes";
  std::string start = "l,direct nhwc->nchw 6x2,m/256,";
  EXPECT_EQ(errorOf(start + "0.5,direct,1,0.5"), "");
  EXPECT_EQ(errorOf(start + "0.5"), message);
  EXPECT_EQ(errorOf(start + "0.5,direct,0,0.5"), message);
  EXPECT_EQ(errorOf(start + "0.5,direct,1,"), message);
  EXPECT_EQ(errorOf(start + "0.5,direct,1,0.5 x"), message);
  EXPECT_EQ(errorOf(start + "0.5,direct,1,0.5 -1"), message);
  EXPECT_EQ(errorOf(start + "0.5,direct,1,0.5,more"), message);
}
