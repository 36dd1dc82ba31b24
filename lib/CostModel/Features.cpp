// A tree asks one feature at a time whether it is above a number. It cannot
// multiply or divide, so the ratios that decide are computed here: what a strip
// takes over the cache it should fit, the share of useful work in tiles that
// are cut off, loads over multiply-adds. Sizes over the machine's sizes also
// let a model speak of a machine that it has not seen. Only correctly rounded
// operations, so that no compiler's host chooses otherwise. A feature's meaning
// never changes silently: the hash of Features.def is part of each model.

#include "convopt/CostModel/Features.h"
#include "MatrixTileTimes.h"
#include "SetLines.h"
#include "convopt/CostModel/Roofline.h"
#include "convopt/Primitives/Tiling.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/xxhash.h"

using namespace convopt;

/// The share of useful work where `extent` is cut into whole tiles.
static double fit(int64_t extent, int64_t tile) {
  return tile <= 1 ? 1.0 : double(extent) / roundUp(extent, tile);
}

static void layerFeatures(const ConvProblem &l, const ConvTypes &computed,
                          const MachineDescription &machine, FeatureVector &f) {
  f[F_batch] = l.batch;
  f[F_groups] = l.groups;
  f[F_in_channels] = l.inChannels;
  f[F_out_channels] = l.outChannels;
  f[F_out_height] = l.outHeight;
  f[F_out_width] = l.outWidth;
  f[F_kernel_height] = l.kernelHeight;
  f[F_kernel_width] = l.kernelWidth;
  f[F_stride_height] = l.strideHeight;
  f[F_stride_width] = l.strideWidth;
  f[F_dilation_height] = l.dilationHeight;
  f[F_dilation_width] = l.dilationWidth;
  double image = double(l.inHeight) * l.inWidth;
  f[F_padding] = double(l.inHeight + l.padTop + l.padBottom) *
                     (l.inWidth + l.padLeft + l.padRight) / image -
                 1;
  f[F_depthwise] = l.isDepthwise();
  f[F_reduction] = double(l.inChannels) * l.kernelHeight * l.kernelWidth;
  f[F_multiply_adds] = l.multiplyAdds();
  f[F_out_pixels] = double(l.batch) * l.outHeight * l.outWidth;
  f[F_input_bytes] = double(bytesOf(l.types.input)) * l.inputElements();
  f[F_output_bytes] = double(bytesOf(l.types.result)) * l.outputElements();
  f[F_filter_bytes] = double(bytesOf(computed.filter)) * l.filterElements();
  f[F_flops_per_byte] =
      2 * f[F_multiply_adds] /
      (f[F_input_bytes] + f[F_output_bytes] + f[F_filter_bytes]);
  Roofline bound = roofline(l, computed, machine);
  f[F_memory_share] =
      bound.byteSeconds / (bound.byteSeconds + bound.flopSeconds);
  f[F_bound_seconds] = bound.seconds();
  f[F_input_per_l2] = f[F_input_bytes] / machine.l2Bytes;
  f[F_output_per_l2] = f[F_output_bytes] / machine.l2Bytes;
}

static void choiceFeatures(const Choice &choice, FeatureVector &f) {
  f[F_input_nhwc] = choice.input == Layout::NHWC;
  f[F_output_nhwc] = choice.output == Layout::NHWC;
  f[F_pixels] = choice.variant.pixels;
  f[F_vectors] = choice.variant.vectors;
  f[F_strip] = choice.variant.strip;
  f[F_unroll] = choice.variant.unroll;
}

namespace {
/// The part of an image that a primitive works on before it goes on: its cache
/// block, in units of the loop over strips.
struct Strip {
  int64_t extent; ///< of the image
  int64_t size;   ///< of one strip
  int64_t pixels; ///< outputs of one channel, or Winograd tiles, of one
  int64_t rows;   ///< of the result that one strip writes
};
} // namespace

