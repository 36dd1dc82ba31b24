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

TEST(SampleRows, EveryRowIsReadUntilOneFails) {
  std::string path = testing::TempDir() + "convopt-rows.csv";
  {
    std::error_code ignored;
    llvm::raw_fd_ostream(path, ignored)
        << sampleColumns << ",feature\n"
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
