// An annotation is a wish, a choice is everything that packing and code
// generation must agree on: a kernel that reads a filter by another variant
// than it was packed by reads other weights, or none at all. So whatever reads
// an annotation gets its choice here, by one rule: layouts that are left open
// are those of the tensors, and of the choices that have all that was asked
// for, the catalogue's first. The attribute holds a variant's numbers beside
// its name, as the name leaves out what follows from layer and machine.

#include "convopt/Primitives/Annotation.h"

using namespace mlir;
using llvm::createStringError;

namespace convopt {

static bool agrees(int64_t wanted, int64_t number) {
  return wanted == 0 || wanted == number;
}
static bool agrees(std::optional<Layout> wanted, Layout layout) {
  return !wanted || *wanted == layout;
}

bool Annotation::admits(const Choice &choice) const {
  const Variant &v = choice.variant;
  return primitive == choice.primitive && agrees(input, choice.input) &&
         agrees(output, choice.output) && (!variant || *variant == v.name()) &&
         agrees(strip, v.strip) && agrees(unroll, v.unroll) &&
         agrees(lanes, v.lanes) && agrees(columns, v.columns);
}

llvm::Expected<Annotation> readAnnotation(PrimitiveAttr attr) {
  Annotation annotation{findPrimitive(attr.getName()),
                        std::nullopt,
                        attr.getStrip(),
                        attr.getUnroll(),
                        attr.getLanes(),
                        attr.getColumns(),
                        attr.getInput(),
                        attr.getOutput()};
  if (!annotation.primitive)
    return createStringError("there is no primitive called " +
                             attr.getName().getValue());
  if (StringAttr variant = attr.getVariant(); variant && !variant.empty()) {
    llvm::Expected<VariantName> name = parseVariantName(variant);
    if (!name)
      return name.takeError();
    annotation.variant = *name;
  }
  return annotation;
}

std::optional<Choice>
Annotation::first(const ConvProblem &layer,
                  const MachineDescription &machine) const {
  if (layer.isEmpty())
    return std::nullopt;
  for (const Choice &choice :
       choicesOf(*primitive, layer, machine, precision()))
    if (admits(choice))
      return choice;
  return std::nullopt;
}

llvm::Expected<Choice> resolve(PrimitiveAttr attr, const ConvOp &conv,
                               const MachineDescription &machine) {
  llvm::Expected<Annotation> annotation = readAnnotation(attr);
  if (!annotation)
    return annotation.takeError();
  auto text = [&] {
    std::string text;
    llvm::raw_string_ostream(text) << attr;
    return text;
  };
  if (!agrees(annotation->input, conv.inputLayout) ||
      !agrees(annotation->output, conv.outputLayout))
    return createStringError(text() + " stands on a convolution from " +
                             stringifyLayout(conv.inputLayout) + " to " +
                             stringifyLayout(conv.outputLayout));
  annotation->input = conv.inputLayout;
  annotation->output = conv.outputLayout;
  if (std::optional<Choice> choice = annotation->first(conv.layer, machine))
    return *choice;
  return createStringError(machine.cpu + " has no " + text() +
                           " for this convolution");
}

PrimitiveAttr annotate(MLIRContext *context, const Choice &choice,
                       int64_t nanoseconds) {
  const Variant &v = choice.variant;
  return PrimitiveAttr::get(
      context, StringAttr::get(context, choice.primitive->name()),
      StringAttr::get(context, toString(v.name())), choice.input, choice.output,
      v.strip, v.unroll, v.lanes, v.columns, nanoseconds);
}

} // namespace convopt
