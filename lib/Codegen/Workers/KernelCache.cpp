// The key is the hash of a text: the kernel's IR, and everything outside of it
// that reaches the machine code. What is forgotten in that text would show as
// wrong code, so the machine is written out in full, though its name decides
// most of it. An entry begins with the hash of its contents, which makes a
// half-written or damaged one a miss instead of an error. Writing beside and
// renaming makes locks unnecessary: two compilers that race write the same
// bytes.

#include "KernelCache.h"
#include "BuildIdentity.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/SHA256.h"

using namespace llvm;

namespace convopt {

/// A hash of this length stands before the contents of each entry.
static std::array<uint8_t, 32> hashOf(StringRef contents) {
  return SHA256::hash(arrayRefFromStringRef(contents));
}

/// Two equal texts are two equal ways to compile a kernel.
static std::string describe(const KernelOptions &options) {
  const MachineDescription &machine = options.machine;
  std::string text = buildIdentity();
  raw_string_ostream os(text);
  // The first three decide the rest, for the compiler's tables; a caller may
  // have described a machine of its own.
  os << machine.triple << '\n'
     << machine.cpu << '\n'
     << join(machine.features, ",") << '\n';
  for (int64_t value :
       {machine.vectorBits, machine.vectorRegisters, machine.fmaBitsPerCycle,
        machine.loadBitsPerCycle, machine.addBitsPerCycle, machine.l1Bytes,
        machine.l2Bytes, machine.l3Bytes, machine.cores, options.threads,
        static_cast<int64_t>(options.output)})
    os << value << ' ';
  os << machine.gigahertz << ' ' << machine.memoryGigabytesPerSecond << '\n';
  return text;
}

Expected<KernelCache> KernelCache::open(StringRef folder,
                                        const KernelOptions &options) {
  std::error_code code = sys::fs::create_directories(folder);
  if (!code) {
    auto probe = sys::fs::TempFile::create(folder + "/probe%%%%%%%%");
    code = probe ? errorToErrorCode(probe->discard())
                 : errorToErrorCode(probe.takeError());
  }
  if (code)
    return createStringError("cannot write to the cache folder '%s': %s",
                             folder.str().c_str(), code.message().c_str());
  return KernelCache(folder, describe(options));
}

std::string KernelCache::nameOf(KernelOp kernel) const {
  std::string text = common;
  raw_string_ostream os(text);
  kernel->print(os, mlir::OpPrintingFlags().useLocalScope().assumeVerified());
  return toHex(hashOf(text), /*LowerCase=*/true);
}

std::optional<std::string> KernelCache::find(StringRef name) const {
  auto file = MemoryBuffer::getFile(folder + "/" + name, /*IsText=*/false,
                                    /*RequiresNullTerminator=*/false);
  if (!file)
    return std::nullopt;
  StringRef entry = (*file)->getBuffer();
  StringRef contents = entry.drop_front(std::min<size_t>(entry.size(), 32));
  if (contents.empty() || entry.take_front(32) != toStringRef(hashOf(contents)))
    return std::nullopt;
  return contents.str();
}

/// Through the descriptor: a file that is mapped would end the process where
/// the disk is full.
static Error write(sys::fs::TempFile &file, StringRef hash,
                   StringRef contents) {
  raw_fd_ostream os(file.FD, /*shouldClose=*/false);
  os << hash << contents;
  os.flush();
  std::error_code code = os.error();
  os.clear_error();
  return errorCodeToError(code);
}

Error KernelCache::store(StringRef name, StringRef contents) const {
  std::string path = (folder + "/" + name).str();
  // Beside `path`, renamed when all is there.
  auto file = sys::fs::TempFile::create(path + ".%%%%%%");
  Error error = file.takeError();
  if (!error) {
    error = write(*file, toStringRef(hashOf(contents)), contents);
    error = error ? joinErrors(std::move(error), file->discard())
                  : file->keep(path);
  }
  if (!error)
    return Error::success();
  return createStringError("cannot write '%s': %s", path.c_str(),
                           toString(std::move(error)).c_str());
}

} // namespace convopt
