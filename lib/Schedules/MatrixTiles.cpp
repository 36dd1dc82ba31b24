// A convolution as a matrix product in the tiles that AMX multiplies. Halide
// makes its instructions of a sum over one loop, vectorised with the pixels and
// the channels of a tile, that is stored in a tile register; so all that a
// patch holds, its rows, columns and channels, is one dimension here, and each
// tile of sums is first stored as it is and then goes through the epilogue. A
// block has several such tiles, in loops that TileRegisters unrolls later.
// Where an image is of patches of one pixel, tiles are loaded from the image
// itself.

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

/// Where an element of `image` lies in memory, if it is read from there as it
/// is; undefined otherwise.
static Expr positionIn(const Func &image) {
  Expr element = image.value();
  if (const auto *bits = element.as<Internal::Reinterpret>())
    element = bits->value;
  const auto *read = element.as<Internal::Call>();
  if (!read || read->args.size() != 1)
    return Expr();
  Expr position = read->args[0];
  // What Halide makes of an input is a Func around it.
  if (read->call_type == Internal::Call::Halide) {
    Internal::Function input(read->func);
    read = input.values()[0].as<Internal::Call>();
    const bool same = read && read->args.size() == 1 &&
                      Internal::is_const_zero(Internal::simplify(
                          read->args[0] - Var(input.args()[0])));
    if (!same)
      return Expr();
  }
  return read->call_type == Internal::Call::Image ? position : Expr();
}

/// Whether patches lie in the image as a tile's rows, one pixel behind the
/// other.
static bool readsImage(const ConvRequest &request) {
  const ConvLayer &l = request.layer;
  if (!l.isPointwise() || l.strideHeight != 1 || l.strideWidth != 1 ||
      needsCopy(request))
    return false;
  const Expr position = positionIn(request.input);
  if (!position.defined())
    return false;
  const std::vector<Var> at = request.input.args();
  auto step = [&](const Var &along) {
    return Internal::as_const_int(Internal::simplify(
        Internal::substitute(along.name(), along + 1, position) - position));
  };
  const int64_t pixel = l.inChannels;
  return step(at[0]) == 1 && step(at[1]) == pixel &&
         step(at[2]) == pixel * l.inWidth;
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
  int vector = vectorFor(request, row);
  while (l.dilationWidth > 1 && C % vector != 0)
    vector /= 2;
  rows.split(f, f, within, vector, TailStrategy::ShiftInwards)
      .vectorize(within);
  // Where a patch is lies in few registers, or it would take the longer.
  constexpr int mostUnrolled = 32;
  const int runs = (row + vector - 1) / vector;
  if (runs <= mostUnrolled)
    rows.unroll(f);
  if (runs * (patch / row) <= mostUnrolled)
    rows.unroll(r);
  // Elements of patches of one pixel are read once: copied and converted there.
  const bool once = l.isPointwise() && !l.isPadded() &&
                    request.choice.input == Layout::NHWC && C == l.inChannels;
  if (needsCopy(request) && !once)
    scheduleCopy(request, padded, strip);
  return out;
}

// Measured on one core of an Intel Xeon (Sapphire Rapids, 2.6 GHz) beside other
// work; microseconds, best variant, and of the best of the others; share of the
// peak of 2,660 billion products of bytes a second and of half as many in
// bfloat16. (Bytes of the others: vpdpbusd; bfloat16: single precision.)
//                                  bytes               bfloat16
//   256 ->   64, 56x56, 1x1      42   123   46 %    208   488   19 %
//  1024 ->  256, 14x14, 1x1      44   123   44 %    125   511   31 %
//  2048 ->  512, 7x7, 1x1        70   138   27 %    158   569   24 %
//   512 -> 2048, 7x7, 1x1        63   138   31 %    157         25 %
//    64 ->   64, 56x56, 3x3     118   283   37 %    293  1143   30 %
//   256 ->  256, 14x14, 3x3     118   284   37 %    231  1099   38 %
//   512 ->  512, 7x7, 3x3       154   304   28 %    316  1308   27 %
//    32 ->   64, 147x147, 3x3   548   986   27 %   1049         29 %
//    80 ->  192, 73x73, 3x3     706  1582   37 %   1614         32 %
//     3 ->   64, 224x224, 7x7/2  317         14 %    408         22 %
//   256 -> 1024, 14x14, 1x1      49         40 %     89         44 %
//    64 ->  256, 56x56, 1x1      98         20 %    198         20 %
// One tile of sums at a time, with patches of 1x1 copied, took of bytes in
// these rows 74, 54, 97, 84, 147, 137, 236, 808, 1157, -, 69, 169. What is left
// is not the products: of 64 -> 64, 56x56, 3x3 they take 39 %, at their peak,
// copies of patches 29 %, which L2 takes no faster, the epilogue 14 %. Layers
// of many channels and few pixels wait for their weights, which come from
// memory.

} // namespace convopt
