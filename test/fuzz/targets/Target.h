#ifndef CONVOPT_TEST_FUZZ_TARGETS_TARGET_H
#define CONVOPT_TEST_FUZZ_TARGETS_TARGET_H

#include <cstddef>
#include <cstdint>

// The functions by which libFuzzer, or Replay.cpp, knows a target.

/// Reads `size` bytes as a hostile file; returns 0. Crashes, hangs and leaks
/// are what is looked for.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/// Changes `size` bytes to what they should be next, at most `most` of them;
/// returns how many they are. A target may have one of its own.
extern "C" size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size,
                                          size_t most, unsigned seed);

/// Changes bytes as if they were nothing but bytes.
extern "C" size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t most);

#endif // CONVOPT_TEST_FUZZ_TARGETS_TARGET_H
