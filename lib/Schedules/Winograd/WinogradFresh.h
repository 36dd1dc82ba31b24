#ifndef CONVOPT_LIB_SCHEDULES_WINOGRADFRESH_H
#define CONVOPT_LIB_SCHEDULES_WINOGRADFRESH_H

#include "convopt/Schedules/ConvSchedule.h"

namespace convopt {

/// Winograd's minimal filtering of filters that are kept as they are and
/// transformed block by block where they are needed.
Halide::Func buildFreshWinograd(const ConvRequest &request);

} // namespace convopt

#endif // CONVOPT_LIB_SCHEDULES_WINOGRADFRESH_H
