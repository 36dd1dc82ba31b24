#include "SampleFile.h"
#include "Progress.h"
#include "convopt/CostModel/LayerText.h"
#include "convopt/Driver/OutputFile.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/LineIterator.h"
#include "llvm/Support/MemoryBuffer.h"

using namespace convopt;
using llvm::createStringError;
using llvm::StringRef;

static constexpr llvm::StringLiteral failureColumns = "layer,choice,reason";

/// The first line; empty if there is none.
static std::string headerOf(StringRef path) {
  auto file = llvm::MemoryBuffer::getFile(path, /*IsText=*/true);
  return file ? (*file)->getBuffer().split('\n').first.str() : "";
}

/// Cuts off a last line that was not written whole.
static void dropHalfALine(StringRef path) {
  auto file = llvm::MemoryBuffer::getFile(path, /*IsText=*/true);
  if (!file)
    return;
  StringRef text = (*file)->getBuffer();
  if (text.empty() || text.ends_with("\n"))
    return;
  size_t whole = text.rfind('\n') + 1; // 0 if there is none
  int descriptor;
  if (llvm::sys::fs::openFileForWrite(path, descriptor,
                                      llvm::sys::fs::CD_OpenExisting))
    return;
  // Where it fails, reading the row will say so.
  (void)llvm::sys::fs::resize_file(descriptor, whole);
  auto native = llvm::sys::fs::convertFDToNativeFile(descriptor);
  (void)llvm::sys::fs::closeFile(native);
}

/// An error if writing has failed, which `file` must not end the process for.
static llvm::Error checkWritten(llvm::raw_fd_ostream &file, StringRef path) {
  if (!file.has_error())
    return llvm::Error::success();
  std::error_code why = file.error();
  file.clear_error();
  return cannotWrite(path, why);
}

static llvm::Expected<std::unique_ptr<llvm::raw_fd_ostream>>
append(StringRef path, StringRef header) {
  dropHalfALine(path);
  std::string old = headerOf(path);
  if (!old.empty() && old != header)
    return createStringError(path + ": has other columns; start a new file");
  std::error_code code;
  auto file = std::make_unique<llvm::raw_fd_ostream>(path, code,
                                                     llvm::sys::fs::OF_Append);
  if (code)
    return createStringError(path + ": " + code.message());
  if (old.empty())
    *file << header << "\n";
  file->flush();
  if (auto error = checkWritten(*file, path))
    return error;
  return file;
}

llvm::Expected<SampleFile> SampleFile::open(StringRef path, StringRef machine,
                                            int64_t threads) {
  SampleFile result;
  result.path = path.str();
  result.machine = machine.str();
  result.threads = threads;
  std::string failed = (path + ".failed").str();
  auto samples = append(path, sampleColumns);
  if (!samples)
    return samples.takeError();
  auto failures = append(failed, failureColumns);
  if (!failures)
    return failures.takeError();
  result.samples = std::move(*samples);
  result.failures = std::move(*failures);
  auto known = readSamples(path);
  if (!known)
    return known.takeError();
  for (Sample &sample : *known)
    if (sample.machine == machine && sample.threads == threads)
      result.passes[sample.key] = std::move(sample.passes);
  if (auto file = llvm::MemoryBuffer::getFile(failed, /*IsText=*/true))
    for (llvm::line_iterator line(**file); !line.is_at_eof(); ++line)
      result.failed.insert(firstCells(*line, 2));
  return result;
}

std::vector<double> SampleFile::passesOf(StringRef key) const {
  return passes.lookup(key);
}

void SampleFile::addPass(const Task &task, double seconds) {
  Sample sample;
  sample.key = task.key();
  sample.machine = machine;
  sample.threads = threads;
  sample.passes = {seconds};
  if (const auto *what = std::get_if<LayerChoice>(&task.what))
    sample.name = nameOf(what->choice);
  *samples << toString(sample) << "\n";
  samples->flush();
}

void SampleFile::addFailure(const Task &task, StringRef reason) {
  std::string line = reason.str();
  std::replace(line.begin(), line.end(), '\n', ' ');
  *failures << task.key() << "," << line << "\n";
  failures->flush();
}

llvm::Error SampleFile::written() {
  if (auto error = checkWritten(*samples, path))
    return error;
  return checkWritten(*failures, path + ".failed");
}

