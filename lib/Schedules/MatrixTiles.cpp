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
