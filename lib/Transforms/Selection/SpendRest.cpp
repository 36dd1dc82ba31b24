// Prices jump where equal layers change together, so what they leave of the
// limits is spent afterwards, one convolution at a time. So is what they lack:
// where not all of some equal layers may be less exact, or have to be smaller,
// no price says which.

#include "PlanWithinLimits.h"

namespace convopt {

namespace {
/// What is left of the limits, and what it is worth.
class Rest {
public:
  Rest(const ExpenseLimits &limits, const Expense &spent)
      : growthPrice(limits.growthPrice), squarePrice(limits.squarePrice),
        growth(limits.growth - spent.growth) {
    if (limits.squares)
      squares = *limits.squares - spent.squares;
  }

  /// Whether the plan is too inexact, and `to` instead of `from` makes it less
  /// so.
  bool sharpens(const Candidate &from, const Candidate &to) const {
    return squares.value_or(0) < 0 && to.error < from.error;
  }
  /// And no larger than it may be.
  bool sharpensWithin(const Candidate &from, const Candidate &to) const {
    return sharpens(from, to) &&
           to.growth - from.growth <= std::max<int64_t>(growth, 0);
  }
  /// Squared errors for a nanosecond.
  double sharpness(const Candidate &from, const Candidate &to) const {
    const int64_t longer = to.nanoseconds - from.nanoseconds;
    return -squaresOf(from, to) /
           static_cast<double>(std::max<int64_t>(longer, 1));
  }

  /// Whether the plan is too large, and `to` instead of `from` makes it smaller
  /// and stays within the errors.
  bool shrinks(const Candidate &from, const Candidate &to) const {
    return growth < 0 && to.growth < from.growth &&
           squaresOf(from, to) <= std::max(squares.value_or(0), 0.0);
  }
  /// Bytes for a share of the errors that are left, which may not last.
  double shrinkage(const Candidate &from, const Candidate &to) const {
    constexpr double least = 1e-6;
    const double more = squaresOf(from, to);
    return static_cast<double>(from.growth - to.growth) /
           (more > 0 ? std::max(more / *squares, least) : least);
  }

  /// Whether there is enough for `to` instead of `from`, and it is faster.
  bool allows(const Candidate &from, const Candidate &to) const {
    return to.nanoseconds < from.nanoseconds &&
           to.growth - from.growth <= growth &&
           (!squares || squaresOf(from, to) <= *squares) &&
           perByte(from, to, 0) > growthPrice &&
           static_cast<double>(from.nanoseconds - to.nanoseconds) >=
               squarePrice * squaresOf(from, to);
  }
  /// Nanoseconds that are saved for a byte; a share of the errors that are left
  /// counts as much as that share of the bytes that are left.
  double gain(const Candidate &from, const Candidate &to) const {
    if (!squares || *squares <= 0)
      return perByte(from, to, 0);
    const double share = std::max(squaresOf(from, to), 0.0) / *squares;
    constexpr int64_t least = 1 << 20; // Where none are left.
    return perByte(from, to,
                   share * static_cast<double>(std::max(growth, least)));
  }
  void spend(const Candidate &from, const Candidate &to) {
    growth -= to.growth - from.growth;
    if (squares)
      *squares -= squaresOf(from, to);
  }

private:
  static double squaresOf(const Candidate &from, const Candidate &to) {
    return to.error * to.error - from.error * from.error;
  }
  static double perByte(const Candidate &from, const Candidate &to,
                        double bytesForErrors) {
    return static_cast<double>(from.nanoseconds - to.nanoseconds) /
           (static_cast<double>(std::max<int64_t>(to.growth - from.growth, 1)) +
            bytesForErrors);
  }

  double growthPrice, squarePrice;
  int64_t growth;
  std::optional<double> squares;
};
} // namespace

/// As long as there are any, replaces the chosen candidate that `allows` says
/// may become another one by that for which `gain` is the largest; layouts
/// stay.
static void change(Questions &questions, const LayoutPlan &plan, Rest &rest,
                   bool (Rest::*allows)(const Candidate &, const Candidate &)
                       const,
                   double (Rest::*gain)(const Candidate &, const Candidate &)
                       const) {
  while (true) {
    Candidate *from = nullptr;
    const Candidate *to = nullptr;
    double most = 0;
    for (auto &[op, question] : questions) {
      const unsigned number = stateOf(op, plan);
      if (number >= question.best.size())
        continue;
      Candidate &chosen = question.best[number];
      for (const Candidate &other : question.admitted) {
        if (other.choice.input != chosen.choice.input ||
            other.choice.output != chosen.choice.output ||
            !(rest.*allows)(chosen, other))
          continue;
        const double found = (rest.*gain)(chosen, other);
        if (!to || found > most)
          from = &chosen, to = &other, most = found;
      }
    }
    if (!to)
      return;
    rest.spend(*from, *to);
    *from = *to;
  }
}

void spendRest(Questions &questions, const LayoutPlan &plan,
               const ExpenseLimits &limits) {
  Rest rest(limits, expenseOf(questions, plan));
  if (limits.squares) {
    change(questions, plan, rest, &Rest::sharpensWithin, &Rest::sharpness);
    // What cannot be both is exact.
    change(questions, plan, rest, &Rest::sharpens, &Rest::sharpness);
    change(questions, plan, rest, &Rest::shrinks, &Rest::shrinkage);
  }
  change(questions, plan, rest, &Rest::allows, &Rest::gain);
}

} // namespace convopt
