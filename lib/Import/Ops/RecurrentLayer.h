#ifndef CONVOPT_IMPORT_OPS_RECURRENTLAYER_H
#define CONVOPT_IMPORT_OPS_RECURRENTLAYER_H

#include "Cells.h"

namespace convopt {

struct LayerSizes {
  int64_t steps, batch, directions, inputs, units;
};

/// `count` directions of an LSTM, GRU or RNN from `first` on, which compute the
/// same function. `x` is steps x batch x inputs, `reverse` of all directions;
/// `batchFirst` is the order of the initial states (layout 1). The sizes fit
/// the node's inputs. Gives the sequence, steps x count x batch x units, if the
/// node has that output, and the last states, each count x batch x units.
llvm::SmallVector<mlir::Value>
buildRecurrentLayer(Node &node, const Cell &cell, const LayerSizes &sizes,
                    int64_t first, int64_t count, mlir::Value x,
                    llvm::ArrayRef<bool> reverse, bool batchFirst);

} // namespace convopt

#endif // CONVOPT_IMPORT_OPS_RECURRENTLAYER_H
