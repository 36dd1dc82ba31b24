// A crude machine on purpose: one peak, four bandwidths, and every byte moved
// once. What a real one does beyond that is what the trees learn, as a factor;
// the bound only has to grow with a layer as its time does, on every machine.

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

Roofline convopt::roofline(const ConvProblem &layer,
                           const MachineDescription &machine) {
  return roofline(layer, layer.types, machine);
}

Roofline convopt::roofline(const ConvProblem &layer, const ConvTypes &computed,
                           const MachineDescription &machine) {
  double bytes = bytesOf(layer.types.input) * layer.inputElements() +
                 bytesOf(computed.filter) * layer.filterElements() +
                 bytesOf(layer.types.result) * layer.outputElements();
  return {2.0 * layer.multiplyAdds() /
              machine.peak(ConvProblem(layer, computed)),
          bytes / bandwidthFor(bytes, machine)};
}

double convopt::copySeconds(double bytes, double amongBytes,
                            const MachineDescription &machine) {
  return 2 * bytes / bandwidthFor(amongBytes, machine);
}
