// What pairs of products need beside the weights. (a + b')(a' + b) holds a b +
// a' b' and two products that are taken away again: a a', formed once a pixel
// by the schedule, and b b', summed here once an output channel. What is added
// must be of one size, or the smaller is rounded away and the difference is
// noise: every output channel's weights are scaled by a power of two, which
// rounds nothing, to be near one, and the row of factors undoes it at the end.
// Sums are formed in double of the scaled weights as they are stored.

#include "convopt/Primitives/PairedProducts.h"
#include "llvm/Support/Parallel.h"
#include <algorithm>
#include <cmath>

namespace convopt {

double balancingFactor(llvm::ArrayRef<double> row) {
  double squares = 0;
  for (double element : row)
    squares += element * element;
  return std::exp2(-std::round(std::log2(squares) / 2));
}

float pairedScale(const float *weights, int64_t count, int64_t stride) {
  float most = 0;
  for (int64_t i = 0; i < count; ++i)
    most = std::max(most, std::fabs(weights[i * stride]));
  if (!(most > 0) || !std::isfinite(most))
    return 1;
  return std::ldexp(1.0f, -std::clamp(std::ilogb(most), -100, 100));
}

void packPairs(llvm::ArrayRef<float> filters, const PackedFilter &plain,
               const PackedFilter &paired, llvm::ArrayRef<double> factors,
               llvm::MutableArrayRef<float> packed) {
  using At = PackedFilter::At<int64_t>;
  const int64_t channels = plain.extent(FilterDim::Channel);
  const int64_t blocks = plain.extent(FilterDim::Block);
  const int64_t tile = paired.stride(FilterDim::Pair);
  const int64_t step = plain.stride(FilterDim::Channel);
  const HalvedChannels halves(channels);
  llvm::parallelFor(0, factors.size() * blocks, [&](size_t number) {
    const At element{FilterDim::Element, int64_t(number) / blocks};
    const At block{FilterDim::Block, int64_t(number) % blocks};
    const double factor = factors[element.index];
    for (int64_t k = 0; k < plain.extent(FilterDim::Lane); ++k) {
      const At lane{FilterDim::Lane, k};
      const float *from = filters.data() + plain.at({element, block, lane});
      float *to = packed.data() + paired.at({element, block, lane});
      const float scale = pairedScale(from, channels, step);
      auto weight = [&](int64_t c) { return from[c * step] * scale; };
      double products = 0;
      for (int64_t i = 0; i < halves.pairs; ++i) {
        const int64_t row =
            i < halves.triples ? halves.rowInTriple(i) : halves.rowOfPair(i);
        to[row * tile] = weight(i);
        to[(row + 1) * tile] = weight(halves.pairs + i);
        if (i < halves.triples)
          to[(row + 2) * tile] = weight(2 * halves.pairs + i);
        products += double(weight(i)) * weight(halves.pairs + i);
      }
      to[halves.sumRow() * tile] = static_cast<float>(-products);
      to[halves.scaleRow() * tile] = static_cast<float>(factor / scale);
    }
  });
}

} // namespace convopt
