// What decides which samples are measured again, and when.

#include "Random.h"
#include "Rounds.h"
#include <algorithm>
#include <cmath>
#include <numeric>

using namespace convopt;

static constexpr double tolerance = 0.02;

std::vector<size_t> convopt::orderOfRound(size_t count, unsigned round) {
  std::vector<size_t> order(count);
  std::iota(order.begin(), order.end(), 0);
  if (round == 0)
    return order;
  Random random{round};
  for (size_t i = count; i > 1; --i)
    std::swap(order[i - 1], order[random.next() % i]);
  return order;
}

bool convopt::isUnsettled(llvm::ArrayRef<double> passes) {
  if (passes.size() < 2)
    return false;
  std::vector<double> sorted(passes.begin(), passes.end());
  std::partial_sort(sorted.begin(), sorted.begin() + 2, sorted.end());
  return sorted[1] > (1 + tolerance) * sorted[0];
}

std::vector<bool> convopt::findDrift(llvm::ArrayRef<Reference> references) {
  std::vector<bool> drifts(references.size());
  if (references.empty())
    return drifts;
  for (size_t part : {0, 1}) { // The third level is shared with others.
    double usual = medianOf(references, part);
    for (size_t i = 0; i < references.size(); ++i)
      if (std::abs(references[i][part] / usual - 1) > tolerance)
        drifts[i] = true;
  }
  return drifts;
}

bool convopt::isDisturbed(llvm::ArrayRef<Reference> idle,
                          llvm::ArrayRef<Reference> busy) {
  const Reference most = {tolerance, tolerance, 0.05};
  for (size_t part = 0; part < most.size(); ++part)
    if (medianOf(busy, part) > (1 + most[part]) * medianOf(idle, part))
      return true;
  return false;
}
