// Messages of others may have several lines; ours have one.

#include "convopt/Driver/Compile.h"
#include "gtest/gtest.h"

using namespace convopt;

static std::string join(const std::string &text) {
  return oneLine(llvm::createStringError(text));
}

TEST(OneLine, KeepsEveryLine) {
  EXPECT_EQ(join("kernel 'conv': Error: In update definition 0 of Func "
                 "\"out\":\nTuple element 0 of update definition has type "
                 "float16, but pure definition has type float32\n"),
            "kernel 'conv': Error: In update definition 0 of Func \"out\": "
            "Tuple element 0 of update definition has type float16, but pure "
            "definition has type float32");
}

TEST(OneLine, DropsEmptyLinesAndIndentation) {
  EXPECT_EQ(join("\n  one:\r\n\n\ttwo \n"), "one: two");
  EXPECT_EQ(join("one"), "one");
}

TEST(OneLine, CutsWhatNobodyReads) {
  const std::string cut = join(std::string(5000, 'x'));
  EXPECT_LE(cut.size(), 1003u);
  EXPECT_EQ(cut.substr(cut.size() - 4), "x...");
}
