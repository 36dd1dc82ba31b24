#ifndef CONVOPT_UNITTESTS_SCHEDULES_NAIVECONVOLUTION_H
#define CONVOPT_UNITTESTS_SCHEDULES_NAIVECONVOLUTION_H

#include "convopt/IR/ConvLayer.h"
#include <cmath>
#include <vector>

namespace convopt {

/// The definition, in double precision: NCHW image, filter as (groups, K, C,
/// R, S), NCHW result.
inline std::vector<double> naiveConvolution(const ConvLayer &l,
                                            const std::vector<float> &image,
                                            const std::vector<float> &filter) {
  std::vector<double> result;
  for (int64_t n = 0; n < l.batch; ++n)
    for (int64_t g = 0; g < l.groups; ++g)
      for (int64_t k = 0; k < l.outChannels; ++k)
        for (int64_t y = 0; y < l.outHeight; ++y)
          for (int64_t x = 0; x < l.outWidth; ++x) {
            double sum = 0;
            for (int64_t c = 0; c < l.inChannels; ++c)
              for (int64_t r = 0; r < l.kernelHeight; ++r)
                for (int64_t s = 0; s < l.kernelWidth; ++s) {
                  const int64_t iy =
                      y * l.strideHeight + r * l.dilationHeight - l.padTop;
                  const int64_t ix =
                      x * l.strideWidth + s * l.dilationWidth - l.padLeft;
                  if (iy < 0 || iy >= l.inHeight || ix < 0 || ix >= l.inWidth)
                    continue;
                  const int64_t channel = (n * l.groups + g) * l.inChannels + c;
                  const int64_t out = g * l.outChannels + k;
                  sum +=
                      double(
                          image[(channel * l.inHeight + iy) * l.inWidth + ix]) *
                      filter[((out * l.inChannels + c) * l.kernelHeight + r) *
                                 l.kernelWidth +
                             s];
                }
            result.push_back(sum);
          }
  return result;
}

/// Relative L2 error of `got`.
inline double relativeError(const std::vector<float> &got,
                            const std::vector<double> &want) {
  double difference = 0, norm = 0;
  for (size_t i = 0; i < want.size(); ++i) {
    difference += (got[i] - want[i]) * (got[i] - want[i]);
    norm += want[i] * want[i];
  }
  return std::sqrt(difference / norm);
}

} // namespace convopt

#endif // CONVOPT_UNITTESTS_SCHEDULES_NAIVECONVOLUTION_H
