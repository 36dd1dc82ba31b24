#ifndef CONVOPT_UNITTESTS_SCHEDULES_LAYERTABLE_H
#define CONVOPT_UNITTESTS_SCHEDULES_LAYERTABLE_H

#include "convopt/IR/ConvLayer.h"
#include <string>
#include <vector>

namespace convopt {

struct NamedLayer {
  std::string name;
  ConvLayer layer;
  bool everyVariant; ///< else one of each primitive and pair of layouts
};

/// The layers that every primitive is checked on where it supports them.
inline std::vector<NamedLayer> layerTable() {
  struct Pads {
    int64_t top, bottom, left, right;
  };
  auto make = [](const char *name, int64_t c, int64_t k, int64_t height,
                 int64_t width, int64_t r, int64_t s, int64_t stride = 1,
                 Pads pads = {0, 0, 0, 0}, int64_t groups = 1,
                 int64_t dilation = 1, int64_t batch = 1, bool every = false) {
    ConvLayer l;
    l.batch = batch;
    l.groups = groups;
    l.inChannels = c;
    l.outChannels = k;
    l.inHeight = height;
    l.inWidth = width;
    l.kernelHeight = r;
    l.kernelWidth = s;
    l.strideHeight = l.strideWidth = stride;
    l.dilationHeight = l.dilationWidth = dilation;
    l.padTop = pads.top;
    l.padBottom = pads.bottom;
    l.padLeft = pads.left;
    l.padRight = pads.right;
    l.outHeight =
        (height + pads.top + pads.bottom - (r - 1) * dilation - 1) / stride + 1;
    l.outWidth =
        (width + pads.left + pads.right - (s - 1) * dilation - 1) / stride + 1;
    return NamedLayer{name, l, every};
  };
  const Pads one{1, 1, 1, 1}, two{2, 2, 2, 2}, three{3, 3, 3, 3};
  std::vector<NamedLayer> table{
      make("Plain", 16, 32, 12, 20, 3, 3, 1, one, 1, 1, 1, true),
      make("OddEverything", 13, 21, 11, 9, 3, 3, 1, one),
      make("Unpadded", 8, 24, 9, 10, 3, 3),
      make("FirstLayer", 3, 20, 23, 25, 7, 7, 2, three),
      make("OneChannel", 1, 10, 9, 17, 5, 5, 1, two),
      make("OneOutput", 9, 1, 8, 8, 3, 3, 1, one),
      make("AsymmetricPads", 5, 12, 10, 13, 3, 3, 2, {0, 1, 2, 0}),
      make("StridedWide", 32, 24, 15, 18, 3, 3, 2, {1, 0, 0, 1}),
      make("StridedRows", 16, 17, 14, 9, 3, 1, 2, {1, 1, 0, 0}),
      make("WinogradAsymmetric", 12, 17, 7, 10, 3, 3, 1, {0, 2, 1, 0}),
      make("Dilated", 6, 16, 13, 14, 3, 3, 1, two, 1, 2),
      make("DilatedWide", 18, 33, 9, 15, 3, 3, 1, {5, 5, 5, 5}, 1, 5, 2),
      make("Square7x7", 6, 18, 11, 13, 7, 7, 1, three),
      make("Square9x9", 5, 17, 17, 10, 9, 9, 1, {4, 4, 4, 4}),
      make("Square11x11", 4, 20, 15, 19, 11, 11, 1, {5, 5, 5, 5}),
      make("Strided11x11", 3, 16, 27, 31, 11, 11, 4, two),
      make("Wide1xN", 7, 18, 1, 40, 1, 5, 1, {0, 0, 2, 2}),
      make("TallNx1", 10, 9, 15, 6, 7, 1, 1, {3, 3, 0, 0}),
      make("Wide1x7", 10, 17, 5, 14, 1, 7, 1, {0, 0, 3, 3}),
      make("Tall3x1", 8, 19, 13, 6, 3, 1, 1, {1, 1, 0, 0}),
      make("ManyChannels", 50, 70, 9, 10, 3, 3, 1, one, 1, 1, 2),
      make("Square5x5", 9, 20, 13, 11, 5, 5, 1, two),
      make("Stride3", 4, 11, 17, 19, 5, 3, 3, one),
      make("Batch2", 11, 40, 7, 7, 3, 3, 1, one, 1, 1, 2),
      make("Tiny", 5, 7, 2, 3, 3, 3, 1, one),
      make("Pointwise", 19, 72, 7, 9, 1, 1, 1, {}, 1, 1, 1, true),
      make("PointwiseStrided", 10, 24, 9, 13, 1, 1, 2),
      make("PointwiseBatch", 6, 33, 5, 5, 1, 1, 1, {}, 1, 1, 2),
      make("PointwiseWide", 272, 150, 7, 9, 1, 1, 1, {}, 1, 1, 1, true),
      make("PointwiseWideStrided", 256, 128, 13, 9, 1, 1, 2, {}, 1, 1, 2),
      make("FullyConnected", 50, 35, 1, 1, 1, 1),
      make("FullyConnectedBatch", 14, 20, 1, 1, 1, 1, 1, {}, 1, 1, 5),
      make("Matmul1xM", 8, 16, 1, 30, 1, 1),
      make("Depthwise", 1, 1, 14, 15, 3, 3, 1, one, 40, 1, 1, true),
      make("DepthwiseStrided", 1, 1, 13, 17, 5, 5, 2, two, 18),
      make("DepthwiseBatchDilated", 1, 1, 12, 9, 3, 3, 1, two, 12, 2, 2),
      make("Depthwise7x7", 1, 1, 9, 9, 7, 7, 1, three, 33),
      make("DepthwiseHalfVectors", 1, 1, 5, 16, 3, 5, 1, two, 24, 1, 1, true),
      make("DepthwiseNarrow", 1, 1, 6, 5, 3, 3, 1, {1, 0, 0, 1}, 3),
      make("DepthwiseMultiplier", 1, 3, 9, 12, 3, 3, 2, one, 6),
      make("Grouped4x4", 4, 4, 9, 11, 3, 3, 1, one, 8, 1, 1, true),
      make("Grouped8Strided", 8, 8, 13, 18, 3, 3, 2, one, 6, 1, 2, true),
      make("Grouped16Dilated", 16, 16, 8, 11, 3, 3, 1, two, 3, 2),
      make("Grouped2", 2, 2, 7, 7, 3, 1, 1, {1, 1, 0, 0}, 16),
      make("GroupedOdd", 3, 10, 8, 13, 3, 3, 2, one, 3),
      make("GroupedWide", 5, 48, 7, 7, 3, 3, 1, one, 2),
      make("GroupedParts", 6, 136, 5, 6, 1, 1, 1, {}, 2, 1, 1, true),
      make("GroupedPointwiseBatch", 6, 8, 4, 9, 1, 1, 1, {}, 3, 1, 2),
  };
  return table;
}

} // namespace convopt

#endif // CONVOPT_UNITTESTS_SCHEDULES_LAYERTABLE_H
