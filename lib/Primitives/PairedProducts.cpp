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

std::vector<float> packPairs(llvm::ArrayRef<float> filters, int64_t channels,
                             int64_t tile, llvm::ArrayRef<double> factors) {
  const HalvedChannels halves(channels);
  std::vector<float> packed(factors.size() * halves.packedRows() * tile);
  llvm::parallelFor(0, factors.size(), [&](size_t number) {
    const float *from = filters.data() + number * channels * tile;
    float *to = packed.data() + number * halves.packedRows() * tile;
    for (int64_t k = 0; k < tile; ++k, ++from, ++to) {
      const float scale = pairedScale(from, channels, tile);
      auto weight = [&](int64_t c) { return from[c * tile] * scale; };
      double products = 0;
      for (int64_t i = 0; i < halves.pairs; ++i) {
        const int64_t row = halves.pairRow(i);
        to[row * tile] = weight(i);
        to[(row + 1) * tile] = weight(halves.pairs + i);
        if (i < halves.triples)
          to[(row + 2) * tile] = weight(2 * halves.pairs + i);
        products += double(weight(i)) * weight(halves.pairs + i);
      }
      to[channels * tile] = static_cast<float>(-products);
      to[(channels + 1) * tile] = static_cast<float>(factors[number] / scale);
    }
  });
  return packed;
}

} // namespace convopt
