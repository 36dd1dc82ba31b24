#ifndef CONVOPT_PRIMITIVES_TILING_H
#define CONVOPT_PRIMITIVES_TILING_H

#include "convopt/Primitives/Primitive.h"

namespace convopt {

// What the catalogue and the schedules must agree on: how a variant's numbers
// divide a layer. All functions are pure arithmetic on constants.

inline int64_t divideUp(int64_t a, int64_t b) { return (a + b - 1) / b; }
inline int64_t roundUp(int64_t a, int64_t b) { return divideUp(a, b) * b; }

/// Output channels of one register tile, for channels-last schedules.
inline int64_t channelTile(const Variant &v) { return v.vectors * v.lanes; }

/// How tiles of `tile` channels cut the output's channels: of one group, the
/// last need not be full; of several, a tile lies within one group, and as many
/// as hold the group share its channels evenly.
struct ChannelBlocks {
  int64_t size;     ///< channels of a block
  int64_t perGroup; ///< blocks
};
inline ChannelBlocks channelBlocks(const ConvLayer &l, int64_t tile) {
  const int64_t perGroup = divideUp(l.outChannels, tile);
  return {l.groups > 1 ? l.outChannels / perGroup : tile, perGroup};
}
inline bool cutsGroups(const ConvLayer &l, int64_t tile) {
  return l.groups == 1 || l.outChannels % divideUp(l.outChannels, tile) == 0;
}

/// A tile of at most `pixels` of an image.
PixelTile pixelTile(int64_t pixels, int64_t width, int64_t height);

/// The size of blocks of at most `wanted` that cut `extent` most evenly, at
/// least 1.
int64_t evenBlock(int64_t extent, int64_t wanted);

/// Rows of the padded input that `rows` rows of the output read.
inline int64_t inputRows(const ConvLayer &l, int64_t rows) {
  return (rows - 1) * l.strideHeight + (l.kernelHeight - 1) * l.dilationHeight +
         1;
}
/// Columns of the padded input that a row of the output reads.
inline int64_t inputColumns(const ConvLayer &l) {
  return (l.outWidth - 1) * l.strideWidth +
         (l.kernelWidth - 1) * l.dilationWidth + 1;
}

/// Columns of the same with the columns of one phase (column modulo the stride)
/// brought together, as the NCHW schedules do for a stride above 1.
inline int64_t phaseColumns(const ConvLayer &l) {
  return l.strideWidth *
         (l.outWidth + (l.kernelWidth - 1) * l.dilationWidth / l.strideWidth);
}

/// Rows of one phase of the padded input that `rows` rows of the output read.
inline int64_t phaseRows(const ConvLayer &l, int64_t rows) {
  return rows + (l.kernelHeight - 1) * l.dilationHeight / l.strideHeight;
}

/// So many channels of a pixel are copied as a vector; of fewer, a vector is of
/// several pixels.
inline constexpr int64_t wholePixel = 16;

/// Columns of a window whose channels, those of one group, are one run.
inline int64_t columnsTogether(const ConvLayer &l) {
  return l.dilationWidth == 1 && l.groups == 1 ? l.kernelWidth : 1;
}

/// How many groups one tile of `tile` output channels computes as if they were
/// one, whose weights between different ones are zeros; 0 where groups and
/// tiles do not fit.
inline int64_t groupsInTile(const ConvLayer &l, int64_t tile) {
  if (l.groups == 1 || l.outChannels % tile == 0)
    return 1;
  const int64_t joined = tile / l.outChannels;
  return tile % l.outChannels == 0 && l.groups % joined == 0 ? joined : 0;
}

/// Input channels of one group's pixel where instructions take `unroll` whole
/// steps of `dot` channels of a patch, or of a row of it that lies together:
/// zeros are behind the layer's own.
inline int64_t channelsOfSteps(const ConvLayer &l, int64_t unroll, bool byRows,
                               int64_t dot) {
  const int64_t pixels =
      byRows ? columnsTogether(l) : l.kernelHeight * l.kernelWidth;
  int64_t steps = divideUp(l.inChannels, dot);
  while (steps * pixels % unroll)
    ++steps;
  return steps * dot;
}

/// The layer with so many of its groups as one.
inline ConvProblem joinGroups(ConvProblem l, int64_t joined) {
  l.groups /= joined;
  l.outChannels *= joined;
  l.inChannels *= joined;
  return l;
}

/// Pixels from one row's first to the next one's in a plane of the variant, and
/// from the first pixel of `rows` rows to their last.
inline int64_t rowPitch(const ConvLayer &l, const Variant &v) {
  return v.pitch ? v.pitch : l.outWidth;
}
inline int64_t pixelsOfRows(const ConvLayer &l, const Variant &v,
                            int64_t rows) {
  return (rows - 1) * rowPitch(l, v) + l.outWidth;
}

/// What tiles of matrices multiply of a layer: groups that share a tile of
/// `v.lanes` channels as one, and zeros behind their channels.
inline ConvProblem tiledProblem(const ConvProblem &l, const Variant &v,
                                int64_t dot) {
  ConvProblem tiled = joinGroups(l, groupsInTile(l, v.lanes));
  tiled.inChannels = channelsOfSteps(tiled, v.unroll, v.pitch != 0, dot);
  return tiled;
}

/// Pixels of the input, in lines of rows with the variant's pitch, that `rows`
/// rows of the output read.
inline int64_t linePixels(const ConvLayer &l, const Variant &v, int64_t rows) {
  return l.strideHeight * l.strideWidth * v.pitch * phaseRows(l, rows);
}

/// Channels of a filter whose transform is fresh: whole chunks of them.
inline int64_t freshChannels(const ConvLayer &l, const Variant &v) {
  return roundUp(l.inChannels, v.unroll);
}

/// Input channels an iteration of the products with fresh filters.
inline constexpr int64_t freshUnroll = 4;

/// The largest of 4, 3, 2, 1 that divides `channels`, or all of a few.
int64_t reductionUnroll(int64_t channels);
/// The same of `steps` of channels (dotLength), in whole or half registers of
/// them where tiles load such (pixelRun).
int64_t reductionUnroll(int64_t steps, const ConvTypes &types,
                        const MachineDescription &machine);

/// Of `unroll` steps of input channels those that a register tile loads as one
/// vector of a pixel and multiplies with by element; 1 where each is broadcast.
int64_t pixelRun(int64_t unroll, const ConvTypes &types,
                 const MachineDescription &machine);

/// Whether register tiles of direct convolution load what their pixels read of
/// a row of the image together, since channels are too few for runs of them.
bool readsRows(const ConvProblem &layer, Layout input,
               const MachineDescription &machine);

/// Input channels that lie together in a packed input of `channels`: a vector
/// of `lanes` of them, or what part of one divides them.
int64_t packedRun(int64_t channels, int64_t lanes);

/// Register tiles for a matrix product whose rows are pixels (in planes of
/// height x width; a tile of several rows if `width` is small) and whose
/// columns are `channels` in vectors, at most about six. Tiles that need more
/// registers than the machine has or compute much padding are left out.
/// Whole vectors have `lanes` elements, and `run` input channels of a pixel are
/// loaded as one vector (pixelRun). Sets pixels, vectors and lanes.
std::vector<Variant> registerTiles(int64_t channels, int64_t width,
                                   int64_t height, int64_t lanes,
                                   const MachineDescription &machine,
                                   int64_t run = 1);

/// The same for an NCHW output: vectors along a row of `pixels` pixels, the
/// other side `channels`. Every tile's vectors fit into the row; empty where
/// not even the shortest vector does.
std::vector<Variant> channelMajorTiles(int64_t channels, int64_t pixels,
                                       int64_t lanes,
                                       const MachineDescription &machine);

/// Pixels of one register tile of an NCHW output.
inline int64_t vectorTile(const Variant &v) { return v.vectors * v.lanes; }

/// What Variant::pixels and its vectors are of, by the output's layout.
inline RegisterTile registerTile(const Choice &choice) {
  const Variant &v = choice.variant;
  if (choice.output == Layout::NHWC)
    return {channelTile(v), v.pixels};
  return {v.pixels, vectorTile(v)};
}

} // namespace convopt

#endif // CONVOPT_PRIMITIVES_TILING_H
