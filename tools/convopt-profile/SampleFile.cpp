#include "SampleFile.h"
#include "convopt/CostModel/Features.h"
#include "convopt/CostModel/LayerText.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/LineIterator.h"
#include "llvm/Support/MemoryBuffer.h"
#include <ctime>
#include <nlohmann/json.hpp>

using namespace convopt;
using llvm::createStringError;
using llvm::StringRef;

llvm::Error SampleFile::read(StringRef path, StringRef header) {
  auto file = llvm::MemoryBuffer::getFile(path, /*IsText=*/true);
  if (!file)
    return llvm::Error::success(); // a new one
  for (llvm::line_iterator line(**file); !line.is_at_eof(); ++line) {
    if (line.line_number() == 1 && *line != header)
      return createStringError(path + ": has other columns; start a new file");
    known.insert(firstCells(*line, 2));
  }
  return llvm::Error::success();
}

static llvm::Error append(StringRef path, StringRef header,
                          std::unique_ptr<llvm::raw_fd_ostream> &file) {
  uint64_t size = 0;
  bool isNew = llvm::sys::fs::file_size(path, size) || size == 0;
  std::error_code code;
  file = std::make_unique<llvm::raw_fd_ostream>(path, code,
                                                llvm::sys::fs::OF_Append);
  if (code)
    return createStringError(path + ": " + code.message());
  if (isNew)
    *file << header << "\n";
  file->flush();
  return llvm::Error::success();
}

llvm::Expected<SampleFile> SampleFile::open(StringRef path,
                                            const MachineDescription &machine) {
  SampleFile result;
  result.machine = machine;
  std::string header = sampleColumns.str();
  for (StringRef name : featureNames())
    header += "," + name.str();
  std::string failed = (path + ".failed").str();
  StringRef failedHeader = "layer,choice,reason";
  if (auto e = result.read(path, header))
    return e;
  if (auto e = result.read(failed, failedHeader))
    return e;
  if (auto e = append(path, header, result.samples))
    return e;
  if (auto e = append(failed, failedHeader, result.failures))
    return e;
  return result;
}

bool SampleFile::contains(const ConvLayer &layer, const Choice &choice) const {
  return known.contains(sampleKey(layer, choice));
}

bool SampleFile::contains(const ImageTransformation &image) const {
  return known.contains(sampleKey(image));
}

void SampleFile::add(const ImageTransformation &image, double seconds) {
  *samples << sampleKey(image) << "," << machineName(machine)
           << llvm::format(",%.4e\n", seconds);
  samples->flush();
}

void SampleFile::add(const ConvLayer &layer, const Choice &choice,
                     double seconds) {
  *samples << sampleKey(layer, choice) << "," << machineName(machine)
           << llvm::format(",%.4e", seconds);
  // Digits enough for the same double, so that training sees what prediction
  // will.
  for (double feature : computeFeatures(layer, choice, machine))
    *samples << llvm::format(",%.17g", feature);
  *samples << "\n";
  samples->flush();
}

void SampleFile::addFailure(const ConvLayer &layer, const Choice &choice,
                            StringRef reason) {
  std::string line = reason.str();
  std::replace(line.begin(), line.end(), '\n', ' ');
  *failures << sampleKey(layer, choice) << "," << line << "\n";
  failures->flush();
}

llvm::Error SampleFile::dropReplaced(StringRef path) {
  auto file = llvm::MemoryBuffer::getFile(path, /*IsText=*/true);
  if (!file)
    return createStringError(path + ": " + file.getError().message());
  llvm::SmallVector<StringRef> lines;
  (*file)->getBuffer().split(lines, '\n', -1, /*KeepEmpty=*/false);
  llvm::StringSet<> later;
  std::vector<StringRef> kept;
  for (StringRef line : llvm::reverse(lines))
    if (line.count(',') > 1 && later.insert(firstCells(line, 3)).second)
      kept.push_back(line);
  if (kept.size() == lines.size())
    return llvm::Error::success();
  return llvm::writeToOutput(path, [&](llvm::raw_ostream &os) {
    for (StringRef line : llvm::reverse(kept))
      os << line << "\n";
    return llvm::Error::success();
  });
}

llvm::Expected<size_t> convopt::forEachSample(
    StringRef path, const MachineDescription &machine,
    llvm::function_ref<void(const ConvLayer &, const Choice &, double)> each) {
  size_t gone = 0;
  llvm::Error failed =
      forEachSampleRow(path, [&](const SampleRow &row) -> llvm::Error {
        if (row.machine != machineName(machine))
          return createStringError(path + ": measured on " + row.machine +
                                   ", not " + machineName(machine));
        if (!row.name)
          return llvm::Error::success();
        auto layer = parseLayer(row.layer);
        if (!layer)
          return layer.takeError();
        std::vector<Choice> choices = allChoices(*layer, machine);
        auto choice = llvm::find_if(
            choices, [&](const Choice &c) { return nameOf(c) == *row.name; });
        if (choice == choices.end())
          ++gone;
        else
          each(*layer, *choice, row.seconds);
        return llvm::Error::success();
      });
  if (failed)
    return std::move(failed);
  return gone;
}

llvm::Error convopt::writeDescription(StringRef path,
                                      const MachineDescription &machine) {
  char day[16];
  std::time_t now = std::time(nullptr);
  std::strftime(day, sizeof(day), "%Y-%m-%d", std::gmtime(&now));
  nlohmann::ordered_json json = {
      {"machine", machineName(machine)},
      {"date", day},
      {"features_version", featuresVersion()},
      {"triple", machine.triple},
      {"cpu", machine.cpu},
      {"cpu_features", machine.features},
      {"vector_bits", machine.vectorBits},
      {"vector_registers", machine.vectorRegisters},
      {"gigahertz", machine.gigahertz},
      {"l1_bytes", machine.l1Bytes},
      {"l2_bytes", machine.l2Bytes},
      {"l3_bytes", machine.l3Bytes},
      {"peak_gigaflops", machine.peak(ConvTypes()) / 1e9}};
  std::error_code code;
  llvm::raw_fd_ostream file(path, code);
  if (code)
    return createStringError(path + ": " + code.message());
  file << json.dump(2) << "\n";
  return llvm::Error::success();
}
