#include "convopt/CostModel/Roofline.h"

using namespace convopt;

double convopt::bandwidthFor(double bytes, const MachineDescription &machine) {
  double l1 = machine.loadBitsPerCycle / 8 * machine.gigahertz * 1e9;
  if (bytes <= machine.l1Bytes)
    return l1;
  if (bytes <= machine.l2Bytes)
    return l1 / 2;
  if (bytes <= machine.l3Bytes)
    return l1 / 8;
  return machine.memoryGigabytesPerSecond * 1e9;
}

Roofline convopt::roofline(const ConvLayer &layer,
                           const MachineDescription &machine) {
  double bytes = 4.0 * (layer.inputElements() + layer.filterElements() +
                        layer.outputElements());
  return {2.0 * layer.multiplyAdds() / machine.peakFlops(),
          bytes / bandwidthFor(bytes, machine)};
}

double convopt::copySeconds(double floats, double amongBytes,
                            const MachineDescription &machine) {
  return 8 * floats / bandwidthFor(amongBytes, machine);
}
