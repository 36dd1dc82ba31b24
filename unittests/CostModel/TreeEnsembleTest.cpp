// The rules of one node; equality with the trainer over whole models is
// tested from Python, where the trainer is.

#include "convopt/CostModel/TreeEnsemble.h"
#include <cmath>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <random>

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

/// A tree of a chain of splits, which alternate between going on left and
/// right, on random features.
static json randomTree(std::mt19937 &random, int nodes, int features,
                       int missing) {
  json tree = {{"feature", json::array()}, {"threshold", json::array()},
               {"missing", json::array()}, {"left", json::array()},
               {"right", json::array()},   {"value", json::array()}};
  for (int n = 0; n < nodes; ++n) {
    const int next = n + 1 < nodes ? n + 1 : -2 - n;
    tree["feature"].push_back(random() % features);
    tree["threshold"].push_back(double(random() % 4));
    tree["missing"].push_back(missing);
    tree["left"].push_back(n % 2 ? next : -1 - n);
    tree["right"].push_back(n % 2 ? -1 - n : next);
  }
  for (int leaf = 0; leaf <= nodes; ++leaf)
    tree["value"].push_back(double(random() % 1000) / 999);
  return tree;
}

// Rows that agree in some features take another way through the trees; it must
// end at the same leaves.
TEST(TreeEnsemble, RowsTogetherAreWhatTheyAreAlone) {
  constexpr int width = 6;
  std::mt19937 random(1);
  for (int missing : {TreeEnsemble::AsZero, TreeEnsemble::ZeroRight}) {
    json trees = json::array();
    for (int nodes = 0; nodes < 12; ++nodes)
      trees.push_back(randomTree(random, nodes, width, missing));
    auto ensemble = llvm::cantFail(TreeEnsemble::fromJson(trees, width));
    for (size_t count : {0, 1, 2, 7, 8, 9, 31})
      for (int same = 0; same <= width; ++same) {
        std::vector<double> rows(count * width), sums(count);
        for (size_t i = 0; i < rows.size(); ++i) {
          const bool first = i < width, agrees = int(i % width) < same;
          rows[i] = !first && agrees ? rows[i % width]
                    : random() % 9   ? double(random() % 5)
                                     : NAN;
        }
        ensemble.predict(rows, sums);
        for (size_t r = 0; r < count; ++r)
          EXPECT_EQ(sums[r],
                    ensemble.predict(
                        llvm::ArrayRef<double>(rows).slice(r * width, width)))
              << count << " rows, " << same << " features agree";
      }
  }
}

TEST(TreeEnsemble, PackedTreesAreTheTrees) {
  std::mt19937 random(4);
  const int width = 5;
  json trees = json::array();
  for (int nodes = 0; nodes < 300; nodes += 7) {
    trees.push_back(randomTree(random, nodes, width, TreeEnsemble::AsZero));
    for (json &leaf : trees.back()["value"])
      leaf = (int(random() % 60001) - 30000) / 1e5;
    for (json &threshold : trees.back()["threshold"])
      threshold = double(float(threshold.get<double>() + 0.1));
  }
  auto ensemble = llvm::cantFail(TreeEnsemble::fromJson(trees, width));
  auto packed = llvm::cantFail(ensemble.pack());
  auto unpacked = llvm::cantFail(TreeEnsemble::unpack(packed, width));
  for (int row = 0; row < 200; ++row) {
    std::vector<double> features(width);
    for (double &feature : features)
      feature = random() % 9 ? double(random() % 5) : NAN;
    EXPECT_EQ(unpacked.predict(features), ensemble.predict(features));
  }
  EXPECT_EQ(llvm::toString(TreeEnsemble::unpack(packed, width - 1).takeError()),
            "a node splits unknown feature 4");
  EXPECT_FALSE(bool(llvm::expectedToOptional(TreeEnsemble::unpack(
      llvm::ArrayRef<uint8_t>(packed).drop_back(20), width))));
  EXPECT_EQ(llvm::toString(TreeEnsemble::unpack({}, width).takeError()),
            "packed trees are cut off");
}

TEST(TreeEnsemble, TreesThatCannotBePackedAreNamed) {
  auto whyNot = [](const char *threshold, int missing, const char *leaf) {
    json tree = {
        {"feature", {0}},       {"threshold", {json::parse(threshold)}},
        {"missing", {missing}}, {"left", {-1}},
        {"right", {-2}},        {"value", {0.25, json::parse(leaf)}}};
    auto ensemble =
        llvm::cantFail(TreeEnsemble::fromJson(json::array({tree}), 1));
    auto packed = ensemble.pack();
    return packed ? "" : llvm::toString(packed.takeError());
  };
  EXPECT_EQ(whyNot("0.5", TreeEnsemble::AsZero, "-0.12345"), "");
  EXPECT_EQ(whyNot("0.1", TreeEnsemble::AsZero, "0"),
            "has a threshold that is no float");
  EXPECT_EQ(whyNot("0.5", TreeEnsemble::NanLeft, "0"),
            "was trained with missing values");
  for (const char *leaf : {"0.000001", "0.4", "-0.4"})
    EXPECT_EQ(whyNot("0.5", TreeEnsemble::AsZero, leaf),
              "has a leaf that is no multiple of 1e-5 of magnitude below "
              "0.32768");
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
