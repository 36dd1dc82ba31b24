// Two sides, two methods of one dimension nested, of which one may be the
// identity: a filter of one row needs no transform across rows. With a stride a
// side is cut into phases; those with a tap less than the others have a zero as
// last tap, which is all that the point at infinity sees, so those products are
// left out of the count and of the loops. Matrices are derived once a process,
// each when a filter that it is for comes by.

#include "convopt/Primitives/WinogradTransforms.h"
#include "convopt/Primitives/Tiling.h"
#include "llvm/Support/Casting.h"
#include <cassert>
#include <map>
#include <mutex>
#include <tuple>

namespace convopt {

Phases phasesOf(int64_t kernel, int64_t stride) {
  const int64_t taps = divideUp(kernel, stride);
  return {stride, std::min(kernel, stride), taps,
          taps == 1 ? std::min(kernel, stride) : kernel - stride * (taps - 1)};
}

int64_t WinogradTransforms::products() const {
  auto side = [](const CookToom &f, const Phases &p) {
    return f.elements() * p.count - (p.count - p.full);
  };
  return side(rows, rowPhases) * side(columns, columnPhases);
}

/// F(outputs, taps), derived when it is first asked for: a process sees few of
/// the filters that the table has tiles for, and complex points take exact
/// numbers of hundreds of bits. What is returned lives as long as the process.
static const CookToom &matricesOf(InterpolationPoints points, int outputs,
                                  int taps, bool balancedFilter) {
  struct Known {
    CookToom plain, balanced;
  };
  static std::mutex mutex;
  static std::map<std::tuple<InterpolationPoints, int, int>, Known> known;
  std::lock_guard<std::mutex> lock(mutex);
  auto [entry, isNew] = known.try_emplace({points, outputs, taps});
  Known &matrices = entry->second;
  if (isNew) {
    matrices.plain = points == InterpolationPoints::Complex
                         ? complexCookToom(outputs, taps)
                         : cookToom(outputs, taps);
    matrices.balanced = withBalancedFilter(matrices.plain);
  }
  return balancedFilter ? matrices.balanced : matrices.plain;
}

std::optional<WinogradTransforms>
findWinogradTransforms(const WinogradTile &tile, const ConvLayer &l,
                       bool balancedFilter) {
  const Phases rows = phasesOf(l.kernelHeight, l.strideHeight);
  const Phases columns = phasesOf(l.kernelWidth, l.strideWidth);
  const int64_t taps = std::max(rows.taps, columns.taps);
  if (taps < tile.taps || taps > tile.mostTaps)
    return std::nullopt;
  const bool isLine = tile.rows == 1;
  if (isLine ? std::min(rows.taps, columns.taps) != 1
             : rows.taps != columns.taps)
    return std::nullopt;
  auto side = [&](int outputs, const Phases &phases) -> const CookToom & {
    if (isLine && phases.taps == 1)
      return matricesOf(InterpolationPoints::Real, 1, 1, balancedFilter);
    const int more = static_cast<int>(taps) - tile.taps;
    return matricesOf(tile.points, outputs - more, static_cast<int>(taps),
                      balancedFilter);
  };
  // Tiles of lines are turned for filters of one column.
  return WinogradTransforms{side(isLine ? tile.columns : tile.rows, rows),
                            side(tile.columns, columns), rows, columns};
}

WinogradTransforms winogradTransforms(const Choice &choice,
                                      const ConvLayer &layer) {
  std::optional<WinogradTransforms> found = findWinogradTransforms(
      llvm::cast<WinogradPrimitive>(choice.primitive)->tile, layer,
      choice.variant.precision == Precision::F16Weights &&
          !choice.variant.fresh);
  assert(found && "the primitive does not support this filter");
  return *found;
}

} // namespace convopt
