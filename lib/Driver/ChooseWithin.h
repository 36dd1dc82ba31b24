#ifndef CONVOPT_LIB_DRIVER_CHOOSEWITHIN_H
#define CONVOPT_LIB_DRIVER_CHOOSEWITHIN_H

#include "Calibration/Calibration.h"
#include "Stages.h"

namespace convopt {

/// choose, for the fastest of some plans with which next to no input exceeds
/// options.maxError, as `calibration` of the normalised `module` shows it; if
/// there is none, the most exact of them. A part of the budget is left for what
/// samples and noise do not show.
llvm::Expected<Selected> chooseWithin(Session &session, OwnedModule module,
                                      const CompileOptions &options,
                                      const MachineDescription &machine,
                                      Calibration &calibration,
                                      SharedWeights *shared);

} // namespace convopt

#endif // CONVOPT_LIB_DRIVER_CHOOSEWITHIN_H
