#ifndef CONVOPT_PRIMITIVES_PACKEDFILTER_H
#define CONVOPT_PRIMITIVES_PACKEDFILTER_H

#include "convopt/IR/ConvTypes.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"
#include <array>
#include <cassert>
#include <initializer_list>
#include <optional>
#include <type_traits>

namespace convopt {

/// What a dimension of a packed filter counts.
enum class FilterDim {
  Block,   ///< tiles of output channels, of all groups
  Group,   ///< groups that lie in one tile
  Lane,    ///< output channels of a tile, of one group
  Row,     ///< rows of the window
  Column,  ///< columns of the window
  Channel, ///< input channels: phase by phase where there are several
  Turn,    ///< input channels, each lane beginning with its own
  Element, ///< elements of a transformed tile
  Product, ///< products of blocks, whose weights are sums
  Part,    ///< input channels of a block
  Pair,    ///< rows of weights that meet in pairs, and of what pairs need
  Dot,     ///< input channels whose products one instruction adds up
};
inline constexpr size_t numFilterDims = size_t(FilterDim::Dot) + 1;

/// The order in which a schedule reads its filter: dimensions, outermost first,
/// and the type of the elements. Whatever writes or reads packed weights takes
/// positions from it.
class PackedFilter {
public:
  struct Dim {
    FilterDim what;
    int64_t extent;
  };
  /// Each dimension once. Of each group's output channels, `tiles` tiles hold
  /// `ofTile` each, fewer the last.
  PackedFilter(llvm::ArrayRef<Dim> dims, ElementType type, int64_t ofTile,
               int64_t tiles = 1);

  llvm::ArrayRef<Dim> dimensions() const { return dims; }
  ElementType type() const { return elementType; }
  int64_t size() const { return elements; }
  int64_t bytes() const { return elements * bytesOf(elementType); }
  /// The same order for a filter of smaller groups, of `k` outputs and `c`
  /// inputs each: this one has `count` of them as one group, in which weights
  /// between different ones are zeros. A tile holds all of its outputs.
  PackedFilter joining(int64_t count, int64_t k, int64_t c) const;
  int64_t joinedGroups() const { return joined.groups; }

  int64_t channelsOfTile() const { return ofTile; }
  int64_t tilesOfGroup() const { return tiles; }

  /// 1 where the filter has no such dimension.
  int64_t extent(FilterDim what) const { return extents[size_t(what)]; }
  /// Elements from one index of a dimension to the next; 0 where the filter has
  /// no such dimension.
  int64_t stride(FilterDim what) const { return strides[size_t(what)]; }

  /// An index of one dimension.
  template <typename Index> struct At {
    FilterDim what;
    Index index;
  };
  /// The position of an element; a dimension that is not named is at its first
  /// index. `Index` is int64_t or Halide's Expr.
  template <typename Index> Index at(llvm::ArrayRef<At<Index>> indices) const;
  template <typename Index>
  Index at(std::initializer_list<At<Index>> indices) const {
    return at<Index>(llvm::ArrayRef<At<Index>>(indices));
  }

  /// The same places for elements of another type.
  PackedFilter withType(ElementType type) const {
    PackedFilter other = *this;
    other.elementType = type;
    return other;
  }
  /// The same elements, a dimension and that directly inside of it as one,
  /// which `inner` names.
  PackedFilter fused(FilterDim outer, FilterDim inner) const;

  /// How a dimension lies: elements outside, along and inside of it.
  struct Split {
    int64_t outer, extent, inner;
  };
  /// The dimension of a filter of `channels` input channels whose index c all
  /// elements have that are linear in the weights of channel c and depend on no
  /// others. Not where an element sums channels or a row depends on the lane.
  std::optional<Split> inputChannels(int64_t channels) const;

  /// Whether every element is a weight or, in a tile that is not full, a zero.
  bool holdsWeights() const;
  /// Where a weight lies in a filter that holds them; `k` and `c` count output
  /// and input channels of a group.
  int64_t positionOf(int64_t group, int64_t k, int64_t c, int64_t row,
                     int64_t column) const;

private:
  llvm::SmallVector<Dim, 6> dims;
  std::array<int64_t, numFilterDims> extents, strides;
  int64_t elements = 1, ofTile, tiles;
  struct {
    int64_t groups = 1, outChannels = 0, inChannels = 0;
  } joined;
  ElementType elementType;
};

template <typename Index>
Index PackedFilter::at(llvm::ArrayRef<At<Index>> indices) const {
  using Extent = std::conditional_t<std::is_integral_v<Index>, Index, int>;
  assert(
      llvm::all_of(indices,
                   [&](const At<Index> &at) { return stride(at.what) > 0; }) &&
      "the filter has no such dimension");
  std::optional<Index> position;
  for (const Dim &dim : dims) {
    if (position && dim.extent != 1)
      position = *position * static_cast<Extent>(dim.extent);
    const auto *found = llvm::find_if(
        indices, [&](const At<Index> &at) { return at.what == dim.what; });
    if (found == indices.end())
      continue;
    position = position ? *position + found->index : found->index;
  }
  return position ? *position : Index(0);
}

} // namespace convopt

#endif // CONVOPT_PRIMITIVES_PACKEDFILTER_H