// Odd as some of it is, models have learnt it so: strips of images count as one
// pixel, of one image, and of depthwise convolution down columns of tiles a
// strip has as many columns of pixels as a block has of tiles.
static Strip stripOf(const ConvLayer &l, const LoopNest &nest) {
  Strip strip{nest.extent, nest.strip, 0, 0};
  if (nest.unit == StripUnit::Images)
    strip.extent = 1;
  if (strip.size <= 0 || strip.size > strip.extent)
    strip.size = strip.extent;
  strip.pixels = strip.size * nest.columns;
  strip.rows = nest.unit == StripUnit::Rows ? strip.size * nest.unitRows
                                            : divideUp(strip.size, l.outWidth);
  return strip;
}

// Some fit tiles that not all primitives have: rows of `pixels` rows are those
// of depthwise NCHW, whose register tile counts them as channels.
static void fitFeatures(const ConvLayer &l, const Choice &choice,
                        const LoopNest &nest, FeatureVector &f) {
  const Variant &v = choice.variant;
  auto [channels, pixels] = nest.tile;
  f[F_channel_tile] = channels;
  f[F_pixel_tile] = pixels;

  PixelTile tile = pixelTile(pixels, l.outWidth, l.outHeight);
  Strip strip = stripOf(l, nest);
  f[F_column_fit] = fit(l.outWidth, tile.columns);
  f[F_pixel_fit] = f[F_column_fit] * fit(l.outHeight, tile.rows);
  f[F_plane_fit] = fit(l.outHeight * l.outWidth, pixels);
  f[F_strip_pixel_fit] = fit(strip.pixels, pixels);
  f[F_channel_fit] = fit(l.outChannels, channels);
  f[F_channel_lane_fit] = fit(l.outChannels, v.lanes);
  f[F_all_channel_fit] = fit(l.groups * l.outChannels, channels);
  f[F_all_channel_lane_fit] = fit(l.groups * l.outChannels, v.lanes);
  f[F_width_lane_fit] = fit(l.outWidth, v.lanes);
  f[F_width_tile_fit] = fit(l.outWidth, vectorTile(v));
  f[F_row_tile_fit] = fit(l.outHeight, v.pixels);
  f[F_strip_fit] = fit(strip.extent, strip.size);
  f[F_strips] = divideUp(strip.extent, strip.size);
  f[F_strip_pixels] = strip.pixels;
  f[F_channel_tiles] = divideUp(l.outChannels, channels);

  const OutputTile output = choice.primitive->outputTile(l);
  f[F_winograd_fit] =
      fit(l.outWidth, output.columns) * fit(l.outHeight, output.rows);
  f[F_primitive_work] = choice.primitive->tileProducts(l) / f[F_winograd_fit] *
                        choice.primitive->productShare();
}

