// The rules of one node; equality with the trainer over whole models is
// tested from Python, where the trainer is.

#include "convopt/CostModel/TreeEnsemble.h"
#include <cmath>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

using namespace convopt;
using nlohmann::json;

static TreeEnsemble parse(const char *text) {
  auto ensemble = TreeEnsemble::fromJson(json::parse(text), 2);
  EXPECT_TRUE(bool(ensemble)) << llvm::toString(ensemble.takeError());
  return std::move(*ensemble);
}

static std::string errorOf(const char *text) {
  auto ensemble = TreeEnsemble::fromJson(json::parse(text), 2);
  EXPECT_FALSE(bool(ensemble));
  return ensemble ? "" : llvm::toString(ensemble.takeError());
}

static double stump(int missing, double threshold, double x) {
  json tree = {{"feature", {0}},  {"threshold", {threshold}},
               {"left", {-1}},    {"right", {-2}},
               {"value", {1, 2}}, {"missing", {missing}}};
  auto ensemble = TreeEnsemble::fromJson(json::array({tree}), 1);
  return llvm::cantFail(std::move(ensemble)).predict({x});
}

TEST(TreeEnsemble, NoTreesPredictZero) {
  EXPECT_EQ(parse("[]").predict({1, 2}), 0);
}

TEST(TreeEnsemble, EqualGoesLeft) {
  EXPECT_EQ(stump(0, 3, 3), 1);
  EXPECT_EQ(stump(0, 3, std::nextafter(3, 4)), 2);
}

TEST(TreeEnsemble, MissingValuesGoWhereTheNodeSays) {
  EXPECT_EQ(stump(TreeEnsemble::AsZero, -1, NAN), 2);
  EXPECT_EQ(stump(TreeEnsemble::AsZero, 1, NAN), 1);
  EXPECT_EQ(stump(TreeEnsemble::NanLeft, -1, NAN), 1);
  EXPECT_EQ(stump(TreeEnsemble::NanRight, 1, NAN), 2);
  EXPECT_EQ(stump(TreeEnsemble::NanLeft, -1, 0), 2);
  EXPECT_EQ(stump(TreeEnsemble::ZeroLeft, -1, 0), 1);
  EXPECT_EQ(stump(TreeEnsemble::ZeroRight, 1, 0), 2);
  EXPECT_EQ(stump(TreeEnsemble::ZeroRight, 1, NAN), 2);
  EXPECT_EQ(stump(TreeEnsemble::ZeroRight, 1, 0.5), 1);
}

TEST(TreeEnsemble, TinyValuesAreZero) {
  EXPECT_EQ(stump(TreeEnsemble::AsZero, 0, 1e-36), 1);
  EXPECT_EQ(stump(TreeEnsemble::AsZero, 0, 1e-34), 2);
}

TEST(TreeEnsemble, SumsLeavesOfDeeperTrees) {
  TreeEnsemble ensemble = parse(R"([
    {"feature": [], "threshold": [], "missing": [], "left": [], "right": [],
     "value": [10]},
    {"feature": [0, 1], "threshold": [0.5, 7], "missing": [0, 0],
     "left": [1, -1], "right": [-2, -3], "value": [1, 2, 4]}])");
  EXPECT_EQ(ensemble.predict({0, 7}), 11);
  EXPECT_EQ(ensemble.predict({0, 8}), 14);
  EXPECT_EQ(ensemble.predict({1, 0}), 12);
}

TEST(TreeEnsemble, MalformedTreesAreNamed) {
  EXPECT_EQ(errorOf("{}"), "trees are not an array");
  EXPECT_EQ(errorOf("[1]"), "tree 0 is not an object");
  EXPECT_EQ(errorOf(R"([{"feature": [0]}])"),
            "tree 0 has no array of integers 'missing'");
  EXPECT_EQ(errorOf(R"([{"feature": [0], "threshold": [0], "missing": [0],
                        "left": [0], "right": [-1], "value": [1, 2]}])"),
            "tree 0: node 0 has no child 0");
  EXPECT_EQ(errorOf(R"([{"feature": [0], "threshold": [0], "missing": [0],
                        "left": [-1], "right": [-3], "value": [1, 2]}])"),
            "tree 0: node 0 has no child -3");
  EXPECT_EQ(errorOf(R"([{"feature": [2], "threshold": [0], "missing": [0],
                        "left": [-1], "right": [-2], "value": [1, 2]}])"),
            "tree 0: node 0 splits unknown feature 2");
  EXPECT_EQ(errorOf(R"([{"feature": [0], "threshold": [0], "missing": [5],
                        "left": [-1], "right": [-2], "value": [1, 2]}])"),
            "tree 0: node 0 has unknown 'missing'");
  EXPECT_EQ(errorOf(R"([{"feature": [0], "threshold": [0], "missing": [0],
                        "left": [-1], "right": [-2], "value": [1]}])"),
            "tree 0 has not one leaf more than nodes");
}
