#include "SampleFile.h"
#include "convopt/CostModel/Features.h"
#include "convopt/CostModel/LayerText.h"
#include "convopt/CostModel/MeasuredCosts.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/LineIterator.h"
#include "llvm/Support/MemoryBuffer.h"
#include <ctime>
#include <nlohmann/json.hpp>

using namespace convopt;
using llvm::StringRef;

static llvm::Error error(const llvm::Twine &text) {
  return llvm::createStringError(llvm::inconvertibleErrorCode(), text);
}

static std::string keyOf(const ConvLayer &layer, const Choice &choice) {
  return layerText(layer) + "," + toString(choice);
}

static std::string keyOf(const ImageTransformation &image) {
  return imageText(image.batch, image.channels, image.height, image.width) +
         "," + transformText(image.from, image.to);
}

llvm::Error SampleFile::read(StringRef path, StringRef header) {
  auto file = llvm::MemoryBuffer::getFile(path, /*IsText=*/true);
  if (!file)
    return llvm::Error::success(); // a new one
  for (llvm::line_iterator line(**file); !line.is_at_eof(); ++line) {
    if (line.line_number() == 1 && *line != header)
      return error(path + ": has other columns; start a new file");
    auto [layer, rest] = line->split(',');
    known.insert((layer + "," + rest.split(',').first).str());
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
    return error(path + ": " + code.message());
  if (isNew)
    *file << header << "\n";
  file->flush();
  return llvm::Error::success();
}

llvm::Expected<SampleFile> SampleFile::open(StringRef path,
                                            const MachineDescription &machine) {
  SampleFile result;
  result.machine = machine;
  std::string header = "layer,choice,machine,seconds";
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
  return known.contains(keyOf(layer, choice));
}

bool SampleFile::contains(const ImageTransformation &image) const {
  return known.contains(keyOf(image));
}

void SampleFile::add(const ImageTransformation &image, double seconds) {
  *samples << keyOf(image) << "," << machineName(machine)
           << llvm::format(",%.4e\n", seconds);
  samples->flush();
}

void SampleFile::add(const ConvLayer &layer, const Choice &choice,
                     double seconds) {
  *samples << keyOf(layer, choice) << "," << machineName(machine)
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
  *failures << keyOf(layer, choice) << "," << line << "\n";
  failures->flush();
}

llvm::Error SampleFile::dropReplaced(StringRef path) {
  auto file = llvm::MemoryBuffer::getFile(path, /*IsText=*/true);
  if (!file)
    return error(path + ": " + file.getError().message());
  llvm::SmallVector<StringRef> lines;
  (*file)->getBuffer().split(lines, '\n', -1, /*KeepEmpty=*/false);
  llvm::StringSet<> later;
  std::vector<StringRef> kept;
  for (StringRef line : llvm::reverse(lines)) {
    llvm::SmallVector<StringRef, 4> cells;
    line.split(cells, ',', 3);
    if (cells.size() > 2 &&
        later.insert((cells[0] + "," + cells[1] + "," + cells[2]).str()).second)
      kept.push_back(line);
  }
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
  auto file = llvm::MemoryBuffer::getFile(path, /*IsText=*/true);
  if (!file)
    return error(path + ": " + file.getError().message());
  size_t gone = 0;
  for (llvm::line_iterator line(**file); !line.is_at_eof(); ++line) {
    llvm::SmallVector<StringRef, 5> cells;
    line->split(cells, ',', 4);
    double seconds;
    if (line.line_number() == 1)
      continue;
    if (cells.size() < 4 || cells[3].getAsDouble(seconds))
      return error(path + ":" + llvm::Twine(line.line_number()) +
                   ": not a sample");
    if (cells[2] != machineName(machine))
      return error(path + ": measured on " + cells[2] + ", not " +
                   machineName(machine));
    if (cells[1].starts_with("transform "))
      continue;
    auto layer = parseLayer(cells[0]);
    if (!layer)
      return layer.takeError();
    auto name = parseChoiceName(cells[1]);
    if (!name)
      return error(path + ":" + llvm::Twine(line.line_number()) + ": " +
                   llvm::toString(name.takeError()));
    std::vector<Choice> choices = allChoices(*layer, machine);
    auto choice = llvm::find_if(
        choices, [&](const Choice &c) { return nameOf(c) == *name; });
    if (choice == choices.end())
      ++gone;
    else
      each(*layer, *choice, seconds);
  }
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
    return error(path + ": " + code.message());
  file << json.dump(2) << "\n";
  return llvm::Error::success();
}
