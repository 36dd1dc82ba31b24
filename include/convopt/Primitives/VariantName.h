#ifndef CONVOPT_PRIMITIVES_VARIANTNAME_H
#define CONVOPT_PRIMITIVES_VARIANTNAME_H

#include "convopt/Primitives/Precision.h"
#include "llvm/Support/Error.h"
#include <cstdint>
#include <string>

namespace convopt {

/// What a schedule variant is called: its register tile and what else two
/// variants of a layer may differ by. "6x4l8s14c2p": 6 pixels x 4 vectors, of 8
/// lanes, in strips of 14, 2 columns of tiles in a block, products of pairs;
/// "f" behind it: fresh filters; "-bf16": in that precision.
struct VariantName {
  int64_t pixels = 0, vectors = 0;
  int64_t lanes = 0, strip = 0, columns = 0; ///< 0: does not say
  bool paired = false, fresh = false;
  Precision precision = Precision::Full;

  friend bool operator==(const VariantName &a, const VariantName &b) {
    return a.pixels == b.pixels && a.vectors == b.vectors &&
           a.lanes == b.lanes && a.strip == b.strip && a.columns == b.columns &&
           a.paired == b.paired && a.fresh == b.fresh &&
           a.precision == b.precision;
  }
};

std::string toString(const VariantName &name);

/// Reads it back. An error says what is no name.
llvm::Expected<VariantName> parseVariantName(llvm::StringRef text);

} // namespace convopt

#endif // CONVOPT_PRIMITIVES_VARIANTNAME_H
