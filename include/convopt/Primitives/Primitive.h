#ifndef CONVOPT_PRIMITIVES_PRIMITIVE_H
#define CONVOPT_PRIMITIVES_PRIMITIVE_H

#include "convopt/IR/ConvTypes.h"
#include "convopt/IR/ConvoptEnums.h"
#include "convopt/Primitives/ChoiceName.h"
#include "convopt/Primitives/LoopNest.h"
#include "convopt/Primitives/PackedFilter.h"
#include "convopt/Target/MachineDescription.h"
#include "llvm/ADT/ArrayRef.h"
#include <string>
#include <vector>

namespace convopt {

/// One schedule of a primitive. The numbers mean what the primitive's file
/// says; a primitive leaves those it does not use at 0.
struct Variant {
  /// A register tile is `pixels` x `vectors`: of pixels and vectors of channels
  /// where the output is NHWC; where it is NCHW, vectors lie along the image
  /// and `pixels` counts channels.
  int64_t pixels = 0;
  int64_t vectors = 0;
  int64_t strip = 0;   ///< rows (or tiles) of one cache block
  int64_t unroll = 0;  ///< input channels per iteration
  int64_t lanes = 0;   ///< floats of one vector; may be less than the machine's
  int64_t columns = 0; ///< tiles of a row in one cache block; 0 for all
  /// Pixels from the first of a row to that of the next, where tiles run over
  /// those between rows, too; 0: there are none
  int64_t pitch = 0;
  bool paired = false; ///< inner products are formed of pairs
  bool fresh = false;  ///< filters are transformed while it computes
  /// What it computes in; the layer's own types unless it is less.
  Precision precision = Precision::Full;
  /// What its name says beside the register tile, pairs and fresh filters; 0
  /// where that follows from the layer and the machine. A strip may be counted
  /// in other units.
  struct {
    int64_t lanes, strip, columns;
  } named = {};

  /// Unique among the variants of a primitive for one layer and one pair of
  /// layouts.
  VariantName name() const {
    return {pixels,        vectors, named.lanes, named.strip,
            named.columns, paired,  fresh,       precision};
  }
};

class Primitive;

/// A primitive with a schedule and the layouts it reads and writes: one choice
/// for one convolution.
struct Choice {
  const Primitive *primitive;
  Layout input, output;
  Variant variant;
  PrimitiveKind kind() const;
};

/// `layer` with the element types that `choice` computes it in.
inline ConvProblem computedProblem(const ConvProblem &layer,
                                   const Choice &choice) {
  return {layer, computedTypes(layer.types, choice.variant.precision)};
}

/// Whether a primitive of `kind` rounds the image to the numbers that
/// `precision` multiplies. Those that transform it round what comes of that,
/// once.
inline bool convertsInput(PrimitiveKind kind, Precision precision) {
  return kind != PrimitiveKind::Winograd && kind != PrimitiveKind::ToomCook &&
         (precision == Precision::BF16 || precision == Precision::F16);
}

/// Whether `choice` reads an image of single precision as other numbers.
inline bool convertsInput(const Choice &choice) {
  return convertsInput(choice.kind(), choice.variant.precision);
}

/// Whether it does so for `layer`, whose image may be stored in these numbers
/// already.
inline bool convertsInput(const ConvProblem &layer, const Choice &choice) {
  return convertsInput(choice) &&
         layer.types.input != computedProblem(layer, choice).types.input;
}

/// Rows and columns of outputs that a fast algorithm makes at once: m of
/// Winograd's F(m, r) along each side, 1 where it computes directly.
struct OutputTile {
  int64_t rows = 1, columns = 1;
  /// Multiplications for that of one output from one input channel; 0: the
  /// filter's taps.
  int64_t products = 0;
};

/// One way to compute a convolution, without the code that does it (that is
/// lib/Schedules).
class Primitive {
public:
  virtual ~Primitive() = default;
  virtual PrimitiveKind kind() const = 0;
  /// What users, samples and models call it; that of its kind unless there are
  /// several.
  virtual llvm::StringRef name() const {
    return stringifyPrimitiveKind(kind());
  }
  bool supports(const ConvProblem &layer) const {
    return supportsTypes(layer.types) && supportsLayer(layer);
  }
  virtual bool supportsTypes(const ConvTypes &types) const {
    return types == ConvTypes(); // Single precision.
  }
  virtual bool supportsLayer(const ConvLayer &layer) const = 0;

  /// All choices for `layer` on `machine` that compute in its own types, in a
  /// fixed order; empty where the layer is not supported.
  virtual std::vector<Choice>
  choices(const ConvProblem &layer,
          const MachineDescription &machine) const = 0;

