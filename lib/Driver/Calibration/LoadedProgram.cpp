// The model with noise is run once and thrown away. A shared library of it
// would need a file and lld, whose threads would stay in a process that is
// about to fork for each kernel, and which a program that has convopt as a
// library must not see at all. LLVM can link objects in memory, and with tasks
// that are done where they come up it starts no threads.

#include "LoadedProgram.h"
#include "llvm/ExecutionEngine/Orc/ExecutionUtils.h"
#include "llvm/ExecutionEngine/Orc/MapperJITLinkMemoryManager.h"
#include "llvm/ExecutionEngine/Orc/MemoryMapper.h"
#include "llvm/ExecutionEngine/Orc/ObjectLinkingLayer.h"
#include "llvm/ExecutionEngine/Orc/TaskDispatch.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/MemoryBuffer.h"

using namespace llvm;
using namespace llvm::orc;

namespace convopt {

Expected<std::unique_ptr<LoadedProgram>>
LoadedProgram::link(ArrayRef<ArrayRef<char>> objects) {
  auto control = SelfExecutorProcessControl::Create(
      std::make_shared<SymbolStringPool>(),
      std::make_unique<InPlaceTaskDispatcher>());
  if (!control)
    return control.takeError();
  // One reservation, since the objects reach each other with 32 bits. Twice
  // what they take is room for stubs and for whole pages.
  size_t bytes = size_t(1) << 20;
  constexpr size_t pagesOfOne = 8 * 4096;
  for (ArrayRef<char> object : objects)
    bytes += 2 * object.size() + pagesOfOne;
  auto memory =
      MapperJITLinkMemoryManager::CreateWithMapper<InProcessMemoryMapper>(
          alignTo(bytes, size_t(1) << 20));
  if (!memory)
    return memory.takeError();

  std::unique_ptr<LoadedProgram> program(new LoadedProgram);
  program->session = std::make_unique<ExecutionSession>(std::move(*control));
  program->session->setErrorReporter(
      [&problem = program->problem](Error error) {
        std::string text = toString(std::move(error));
        if (problem.empty())
          problem = std::move(text);
      });
  program->layer = std::make_unique<ObjectLinkingLayer>(*program->session,
                                                        std::move(*memory));
  program->library = &program->session->createBareJITDylib("model");
  auto process = DynamicLibrarySearchGenerator::GetForCurrentProcess(
      /*GlobalPrefix=*/'\0');
  if (!process)
    return process.takeError();
  program->library->addGenerator(std::move(*process));
  for (auto [i, object] : enumerate(objects))
    if (Error error = program->layer->add(
            *program->library,
            MemoryBuffer::getMemBufferCopy(
                StringRef(object.data(), object.size()), "object" + Twine(i))))
      return std::move(error);
  return program;
}

LoadedProgram::~LoadedProgram() {
  if (!session)
    return;
  if (Error error = session->endSession())
    consumeError(std::move(error));
}

Expected<const void *> LoadedProgram::find(StringRef symbol) const {
  auto found = session->lookup({library}, session->intern(symbol));
  if (found)
    return found->getAddress().toPtr<const void *>();
  if (problem.empty())
    return found.takeError();
  consumeError(found.takeError());
  return createStringError(problem);
}

} // namespace convopt
