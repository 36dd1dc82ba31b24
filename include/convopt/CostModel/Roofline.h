#ifndef CONVOPT_COSTMODEL_ROOFLINE_H
#define CONVOPT_COSTMODEL_ROOFLINE_H

#include "convopt/Target/MachineDescription.h"

namespace convopt {

/// Bytes per second that one core reads from the smallest cache (or memory)
/// that holds `bytes`: L1 feeds the load ports, L2 half and L3 an eighth of
/// that, memory what the description says.
double bandwidthFor(double bytes, const MachineDescription &machine);

/// A lower bound for direct methods, and the unit in which the cost model
/// predicts (S. Williams et al., "Roofline", CACM 52(4), 2009): the larger of
///   2 * multiply-adds / peak, and
///   bytes of image, filter and result / bandwidthFor(those bytes).
/// Winograd's method may fall below it.
struct Roofline {
  double flopSeconds, byteSeconds;
  double seconds() const {
    return flopSeconds > byteSeconds ? flopSeconds : byteSeconds;
  }
};
Roofline roofline(const ConvProblem &layer, const MachineDescription &machine);
/// The same computed in other types than the layer's: its peak and the bytes of
/// its filter are theirs; image and result stay what they are.
Roofline roofline(const ConvProblem &layer, const ConvTypes &computed,
                  const MachineDescription &machine);

/// About how long it takes to read bytes that lie among so many and to write
/// as many: what an operation costs that does little with each. Choices
/// between ways to move data are made by it.
double copySeconds(double bytes, double amongBytes,
                   const MachineDescription &machine);

} // namespace convopt

#endif // CONVOPT_COSTMODEL_ROOFLINE_H
