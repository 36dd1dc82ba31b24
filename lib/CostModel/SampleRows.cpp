// Samples are text that people edit, join and compare, so a row is found by
// what it says: layer and choice as they are printed everywhere. One function
// reads the rows for all; it checks form only, since a primitive or a variant
// may be one of another compiler's.

#include "convopt/CostModel/SampleRows.h"
#include "convopt/CostModel/LayerText.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/LineIterator.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/raw_ostream.h"
#include <algorithm>
#include <cmath>
#include <tuple>

using namespace convopt;
using llvm::createStringError;
using llvm::StringRef;

bool ImageTransformation::operator==(const ImageTransformation &other) const {
  auto tie = [](const ImageTransformation &t) {
    return std::tie(t.batch, t.channels, t.height, t.width, t.from, t.to);
  };
  return tie(*this) == tie(other);
}

std::string convopt::sampleKey(const ConvProblem &layer, const Choice &choice) {
  return layerText(layer) + "," + toString(choice);
}

std::string convopt::sampleKey(const ImageTransformation &image) {
  return "n=" + std::to_string(image.batch) +
         " c=" + std::to_string(image.channels) +
         " h=" + std::to_string(image.height) +
         " w=" + std::to_string(image.width) +
         (",transform " + stringifyLayout(image.from) + "->" +
          stringifyLayout(image.to))
             .str();
}

std::string convopt::machineName(const MachineDescription &machine) {
  std::string name = machine.cpu + "/" + std::to_string(machine.vectorBits);
  // AVX-512's registers without its width are another machine than AVX2.
  if (machine.has("avx512vl") && machine.vectorBits < 512)
    name += "x" + std::to_string(machine.vectorRegisters);
  return name;
}

StringRef convopt::firstCells(StringRef line, unsigned count) {
  size_t end = 0;
  for (unsigned i = 0; i < count && end != StringRef::npos; ++i)
    end = line.find(',', i ? end + 1 : 0);
  return line.take_front(end);
}

/// Reads threads and passes off the last three cells of a row; false if they
/// are something else.
static bool readPasses(StringRef threads, StringRef passes, SampleRow &row) {
  if (threads.getAsInteger(10, row.threads) || row.threads < 1)
    return false;
  llvm::SmallVector<StringRef, 4> words;
  passes.split(words, ' ');
  for (StringRef word : words)
    if (double seconds;
        word.getAsDouble(seconds) || !(seconds >= 0) || !std::isfinite(seconds))
      return false;
    else
      row.passes.push_back(seconds);
  return true;
}

static bool readCells(StringRef line, bool isOfFourColumns, SampleRow &row) {
  llvm::SmallVector<StringRef, 7> cells;
  line.split(cells, ',', isOfFourColumns ? 4 : -1);
  if (cells.size() < 4 || cells[3].getAsDouble(row.seconds) ||
      !std::isfinite(row.seconds) || row.seconds < 0)
    return false;
  row.key = firstCells(line, 2);
  row.layer = cells[0];
  row.choice = cells[1];
  row.machine = cells[2];
  row.isOfFourColumns = isOfFourColumns;
  if (!isOfFourColumns)
    return cells.size() == 7 && readPasses(cells[5], cells[6], row);
  row.passes = {row.seconds};
  return true;
}

llvm::Error convopt::forEachSampleRow(
    StringRef path, llvm::function_ref<llvm::Error(const SampleRow &)> each) {
  auto file = llvm::MemoryBuffer::getFile(path, /*IsText=*/true);
  if (!file)
    return createStringError(path + ": " + file.getError().message());
  llvm::line_iterator line(**file);
  if (line.is_at_eof() || firstCells(*line, 4) != leastSampleColumns)
    return createStringError(
        path + ": not a file of measured costs: its first line is not " +
        sampleColumns);
  const bool isOfFourColumns = *line != sampleColumns;
  for (++line; !line.is_at_eof(); ++line) {
    SampleRow row;
    if (!readCells(*line, isOfFourColumns, row))
      return createStringError(path + ":" + llvm::Twine(line.line_number()) +
                               (isOfFourColumns
                                    ? ": not layer, choice, machine and seconds"
                                    : ": not layer, choice, machine, seconds, "
                                      "primitive, threads and passes"));
    if (!row.choice.starts_with("transform ")) {
      auto name = parseChoiceName(row.choice);
      if (!name)
        return createStringError(path + ":" + llvm::Twine(line.line_number()) +
                                 ": " + llvm::toString(name.takeError()));
      row.name = std::move(*name);
    }
    if (llvm::Error error = each(row))
      return error;
  }
  return llvm::Error::success();
}

double Sample::seconds() const {
  return *std::min_element(passes.begin(), passes.end());
}

std::string Sample::primitive() const {
  return name ? name->primitive : "transform";
}

std::string Sample::identity() const {
  return key + "," + machine + "," + std::to_string(threads);
}

std::string convopt::toString(const Sample &sample) {
  std::string text;
  llvm::raw_string_ostream os(text);
  os << sample.key << ',' << sample.machine
     << llvm::format(",%.4e,", sample.seconds()) << sample.primitive() << ','
     << sample.threads << ',';
  const char *between = "";
  for (double seconds : sample.passes) {
    os << between << llvm::format("%.4e", seconds);
    between = " ";
  }
  return text;
}

llvm::Expected<std::vector<Sample>> convopt::readSamples(StringRef path) {
  std::vector<Sample> samples;
  llvm::StringMap<size_t> places;
  auto add = [&](const SampleRow &row) {
    Sample sample{row.key.str(),     row.layer.str(), row.choice.str(),
                  row.machine.str(), row.threads,     {},
                  row.name};
    auto [place, isNew] = places.try_emplace(sample.identity(), samples.size());
    if (isNew)
      samples.push_back(std::move(sample));
    std::vector<double> &passes = samples[place->second].passes;
    if (row.isOfFourColumns)
      passes.clear();
    passes.insert(passes.end(), row.passes.begin(), row.passes.end());
    return llvm::Error::success();
  };
  if (llvm::Error error = forEachSampleRow(path, add))
    return error;
  return samples;
}
