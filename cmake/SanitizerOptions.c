// What AddressSanitizer is told in every program of a build that has it: here and not in the environment, so that a
// program behaves the same whoever starts it.

const char *__asan_default_options(void);
const char *__asan_default_options(void) {
  // The bump allocators of LLVM's headers poison what they have not given out yet; the LLVM that is installed is not
  // instrumented and gives it out without saying so.
  return "allow_user_poisoning=0";
}
