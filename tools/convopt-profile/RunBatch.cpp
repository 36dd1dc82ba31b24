#include "RunBatch.h"
#include "llvm/ADT/StringExtras.h"
#include <algorithm>
#include <cmath>

using namespace convopt;
using llvm::createStringError;
using llvm::StringRef;

static std::vector<std::string> argumentsOf(const RunOptions &options) {
  std::vector<std::string> arguments{
      "--seconds=" + std::to_string(options.kernelSeconds),
      "--timeout=" + std::to_string(int(
                         std::ceil(std::max(1.0, options.timeoutSeconds))))};
  if (options.core >= 0)
    arguments.push_back("--core=" + std::to_string(options.core));
  return arguments;
}

namespace {
/// Reads what one run of the program prints.
class Reader {
public:
  Reader(llvm::ArrayRef<int> kernels, size_t next, BatchReport &report,
         llvm::function_ref<void(size_t, llvm::Expected<double>)> done)
      : next(next), kernels(kernels), report(report), done(done) {}

  void read(StringRef line) {
    auto [word, rest] = line.split(' ');
    if (word == "kernel" || word == "error")
      readResult(word == "kernel", rest, line);
    else if (word == "pages")
      report.hasLargePages &= rest == "2M";
    else if (word == "reference")
      readReference(rest);
    else if (word == "failure")
      failure = rest.str();
    else if (word == "system")
      readSystem(rest);
  }

  size_t next; ///< place of the kernel that has no result yet
  std::string failure;

private:
  void readResult(bool isTime, StringRef rest, StringRef line) {
    auto [index, value] = rest.split(' ');
    int kernel;
    double seconds;
    if (next == kernels.size() || index.getAsInteger(10, kernel) ||
        kernel != kernels[next])
      failure = ("unexpected: " + line).str();
    else if (!isTime)
      done(next++, createStringError(value));
    else if (value.getAsDouble(seconds) || !(seconds > 0))
      done(next++, createStringError("took no time"));
    else
      done(next++, seconds);
  }

  void readReference(StringRef text) {
    llvm::SmallVector<StringRef, 3> cells;
    text.split(cells, ' ');
    Reference reference;
    if (cells.size() != reference.size())
      return;
    for (size_t i = 0; i < cells.size(); ++i)
      if (cells[i].getAsDouble(reference[i]))
        return;
    report.references.push_back(reference);
  }

  void readSystem(StringRef text) {
    auto [key, value] = text.split(' ');
    report.system[key] = value.str();
  }

  llvm::ArrayRef<int> kernels;
  BatchReport &report;
  llvm::function_ref<void(size_t, llvm::Expected<double>)> done;
};
} // namespace

double convopt::medianOf(llvm::ArrayRef<Reference> references, size_t part) {
  std::vector<double> values;
  for (const Reference &reference : references)
    values.push_back(reference[part]);
  auto middle = values.begin() + values.size() / 2;
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

llvm::Expected<BatchReport> convopt::runBatch(
    const Board &board, const std::string &path, llvm::ArrayRef<int> kernels,
    const RunOptions &options,
    llvm::function_ref<void(size_t, llvm::Expected<double>)> done) {
  BatchReport report;
  for (size_t next = 0; next < kernels.size();) {
    std::string list;
    for (int kernel : kernels.drop_front(next))
      list += (list.empty() ? "" : ",") + std::to_string(kernel);
    std::vector<std::string> arguments = argumentsOf(options);
    arguments.push_back("--kernels=" + list);
    Reader reader(kernels, next, report, done);
    size_t before = report.references.size();
    llvm::Error error = board.run(path, arguments, options.timeoutSeconds + 10,
                                  [&](StringRef line) { reader.read(line); });
    if (!reader.failure.empty()) {
      llvm::consumeError(std::move(error));
      return createStringError(reader.failure);
    }
    // Without the reference it did not even begin.
    if (error && report.references.size() == before)
      return error;
    bool wentOn = reader.next > next;
    next = reader.next;
    if (next < kernels.size() && (!error || !wentOn))
      done(next++, createStringError("ended early"));
    llvm::consumeError(std::move(error));
  }
  return report;
}

llvm::Expected<BatchReport> convopt::runReference(const Board &board,
                                                  const std::string &path,
                                                  const RunOptions &options) {
  BatchReport report;
  std::vector<std::string> arguments = argumentsOf(options);
  arguments.push_back("--kernels=");
  arguments.push_back("--system");
  Reader reader({}, 0, report, [](size_t, llvm::Expected<double> none) {
    llvm::consumeError(none.takeError());
  });
  llvm::Error error = board.run(path, arguments, options.timeoutSeconds + 10,
                                [&](StringRef line) { reader.read(line); });
  if (!reader.failure.empty()) {
    llvm::consumeError(std::move(error));
    return createStringError(reader.failure);
  }
  if (error)
    return error;
  if (report.references.empty())
    return createStringError("the runner did not say how fast the machine is");
  return report;
}
