#ifndef CONVOPT_IR_CONVLAYER_H
#define CONVOPT_IR_CONVLAYER_H

#include <cstdint>
#include <tuple>

namespace convopt {

/// The geometry of one two-dimensional convolution, whatever its data layout.
/// Channels are counted per group. The input is the one before padding.
struct ConvLayer {
  int64_t batch = 1, groups = 1;
  int64_t inChannels = 1, outChannels = 1;
  int64_t inHeight = 1, inWidth = 1;
  int64_t outHeight = 1, outWidth = 1;
  int64_t kernelHeight = 1, kernelWidth = 1;
  int64_t strideHeight = 1, strideWidth = 1;
  int64_t dilationHeight = 1, dilationWidth = 1;
  int64_t padTop = 0, padBottom = 0, padLeft = 0, padRight = 0;

  bool isDepthwise() const { return inChannels == 1 && groups > 1; }
  bool isPointwise() const { return kernelHeight == 1 && kernelWidth == 1; }
  /// Has no outputs, or sums nothing up for them: nothing multiplies.
  bool isEmpty() const { return multiplyAdds() == 0; }
  bool isPadded() const { return padTop || padBottom || padLeft || padRight; }
  int64_t multiplyAdds() const {
    return batch * groups * outChannels * outHeight * outWidth * inChannels *
           kernelHeight * kernelWidth;
  }
  int64_t inputElements() const {
    return batch * groups * inChannels * inHeight * inWidth;
  }
  int64_t outputElements() const {
    return batch * groups * outChannels * outHeight * outWidth;
  }
  int64_t filterElements() const {
    return groups * outChannels * inChannels * kernelHeight * kernelWidth;
  }

  auto fields() const {
    return std::tie(batch, groups, inChannels, outChannels, inHeight, inWidth,
                    outHeight, outWidth, kernelHeight, kernelWidth,
                    strideHeight, strideWidth, dilationHeight, dilationWidth,
                    padTop, padBottom, padLeft, padRight);
  }
};

inline bool operator==(const ConvLayer &a, const ConvLayer &b) {
  return a.fields() == b.fields();
}

} // namespace convopt

#endif // CONVOPT_IR_CONVLAYER_H
