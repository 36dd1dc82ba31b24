#include "MachineFile.h"
#include "convopt/Codegen/ModelModule.h"
#include "convopt/CostModel/Features.h"
#include "convopt/CostModel/SampleRows.h"
#include "convopt/Driver/OutputFile.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"
#include <ctime>
#include <nlohmann/json.hpp>

using namespace convopt;
using llvm::createStringError;
using llvm::StringRef;
using Json = nlohmann::ordered_json;

std::string convopt::machineFileOf(StringRef samples) {
  llvm::SmallString<128> path(samples);
  llvm::sys::path::replace_extension(path, "json");
  return path.str().str();
}

/// The numbers of a description that the names of CPU and features do not fix
/// for all time: the compiler's tables may be corrected.
template <class Description> static auto numbersOf(Description &machine) {
  return std::array{std::pair("vector_bits", &machine.vectorBits),
                    std::pair("vector_registers", &machine.vectorRegisters),
                    std::pair("fma_bits_per_cycle", &machine.fmaBitsPerCycle),
                    std::pair("add_bits_per_cycle", &machine.addBitsPerCycle),
                    std::pair("load_bits_per_cycle", &machine.loadBitsPerCycle),
                    std::pair("l1_bytes", &machine.l1Bytes),
                    std::pair("l1_ways", &machine.l1Ways),
                    std::pair("l2_bytes", &machine.l2Bytes),
                    std::pair("l3_bytes", &machine.l3Bytes)};
}

llvm::Error convopt::writeMachine(StringRef path,
                                  const MachineDescription &machine,
                                  const BatchReport &report) {
  char day[16];
  std::time_t now = std::time(nullptr);
  std::strftime(day, sizeof(day), "%Y-%m-%d", std::gmtime(&now));
  Json json = {{"machine", machineName(machine)},
               {"date", day},
               {"compiler_version", compilerVersion()},
               {"features_version", featuresVersion()},
               {"triple", machine.triple},
               {"cpu", machine.cpu},
               {"cpu_features", machine.features}};
  for (auto [name, value] : numbersOf(machine))
    json[name] = *value;
  json["gigahertz"] = machine.gigahertz;
  json["memory_gigabytes_per_second"] = machine.memoryGigabytesPerSecond;
  json["peak_gigaflops"] = machine.peak(ConvTypes()) / 1e9;
  for (const char *key : {"model", "kernel", "libc", "weights"})
    if (auto found = report.system.find(key); found != report.system.end())
      json[key] = found->second;
  json["large_pages"] = report.hasLargePages;
  if (!report.references.empty()) {
    const char *names[] = {"compute", "read_l2", "read_l3"};
    for (size_t i = 0; i < std::size(names); ++i)
      json["reference_seconds"][names[i]] = medianOf(report.references, i);
  }
  std::string text =
      json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
  return writeOutput(path, [&](llvm::raw_ostream &os) {
    os << text;
    return llvm::Error::success();
  });
}

llvm::Error convopt::checkWeights(StringRef samples, WeightSource weights) {
  auto file = llvm::MemoryBuffer::getFile(machineFileOf(samples));
  if (!llvm::sys::fs::exists(samples) || !file)
    return llvm::Error::success();
  Json json = Json::parse((*file)->getBuffer().str(), /*cb=*/nullptr,
                          /*allow_exceptions=*/false);
  std::string there =
      json.is_object() ? json.value("weights", Json("l3")).dump() : "";
  StringRef wanted = weights == WeightSource::Memory ? "\"memory\"" : "\"l3\"";
  if (there == wanted)
    return llvm::Error::success();
  return createStringError(samples + ": its times are not of --weights=" +
                           wanted.drop_front().drop_back() + ", see " +
                           machineFileOf(samples));
}

/// What turns the CPU's features into `wanted`.
static std::string edits(const std::vector<std::string> &wanted,
                         const MachineDescription &cpu) {
  std::string text;
  auto add = [&](char sign, const std::string &feature) {
    text += (text.empty() ? "" : ",") + (sign + feature);
  };
  for (const std::string &feature : cpu.features)
    if (!llvm::is_contained(wanted, feature))
      add('-', feature);
  for (const std::string &feature : wanted)
    if (!cpu.has(feature))
      add('+', feature);
  return text;
}

static llvm::Expected<MachineDescription> parseMachine(const Json &json) {
  std::string triple = json.at("triple"), cpu = json.at("cpu");
  std::vector<std::string> features = json.at("cpu_features");
  auto machine = describeMachine({triple, cpu, ""});
  if (machine)
    machine = describeMachine({triple, cpu, edits(features, *machine)});
  if (!machine)
    return machine;
  for (auto [name, value] : numbersOf(*machine))
    *value = json.value(name, *value);
  machine->gigahertz = json.value("gigahertz", machine->gigahertz);
  machine->memoryGigabytesPerSecond = json.value(
      "memory_gigabytes_per_second", machine->memoryGigabytesPerSecond);
  return machine;
}

llvm::Expected<MachineDescription> convopt::readMachine(StringRef path) {
  auto file = llvm::MemoryBuffer::getFile(path, /*IsText=*/true);
  if (!file)
    return createStringError(path + ": " + file.getError().message());
  try {
    auto machine = parseMachine(Json::parse((*file)->getBuffer().str()));
    if (machine)
      return machine;
    return createStringError(path + ": " + llvm::toString(machine.takeError()));
  } catch (const Json::exception &) {
    return createStringError(path + ": does not describe a machine");
  }
}
