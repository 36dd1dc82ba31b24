// Filters are stored in whatever order a front end has, and all weights of a
// network pass through here: so by runs, whose elements belong to one channel
// or go along the channels, not by a division for each element.

#include "FilterChannels.h"
#include <cmath>

using namespace mlir;

namespace convopt {

FilterChannels::FilterChannels(const ConvOp &conv) {
  const ConvLayer &layer = conv.layer;
  auto extentOf = [&](char dim) {
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
  };
  int64_t stride = 1;
  for (char dim : llvm::reverse(conv.filterDims)) {
    if (dim == 'g')
      group = {stride, layer.groups};
    else if (dim == 'k')
      channel = {stride, layer.outChannels};
    stride *= extentOf(dim);
  }
}

template <typename Visit>
void FilterChannels::forEach(int64_t count, Visit visit) const {
  int64_t length = count, step = 0; // Of a run, and between its channels.
  for (auto [dim, between] :
       {std::pair(channel, int64_t(1)), std::pair(group, channel.extent)})
    if (dim.extent > 1 && dim.stride == 1) {
      length = dim.extent;
      step = between;
    } else if (dim.extent > 1) {
      length = std::min(length, dim.stride);
    }
  for (int64_t first = 0; first < count; first += length) {
    int64_t at = of(first);
    for (int64_t i = first; i < first + length; ++i, at += step)
      visit(i, at);
  }
}

std::vector<float> FilterChannels::largest(ArrayRef<float> weights) const {
  std::vector<float> largest(count());
  forEach(weights.size(), [&](int64_t i, int64_t channel) {
    largest[channel] = std::max(largest[channel], std::fabs(weights[i]));
  });
  return largest;
}

} // namespace convopt
