// Front ends store filters in many orders (FCHW, HWCF, HWC for depthwise, a
// matrix for a product), primitives pack from one. Reordering is a copy of all
// weights, so it is done only where an order differs in dimensions of more than
// one element.

#include "ReorderFilter.h"
#include <cstring>

using namespace mlir;

namespace convopt {

static constexpr StringLiteral order = "gkcrs";

static int64_t extentOf(char dim, const ConvLayer &layer) {
  switch (dim) {
  case 'g':
    return layer.groups;
  case 'k':
    return layer.outChannels;
  case 'c':
    return layer.inChannels;
  case 'r':
    return layer.kernelHeight;
  default:
    return layer.kernelWidth;
  }
}

bool isInPackingOrder(const ConvOp &conv) {
  size_t last = 0;
  for (char dim : conv.filterDims) {
    if (extentOf(dim, conv.layer) == 1)
      continue;
    if (order.find(dim) < last)
      return false;
    last = order.find(dim);
  }
  return true;
}

std::vector<char> reorderFilter(const ConvOp &conv, ArrayRef<char> filter) {
  const int64_t size = bytesOf(conv.layer.types.filter);
  int64_t extents[5], strides[5] = {0, 0, 0, 0, 0};
  int64_t stride = 1;
  for (char dim : llvm::reverse(conv.filterDims)) {
    strides[order.find(dim)] = stride;
    stride *= extentOf(dim, conv.layer);
  }
  for (auto [i, dim] : llvm::enumerate(order))
    extents[i] = extentOf(dim, conv.layer);
  std::vector<char> result(filter.size());
  char *next = result.data();
  for (int64_t g = 0; g < extents[0]; ++g)
    for (int64_t k = 0; k < extents[1]; ++k)
      for (int64_t c = 0; c < extents[2]; ++c)
        for (int64_t r = 0; r < extents[3]; ++r)
          for (int64_t s = 0; s < extents[4]; ++s) {
            const int64_t at = g * strides[0] + k * strides[1] +
                               c * strides[2] + r * strides[3] + s * strides[4];
            std::memcpy(next, filter.data() + at * size, size);
            next += size;
          }
  return result;
}

} // namespace convopt
