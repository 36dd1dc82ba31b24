#ifndef CONVOPT_LIB_SCHEDULES_OPERANDS_H
#define CONVOPT_LIB_SCHEDULES_OPERANDS_H

#include "convopt/Primitives/WinogradTransforms.h"
#include "convopt/Schedules/ConvSchedule.h"
#include <optional>

namespace convopt {

// The image and the filter as schedules read them. A Func over images inside a
// schedule has the arguments (c, x, y, n), whatever the layout of the input.

/// An element of the request's input, by channel over all groups.
Halide::Expr inputAt(const ConvRequest &request, Halide::Expr c, Halide::Expr x,
                     Halide::Expr y, Halide::Expr n);

/// The order of the request's filter.
PackedFilter packedFilter(const ConvRequest &request);
/// An element of the request's filter, as PackedFilter::at says.
Halide::Expr filterAt(const ConvRequest &request,
                      llvm::ArrayRef<PackedFilter::At<Halide::Expr>> indices);

/// The input with zeros around it: (c, x, y, n), where x and y begin at the
/// first padded column and row; `columns`, `rows` and `channels` say how far
/// it is read. Not yet scheduled.
Halide::Func paddedInput(const ConvRequest &request, int64_t columns,
                         int64_t rows, int64_t channels);
/// As far as the layer reads it.
Halide::Func paddedInput(const ConvRequest &request);

/// An element of the padded input that is never stored: columns beside the
/// image are selected as zeros, and `window`, over which the caller reduces,
/// leaves out the rows above and below it if these are zeros. For schedules
/// that unroll the columns of a tile, so that most of them need no test, and
/// not the rows of the window.
Halide::Expr unpaddedInput(const ConvRequest &request, Halide::RDom &window,
                           Halide::Expr c, Halide::Expr x, Halide::Expr y,
                           Halide::Expr n);

/// The phases of a padded input, for strides, as channels of an image without:
/// (c, x, y, n), where c is row phase, column phase and channel. The other
/// function schedules both stages as a copy, of which `columns` of the padded
/// input are made at a time.
Halide::Func inputPhases(const ConvRequest &request, const Phases &rows,
                         const Phases &columns, Halide::Func padded);
void scheduleInputPhases(const ConvRequest &request, Halide::Func phases,
                         Halide::Func padded, Halide::LoopLevel at,
                         int64_t columns);

/// Channels of all groups in a copy of the input: as many more as products of
/// several bytes need to be whole.
int64_t copiedChannels(const ConvRequest &request);

/// Whether reading the padded input is more than reading the input.
bool needsCopy(const ConvRequest &request);

/// Schedules the stage of paddedInput as a copy that is stored in `layout`. At
/// `at` `columns` of it are made, all that the layer has unless they are given:
/// vectors must not be longer.
void scheduleCopy(const ConvRequest &request, Halide::Func padded,
                  Halide::LoopLevel at, Layout layout = Layout::NHWC,
                  std::optional<int64_t> columns = std::nullopt);

} // namespace convopt

#endif // CONVOPT_LIB_SCHEDULES_OPERANDS_H
