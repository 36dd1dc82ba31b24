// The order of a packed filter as named dimensions, outermost first. Packing
// asks it for numbers, the schedule for Halide's expressions, by the same
// names, so that the two cannot disagree; the passes ask what else follows from
// the names: whether elements are weights or sums of them, and how the elements
// of one input channel lie, by which a filter can be scaled without being
// packed again.

#include "convopt/Primitives/PackedFilter.h"

namespace convopt {

PackedFilter::PackedFilter(llvm::ArrayRef<Dim> dims, ElementType type,
                           int64_t ofTile, int64_t tiles)
    : dims(dims), ofTile(ofTile), tiles(tiles), elementType(type) {
  extents.fill(1);
  strides.fill(0);
  for (const Dim &dim : llvm::reverse(dims)) {
    assert(stride(dim.what) == 0 && "a dimension is there twice");
    extents[size_t(dim.what)] = dim.extent;
    strides[size_t(dim.what)] = elements;
    elements *= dim.extent;
  }
}

PackedFilter PackedFilter::fused(FilterDim outer, FilterDim inner) const {
  llvm::SmallVector<Dim, 6> all(dims);
  auto *first =
      llvm::find_if(all, [&](const Dim &dim) { return dim.what == outer; });
  assert(first + 1 < all.end() && first[1].what == inner &&
         "dimensions do not lie next to each other");
  first[1].extent *= first->extent;
  all.erase(first);
  PackedFilter fused(all, elementType, ofTile, tiles);
  fused.joined = joined;
  return fused;
}

PackedFilter PackedFilter::joining(int64_t count, int64_t k, int64_t c) const {
  assert(count * k == ofTile && tiles == 1 && "a tile is no whole group");
  PackedFilter other = *this;
  other.joined = {count, k, c};
  return other;
}

std::optional<PackedFilter::Split>
PackedFilter::inputChannels(int64_t channels) const {
  const int64_t inner = stride(FilterDim::Channel);
  if (inner == 0 || extent(FilterDim::Channel) != channels ||
      stride(FilterDim::Dot) != 0 || joined.groups > 1)
    return std::nullopt;
  return Split{elements / (channels * inner), channels, inner};
}

bool PackedFilter::holdsWeights() const {
  return llvm::none_of(dims, [](const Dim &dim) {
    return dim.what == FilterDim::Element || dim.what == FilterDim::Product ||
           dim.what == FilterDim::Part || dim.what == FilterDim::Pair;
  });
}

int64_t PackedFilter::positionOf(int64_t group, int64_t k, int64_t c,
                                 int64_t row, int64_t column) const {
  const int64_t groups = extent(FilterDim::Group),
                turns = extent(FilterDim::Turn), dot = extent(FilterDim::Dot);
  const int64_t part = group % joined.groups;
  group /= joined.groups;
  k += part * joined.outChannels;
  c += part * joined.inChannels;
  const int64_t block = group / groups * tiles + k / ofTile;
  return block * stride(FilterDim::Block) +
         group % groups * stride(FilterDim::Group) +
         k % ofTile * stride(FilterDim::Lane) + row * stride(FilterDim::Row) +
         column * stride(FilterDim::Column) +
         c / dot * stride(FilterDim::Channel) +
         c % dot * stride(FilterDim::Dot) +
         (c + turns - k % turns) % turns * stride(FilterDim::Turn);
}

} // namespace convopt
