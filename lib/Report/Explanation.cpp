#include "convopt/Report/Explanation.h"
#include "ExplanationParts.h"
#include "llvm/Support/Format.h"

using namespace llvm;

namespace convopt {

void writeDims(json::OStream &json, StringRef name, ArrayRef<int64_t> dims) {
  json.attributeArray(name, [&] {
    for (int64_t size : dims)
      json.value(size);
  });
}

void writeSeconds(json::OStream &json, StringRef name, int64_t nanoseconds) {
  constexpr int64_t second = 1000000000;
  json.attributeBegin(name);
  json.rawValue([&](raw_ostream &os) {
    os << nanoseconds / second << format(".%09d", int(nanoseconds % second));
  });
  json.attributeEnd();
}

void writeNumber(json::OStream &json, StringRef name, double number) {
  json.attributeBegin(name);
  json.rawValue([&](raw_ostream &os) { os << format("%.6g", number); });
  json.attributeEnd();
}

static void writeInterface(json::OStream &json, StringRef name,
                           ArrayRef<TensorInfo> tensors) {
  json.attributeArray(name, [&] {
    for (const TensorInfo &tensor : tensors)
      json.object([&] {
        json.attribute("name", tensor.name);
        json.attribute("type", tensor.type);
        writeDims(json, "shape", tensor.dims);
      });
  });
}

static void writeMachine(json::OStream &json, const Explanation &explanation) {
  const MachineDescription &machine = explanation.machine;
  json.attributeObject("machine", [&] {
    json.attribute("target", explanation.target);
    json.attribute("cpu", machine.cpu);
    json.attribute("threads", explanation.threads);
    json.attribute("vector_bits", machine.vectorBits);
    json.attribute("vector_registers", machine.vectorRegisters);
    writeNumber(json, "gigahertz", machine.gigahertz);
    writeNumber(json, "peak_gflops", machine.peak(ConvTypes()) * 1e-9);
    writeNumber(json, "memory_gb_per_s", machine.memoryGigabytesPerSecond);
    json.attribute("l1_bytes", machine.l1Bytes);
    json.attribute("l2_bytes", machine.l2Bytes);
    json.attribute("l3_bytes", machine.l3Bytes);
  });
}

static void writeMemory(json::OStream &json, const ModelMemory &memory) {
  json.attributeObject("memory", [&] {
    json.attribute("tensor_bytes", memory.tensors);
    json.attribute("least_tensor_bytes", memory.leastTensors);
    json.attribute("kernel_bytes", memory.kernels);
    json.attribute("weight_bytes", memory.weights);
  });
}

/// All that is of one size.
static void writeSize(json::OStream &json, const SizeExplanation &size,
                      const json::Value *profile) {
  writeSelection(json, size);
  if (size.program) {
    writeProgram(json, size);
    writeMemory(json, size.memory);
  }
  if (profile)
    json.attribute("profile", *profile);
}

void writeExplanation(raw_ostream &os, const Explanation &explanation,
                      const SizeProfiles &profiles) {
  auto profileOf = [&](size_t size) {
    return size < profiles.size() ? profiles[size] : nullptr;
  };
  json::OStream json(os, /*IndentSize=*/1);
  json.object([&] {
    json.attribute("format", "convopt-explanation");
    json.attribute("version", 1);
    json.attribute("compiler", explanation.compiler);
    json.attributeObject("model", [&] {
      json.attribute("name", explanation.name);
      writeInterface(json, "inputs", explanation.interface.inputs);
      writeInterface(json, "outputs", explanation.interface.outputs);
    });
    writeMachine(json, explanation);
    if (explanation.sizes.size() == 1)
      return writeSize(json, explanation.sizes.front(), profileOf(0));
    json.attributeArray("sizes", [&] {
      for (const auto &[i, size] : enumerate(explanation.sizes))
        json.object([&, i = i, &size = size] {
          writeInterface(json, "inputs", size.interface.inputs);
          writeInterface(json, "outputs", size.interface.outputs);
          writeSize(json, size, profileOf(i));
        });
    });
  });
  os << "\n";
}

} // namespace convopt
