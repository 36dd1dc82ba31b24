#ifndef CONVOPT_TRANSFORMS_CONVCHANNELS_H
#define CONVOPT_TRANSFORMS_CONVCHANNELS_H

#include "convopt/IR/InferConvLayer.h"
#include <vector>

namespace convopt {

/// Where the output channels of a convolution stand in a tensor. Channels are
/// numbered over all groups: group * channels of a group + channel in it.
struct ConvChannels {
  mlir::RankedTensorType type;
  int64_t groups = 1, perGroup = 1;
  /// The dimension that runs over groups, over the channels of a group, or
  /// over both.
  std::optional<unsigned> groupDim, channelDim, jointDim;
  int64_t count() const { return groups * perGroup; }
};

/// In the result of `conv`.
ConvChannels findChannels(const ConvOp &conv);

/// After `collapse`, if it joins nothing but groups and channels.
std::optional<ConvChannels>
collapseChannels(const ConvChannels &channels,
                 mlir::tensor::CollapseShapeOp collapse);

/// The number of the channel that element `i` of the filter belongs to.
int64_t channelOfFilter(const ConvOp &conv, int64_t i);
/// So many elements of the filter, from each multiple of that number on, belong
/// to one channel.
int64_t elementsOfOneChannel(const ConvOp &conv);

/// The element of the f32 constant `value` for each channel, if it depends on
/// nothing else; `map` goes from the dimensions of `channels.type` to it.
std::optional<std::vector<float>> getPerChannel(mlir::Value value,
                                                mlir::AffineMap map,
                                                const ConvChannels &channels);

/// The same of an initial value: a fill or a constant broadcast.
std::optional<std::vector<float>> getChannelInit(mlir::Value init,
                                                 const ConvChannels &channels);

/// Makes such an initial value of type `channels.type`.
mlir::Value createChannelInit(mlir::OpBuilder &builder, mlir::Location loc,
                              const ConvChannels &channels,
                              llvm::ArrayRef<float> bias);

} // namespace convopt

#endif // CONVOPT_TRANSFORMS_CONVCHANNELS_H
