#include "ExplanationParts.h"

using namespace llvm;

namespace convopt {

static void writeUses(json::OStream &json, StringRef name,
                      ArrayRef<TensorUse> uses) {
  json.attributeArray(name, [&] {
    for (const TensorUse &use : uses)
      json.object([&] {
        json.attribute("tensor", use.tensor);
        writeDims(json, "shape", use.dims);
        json.attribute("offset", use.offset);
        json.attribute("bytes", use.bytes);
        if (name == "reads")
          writeDims(json, "from", use.from);
        if (use.unpackedBytes != use.bytes)
          json.attribute("unpacked_bytes", use.unpackedBytes);
      });
  });
}

/// A convolution's time is that of all threads, as it was chosen by.
static void writeStep(json::OStream &json, const ProgramStep &step,
                      std::optional<size_t> number,
                      ArrayRef<SelectedConvolution> convolutions) {
  const LaunchProfile &profile = step.profile;
  if (step.launch)
    json.attribute("launch", *step.launch);
  json.attribute("node", profile.node);
  json.attribute("kernel", profile.kernel);
  json.attribute("operation", profile.operation);
  json.attribute("shape", profile.shape);
  json.attribute("primitive", profile.primitive);
  json.attribute("operations", profile.operations);
  json.attribute("bytes", profile.bytes);
  if (number)
    json.attribute("convolution", *number);
  writeSeconds(json, "predicted_s",
               number ? convolutions[*number].chosen.nanoseconds
                      : profile.predictedNanoseconds);
  json.attributeArray("parts", [&] {
    for (const KernelPart &part : step.parts)
      json.object([&] {
        json.attribute("operation", part.operation);
        json.attribute("node", part.node);
      });
  });
  writeUses(json, "reads", step.reads);
  writeUses(json, "writes", step.writes);
}

void writeProgram(json::OStream &json, const SizeExplanation &size) {
  const Program &program = *size.program;
  ArrayRef<SelectedConvolution> convolutions = size.selection.convolutions;
  json.attributeArray("steps", [&] {
    for (auto [step, number] :
         zip_equal(program.steps, matchConvolutions(program, convolutions)))
      json.object([&, &step = step, &number = number] {
        writeStep(json, step, number, convolutions);
      });
  });
  json.attributeArray("tensors", [&] {
    for (const ProgramTensor &tensor : program.tensors)
      json.object([&] {
        json.attribute("name", tensor.name);
        json.attribute("type", tensor.type);
        writeDims(json, "shape", tensor.dims);
        json.attribute("place", stringifyTensorPlace(tensor.place));
        json.attribute("offset", tensor.offset);
        json.attribute("bytes", tensor.bytes);
        json.attribute("first", tensor.first);
        json.attribute("last", tensor.last);
      });
  });
}

} // namespace convopt
