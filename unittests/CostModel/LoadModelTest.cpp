#include "TestModel.h"
#include "TreeCostModel.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/raw_ostream.h"
#include <gtest/gtest.h>

using namespace convopt;
using nlohmann::json;

static std::string errorOf(llvm::StringRef text) {
  auto model = TreeCostModel::parse(text, "m.json");
  EXPECT_FALSE(bool(model));
  return model ? "" : llvm::toString(model.takeError());
}

/// The error for a good model with one change.
template <typename F> static std::string errorAfter(F change) {
  json model = testModel();
  change(model);
  return errorOf(model.dump());
}

TEST(LoadModel, SyntaxErrorsGiveThePlace) {
  std::string error = errorOf("{\n  \"format\": }");
  EXPECT_EQ(error.find("m.json: parse error at line 2"), 0u) << error;
}

TEST(LoadModel, OtherFilesAreRefused) {
  EXPECT_NE(errorOf("[]").find("not a cost model"), std::string::npos);
  EXPECT_NE(errorAfter([](json &m) { m["format"] = 1; }).find("not a cost"),
            std::string::npos);
}

TEST(LoadModel, AnotherVersionIsRefused) {
  std::string error = errorAfter([](json &m) { m["features"] = "abc"; });
  EXPECT_NE(error.find("version abc"), std::string::npos);
  EXPECT_NE(error.find(featuresVersion()), std::string::npos);
}

TEST(LoadModel, MissingPartsAreNamed) {
  EXPECT_EQ(errorAfter([](json &m) { m.erase("convolution"); }),
            "m.json: no 'convolution'");
  EXPECT_EQ(errorAfter([](json &m) { m["convolution"].erase("trees"); }),
            "m.json: convolution: no 'trees'");
  EXPECT_EQ(errorAfter([](json &m) { m["convolution"]["primitives"] = 1; }),
            "m.json: convolution: no array 'primitives'");
  auto direct = [](json &m) -> json & {
    return m["convolution"]["primitives"][0];
  };
  EXPECT_EQ(errorAfter([&](json &m) { direct(m).erase("name"); }),
            "m.json: convolution: a primitive without string 'name'");
  EXPECT_EQ(errorAfter([&](json &m) { direct(m).erase("samples"); }),
            "m.json: convolution: direct: no number 'samples'");
  EXPECT_EQ(errorAfter([&](json &m) { direct(m)["base"] = "x"; }),
            "m.json: convolution: direct: no number 'base'");
  EXPECT_EQ(errorAfter([&](json &m) { direct(m)["traits"] = {1, "x"}; }),
            "m.json: convolution: direct: 'traits' is not an array of numbers");
  EXPECT_EQ(errorAfter([&](json &m) { direct(m)["traits"] = {1}; }),
            "m.json: convolution: pointwise: has not as many 'traits' as the "
            "first");
  EXPECT_EQ(errorAfter([](json &m) { m["convolution"]["variants"] = "x"; }),
            "m.json: convolution: 'variants' is not an array of numbers' "
            "names");
  EXPECT_EQ(errorAfter([](json &m) { m["convolution"]["variants"] = {"x"}; }),
            "m.json: convolution: 'variants' names what no variant has: "
            "\"x\"");
  EXPECT_EQ(
      errorAfter([](json &m) { m["transformation"]["to_nhwc"].erase("l3"); }),
      "m.json: transformation: no number 'l3'");
  EXPECT_EQ(errorAfter([](json &m) { m["transformation"] = 3; }),
            "m.json: transformation: no number 'overhead_seconds'");
}

TEST(LoadModel, SharesArePositive) {
  EXPECT_EQ(
      errorAfter([](json &m) { m["transformation"]["to_nhwc"]["l1"] = 0; }),
      "m.json: transformation: 'l1' is out of range");
}

TEST(LoadModel, WrongTreesAreNamed) {
  EXPECT_EQ(errorAfter([](json &m) { m["convolution"]["trees"] = {7}; }),
            "m.json: convolution: tree 0 is not an object");
}

TEST(LoadModel, ReadsFiles) {
  std::string path = testing::TempDir() + "convopt-model.json";
  {
    std::error_code ignored;
    llvm::raw_fd_ostream(path, ignored) << testModel().dump();
  }
  auto model = loadCostModel(path);
  EXPECT_TRUE(bool(model)) << llvm::toString(model.takeError());
  auto missing = loadCostModel("/no/such/model.json");
  ASSERT_FALSE(bool(missing));
  EXPECT_EQ(llvm::toString(missing.takeError()),
            "/no/such/model.json: No such file or directory");
}

TEST(LoadModel, TheBuiltinModelLoads) {
  EXPECT_NE(createBuiltinCostModel(), nullptr);
}
