// A convolution as a matrix product in the tiles that AMX multiplies. Halide
// makes its instructions of a sum over one loop, vectorised with the pixels and
// the channels of a tile, that is stored in a tile register; so all that a
// patch holds, its rows, columns and channels, is one dimension here, and each
// tile of sums is first stored as it is and then goes through the epilogue.

#include "Builders.h"
#include "Expressions.h"
#include "LoopOrder.h"
#include "Operands.h"
#include "Outputs.h"
#include "convopt/Primitives/Tiling.h"
#include "convopt/Schedules/TileRegisters.h"
#include "convopt/Target/DotProducts.h"

using namespace Halide;

namespace convopt {

/// Whether an element of `image` is read from memory as it is.
static bool isStored(const Func &image) {
  Expr element = image.value();
  if (const auto *bits = element.as<Internal::Reinterpret>())
    element = bits->value;
  const auto *read = element.as<Internal::Call>();
  // What Halide makes of an input is a Func around it.
  if (read && read->call_type == Internal::Call::Halide)
    read = Internal::Function(read->func).values()[0].as<Internal::Call>();
  return read && read->call_type == Internal::Call::Image;
}

/// Whether patches lie in the image as a tile's rows, one pixel behind the
/// other.
static bool readsImage(const ConvRequest &request) {
  const ConvLayer &l = request.layer;
  return l.isPointwise() && l.strideHeight == 1 && l.strideWidth == 1 &&
         !needsCopy(request) && isStored(request.input);
}

Func buildMatrixTiles(const ConvRequest &request) {
  const ConvLayer &l = request.layer;
  const Variant &variant = request.choice.variant;
  const int lanes = toInt(variant.lanes), vectors = toInt(variant.vectors);
  const int dot = toInt(dotLength(request.layer.types, request.machine));
  const int C = toInt(copiedChannels(request));
  const int S = toInt(l.kernelWidth), W = toInt(l.outWidth);
  const int patch = C * S * toInt(l.kernelHeight);
  const PackedFilter order = packedFilter(request)
                                 .fused(FilterDim::Column, FilterDim::Channel)
                                 .fused(FilterDim::Row, FilterDim::Channel);
  const Type sumType = halideType(request.layer.types.accumulator);

  const int row = C * S;

  // Algorithm: `p` is the pixel of the output, `f` runs over one row of its
  // patch, as im2row has it; the rows lie one behind the other.
  ImageVars v;
  Var t("t"), b(tileColumn), p("p"), q(tileRow), f("f"), r("r"),
      within("within");
  Func padded = paddedInput(request), rows("rows"), sum("sum"), tile("tile");
  Expr element = padded(
      f % C, (p % W) * toInt(l.strideWidth) + (f / C) * toInt(l.dilationWidth),
      (p / W) * toInt(l.strideHeight) + r * toInt(l.dilationHeight), v.n);
  // Rows of pixels, too, lie one behind the other.
  if (readsImage(request))
    element = inputAt(request, f, p, 0, v.n);
  // As bytes lie in memory; that they have no sign TileRegisters knows.
  if (element.type() == UInt(8))
    element = reinterpret(Int(8), element);
  rows(f, r, p, v.n) = element;
  RDom k(0, patch, "k");
  sum(t, b, p, v.n) = zeroSum(request);
  // Where a weight lies, in the one form that Halide knows a tile by.
  const int block = toInt(order.stride(FilterDim::Block)),
            step = toInt(order.stride(FilterDim::Channel));
  Expr channel = t + b % vectors * lanes + b / vectors * (block / dot);
  Expr weight = request.filter(k % dot + channel * dot + k / dot * step);
  Expr pixel =
      row == patch ? rows(k, 0, p, v.n) : rows(k % row, k / row, p, v.n);
  sum(t, b, p, v.n) += cast(sumType, pixel) * cast(sumType, weight);
  tile(t, b, p, v.n) = sum(t, b, p, v.n);
  FlatLoops loops = flatLoops(request);
  Func out = makeFlatOutput(request, v, loops,
                            tile(v.c % lanes, v.c / lanes, loops.pixel, v.n));

  // Schedule: the patches of a strip of rows, then tile by tile.
  scheduleFlatOutput(request, out, v, loops);
  const LoopLevel strip(out, loops.domain.z), atTile(out, loops.domain.y);
  constexpr int rowsOfTile = 16;
  auto keepTile = [&](Func func, MemoryType memory) {
    func.compute_at(atTile)
        .store_in(memory)
        .bound_extent(t, lanes)
        .bound_extent(b, vectors)
        .bound_extent(p, toInt(variant.pixels))
        .split(p, q, p, rowsOfTile)
        .reorder(t, p, b, q, v.n)
        .vectorize(t)
        .vectorize(p);
  };
  keepTile(tile, MemoryType::Stack);
  // Rows of 16 numbers would be one run, by which Halide does not know a tile.
  if (vectors == 1)
    tile.align_storage(t, 2 * lanes);
  keepTile(sum, MemoryType::AMXTile);
  sum.reorder_storage(t, p, b, v.n);
  RVar outer("outer"), inner("inner");
  sum.update()
      .split(k, outer, inner, toInt(variant.unroll) * dot)
      .split(p, q, p, rowsOfTile)
      .reorder(inner, t, p, b, q, outer, v.n)
      .atomic()
      .vectorize(inner)
      .vectorize(t)
      .vectorize(p);
  if (readsImage(request))
    return out;
  rows.compute_at(strip)
      .store_in(MemoryType::Heap)
      .bound_extent(f, row)
      .bound_extent(r, patch / row);
  // Without dilation a row of a patch is one run; with, each pixel is.
  const int vector =
      l.dilationWidth == 1 ? vectorFor(request, row) : lanesOf(request);
  if (l.dilationWidth == 1 || C % vector == 0) {
    rows.split(f, f, within, vector, TailStrategy::ShiftInwards)
        .vectorize(within);
    // Where a patch is lies in few registers, or it would take the longer.
    constexpr int mostUnrolled = 32;
    const int runs = (row + vector - 1) / vector;
    if (runs <= mostUnrolled)
      rows.unroll(f);
    if (runs * (patch / row) <= mostUnrolled)
      rows.unroll(r);
  }
  if (needsCopy(request))
    scheduleCopy(request, padded, strip);
  return out;
}

// Measured on one core of an Intel Xeon (Sapphire Rapids) beside other work;
// microseconds, best variant, and of the best of the others (bytes: vpdpbusd,
// whose peak is 476 billion products a second; bfloat16: single precision,
// 120):
//                          bytes          bfloat16
//  256 ->   64, 56x56, 1x1    67   123      258   488
// 1024 ->  256, 14x14, 1x1    49   123      152   511
// 2048 ->  512,   7x7, 1x1    87   138      210   569
//  512 -> 2048,   7x7, 1x1    75   138      163
//   64 ->   64, 56x56, 3x3   137   283      336  1143
//  256 ->  256, 14x14, 3x3   129   284      315  1099
//  512 ->  512,   7x7, 3x3   203   304      416  1308
//   32 ->   64, 147x147, 3x3 760   986     1241
//   80 ->  192, 73x73, 3x3  1131  1582     1851
// Up to 1,060 billion products of bytes: an instruction waits 52 cycles for the
// sum of the one before, and could begin every 16. Sums of two tiles at a time
// would hide that, which Halide 21 does not allocate; to put what follows the
// sums of a tile behind those of all tiles of a block does not.

} // namespace convopt
