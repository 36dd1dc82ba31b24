#ifndef CONVOPT_TRANSFORMS_PACKEDFORMS_H
#define CONVOPT_TRANSFORMS_PACKEDFORMS_H

#include "convopt/Primitives/Primitive.h"
#include "mlir/IR/Attributes.h"
#include <set>
#include <string>

namespace convopt {

/// The forms in which an object for several sizes of one model has each filter,
/// as the plans for the sizes so far want them. A choice that reads one of them
/// costs no memory.
class PackedForms {
public:
  /// Bytes that the object grows by if `choice` reads `filter`: nothing for a
  /// form that is there; of the first form of a filter what is beyond the
  /// filter's own bytes; all of any other.
  int64_t growthOf(mlir::Attribute filter, const ConvProblem &layer,
                   const Choice &choice,
                   const MachineDescription &machine) const;
  /// It was chosen.
  void add(mlir::Attribute filter, const ConvProblem &layer,
           const Choice &choice, const MachineDescription &machine);

  /// Whether no size has a plan yet.
  bool empty() const { return forms.empty(); }

  int64_t grown = 0; ///< what all that was added has grown by, in bytes

private:
  using Form = std::pair<const void *, std::string>;
  std::set<Form> forms; ///< a filter alone, too, has an entry, without text
};

} // namespace convopt

#endif // CONVOPT_TRANSFORMS_PACKEDFORMS_H
