// A cached kernel is right only for the compiler that made it. A version number
// does not change when a developer rebuilds, and Halide and MLIR are libraries
// that are updated by themselves. So every file that this process has loaded
// counts, by the build ID that its linker computed from its contents or, where
// it has none, by its contents.

#include "BuildIdentity.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/SHA256.h"
#include <link.h>

using namespace llvm;

namespace convopt {

/// The build ID that the linker left in the notes of a loaded file, or nothing.
static StringRef findBuildId(const dl_phdr_info &file) {
  for (const ElfW(Phdr) & segment : ArrayRef(file.dlpi_phdr, file.dlpi_phnum)) {
    if (segment.p_type != PT_NOTE)
      continue;
    StringRef notes(
        reinterpret_cast<const char *>(file.dlpi_addr + segment.p_vaddr),
        segment.p_filesz);
    uint64_t alignment = segment.p_align == 8 ? 8 : 4;
    while (notes.size() > sizeof(ElfW(Nhdr))) {
      ElfW(Nhdr) note;
      std::memcpy(&note, notes.data(), sizeof note);
      uint64_t start = alignTo(sizeof note + note.n_namesz, alignment);
      if (note.n_type == NT_GNU_BUILD_ID &&
          notes.substr(sizeof note, note.n_namesz) == StringRef("GNU\0", 4))
        return notes.substr(start, note.n_descsz);
      notes = notes.drop_front(std::min<uint64_t>(
          notes.size(), alignTo(start + note.n_descsz, alignment)));
    }
  }
  return {};
}

static int addFile(dl_phdr_info *file, size_t, void *data) {
  SHA256 &hash = *static_cast<SHA256 *>(data);
  StringRef id = findBuildId(*file);
  if (!id.empty()) {
    hash.update(id);
    return 0;
  }
  // The first file is the program and has no name. The kernel's own library
  // has no file.
  StringRef path(file->dlpi_name);
  auto contents = MemoryBuffer::getFile(path.empty() ? "/proc/self/exe" : path,
                                        /*IsText=*/false,
                                        /*RequiresNullTerminator=*/false);
  if (contents)
    hash.update((*contents)->getBuffer());
  return 0;
}

std::string buildIdentity() {
  SHA256 hash;
  dl_iterate_phdr(addFile, &hash);
  return toStringRef(hash.final()).str();
}

} // namespace convopt