  /// The order in which the schedule reads its filter, and the type that its
  /// elements have there.
  PackedFilter packedFilter(const ConvProblem &layer, const Choice &choice,
                            const MachineDescription &machine) const {
    return filterOrder(computedProblem(layer, choice), choice, machine);
  }
  /// Packs a filter (groups, K, C, R, S; row-major) in that order: as
  /// packWeights does it, unless the primitive transforms the weights. The
  /// elements of both are of the filter's type in `layer.types`, in this
  /// machine's byte order and aligned as it wants them; `packed` has
  /// packedFilter(...).size() zeros. (packBytes then gives them the type that
  /// the choice computes in.)
  virtual void packFilter(const ConvProblem &layer, const Choice &choice,
                          const MachineDescription &machine,
                          llvm::ArrayRef<char> filter,
                          llvm::MutableArrayRef<char> packed) const;

  /// The loops of the schedule, as one thread runs them.
  virtual LoopNest loops(const ConvLayer &layer,
                         const Choice &choice) const = 0;

  /// Bytes of intermediates that one thread keeps while it computes.
  int64_t workspaceBytes(const ConvProblem &layer, const Choice &choice,
                         const MachineDescription &machine) const {
    return intermediateBytes(computedProblem(layer, choice), choice, machine);
  }

  virtual OutputTile outputTile(const ConvLayer &layer) const { return {}; }

  /// Products that the elements of a tile need over those of the definition; of
  /// a primitive without tiles 1.
  double tileProducts(const ConvLayer &layer) const;

  /// Products of blocks that it computes instead of one of the whole matrix,
  /// over how many the definition has.
  virtual double productShare() const { return 1; }

  /// Whether it multiplies less than the definition of a convolution says, so
  /// that its time may be less than the machine's peak allows for that.
  virtual bool savesProducts() const { return productShare() < 1; }

  /// Whether a NaN or an infinity among the inputs or the weights reaches
  /// outputs that the definition does not compute from it, or makes NaN of what
  /// the definition says is infinite. So do algorithms that add elements up
  /// before they multiply and expect them to cancel out afterwards.
  virtual bool spreadsNonFinite() const = 0;

  /// Largest relative L2 error on inputs and weights of unit variance, in
  /// single precision.
  virtual double errorBound() const = 0;
  /// How many times larger than in a direct sum the error is that comes of
  /// rounding the inputs or the weights, as a variant stores them.
  virtual double roundingGrowth(const Variant &) const { return 1; }

  /// The same as it typically is, of 256 input channels: the mean of squares
  /// that `convopt-profile --errors` measures.
  virtual double typicalError() const { return 3e-7; }

protected:
  // packedFilter and workspaceBytes of a layer that has the choice's types.
  virtual PackedFilter filterOrder(const ConvProblem &computed,
                                   const Choice &choice,
                                   const MachineDescription &machine) const = 0;
  virtual int64_t
  intermediateBytes(const ConvProblem &computed, const Choice &choice,
                    const MachineDescription &machine) const = 0;
};

inline PrimitiveKind Choice::kind() const { return primitive->kind(); }

/// The catalogue. Of equally good choices the first is taken.
llvm::ArrayRef<const Primitive *> allPrimitives();
/// The primitive of that name; none if there is no such.
const Primitive *findPrimitive(llvm::StringRef name);
/// The same where there must be one.
const Primitive &getPrimitive(llvm::StringRef name);

/// The choices of one primitive for `layer` that compute in `precision`, as
/// Primitive::choices gives them; of a reduced one none where `machine` or the
/// layer's types have no use for it.
std::vector<Choice> choicesOf(const Primitive &primitive,
                              const ConvProblem &layer,
                              const MachineDescription &machine,
                              Precision precision);

/// Every choice of every primitive that supports `layer`, in its own types and
/// then in each of `precisions`; none for one that is empty
/// (ConvLayer::isEmpty), of which no primitive must be asked.
std::vector<Choice> allChoices(const ConvProblem &layer,
                               const MachineDescription &machine,
                               llvm::ArrayRef<Precision> precisions = {});

/// Primitive::packFilter of a filter of any type, as bytes, in the type of the
/// packed filter: numbers are rounded to the nearest that it has.
std::vector<char> packBytes(const ConvProblem &layer, const Choice &choice,
                            const MachineDescription &machine,
                            llvm::ArrayRef<char> filter);
/// The same of a filter in single precision.
std::vector<float> packFloats(const ConvLayer &layer, const Choice &choice,
                              const MachineDescription &machine,
                              llvm::ArrayRef<float> filter);

/// "direct nhwc->nhwc 6x4": unique among the choices of one layer.
std::string toString(const Choice &choice);

} // namespace convopt

#endif // CONVOPT_PRIMITIVES_PRIMITIVE_H
