// What rounding does to a filter some of its weights tell, but not what its
// channels' largest ones are.

#include "SampleFilter.h"
#include "FilterChannels.h"
#include "convopt/IR/Constants.h"
#include <cmath>

using namespace mlir;

namespace convopt {

std::optional<std::vector<SampledWeight>> sampleFilter(const ConvOp &conv,
                                                       ElementsAttr filter) {
  if (!filter.getElementType().isF32())
    return std::nullopt;
  if (auto splat = dyn_cast<SplatElementsAttr>(filter)) {
    const float weight = splat.getSplatValue<APFloat>().convertToFloat();
    return std::vector<SampledWeight>{{weight, std::fabs(weight)}};
  }
  ArrayRef<char> bytes = getRawBytes(filter);
  const ArrayRef<float> weights(reinterpret_cast<const float *>(bytes.data()),
                                bytes.size() / sizeof(float));
  if (static_cast<int64_t>(weights.size()) != filter.getNumElements())
    return std::nullopt;

  const FilterChannels channels(conv);
  const std::vector<float> largest = channels.largest(weights);
  constexpr size_t most = 1 << 14;
  // Odd, so that it goes through channels whose number is a power of two.
  const size_t step = weights.size() / most | 1;
  std::vector<SampledWeight> sample;
  for (size_t i = 0; i < weights.size(); i += step)
    sample.push_back({weights[i], largest[channels.of(i)]});
  // The largest of all, wherever it is, may be too large.
  sample.push_back({0, *llvm::max_element(largest)});
  return sample;
}

} // namespace convopt
