// Two sides, two methods of one dimension nested, of which one may be the
// identity: a filter of one row needs no transform across rows. With a stride a
// side is cut into phases; those with a tap less than the others have a zero as
// last tap, which is all that the point at infinity sees, so those products are
// left out of the count and of the loops. Matrices are derived once a process,
// all of them, in the order of the table.

#include "convopt/Primitives/WinogradTransforms.h"
#include "convopt/Primitives/Tiling.h"
#include "llvm/Support/Casting.h"
#include <cassert>

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

namespace {
/// The matrices of a tile for one number of taps along each side.
struct Method {
  const WinogradTile *tile;
  CookToom rows, columns;
};
} // namespace

// Tiles of lines stand twice.
static const std::vector<Method> &methods() {
  static const std::vector<Method> all = [] {
    std::vector<Method> methods;
    for (const WinogradTile &tile : winogradTiles())
      for (int more = 0; tile.taps + more <= tile.mostTaps; ++more) {
        auto side = [&](int outputs) {
          const int taps = tile.taps + more;
          return tile.points == InterpolationPoints::Complex
                     ? complexCookToom(outputs - more, taps)
                     : cookToom(outputs - more, taps);
        };
        const CookToom columns = side(tile.columns);
        if (tile.rows > 1) {
          methods.push_back({&tile, side(tile.rows), columns});
          continue;
        }
        methods.push_back({&tile, cookToom(1, 1), columns});
        methods.push_back({&tile, columns, cookToom(1, 1)});
      }
    return methods;
  }();
  return all;
}

std::optional<WinogradTransforms>
findWinogradTransforms(const WinogradTile &tile, const ConvLayer &l) {
  const Phases rows = phasesOf(l.kernelHeight, l.strideHeight);
  const Phases columns = phasesOf(l.kernelWidth, l.strideWidth);
  for (const Method &method : methods())
    if (method.tile == &tile && method.rows.taps == rows.taps &&
        method.columns.taps == columns.taps)
      return WinogradTransforms{method.rows, method.columns, rows, columns};
  return std::nullopt;
}

WinogradTransforms winogradTransforms(const Choice &choice,
                                      const ConvLayer &layer) {
  std::optional<WinogradTransforms> found = findWinogradTransforms(
      llvm::cast<WinogradPrimitive>(choice.primitive)->tile, layer);
  assert(found && "the primitive does not support this filter");
  return *found;
}

} // namespace convopt
