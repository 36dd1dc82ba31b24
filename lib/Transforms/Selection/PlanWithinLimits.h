#ifndef CONVOPT_LIB_TRANSFORMS_PLANWITHINLIMITS_H
#define CONVOPT_LIB_TRANSFORMS_PLANWITHINLIMITS_H

#include "Questions.h"

namespace convopt {

/// What all choices of a plan come to together.
struct Expense {
  int64_t growth = 0; ///< in bytes, see Candidate
  double squares = 0; ///< of Candidate::error
};
Expense expenseOf(const Questions &questions, const LayoutPlan &plan);

/// Bounds on that.
struct ExpenseLimits {
  int64_t growth;
  double growthPrice; ///< nanoseconds that a byte has to save at least
  std::optional<double> squares;
  double squarePrice = 0; ///< nanoseconds that each has to save at least
};

/// A convolution whose tensors cannot be stored in any layout that a primitive
/// reads and writes (another use of them forbids it) stays as it is, at this
/// cost.
constexpr int64_t kLastResort = int64_t(1) << 50;

/// The fastest plan within `limits` that prices find, one for a byte and one
/// for a squared error: each the lowest, to a sixteenth, at which the plan is
/// within its limit, or a very high one; then spendRest. `solve` makes the best
/// plan of the charges and of Question::best as they are. The choices of the
/// plan are `questions`' best.
llvm::Expected<LayoutPlan>
planWithinLimits(Questions &questions, const ExpenseLimits &limits,
                 llvm::function_ref<llvm::Expected<LayoutPlan>()> solve);

/// Changes single choices of `plan`, layouts as they are: as long as it is
/// beyond one of `limits` that costs the least for what it gives; then what is
/// left is spent, the most time for what it takes first.
void spendRest(Questions &questions, const LayoutPlan &plan,
               const ExpenseLimits &limits);

} // namespace convopt

#endif // CONVOPT_LIB_TRANSFORMS_PLANWITHINLIMITS_H
