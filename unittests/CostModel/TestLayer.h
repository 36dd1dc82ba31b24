#ifndef CONVOPT_UNITTESTS_COSTMODEL_TESTLAYER_H
#define CONVOPT_UNITTESTS_COSTMODEL_TESTLAYER_H

#include "convopt/Primitives/Primitive.h"

namespace convopt {

/// A square "same" convolution with stride 1.
inline ConvLayer testLayer(int64_t channels, int64_t filters, int64_t size,
                           int64_t kernel) {
  ConvLayer layer;
  layer.inChannels = channels;
  layer.outChannels = filters;
  layer.inHeight = layer.inWidth = layer.outHeight = layer.outWidth = size;
  layer.kernelHeight = layer.kernelWidth = kernel;
  layer.padTop = layer.padBottom = layer.padLeft = layer.padRight = kernel / 2;
  return layer;
}

inline MachineDescription testMachine(const char *cpu = "znver4") {
  return llvm::cantFail(describeMachine({"x86-64", cpu, ""}));
}

} // namespace convopt

#endif // CONVOPT_UNITTESTS_COSTMODEL_TESTLAYER_H