static void machineFitFeatures(const ConvProblem &l, const Choice &choice,
                               const LoopNest &nest,
                               const MachineDescription &machine,
                               FeatureVector &f) {
  const Variant &v = choice.variant;
  double pixels = std::max<int64_t>(v.pixels, 1);
  double vectors = std::max<int64_t>(v.vectors, 1);
  f[F_accumulators] = pixels * vectors;
  f[F_register_use] =
      (pixels * vectors + vectors + 1) / machine.vectorRegisters;
  f[F_lane_use] = double(v.lanes) /
                  machine.lanes(computedProblem(l, choice).types.accumulator);
  f[F_loads_per_fma] = (pixels + vectors) / (pixels * vectors);

  const Primitive &primitive = *choice.primitive;
  double packed = primitive.packedFilter(l, choice, machine).bytes();
  double workspace = primitive.workspaceBytes(l, choice, machine);
  double panel = packed / (f[F_channel_tiles] * l.groups);
  SetLines lines = setLines(l, choice.input, nest.tile.pixels, machine);
  f[F_tile_set_lines] = double(lines.tile) / machine.l1Ways;
  f[F_window_set_lines] = double(lines.window) / machine.l1Ways;
  f[F_packed_bytes] = packed;
  f[F_packed_per_l2] = packed / machine.l2Bytes;
  f[F_packed_per_l3] = packed / machine.l3Bytes;
  f[F_panel_per_l1] = panel / machine.l1Bytes;
  f[F_panel_per_l2] = panel / machine.l2Bytes;
  f[F_workspace_per_l1] = workspace / machine.l1Bytes;
  f[F_workspace_per_l2] = workspace / machine.l2Bytes;
  f[F_workspace_per_l3] = workspace / machine.l3Bytes;

  int64_t rows = stripOf(l, nest).rows;
  int64_t groups = choice.input == Layout::NHWC ? l.groups : 1;
  double inputs = double(bytesOf(l.types.input)) * groups * l.inChannels *
                  inputColumns(l) * inputRows(l, rows);
  f[F_strip_input_per_l1] = inputs / machine.l1Bytes;
  f[F_strip_input_per_l2] = inputs / machine.l2Bytes;
  f[F_strip_output_per_l2] = double(bytesOf(l.types.result)) * groups *
                             l.outChannels * l.outWidth * rows /
                             machine.l2Bytes;
}

static void machineFeatures(const ConvTypes &types,
                            const MachineDescription &machine,
                            FeatureVector &f) {
  f[F_vector_bits] = machine.vectorBits;
  f[F_vector_registers] = machine.vectorRegisters;
  f[F_fma_bits_per_cycle] = machine.fmaBitsPerCycle;
  f[F_vector_fmas_per_cycle] =
      double(machine.fmaBitsPerCycle) / machine.vectorBits;
  f[F_load_bits_per_cycle] = machine.loadBitsPerCycle;
  f[F_gigahertz] = machine.gigahertz;
  f[F_l1_bytes] = machine.l1Bytes;
  f[F_l2_bytes] = machine.l2Bytes;
  f[F_l3_bytes] = machine.l3Bytes;
  f[F_flops_per_memory_byte] =
      machine.peak(types) / (machine.memoryGigabytesPerSecond * 1e9);
}

FeatureVector convopt::computeFeatures(const ConvProblem &layer,
                                       const Choice &choice,
                                       const MachineDescription &machine) {
  FeatureVector f{};
  const ConvTypes computed =
      computedTypes(layer.types, choice.variant.precision);
  layerFeatures(layer, computed, machine, f);
  // What instructions for tiles wait for no roofline has; what is counted of
  // them bounds them. (Models from before had no samples of them.)
  if (choice.kind() == PrimitiveKind::MatrixTiles)
    f[F_bound_seconds] = matrixTileSeconds(layer, choice, machine);
  choiceFeatures(choice, f);
  const LoopNest nest = choice.primitive->loops(layer, choice);
  fitFeatures(layer, choice, nest, f);
  machineFitFeatures(layer, choice, nest, machine, f);
  machineFeatures(computed, machine, f);
  return f;
}

unsigned convopt::productBits(const ConvProblem &layer, const Choice &choice) {
  return 8 * bytesOf(computedProblem(layer, choice).types.input);
}

unsigned convopt::weightBits(const ConvProblem &layer, const Choice &choice) {
  return 8 * bytesOf(computedProblem(layer, choice).types.filter);
}

static constexpr llvm::StringLiteral names[] = {
#define FEATURE(NAME, DOC) #NAME,
#include "convopt/CostModel/Features.def"
};

llvm::ArrayRef<llvm::StringLiteral> convopt::featureNames() { return names; }

std::string convopt::featuresVersion() {
  static constexpr llvm::StringLiteral list =
#define FEATURE(NAME, DOC) #NAME ":" DOC "\n"
#include "convopt/CostModel/Features.def"
      ;
  return llvm::utohexstr(llvm::xxh3_64bits(list), /*LowerCase=*/true);
}
