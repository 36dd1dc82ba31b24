#include "convopt/CostModel/LayerText.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/raw_ostream.h"
#include <gtest/gtest.h>

using namespace convopt;

static std::string errorOf(const char *text) {
  auto layer = parseLayer(text);
  EXPECT_FALSE(bool(layer));
  return layer ? "" : llvm::toString(layer.takeError());
}

TEST(LayerText, ReadsEveryField) {
  auto layer =
      parseLayer("n=2 g=3 c=4 k=5 h=30 w=20 r=3x5 s=2x1 d=1x2 p=1x0x4x3");
  ASSERT_TRUE(bool(layer)) << llvm::toString(layer.takeError());
  EXPECT_EQ(layer->batch, 2);
  EXPECT_EQ(layer->groups, 3);
  EXPECT_EQ(layer->inChannels, 4);
  EXPECT_EQ(layer->outChannels, 5);
  EXPECT_EQ(layer->padTop, 1);
  EXPECT_EQ(layer->padBottom, 0);
  EXPECT_EQ(layer->padLeft, 4);
  EXPECT_EQ(layer->padRight, 3);
  EXPECT_EQ(layer->outHeight, (30 + 1 - 3) / 2 + 1);
  EXPECT_EQ(layer->outWidth, 20 + 7 - 9 + 1);
}

TEST(LayerText, WritesWhatItReads) {
  const char *text = "n=1 g=32 c=1 k=1 h=56 w=57 r=3x3 s=2x2 d=1x1 p=1x1x1x1";
  EXPECT_EQ(layerText(*parseLayer(text)), text);
}

TEST(LayerText, MostFieldsHaveDefaults) {
  EXPECT_EQ(layerText(*parseLayer("w=7 h=8 c=3 k=4")),
            "n=1 g=1 c=3 k=4 h=8 w=7 r=1x1 s=1x1 d=1x1 p=0x0x0x0");
}

TEST(LayerText, BytesAreNamed) {
  auto layer = llvm::cantFail(parseLayer("c=3 k=4 h=8 w=7 t=u8"));
  EXPECT_TRUE(layer.types == (ConvTypes{ElementType::U8, ElementType::I8,
                                        ElementType::I32, ElementType::U8}));
  EXPECT_EQ(layerText(layer),
            "n=1 g=1 c=3 k=4 h=8 w=7 r=1x1 s=1x1 d=1x1 p=0x0x0x0 t=u8");
  EXPECT_EQ(layerSummary(layer), "3->4 8x7 1x1 u8");
  EXPECT_EQ(errorOf("c=3 k=4 h=8 w=8 t=f16"), "'t=f16' is neither u8 nor i8");
}

TEST(LayerText, WrongLinesAreRefused) {
  EXPECT_EQ(errorOf("c=3 k=4 h=8"), "'w' is missing");
  EXPECT_EQ(errorOf("c=3 k=4 h=8 w=0"), "'w=0' is out of range");
  EXPECT_EQ(errorOf("c=3 k=4 h=8 w=8 r=3"), "'r=3' needs 2 numbers");
  EXPECT_EQ(errorOf("c=3 k=4 h=8 w=8 q=3"), "unknown 'q=3'");
  EXPECT_EQ(errorOf("c=3 k=4 h=8 w=99999999999999999999"),
            "'w=99999999999999999999' is out of range");
  EXPECT_EQ(errorOf("c=3 k=4 h=2 w=8 r=3x3"),
            "the kernel is larger than the padded image");
}

TEST(LayerText, FilesNameTheLineOfAnError) {
  std::string path = testing::TempDir() + "convopt-layers.txt";
  auto write = [&](const char *text) {
    std::error_code ignored;
    llvm::raw_fd_ostream(path, ignored) << text;
  };
  write("# a comment\n\nc=1 k=2 h=3 w=4 # another\nc=1 k=2 h=3 w=5\n");
  auto layers = readLayers(path);
  ASSERT_TRUE(bool(layers)) << llvm::toString(layers.takeError());
  EXPECT_EQ(layers->size(), 2u);
  write("c=1 k=2 h=3 w=4\n\nc=1\n");
  layers = readLayers(path);
  ASSERT_FALSE(bool(layers));
  EXPECT_EQ(llvm::toString(layers.takeError()), path + ":3: 'k' is missing");
}

TEST(LayerText, SummariesLeaveOutOnesAndZeros) {
  auto summary = [](const char *text) {
    return layerSummary(llvm::cantFail(parseLayer(text)));
  };
  EXPECT_EQ(summary("c=3 k=4 h=8 w=7"), "3->4 8x7 1x1");
  EXPECT_EQ(summary("n=2 g=3 c=4 k=5 h=30 w=20 r=3x5 s=2x1 d=1x2 p=1x0x4x3"),
            "2 x 12->15 15x19 3x5 /2x1 +1,4,0,3 dilated 1x2 groups 3");
  EXPECT_EQ(summary("c=64 k=128 h=56 w=56 r=3x3 s=2x2 p=1x1x1x1"),
            "64->128 28x28 3x3 /2 +1");
  EXPECT_EQ(summary("c=8 k=8 h=9 w=9 r=1x3 p=0x0x1x1"), "8->8 9x9 1x3 +0x1");
}
