// What AddressSanitizer is told in every program of a build that has it: here
// and not in the environment, so that a program behaves the same whoever starts
// it.
#include <cstddef>

// The bump allocators of LLVM's headers poison what they have not given out
// yet; the LLVM that is installed is not instrumented and gives it out without
// saying so.
extern "C" const char *__asan_default_options();
const char *__asan_default_options() { return "allow_user_poisoning=0"; }

// Halide compiles on a stack of its own, which AddressSanitizer does not know
// and warns of, among messages that tests read. It stays on the caller's. Not
// every program has Halide.
namespace Halide {
[[gnu::weak]] void set_compiler_stack_size(size_t size);
}

[[gnu::constructor]] static void stayOnTheStack() {
  if (Halide::set_compiler_stack_size)
    Halide::set_compiler_stack_size(0);
}
