#include "convopt/Transforms/Pbqp.h"
#include "gtest/gtest.h"
#include <random>

using namespace convopt;
using Cost = PbqpProblem::Cost;

namespace {

using Edges = std::vector<std::pair<unsigned, unsigned>>;

/// Costs of 0 to 20, some pairs and states illegal.
PbqpProblem randomProblem(std::mt19937 &random, unsigned size,
                          const Edges &edges, unsigned maxStates,
                          unsigned illegalPercent) {
  // Not std::uniform_int_distribution: it differs between libraries.
  auto below = [&](unsigned n) { return static_cast<unsigned>(random() % n); };
  auto cost = [&]() -> Cost {
    return below(100) < illegalPercent ? PbqpProblem::kIllegal : below(21);
  };
  PbqpProblem problem;
  std::vector<unsigned> states;
  for (unsigned u = 0; u < size; ++u) {
    states.push_back(1 + below(maxStates));
    std::vector<Cost> costs;
    for (unsigned i = 0; i < states[u]; ++i)
      costs.push_back(cost());
    problem.addNode(costs);
  }
  for (auto [u, v] : edges) {
    std::vector<Cost> costs;
    for (unsigned i = 0; i < states[u] * states[v]; ++i)
      costs.push_back(cost());
    problem.addEdge(u, v, costs);
  }
  return problem;
}

/// Every combination of states.
Cost bruteForce(const PbqpProblem &problem) {
  std::vector<unsigned> states(problem.size(), 0);
  Cost best = PbqpProblem::kIllegal;
  for (;;) {
    best = std::min(best, problem.evaluate(states));
    unsigned u = 0;
    while (u < states.size() && ++states[u] == problem.stateCount(u))
      states[u++] = 0;
    if (u == states.size())
      return best;
  }
}

void expectOptimal(const PbqpProblem &problem) {
  Cost best = bruteForce(problem);
  std::optional<PbqpProblem::Solution> solution = problem.solve();
  if (best >= PbqpProblem::kIllegal) {
    EXPECT_FALSE(solution);
    return;
  }
  ASSERT_TRUE(solution);
  EXPECT_EQ(solution->cost, best);
  EXPECT_EQ(problem.evaluate(solution->states), best);
  EXPECT_EQ(problem.solve()->states, solution->states);
}

Edges complete(unsigned size) {
  Edges edges;
  for (unsigned u = 0; u < size; ++u)
    for (unsigned v = u + 1; v < size; ++v)
      edges.push_back({u, v});
  return edges;
}

Edges grid(unsigned width, unsigned height) {
  Edges edges;
  for (unsigned y = 0; y < height; ++y)
    for (unsigned x = 0; x < width; ++x) {
      unsigned u = y * width + x;
      if (x + 1 < width)
        edges.push_back({u, u + 1});
      if (y + 1 < height)
        edges.push_back({u, u + width});
    }
  return edges;
}

TEST(Pbqp, NoNodes) {
  std::optional<PbqpProblem::Solution> solution = PbqpProblem().solve();
  ASSERT_TRUE(solution);
  EXPECT_EQ(solution->cost, 0);
}

TEST(Pbqp, TakesTheLowestOfEqualStates) {
  PbqpProblem problem;
  for (int i = 0; i < 3; ++i)
    problem.addNode({5, 3, 3});
  problem.addEdge(0, 1, {0, 0, 0, 0, 0, 0, 0, 0, 0});
  EXPECT_EQ(problem.solve()->states, (std::vector<unsigned>{1, 1, 1}));
}

TEST(Pbqp, EdgesBetweenTheSameNodesAddUpInEitherDirection) {
  PbqpProblem problem;
  problem.addNode({0, 0});
  problem.addNode({0, 0, 0});
  problem.addEdge(0, 1, {1, 2, 3, 4, 5, 6});
  problem.addEdge(1, 0, {10, 40, 20, 50, 30, 0});
  EXPECT_EQ(problem.evaluate({1, 2}), 6);
  EXPECT_EQ(problem.evaluate({0, 1}), 22);
  EXPECT_EQ(problem.solve()->states, (std::vector<unsigned>{1, 2}));
}

TEST(Pbqp, NeverTakesAnIllegalPair) {
  PbqpProblem problem;
  problem.addNode({0, 1000});
  problem.addNode({0, 1000});
  problem.addEdge(
      0, 1,
      {PbqpProblem::kIllegal, PbqpProblem::kIllegal, PbqpProblem::kIllegal, 0});
  EXPECT_EQ(problem.solve()->states, (std::vector<unsigned>{1, 1}));
  problem.addEdge(0, 1, {0, 0, 0, PbqpProblem::kIllegal});
  EXPECT_FALSE(problem.solve());
}

TEST(Pbqp, PathsAndTreesAndCycles) {
  std::mt19937 random(1);
  for (int round = 0; round < 200; ++round) {
    Edges edges;
    for (unsigned u = 1; u < 7; ++u)
      edges.push_back({random() % u, u});
    if (round % 2)
      edges.push_back({0, 6});
    expectOptimal(randomProblem(random, 7, edges, 4, 10));
  }
}

TEST(Pbqp, IrreducibleGraphs) {
  std::mt19937 random(2);
  for (unsigned illegal : {0, 10, 40})
    for (int round = 0; round < 60; ++round) {
      expectOptimal(randomProblem(random, 4, complete(4), 5, illegal));
      expectOptimal(randomProblem(random, 6, complete(6), 3, illegal));
      expectOptimal(randomProblem(random, 9, grid(3, 3), 3, illegal));
      expectOptimal(randomProblem(random, 12, grid(4, 3), 2, illegal));
    }
}

TEST(Pbqp, RandomGraphs) {
  std::mt19937 random(3);
  for (int round = 0; round < 300; ++round) {
    Edges edges;
    for (auto edge : complete(8))
      if (random() % 100 < 20u + round % 60)
        edges.push_back(edge);
    expectOptimal(randomProblem(random, 8, edges, 3, round % 20));
  }
}

/// Dense blocks, as in DenseNet: each concatenation reads everything before
/// it. A tensor is produced in one of two orders and may be converted.
TEST(Pbqp, DenseBlocksAreQuick) {
  std::mt19937 random(4);
  constexpr Cost X = PbqpProblem::kIllegal;
  PbqpProblem problem;
  std::vector<unsigned> tensors;
  for (int layer = 0; layer < 24; ++layer) {
    unsigned concat = problem.addNode({0, 0});
    for (unsigned tensor : tensors)
      problem.addEdge(concat, tensor, {0, X, 0, 0, X, 0, 0, 0});
    Cost fast = 100 + random() % 400, slow = fast + random() % 300;
    unsigned conv = problem.addNode({slow, fast});
    Cost conversion = 20 + random() % 100;
    problem.addEdge(concat, conv, {0, conversion, conversion, 0});
    unsigned tensor = problem.addNode({0, 0, conversion, conversion});
    problem.addEdge(conv, tensor, {0, X, 0, X, X, 0, X, 0});
    tensors.push_back(tensor);
  }
  std::optional<PbqpProblem::Solution> solution = problem.solve();
  ASSERT_TRUE(solution);
  EXPECT_EQ(problem.evaluate(solution->states), solution->cost);
}

/// Far too much for any search: what it gives is legal, and soon.
TEST(Pbqp, GivesUpOnWhatNobodyCanSolve) {
  std::mt19937 random(5);
  PbqpProblem problem = randomProblem(random, 144, grid(12, 12), 5, 0);
  std::optional<PbqpProblem::Solution> solution = problem.solve();
  ASSERT_TRUE(solution);
  EXPECT_EQ(problem.evaluate(solution->states), solution->cost);
}

} // namespace
