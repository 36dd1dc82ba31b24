/* A kernel's arguments, as Halide has them. */
#ifndef CONVOPT_TEST_HALIDE_BUFFER_H
#define CONVOPT_TEST_HALIDE_BUFFER_H

#include <stdint.h>

struct dimension {
  int32_t min, extent, stride;
  uint32_t flags;
};
struct halide_buffer_t {
  uint64_t device;
  const void *device_interface;
  void *host;
  uint64_t flags;
  uint8_t code, bits;
  uint16_t lanes;
  int32_t dimensions;
  struct dimension *dim;
  void *padding;
};

#endif /* CONVOPT_TEST_HALIDE_BUFFER_H */
