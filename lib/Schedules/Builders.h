#ifndef CONVOPT_LIB_SCHEDULES_BUILDERS_H
#define CONVOPT_LIB_SCHEDULES_BUILDERS_H

#include "convopt/Schedules/ConvSchedule.h"

namespace convopt {

// One function a primitive, in the file of its name.
Halide::Func buildDirect(const ConvRequest &request);
Halide::Func buildChannelMajor(const ConvRequest &request);
Halide::Func buildDepthwise(const ConvRequest &request);
Halide::Func buildGroupedRotated(const ConvRequest &request);
Halide::Func buildPointwise(const ConvRequest &request);
Halide::Func buildPointwisePairs(const ConvRequest &request);
Halide::Func buildIm2Row(const ConvRequest &request);
Halide::Func buildKn2Row(const ConvRequest &request);
Halide::Func buildMatrixTiles(const ConvRequest &request);
Halide::Func buildIm2Col(const ConvRequest &request);
Halide::Func buildWinograd(const ConvRequest &request);
Halide::Func buildStrassen(const ConvRequest &request);

} // namespace convopt

#endif // CONVOPT_LIB_SCHEDULES_BUILDERS_H
