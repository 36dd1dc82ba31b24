// Samples are text that people edit, join and compare, so a row is found by
// what it says: layer and choice as they are printed everywhere. One function
// reads the rows for all; it checks form only, since a primitive or a variant
// may be one of another compiler's.

#include "convopt/CostModel/SampleRows.h"
#include "convopt/CostModel/LayerText.h"
#include "llvm/Support/LineIterator.h"
#include "llvm/Support/MemoryBuffer.h"
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

std::string convopt::sampleKey(const ConvLayer &layer, const Choice &choice) {
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
  return machine.cpu + "/" + std::to_string(machine.vectorBits);
}

StringRef convopt::firstCells(StringRef line, unsigned count) {
  size_t end = 0;
  for (unsigned i = 0; i < count && end != StringRef::npos; ++i)
    end = line.find(',', i ? end + 1 : 0);
  return line.take_front(end);
}

llvm::Error convopt::forEachSampleRow(
    StringRef path, llvm::function_ref<llvm::Error(const SampleRow &)> each) {
  auto file = llvm::MemoryBuffer::getFile(path, /*IsText=*/true);
  if (!file)
    return createStringError(path + ": " + file.getError().message());
  llvm::line_iterator line(**file);
  if (line.is_at_eof() || firstCells(*line, 4) != sampleColumns)
    return createStringError(
        path + ": not a file of measured costs: its first line is not " +
        sampleColumns);
  for (++line; !line.is_at_eof(); ++line) {
    llvm::SmallVector<StringRef, 5> cells;
    line->split(cells, ',', 4);
    SampleRow row;
    if (cells.size() < 4 || cells[3].getAsDouble(row.seconds) ||
        !std::isfinite(row.seconds) || row.seconds < 0)
      return createStringError(path + ":" + llvm::Twine(line.line_number()) +
                               ": not layer, choice, machine and seconds");
    row.key = firstCells(*line, 2);
    row.layer = cells[0];
    row.choice = cells[1];
    row.machine = cells[2];
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
