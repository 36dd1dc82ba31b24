#ifndef CONVOPT_IMPORT_OPS_WINDOW_H
#define CONVOPT_IMPORT_OPS_WINDOW_H

#include "../Node.h"

namespace convopt {

/// How a convolution or a pooling walks over the spatial dimensions. `high`
/// holds what the last window needs, be it more than the model pads (with
/// ceil_mode) or less.
struct Window {
  Shape kernel, strides, dilations, low, high;
  /// What the model says it pads behind.
  Shape statedHigh;

  size_t rank() const { return kernel.size(); }
};

/// Reads strides, dilations, pads and auto_pad of a node whose input 0 is
/// N x C x spatial and whose output 0 has the spatial shape that ONNX infers.
/// Refuses negative and absurd values.
llvm::Expected<Window> readWindow(const Node &node,
                                  llvm::ArrayRef<int64_t> kernel);

} // namespace convopt

#endif // CONVOPT_IMPORT_OPS_WINDOW_H
