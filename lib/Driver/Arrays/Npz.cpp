#include "Npz.h"
#include "Zip.h"
#include "llvm/Support/MemoryBuffer.h"

using namespace llvm;

namespace convopt {

Expected<std::vector<NamedArray>> parseNpz(StringRef bytes, StringRef where) {
  auto fail = [&](Error error) {
    return createStringError(where + ": " + toString(std::move(error)));
  };
  auto entries = readZipDirectory(bytes);
  if (!entries)
    return fail(entries.takeError());
  std::vector<NamedArray> arrays;
  for (const ZipEntry &entry : *entries) {
    auto file = extract(bytes, entry);
    if (!file)
      return fail(file.takeError());
    StringRef name = entry.name;
    name.consume_back(".npy");
    auto array = parseNpy(*file, where + ": '" + name + "'");
    if (!array)
      return array.takeError();
    arrays.push_back({name.str(), std::move(*array)});
  }
  return arrays;
}

Expected<std::vector<NamedArray>> readNpz(const std::string &path) {
  auto file = MemoryBuffer::getFile(path, /*IsText=*/false,
                                    /*RequiresNullTerminator=*/false);
  if (!file)
    return createStringError("cannot read '%s': %s", path.c_str(),
                             file.getError().message().c_str());
  return parseNpz((*file)->getBuffer(), "'" + path + "'");
}

} // namespace convopt
