// Apart from Link.cpp, that what writes a model need not be linked with lld.

#include "convopt/Driver/Link.h"
#include "llvm/Object/ELFObjectFile.h"

using namespace llvm;

namespace convopt {

Error writeWithSection(raw_ostream &os, ArrayRef<char> object,
                       StringRef section, int64_t bytes,
                       function_ref<void(raw_ostream &)> write) {
  using ELFT = object::ELF64LE;
  std::vector<char> start(object.begin(), object.end());
  auto file =
      object::ELFFile<ELFT>::create(StringRef(start.data(), start.size()));
  if (!file)
    return file.takeError();
  auto sections = file->sections();
  if (!sections)
    return sections.takeError();
  constexpr uint64_t alignment = 64;
  uint64_t offset = alignTo(start.size(), alignment);
  bool found = false;
  for (const ELFT::Shdr &header : *sections) {
    Expected<StringRef> name = file->getSectionName(header);
    if (!name)
      return name.takeError();
    if (*name != section)
      continue;
    found = true;
    auto &writable = const_cast<ELFT::Shdr &>(header); // It lies in `start`.
    writable.sh_offset = offset;
    writable.sh_size = bytes;
    writable.sh_addralign = alignment;
  }
  if (!found)
    return createStringError("the object has no section %s",
                             section.str().c_str());
  os << StringRef(start.data(), start.size());
  os.write_zeros(offset - start.size());
  write(os);
  return Error::success();
}

} // namespace convopt
