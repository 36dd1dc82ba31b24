// Stands in for libFuzzer where a target is not built with it: tries each file
// of the folders that are named, and so many random changes of each
// (--changes=N), the same ones for the same --seed=N. Without counters it finds
// no new ways; it sees that the known ones stay good, in a second.

#include "Target.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/raw_ostream.h"
#include <algorithm>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <random>
#include <string>
#include <unistd.h>
#include <vector>

extern "C" [[gnu::weak]] size_t
LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t most, unsigned seed);

static std::mt19937 &generator() {
  static std::mt19937 numbers;
  return numbers;
}

/// Below `end`, which is not 0.
static size_t draw(size_t end) { return generator()() % end; }

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t most) {
  size_t place = draw(size + 1);
  switch (draw(size ? 4 : 1)) {
  case 0: // Insert one.
    if (size == most)
      return size;
    std::memmove(data + place + 1, data + place, size - place);
    data[place] = static_cast<uint8_t>(draw(256));
    return size + 1;
  case 1: { // Leave some out.
    size_t count = std::min(size - place, 1 + draw(8));
    std::memmove(data + place, data + place + count, size - place - count);
    return size - count;
  }
  case 2: { // Write some over others.
    size_t from = draw(size), to = draw(size);
    std::memmove(data + to, data + from,
                 std::min(size - std::max(from, to), 1 + draw(16)));
    return size;
  }
  default: // Another one.
    data[std::min(place, size - 1)] = static_cast<uint8_t>(draw(256));
    return size;
  }
}

/// Seconds that one input may take.
static constexpr unsigned longest = 60;

static llvm::StringRef current;

/// Keeps the input that has ended the program, as libFuzzer does.
static void keepInput(int signal) {
  if (int file = open("crash-input", O_CREAT | O_WRONLY | O_TRUNC, 0666);
      file >= 0)
    (void)!write(file, current.data(), current.size());
  std::signal(signal, SIG_DFL);
  std::raise(signal);
}

static void attempt(llvm::StringRef input) {
  current = input;
  // In memory of its own size, so that reading beyond it is noticed.
  std::vector<uint8_t> bytes(input.begin(), input.end());
  alarm(longest);
  LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
}

/// Tries `changes` inputs, each made of the one before or of `input`.
static void attemptChanges(llvm::StringRef input, unsigned changes) {
  const size_t most = input.size() + 4096;
  std::vector<uint8_t> bytes(most);
  size_t size = 0;
  for (unsigned i = 0; i < changes; ++i) {
    if (i % 4 == 0)
      size =
          std::copy(input.begin(), input.end(), bytes.begin()) - bytes.begin();
    unsigned seed = static_cast<unsigned>(generator()());
    size = LLVMFuzzerCustomMutator
               ? LLVMFuzzerCustomMutator(bytes.data(), size, most, seed)
               : LLVMFuzzerMutate(bytes.data(), size, most);
    attempt({reinterpret_cast<const char *>(bytes.data()), size});
  }
}

static std::vector<std::string> filesOf(llvm::StringRef folder) {
  std::vector<std::string> files;
  std::error_code code;
  for (llvm::sys::fs::directory_iterator entry(folder, code), end;
       !code && entry != end; entry.increment(code))
    files.push_back(entry->path());
  if (files.empty())
    files.push_back(folder.str());
  llvm::sort(files);
  return files;
}

int main(int argc, char **argv) {
  for (int signal : {SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGALRM})
    std::signal(signal, keepInput);
  unsigned changes = 0, inputs = 0;
  for (int i = 1; i < argc; ++i) {
    llvm::StringRef word = argv[i];
    if (word.consume_front("--changes=")) {
      if (word.getAsInteger(10, changes))
        return 2;
      continue;
    }
    if (word.consume_front("--seed=")) {
      unsigned seed;
      if (word.getAsInteger(10, seed))
        return 2;
      generator().seed(seed);
      continue;
    }
    for (const std::string &path : filesOf(word)) {
      auto file = llvm::MemoryBuffer::getFile(path, /*IsText=*/false,
                                              /*RequiresNullTerminator=*/false);
      if (!file) {
        llvm::errs() << path << ": " << file.getError().message() << "\n";
        return 2;
      }
      // What a crash ends with is the name of the input that it is of.
      llvm::errs() << path << "\n";
      attempt((*file)->getBuffer());
      attemptChanges((*file)->getBuffer(), changes);
      ++inputs;
    }
  }
  llvm::outs() << inputs << " inputs, " << changes << " changes of each\n";
  return inputs ? 0 : 2;
}
