#ifndef CONVOPT_IMPORT_EXPAND_BLOCKED_H
#define CONVOPT_IMPORT_EXPAND_BLOCKED_H

#include "convopt/Import/Import.h"
#include "onnx/onnx_pb.h"

namespace convopt {

/// The channels of a block in which ONNX Runtime has laid out the filters of a
/// model: as its shapes tell, else what `options` say, with a note; 0 for a
/// model that has no such operators. An error where the shapes contradict each
/// other.
llvm::Expected<int64_t> findChannelBlock(const onnx::GraphProto &graph,
                                         const ImportOptions &options);

} // namespace convopt

#endif // CONVOPT_IMPORT_EXPAND_BLOCKED_H
