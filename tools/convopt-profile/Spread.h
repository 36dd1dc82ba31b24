#ifndef CONVOPT_TOOLS_PROFILE_SPREAD_H
#define CONVOPT_TOOLS_PROFILE_SPREAD_H

#include "Task.h"

namespace convopt {

/// Samples that could be measured, as points: what there is to choose among.
struct Candidates {
  /// One row after the other of `width` logarithms of features with mean 0 and
  /// variance 1; features that are the same in all rows are left out.
  std::vector<double> numbers;
  size_t width = 0;
  /// Of each row, counted from 0; `familyOf` has the family of each primitive.
  std::vector<unsigned> primitives, layers, familyOf;

  size_t size() const { return primitives.size(); }
  unsigned family(size_t row) const { return familyOf[primitives[row]]; }
  /// The square of the distance of two rows over the number of features.
  double squaredDistance(size_t a, size_t b) const;
};

/// Of each choice what Features.def has and the numbers of the variant that it
/// has not. Choices of one layer stand together.
Candidates describeCandidates(llvm::ArrayRef<LayerChoice> choices,
                              const MachineDescription &machine);

/// `count` rows that are not among `known`, in the order in which they should
/// be measured; all if there are no more.
///
/// Families take turns, within one the primitives, large ones more often: the
/// next is that with the fewest rows for the root of its size. Of a primitive
/// the row that is farther from its chosen ones than another random one is
/// next (Mitchell, Spectrally optimal sampling for distribution ray tracing,
/// 1991). Layers that were chosen are taken again only where there are no
/// others. `known` rows count as chosen; `weights`, if there are any, multiply
/// distances: how much there is to be learnt of a row.
std::vector<size_t> spread(const Candidates &rows, size_t count,
                           llvm::ArrayRef<size_t> known,
                           llvm::ArrayRef<double> weights, uint64_t seed);

} // namespace convopt

#endif // CONVOPT_TOOLS_PROFILE_SPREAD_H
