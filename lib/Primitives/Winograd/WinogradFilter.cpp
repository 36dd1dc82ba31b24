// G g G'^T for every pair of channels, when the model is compiled. In double,
// rounded once, so that the weights have one rounding each; with channels
// innermost, so that the loops are vectors; tile by tile of output channels on
// all cores, each of which writes its own part. A filter with a stride is cut
// into phases first, and the taps that a phase lacks are zeros.

#include "WinogradFilter.h"
#include "convopt/Primitives/Tiling.h"
#include "llvm/Support/Parallel.h"
#include <algorithm>

// A multiply-add of the host would give other bits than one of another host.
#pragma STDC FP_CONTRACT OFF

namespace convopt {

/// to[i][x] is the sum over j of matrix[i][j] * from[j][x] for x < `width`.
static void multiply(const CookToom::Matrix &matrix, const double *from,
                     int64_t width, double *to) {
  for (const std::vector<double> &row : matrix) {
    std::fill_n(to, width, 0.0);
    for (size_t j = 0; j < row.size(); ++j)
      for (int64_t x = 0; x < width; ++x)
        to[x] += row[j] * from[j * width + x];
    to += width;
  }
}

void transformFilters(const WinogradTransforms &w, const ConvLayer &l,
                      const PackedFilter &order, llvm::ArrayRef<float> filter,
                      llvm::MutableArrayRef<float> packed) {
  const int64_t C = w.inChannels(l), R = w.rows.taps, S = w.columns.taps;
  const Phases &py = w.rowPhases, &px = w.columnPhases;
  const int64_t window = l.kernelHeight * l.kernelWidth;
  const int64_t tile = order.extent(FilterDim::Lane);
  const int64_t element = order.stride(FilterDim::Element);
  const int64_t lane = order.stride(FilterDim::Lane);
  const int64_t rows = w.rows.elements(), columns = w.columns.elements();
  const int64_t dot = order.extent(FilterDim::Dot);
  llvm::parallelFor(0, order.extent(FilterDim::Block), [&](size_t number) {
    const int64_t start = number * tile;
    const int64_t channels = std::min(tile, l.outChannels - start);
    // Channels innermost: they are what the loops are vectors of.
    std::vector<double> taps(R * S * tile), half(rows * S * tile);
    std::vector<double> whole(columns * tile);
    for (int64_t c = 0; c < C; ++c) {
      const int64_t phase = c / l.inChannels, channel = c % l.inChannels;
      const int64_t top = phase / px.count, left = phase % px.count;
      std::fill(taps.begin(), taps.end(), 0.0);
      for (int64_t k = 0; k < channels; ++k) {
        const float *from =
            filter.data() + ((start + k) * l.inChannels + channel) * window;
        for (int64_t r = 0; top + r * py.stride < l.kernelHeight; ++r)
          for (int64_t s = 0; left + s * px.stride < l.kernelWidth; ++s)
            taps[(r * S + s) * tile + k] =
                from[(top + r * py.stride) * l.kernelWidth + left +
                     s * px.stride];
      }
      multiply(w.rows.filter, taps.data(), S * tile, half.data());
      for (int64_t row = 0; row < rows; ++row) {
        multiply(w.columns.filter, half.data() + row * S * tile, tile,
                 whole.data());
        float *to = packed.data() +
                    order.at<int64_t>({{FilterDim::Element, row * columns},
                                       {FilterDim::Block, int64_t(number)},
                                       {FilterDim::Channel, c / dot}}) +
                    c % dot * order.stride(FilterDim::Dot);
        for (int64_t column = 0; column < columns; ++column)
          for (int64_t k = 0; k < tile; ++k)
            to[column * element + k * lane] =
                static_cast<float>(whole[column * tile + k]);
      }
    }
  });
}

} // namespace convopt