static llvm::Error write(StringRef path, llvm::ArrayRef<Sample> samples) {
  return writeOutput(path, [&](llvm::raw_ostream &os) {
    os << sampleColumns << "\n";
    for (const Sample &sample : samples)
      os << toString(sample) << "\n";
    return llvm::Error::success();
  });
}

llvm::Error convopt::joinPasses(StringRef path) {
  auto samples = readSamples(path);
  return samples ? write(path, *samples) : samples.takeError();
}

void convopt::removeIfEmpty(StringRef path) {
  for (const std::string &name : {path.str(), (path + ".failed").str()})
    if (auto file = llvm::MemoryBuffer::getFile(name, /*IsText=*/true);
        file && (*file)->getBuffer().count('\n') < 2)
      (void)llvm::sys::fs::remove(name);
}

/// The rows of a file of failures.
static std::vector<std::string> readFailures(StringRef path) {
  std::vector<std::string> rows;
  if (auto file = llvm::MemoryBuffer::getFile(path, /*IsText=*/true))
    for (llvm::line_iterator line(**file); !line.is_at_eof(); ++line)
      if (*line != failureColumns)
        rows.push_back(line->str());
  return rows;
}

/// What has failed now, or before and is not in `known`.
static llvm::Error replaceFailures(StringRef path, StringRef newPath,
                                   llvm::StringSet<> known) {
  std::vector<std::string> rows = readFailures(newPath);
  for (const std::string &row : rows)
    known.insert(firstCells(row, 2));
  for (const std::string &row : readFailures(path))
    if (!known.contains(firstCells(row, 2)))
      rows.push_back(row);
  (void)llvm::sys::fs::remove(newPath);
  if (rows.empty()) {
    (void)llvm::sys::fs::remove(path);
    return llvm::Error::success();
  }
  return writeOutput(path, [&](llvm::raw_ostream &os) {
    os << failureColumns << "\n";
    for (const std::string &row : rows)
      os << row << "\n";
    return llvm::Error::success();
  });
}

llvm::Error convopt::replaceSamples(StringRef path, StringRef newPath) {
  std::vector<Sample> all;
  if (llvm::sys::fs::exists(path)) {
    auto old = readSamples(path);
    if (!old)
      return old.takeError();
    all = std::move(*old);
  }
  auto replacing = readSamples(newPath);
  if (!replacing)
    return replacing.takeError();
  llvm::StringMap<size_t> places;
  for (const auto &[place, sample] : llvm::enumerate(all))
    places[sample.identity()] = place;
  llvm::StringSet<> keys;
  for (Sample &sample : *replacing) {
    keys.insert(sample.key);
    auto [place, isNew] = places.try_emplace(sample.identity(), all.size());
    if (isNew)
      all.push_back(std::move(sample));
    else
      all[place->second] = std::move(sample);
  }
  if (auto error = write(path, all))
    return error;
  if (auto code = llvm::sys::fs::remove(newPath))
    return createStringError(newPath + ": " + code.message());
  return replaceFailures((path + ".failed").str(), (newPath + ".failed").str(),
                         std::move(keys));
}

llvm::Error convopt::forEachLayerSample(
    StringRef path, const MachineDescription &machine,
    llvm::function_ref<void(const LayerChoice &, const Sample &)> each) {
  auto samples = readSamples(path);
  if (!samples)
    return samples.takeError();
  // Samples of a layer stand together, and to list its choices takes a while.
  std::string current;
  ConvProblem layer;
  llvm::StringMap<Choice> choices;
  size_t gone = 0;
  for (const Sample &sample : *samples) {
    if (sample.machine != machineName(machine))
      return createStringError(path + ": measured on " + sample.machine +
                               ", not " + machineName(machine));
    if (!sample.name)
      continue;
    if (sample.layer != current) {
      auto parsed = parseLayer(sample.layer);
      if (!parsed)
        return parsed.takeError();
      layer = *parsed;
      current = sample.layer;
      choices.clear();
      for (const Choice &choice :
           allChoices(layer, machine, reducedPrecisions()))
        choices.try_emplace(toString(choice), choice);
    }
    auto choice = choices.find(sample.choice);
    if (choice == choices.end())
      ++gone;
    else
      each({layer, choice->second}, sample);
  }
  if (gone)
    printNote(path + ": " + llvm::Twine(gone) +
              " samples are of choices that are gone");
  return llvm::Error::success();
}
