// A convolution as a matrix product in the tiles that AMX multiplies. Halide
// makes its instructions of a sum over one loop, vectorised with the pixels and
// the channels of a tile, that is stored in a tile register; each tile of sums
// is first stored as it is and then goes through the epilogue. A block has
// several such tiles, in loops that TileRegisters unrolls later.

#include "Builders.h"
#include "Expressions.h"
#include "Operands.h"
#include "Outputs.h"
#include "TilePatches.h"
#include "convopt/Primitives/Tiling.h"
#include "convopt/Schedules/TileRegisters.h"
#include "convopt/Target/DotProducts.h"

using namespace Halide;

namespace convopt {

Func buildMatrixTiles(const ConvRequest &request) {
  const Variant &variant = request.choice.variant;
  const int lanes = toInt(variant.lanes), vectors = toInt(variant.vectors);
  const int dot = toInt(dotLength(request.layer.types, request.machine));
  const PackedFilter order = packedFilter(request)
                                 .fused(FilterDim::Column, FilterDim::Channel)
                                 .fused(FilterDim::Row, FilterDim::Channel);
  const Type sumType = halideType(request.layer.types.accumulator);

  // Algorithm: `p` is the pixel of the output.
  ImageVars v;
  Var t("t"), b(tileColumn), p("p"), q(tileRow);
  Func sum("sum"), tile("tile");
  sum(t, b, p, v.n) = zeroSum(request);
  FlatLoops loops = flatLoops(request);
  const TilePatches patches = tilePatches(request, p, b, v.n, loops.strip);
  const RDom &k = patches.sum;
  // Where a weight lies, in the one form that Halide knows a tile by.
  const int block = toInt(order.stride(FilterDim::Block)),
            step = toInt(order.stride(FilterDim::Channel));
  Expr channel = t + b % vectors * lanes + b / vectors * (block / dot);
  Expr weight = request.filter(k.x % dot + channel * dot +
                               (k.x + patches.before) / dot * step);
  sum(t, b, p, v.n) += cast(sumType, patches.element) * cast(sumType, weight);
  tile(t, b, p, v.n) = sum(t, b, p, v.n);
  Func out = makeFlatOutput(request, v, loops,
                            tile(v.c % lanes, v.c / lanes, loops.pixel, v.n));

  // Schedule: what is copied for a strip of rows, then tile by tile.
  scheduleFlatOutput(request, out, v, loops);
  patches.schedule(LoopLevel(out, loops.domain.z));
  const LoopLevel atTile(out, loops.domain.y);
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
  std::vector<VarOrRVar> nest{k.x, t, p, b, q};
  for (int i = 1; i < k.dimensions(); ++i)
    nest.push_back(k[i]);
  nest.push_back(v.n);
  sum.update()
      .split(p, q, p, rowsOfTile)
      .reorder(nest)
      .atomic()
      .vectorize(k.x)
      .vectorize(t)
      .vectorize(p);
  return out;
}

// Measured on one core of an Intel Xeon (Sapphire Rapids, 4 GHz when it is
// alone); microseconds, best variant, of bfloat16 from images in single
// precision, and of bytes the best of the others (vpdpbusd); share of the peak
// of 3,780 billion products of bytes a second and of half as many in bfloat16.
//                                  bytes            bfloat16
//   256 ->   64, 56x56, 1x1      38   36 %  123    208  13 %
//  1024 ->  256, 14x14, 1x1      42   32 %  123    125  22 %
//  2048 ->  512, 7x7, 1x1        67   20 %  138    158  17 %
//   512 -> 2048, 7x7, 1x1        65   21 %  138    157  17 %
//   256 -> 1024, 14x14, 1x1      44   31 %          89  31 %
//    64 ->  256, 56x56, 1x1      85   16 %         198  14 %
//    64 ->   64, 56x56, 3x3      64   48 %  283    154  40 %
//   128 ->  128, 28x28, 3x3      64   48 %         158  39 %
//   256 ->  256, 14x14, 3x3      81   38 %  284    165  37 %
//   512 ->  512, 7x7, 3x3       130   24 %  304    279  22 %
//   128 ->  128, 28x28, 3x3/2    82   37 %         237  26 %
//   256 ->  256, 14x14, 3x3/2    95   32 %         220  28 %
//    32 ->   64, 147x147, 3x3   321   33 %  986    629  33 %
//    80 ->  192, 73x73, 3x3     503   39 % 1582   1466  27 %
//     3 ->   64, 224x224, 7x7/2 199   16 %         278  22 %
//   128, 56x56, 3x3, 32 groups  119    6 %  225    282   5 %
//   512, 14x14, 3x3, 32 groups   37    5 %   52     45   8 %
// With patches of 3x3 copied these took, of bytes, 118, -, 118, 154, 141, 140,
// 548, 706 and 317. What is left is not the products: of 64 -> 64, 56x56, 3x3
// they alone take 34 us, tiles that go through memory to the epilogue and the
// image's copy the rest. Layers of many channels and few pixels wait for their
// weights, of which 29 GB a second come from the third level of cache and half
// of that from memory. Parts of sums for a few pixels at a time, so that the
// weights of a part stay in the first level, took longer: 212 us for 144 of 64
// -> 64 in bfloat16, since parts are added up through memory.

} // namespace convopt
