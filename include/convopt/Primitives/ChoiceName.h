#ifndef CONVOPT_PRIMITIVES_CHOICENAME_H
#define CONVOPT_PRIMITIVES_CHOICENAME_H

#include "convopt/IR/ConvoptEnums.h"
#include "convopt/Primitives/VariantName.h"

namespace convopt {

struct Choice;

/// What a choice is called in tables and in files of samples:
/// "direct nhwc->nhwc 6x4". The primitive may be one of another compiler.
struct ChoiceName {
  std::string primitive;
  Layout input, output;
  VariantName variant;

  friend bool operator==(const ChoiceName &a, const ChoiceName &b) {
    return a.primitive == b.primitive && a.input == b.input &&
           a.output == b.output && a.variant == b.variant;
  }
};

ChoiceName nameOf(const Choice &choice);
std::string toString(const ChoiceName &name);

/// Reads it back. An error says what is no name.
llvm::Expected<ChoiceName> parseChoiceName(llvm::StringRef text);

} // namespace convopt

#endif // CONVOPT_PRIMITIVES_CHOICENAME_H
