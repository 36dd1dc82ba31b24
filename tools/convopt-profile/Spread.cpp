// Of all rows the farthest from the chosen ones is always an extreme one: fifty
// layers at the edges say less of the others than fifty random ones. The
// farther of two random rows is spread enough. See python/convopt/selection.py,
// which has the same rule for tables of any features.

#include "Spread.h"
#include "Random.h"
#include <cmath>
#include <limits>

using namespace convopt;

/// Of so many random rows of a primitive the best is taken.
static constexpr size_t tried = 2;

namespace {
/// What divides the turns: families, or primitives.
struct Class {
  size_t size = 0, taken = 0;
  size_t left = 0;
  double turn() const { return (taken + 0.5) / std::sqrt(double(size)); }
};

class Spread {
public:
  Spread(const Candidates &rows, llvm::ArrayRef<size_t> known,
         llvm::ArrayRef<double> weights, uint64_t seed)
      : rows(rows), weights(weights), random{seed}, isFree(rows.size(), true),
        used(rows.size()),
        nearest(rows.size(), std::numeric_limits<double>::infinity()),
        members(rows.familyOf.size()), primitives(rows.familyOf.size()),
        families(rows.familyOf.size()) {
    for (size_t row : known)
      isFree[row] = false;
    for (size_t row = 0; row < rows.size(); ++row) {
      members[rows.primitives[row]].push_back(row);
      if (isFree[row])
        for (Class *own : classesOf(row))
          ++own->size, ++own->left;
    }
    for (size_t row : known)
      count(row);
  }

  bool isDone() const { return llvm::none_of(primitives, hasLeft); }

  size_t next() {
    unsigned family = turnOf(families, [](unsigned) { return true; });
    unsigned primitive = turnOf(
        primitives, [&](unsigned p) { return rows.familyOf[p] == family; });
    size_t row = best(openRows(primitive));
    isFree[row] = false;
    for (Class *own : classesOf(row))
      --own->left;
    count(row);
    return row;
  }

private:
  static bool hasLeft(const Class &own) { return own.left > 0; }

  std::array<Class *, 2> classesOf(size_t row) {
    return {&primitives[rows.primitives[row]], &families[rows.family(row)]};
  }

  /// Takes note that a row is chosen.
  void count(size_t row) {
    for (Class *own : classesOf(row))
      ++own->taken;
    used[rows.layers[row]] = true;
    for (size_t other : members[rows.primitives[row]])
      nearest[other] =
          std::min(nearest[other], std::sqrt(rows.squaredDistance(row, other)));
  }

  template <class Admits>
  static unsigned turnOf(llvm::ArrayRef<Class> classes, Admits admits) {
    std::optional<unsigned> result;
    for (unsigned i = 0; i < classes.size(); ++i)
      if (hasLeft(classes[i]) && admits(i) &&
          (!result || classes[i].turn() < classes[*result].turn()))
        result = i;
    return *result;
  }

  /// Those of new layers, or all that are left.
  std::vector<size_t> openRows(unsigned primitive) const {
    std::vector<size_t> open, left;
    for (size_t row : members[primitive])
      if (isFree[row]) {
        left.push_back(row);
        if (!used[rows.layers[row]])
          open.push_back(row);
      }
    return open.empty() ? left : open;
  }

  double score(size_t row) const {
    double weight = weights.empty() ? 1 : weights[row];
    return std::min(nearest[row], 1e9) * (weight + 1e-9);
  }

  size_t best(std::vector<size_t> places) {
    size_t result = places.front();
    double most = -1;
    for (size_t i = 0; i < std::min(tried, places.size()); ++i) {
      std::swap(places[i], places[i + random.next() % (places.size() - i)]);
      if (score(places[i]) > most) {
        most = score(places[i]);
        result = places[i];
      }
    }
    return result;
  }

  const Candidates &rows;
  llvm::ArrayRef<double> weights;
  Random random;
  std::vector<bool> isFree, used; ///< rows, layers
  std::vector<double> nearest;    ///< of a row to the chosen of its primitive
  std::vector<std::vector<size_t>> members; ///< rows of primitives
  std::vector<Class> primitives, families;
};
} // namespace

std::vector<size_t> convopt::spread(const Candidates &rows, size_t count,
                                    llvm::ArrayRef<size_t> known,
                                    llvm::ArrayRef<double> weights,
                                    uint64_t seed) {
  Spread spread(rows, known, weights, seed);
  std::vector<size_t> result;
  while (result.size() < count && !spread.isDone())
    result.push_back(spread.next());
  return result;
}
