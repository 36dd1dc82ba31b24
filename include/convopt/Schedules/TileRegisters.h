#ifndef CONVOPT_SCHEDULES_TILEREGISTERS_H
#define CONVOPT_SCHEDULES_TILEREGISTERS_H

#include "Halide.h"

namespace convopt {

/// The names of the loops over the tiles of sums of a block.
inline constexpr char tileRow[] = "tile_row", tileColumn[] = "tile_column";

/// On lowered code: the tiles of sums of an allocation for tile registers
/// (AMX), all of which Halide keeps in one, get a register each. All is done
/// with them in the same two loops, tileRow and tileColumn in it, which are
/// unrolled. And bytes that are the first factor of a product have no sign.
/// Every pipeline of a matrix_tiles convolution needs it.
class TileRegisters : public Halide::Internal::IRMutator {
  using Halide::Internal::IRMutator::visit;
  Halide::Internal::Stmt visit(const Halide::Internal::Allocate *op) override;
};

} // namespace convopt

#endif // CONVOPT_SCHEDULES_TILEREGISTERS_H
