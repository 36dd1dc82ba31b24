#ifndef CONVOPT_LIB_COSTMODEL_TREECOSTMODEL_H
#define CONVOPT_LIB_COSTMODEL_TREECOSTMODEL_H

#include "convopt/CostModel/CostModel.h"
#include "convopt/CostModel/Features.h"
#include "convopt/CostModel/TreeEnsemble.h"
#include <array>

namespace convopt {

/// A model of efficiency:
///   seconds = overhead + roofline bound * e^(base of the primitive + trees)
/// so that what it learnt on one machine says something about the next.
/// Layout transformations: bytes read and written over the bandwidth of the
/// cache that holds them, divided by a measured share of it.
class TreeCostModel : public CostModel {
public:
  /// {"format": "convopt-cost-model", "features": VERSION,
  ///  "convolution": {"overhead_seconds": t,
  ///                  "primitives": [{"name": PRIMITIVE, "samples": n,
  ///                                  "base": x, "traits": [x, ...]}, ...],
  ///                  "variants": [NUMBER OF A VARIANT, ...],
  ///                  "trees": TreeEnsemble},
  ///  "transformation": {"overhead_seconds": t,
  ///                     "share": {"l1": x, "l2": x, "l3": x, "memory": x}}}
  /// The trees' features are those of Features.def, then those of "variants"
  /// ("fresh", "paired", "columns", "product_bits", "weight_bits"), the
  /// primitive's "traits", and one for each of "primitives", 1 for its own
  /// choices; names that this compiler does not have are passed over.
  /// "variants" and "traits" may be missing; without "product_bits" a model has
  /// learnt from single precision alone. All
  /// primitives have as many traits. "feature_names" and "note" are for
  /// readers. `name` is for errors. Trees that `compiled` has stand for those
  /// of the text.
  static llvm::Expected<std::unique_ptr<TreeCostModel>>
  parse(llvm::StringRef text, llvm::StringRef name,
        std::optional<llvm::ArrayRef<uint8_t>> compiled = std::nullopt);

  double convolution(const ConvProblem &layer, const Choice &choice,
                     const MachineDescription &machine) const override;
  std::vector<double>
  convolutions(const ConvProblem &layer, llvm::ArrayRef<Choice> choices,
               const MachineDescription &machine) const override;
  bool knows(const ConvProblem &layer, const Choice &choice,
             const MachineDescription &machine) const override;
  double transformation(int64_t batch, int64_t channels, int64_t height,
                        int64_t width, Layout from, Layout to,
                        const MachineDescription &machine) const override;

  /// The learnt part, for tests against the trainer.
  const TreeEnsemble &ensemble() const { return trees; }

private:
  struct Transformation {
    double overhead;
    std::array<double, 4> share[2]; ///< by layout; L1, L2, L3, memory
  };
  TreeEnsemble trees;
  double overhead = 0;
  struct KnownPrimitive {
    const Primitive *primitive = nullptr; ///< null: of another compiler
    double samples = 0, base = 0;
    std::vector<double> traits;
  };
  std::vector<KnownPrimitive> primitives;
  /// For primitives without samples, as good as it can be: the median base.
  double otherBase = 0;
  std::vector<double> otherTraits; ///< the medians of all

  /// Numbers of a variant that Features.def does not have.
  enum class VariantNumber { Fresh, Paired, Columns, ProductBits, WeightBits };
  std::vector<VariantNumber> variants;

  size_t numColumns() const;
  void writeRow(const ConvProblem &layer, const Choice &choice,
                const MachineDescription &machine,
                llvm::MutableArrayRef<double> row) const;
  double seconds(const ConvProblem &layer, const Choice &choice,
                 const MachineDescription &machine, double bound,
                 double learnt) const;
  double baseOf(const Choice &choice) const;
  bool hasSamples(const Choice &choice) const;
  bool knowsTypes() const;
  static std::string readPrimitives(const nlohmann::json &convolution,
                                    TreeCostModel &model);
  static std::string readVariants(const nlohmann::json &convolution,
                                  TreeCostModel &model);
  static std::string
  readConvolution(const nlohmann::json &convolution,
                  std::optional<llvm::ArrayRef<uint8_t>> compiled,
                  TreeCostModel &model);
  Transformation transform{};
};

} // namespace convopt

#endif // CONVOPT_LIB_COSTMODEL_TREECOSTMODEL_H
