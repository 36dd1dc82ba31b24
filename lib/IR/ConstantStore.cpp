// A model's weights pass through a compilation several times: scaled by a batch
// normalisation, permuted, packed. Each time a pass makes a new constant, and
// all of them have to be there until the weights are written, in an order that
// is known last. For a model of 3 GB that is more memory than many machines
// have. So large constants beyond a limit go to a file at once. There they cost
// address space: their pages are the page cache's, which writes them out and
// drops them when memory is short, and reads them again. What comes from the
// model's own file is mapped from there in the same way (lib/Import). One
// constant at a time is in memory twice, as its pass reads one and fills one.
//
// To write out where the constants came from and how each was made, and to make
// them again when the weights are written, would need no file; but every pass
// that makes constants would have to be able to run twice.

#include "convopt/IR/ConstantStore.h"
#include "convopt/IR/ConvoptDialect.h"
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

using namespace mlir;

namespace convopt {

struct ConstantStore::State {
  std::string folder;
  int64_t limit, inMemory = 0;
  int file = -1;
  int64_t end = 0; ///< of what the file holds; a multiple of a page

  ~State() {
    if (file >= 0)
      close(file);
  }
  bool open();
  bool append(llvm::ArrayRef<char> data);
};

/// A file without a name is gone with the process, however that ends.
bool ConstantStore::State::open() {
  if (file >= 0)
    return true;
  file = ::open(folder.empty() ? "." : folder.c_str(),
                O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (file >= 0)
    return true;
  // Some file systems want a name first.
  std::string path = (folder.empty() ? "" : folder + "/") + ".convopt-XXXXXX";
  file = mkostemp(path.data(), O_CLOEXEC);
  if (file >= 0)
    unlink(path.c_str());
  return file >= 0;
}

bool ConstantStore::State::append(llvm::ArrayRef<char> data) {
  for (int64_t at = end; !data.empty();) {
    ssize_t written = pwrite(file, data.data(), data.size(), at);
    if (written < 0 && errno != EINTR)
      return false;
    written = std::max<ssize_t>(written, 0);
    at += written;
    data = data.drop_front(written);
  }
  return true;
}

ConstantStore::ConstantStore(Dialect *dialect, std::string folder,
                             int64_t limit)
    : Base(dialect), state(std::make_shared<State>()) {
  state->folder = std::move(folder);
  state->limit = limit;
}

void ConstantStore::add(MLIRContext &context, std::string folder,
                        int64_t limit) {
  context.getLoadedDialect<ConvoptDialect>()->addInterface<ConstantStore>(
      std::move(folder), limit);
}

AsmResourceBlob ConstantStore::keep(llvm::ArrayRef<char> contents,
                                    size_t alignment,
                                    std::shared_ptr<void> owner) {
  // Smaller ones are many, and together little.
  constexpr int64_t smallest = 64 << 10;
  const auto bytes = static_cast<int64_t>(contents.size());
  const bool isLarge =
      bytes >= smallest && state->inMemory + bytes > state->limit;
  if (isLarge && state->open() && state->append(contents)) {
    void *mapped =
        mmap(nullptr, bytes, PROT_READ, MAP_SHARED, state->file, state->end);
    if (mapped != MAP_FAILED) {
      const int64_t begin = state->end;
      state->end += llvm::alignTo(bytes, sysconf(_SC_PAGESIZE));
      auto release = [state = state, mapped, begin](void *, size_t size,
                                                    size_t) {
        munmap(mapped, size);
        // Disks are not endless either. Not all file systems can do it.
        (void)fallocate(state->file, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
                        begin, size);
      };
      return UnmanagedAsmResourceBlob::allocateWithAlign(
          {static_cast<const char *>(mapped), contents.size()}, alignment,
          std::move(release));
    }
  }
  state->inMemory += bytes;
  return UnmanagedAsmResourceBlob::allocateWithAlign(
      contents, alignment,
      [state = state, owner = std::move(owner)](void *, size_t size, size_t) {
        state->inMemory -= static_cast<int64_t>(size);
      });
}

} // namespace convopt
