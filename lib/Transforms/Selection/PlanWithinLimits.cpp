// Memory and errors are limits on sums over the plan, which a PBQP cannot hold;
// instead each byte of growth and each squared error has a price, part of an
// answer's cost, and the lowest price is searched at which the plan fits
// (Lagrange's multiplier): the best plan at some price is the best of all that
// take no more than it does (Everett, 1963). Prices jump where equal layers
// change together: so the plan at the lowest price that is high enough is
// improved by single changes, and that at the highest which is too low is cut
// down by them.

#include "PlanWithinLimits.h"

namespace convopt {

using Plan = llvm::Expected<LayoutPlan>;

Expense expenseOf(const Questions &questions, const LayoutPlan &plan) {
  Expense expense;
  for (const auto &[op, question] : questions)
    if (const Candidate *chosen = chosenFor(op, question, plan)) {
      expense.growth += chosen->growth;
      expense.squares += chosen->error * chosen->error;
    }
  return expense;
}

namespace {
/// A price that is searched for.
struct Price {
  double now;                        ///< the least one to begin with
  double first, most;                ///< where to go from 0, and how far
  std::optional<double> beyond = {}; ///< the highest that was too low
};
} // namespace

/// The plan of `solve` for the lowest price, from `price.now` on, at which it
/// fits, to a sixteenth, or for a very high one. It is the last one that was
/// solved, and the price that of it.
static Plan planAtLowestPrice(Price &price,
                              llvm::function_ref<Plan(double)> solve,
                              llvm::function_ref<bool(LayoutPlan &)> fits) {
  double low = price.now, high = low;
  Plan plan = solve(high);
  while (plan && !fits(*plan) && high < price.most) {
    price.beyond = low = high;
    high = std::max(price.first, 4 * high);
    plan = solve(high);
  }
  while (plan && fits(*plan) && high - low > high / 16) {
    double middle = (low + high) / 2;
    plan = solve(middle);
    if (plan && !fits(*plan)) {
      price.beyond = low = middle;
      plan = solve(high);
    } else {
      high = middle;
    }
  }
  price.now = high;
  return plan;
}

/// What a plan takes by the predictions alone.
static int64_t nanosecondsOf(const Questions &questions,
                             const LayoutPlan &plan) {
  int64_t sum = 0;
  for (const auto &[op, question] : questions)
    if (const Candidate *chosen = chosenFor(op, question, plan))
      sum += chosen->nanoseconds;
    else
      sum += kLastResort;
  for (const Conversion &conversion : plan.conversions)
    sum += conversion.cost;
  return sum;
}

/// Those of `questions` that are chosen.
static std::vector<std::vector<Candidate>> bestOf(const Questions &questions) {
  std::vector<std::vector<Candidate>> best;
  for (const auto &[op, question] : questions)
    best.push_back(question.best);
  return best;
}

namespace {
/// The questions of a block, at prices.
class Planner {
public:
  Planner(Questions &questions, const ExpenseLimits &limits,
          llvm::function_ref<Plan()> solve)
      : questions(questions), limits(limits), solve(solve) {}

  Plan planFor(double bytePrice, double squarePrice) {
    for (auto &[op, question] : questions) {
      chargeForGrowth(question.admitted, bytePrice);
      chargeForErrors(question.admitted, squarePrice);
      question.best = bestPerLayouts(question.admitted);
    }
    return solve();
  }
  Plan withinGrowth(Price &byte, double squarePrice) {
    return planAtLowestPrice(
        byte, [&](double price) { return planFor(price, squarePrice); },
        [&](LayoutPlan &plan) {
          return expenseOf(questions, plan).growth <= limits.growth;
        });
  }
  Plan withinErrors(double bytePrice, Price &square) {
    return planAtLowestPrice(
        square, [&](double price) { return planFor(bytePrice, price); },
        [&](LayoutPlan &plan) { return isExact(plan); });
  }
  bool isExact(const LayoutPlan &plan) const {
    return expenseOf(questions, plan).squares <= *limits.squares;
  }

private:
  Questions &questions;
  const ExpenseLimits &limits;
  llvm::function_ref<Plan()> solve;
};
} // namespace

Plan planWithinLimits(Questions &questions, const ExpenseLimits &given,
                      llvm::function_ref<Plan()> solve) {
  ExpenseLimits limits = given;
  Planner planner(questions, limits, solve);
  // Nanoseconds for a byte: a TB/s, a MB/s.
  Price byte{limits.growthPrice, 1.0 / 1024, 1024};
  Plan plan = planner.withinGrowth(byte, 0);
  if (!plan)
    return plan;
  if (!limits.squares) {
    spendRest(questions, *plan, limits);
    return plan;
  }

  // All that may be spent has to save a hundredth of the time, and is worth
  // more than any convolution takes where it has to be kept.
  const double all = std::max(*limits.squares, 1e-24);
  const double time = nanosecondsOf(questions, *plan) % kLastResort;
  limits.squarePrice = 0.01 * time / all;
  byte.now = limits.growthPrice;
  Price square{limits.squarePrice, limits.squarePrice, 1e12 / all};
  // What one limit forbids the other one has to pay for, so prices rise in
  // turns.
  constexpr int mostTurns = 4;
  for (int turn = 0; turn < mostTurns; ++turn) {
    plan = planner.withinErrors(byte.now, square);
    if (plan)
      plan = planner.withinGrowth(byte, square.now);
    if (!plan)
      return plan;
    if (planner.isExact(*plan))
      break;
  }
  spendRest(questions, *plan, limits);
  if (!square.beyond)
    return plan;
  // What equal layers cannot all have, as many as possible may, in the layouts
  // that suit it.
  auto rank = [&](const LayoutPlan &plan) {
    const int64_t growth = expenseOf(questions, plan).growth;
    return std::tuple(!planner.isExact(plan), std::max(growth, limits.growth),
                      nanosecondsOf(questions, plan));
  };
  const auto best = bestOf(questions);
  const auto known = rank(*plan);
  Plan other = planner.planFor(byte.now, *square.beyond);
  if (!other)
    return other;
  spendRest(questions, *other, limits);
  if (rank(*other) < known)
    return other;
  for (auto [entry, chosen] : llvm::zip_equal(questions, best))
    entry.second.best = chosen;
  return plan;
}

} // namespace convopt
