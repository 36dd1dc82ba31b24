#ifndef CONVOPT_LIB_COSTMODEL_TREECOSTMODEL_H
#define CONVOPT_LIB_COSTMODEL_TREECOSTMODEL_H

#include "convopt/CostModel/CostModel.h"
#include "convopt/CostModel/TreeEnsemble.h"
#include <array>

namespace convopt {

/// A model of efficiency:
///   seconds = overhead + roofline bound * e^(base[primitive] + trees)
/// so that what it learnt on one machine says something about the next.
/// Layout transformations: bytes read and written over the bandwidth of the
/// cache that holds them, divided by a measured share of it.
class TreeCostModel : public CostModel {
public:
  /// {"format": "convopt-cost-model", "features": VERSION,
  ///  "convolution": {"overhead_seconds": t, "base": {PRIMITIVE: x, ...},
  ///                  "trees": TreeEnsemble},
  ///  "transformation": {"overhead_seconds": t,
  ///                     "share": {"l1": x, "l2": x, "l3": x, "memory": x}}}
  /// "feature_names" and "note" are for readers. `name` is for errors.
  static llvm::Expected<std::unique_ptr<TreeCostModel>>
  parse(llvm::StringRef text, llvm::StringRef name);

  double convolution(const ConvLayer &layer, const Choice &choice,
                     const MachineDescription &machine) const override;
  double transformation(int64_t batch, int64_t channels, int64_t height,
                        int64_t width, Layout from, Layout to,
                        const MachineDescription &machine) const override;

  static constexpr unsigned numPrimitives = 8;
  /// The learnt part, for tests against the trainer.
  const TreeEnsemble &ensemble() const { return trees; }

private:
  struct Transformation {
    double overhead;
    std::array<double, 4> share[2]; ///< by layout; L1, L2, L3, memory
  };
  TreeEnsemble trees;
  double overhead = 0;
  std::array<double, numPrimitives> base{};
  Transformation transform{};
};

} // namespace convopt

#endif // CONVOPT_LIB_COSTMODEL_TREECOSTMODEL_H
