#include "convopt/CostModel/MeasuredCosts.h"
#include "TestLayer.h"
#include "convopt/CostModel/SampleRows.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/raw_ostream.h"
#include <gtest/gtest.h>

using namespace convopt;

namespace {
/// Everything takes a second; direct convolutions are all it knows.
struct OneSecond : CostModel {
  double convolution(const ConvProblem &, const Choice &,
                     const MachineDescription &) const override {
    return 1;
  }
  double transformation(int64_t, int64_t, int64_t, int64_t, Layout, Layout,
                        const MachineDescription &) const override {
    return 1;
  }
  bool knows(const ConvProblem &, const Choice &choice,
             const MachineDescription &) const override {
    return choice.kind() == PrimitiveKind::Direct;
  }
};

constexpr const char *kHead = "layer,choice,machine,seconds\n";
constexpr const char *kLayer =
    "n=1 g=1 c=64 k=80 h=28 w=28 r=3x3 s=1x1 d=1x1 p=1x1x1x1";

llvm::Expected<std::unique_ptr<MeasuredCosts>> read(const std::string &text,
                                                    int64_t threads = 1) {
  std::string path = testing::TempDir() + "convopt-costs.csv";
  {
    std::error_code ignored;
    llvm::raw_fd_ostream(path, ignored) << text;
  }
  return MeasuredCosts::read(path, testMachine(), std::make_unique<OneSecond>(),
                             threads);
}

std::string errorOf(const std::string &text) {
  auto costs = read(text);
  EXPECT_FALSE(bool(costs));
  std::string error = costs ? "" : llvm::toString(costs.takeError());
  return error.substr(error.find("costs.csv") + strlen("costs.csv"));
}

Choice choice(llvm::StringRef name, int64_t pixels) {
  return {&getPrimitive(name),
          Layout::NHWC,
          Layout::NHWC,
          {/*pixels=*/pixels, 2, 8, 4, 16}};
}
} // namespace

TEST(MeasuredCosts, TheLastRowOfThisMachineCounts) {
  auto costs = llvm::cantFail(
      read(std::string(kHead) + kLayer +
           ",direct nhwc->nhwc 6x2,znver4/512,0.5,features,do,not,matter\n" +
           kLayer + ",direct nhwc->nhwc 6x2,znver4/512,0.25\n" + kLayer +
           ",direct nhwc->nhwc 6x2,haswell/256,0.125\n" + kLayer +
           ",im2row nhwc->nhwc 6x2,znver4/512,0.75\n"
           "n=1 c=64 h=28 w=28,transform nchw->nhwc,znver4/512,0.0625\n"));
  MachineDescription machine = testMachine();
  ConvLayer layer = testLayer(64, 80, 28, 3);
  Choice direct = choice("direct", 6);
  Choice im2row = choice("im2row", 6);
  EXPECT_EQ(costs->convolution(layer, direct, machine), 0.25);
  EXPECT_EQ(costs->convolution(layer, im2row, machine), 0.75);
  EXPECT_TRUE(costs->knows(layer, im2row, machine));
  EXPECT_EQ(
      costs->transformation(1, 64, 28, 28, Layout::NCHW, Layout::NHWC, machine),
      0.0625);
  EXPECT_EQ(costs->lacking(), "");
}

TEST(MeasuredCosts, RowsOfAsManyThreadsComeFirst) {
  std::string text =
      (sampleColumns + "\n" + kLayer +
       ",direct nhwc->nhwc 6x2,znver4/512,0.5,direct,1,0.75 0.5\n" + kLayer +
       ",direct nhwc->nhwc 6x2,znver4/512,0.25,direct,2,0.25\n"
       "n=1 c=64 h=28 w=28,transform "
       "nchw->nhwc,znver4/512,0.125,transform,2,0.125\n")
          .str();
  MachineDescription machine = testMachine();
  ConvLayer layer = testLayer(64, 80, 28, 3);
  Choice direct = choice("direct", 6);
  auto two = llvm::cantFail(read(text, 2));
  EXPECT_EQ(two->convolution(layer, direct, machine), 0.5);
  EXPECT_EQ(two->threadedConvolution(layer, direct, 2), 0.25);
  EXPECT_EQ(two->threadedConvolution(layer, direct, 1), std::nullopt);
  EXPECT_EQ(two->threadedConvolution(layer, choice("direct", 7), 2),
            std::nullopt);
  EXPECT_EQ(
      two->threadedTransformation(1, 64, 28, 28, Layout::NCHW, Layout::NHWC, 2),
      0.125);
  auto one = llvm::cantFail(read(text));
  EXPECT_EQ(one->convolution(layer, direct, machine), 0.5);
  EXPECT_EQ(one->threadedConvolution(layer, direct, 2), std::nullopt);
  EXPECT_EQ(one->threadedConvolution(layer, direct, 1), std::nullopt);
}

TEST(MeasuredCosts, TheModelFillsIn) {
  auto costs = llvm::cantFail(read(std::string(kHead) + kLayer +
                                   ",direct nhwc->nhwc 6x2,znver4/512,9\n"));
  MachineDescription machine = testMachine();
  ConvLayer layer = testLayer(64, 80, 28, 3);
  EXPECT_EQ(costs->convolution(layer, choice("direct", 7), machine), 1);
  EXPECT_EQ(
      costs->transformation(1, 64, 28, 28, Layout::NHWC, Layout::NCHW, machine),
      1);
  // What nobody knows is not chosen, so it is not missed either.
  Choice im2row = choice("im2row", 6);
  EXPECT_FALSE(costs->knows(layer, im2row, machine));
  costs->convolution(layer, im2row, machine);
  EXPECT_EQ(costs->lacking(),
            std::string("predicted what was not measured: 1 choice (direct "
                        "nhwc->nhwc 7x2 for ") +
                kLayer +
                "), 1 layout transformation (transform nhwc->nchw for n=1 c=64 "
                "h=28 w=28)");
}

TEST(MeasuredCosts, WrongFilesAreRefused) {
  EXPECT_NE(errorOf("").find("not a file of measured costs"),
            std::string::npos);
  EXPECT_NE(errorOf("a,b\n").find("not a file of measured costs"),
            std::string::npos);
  std::string head = kHead;
  const char *line = ":2: not layer, choice, machine and seconds";
  EXPECT_EQ(errorOf(head + "x,y\n"), line);
  EXPECT_EQ(errorOf(head + "x,y,znver4/512,soon\n"), line);
  EXPECT_EQ(errorOf(head + "x,y,znver4/512,-1\n"), line);
  EXPECT_EQ(errorOf(head + "x,y,znver4/512,nan\n"), line);
  EXPECT_EQ(errorOf(head + "x,direct nhwc->nhwc 6x2,haswell/256,1\n"),
            ": nothing was measured on znver4/512, only on haswell/256");
  EXPECT_EQ(errorOf(head + "x,y,haswell/256,1\n"),
            ":2: 'y' is no choice, such as direct nhwc->nhwc 6x4");
  EXPECT_EQ(errorOf(head + "x,direct nhwc->nhwc fast,haswell/256,1\n"),
            ":2: 'fast' is no variant's name, such as 6x4 or 6x4l8s14c2p");
  EXPECT_EQ(errorOf(head), ": nothing was measured on znver4/512");
  EXPECT_EQ(errorOf((sampleColumns + "\nx,direct nhwc->nhwc 6x2,znver4/512,1,"
                                     "direct,4,1\n")
                        .str()),
            ": nothing was measured on znver4/512, only on znver4/512 with 4 "
            "threads");
}
