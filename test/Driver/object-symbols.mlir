// RUN: rm -rf %t && mkdir %t
// RUN: convopt-compile %s --target=x86-64 --threads=2 -o %t/small-net.o
// RUN: llvm-nm --defined-only --extern-only --format=just-symbols %t/small-net.o > %t/defined
// RUN: echo object_symbols_model | diff - %t/defined
// RUN: llvm-nm --undefined-only --format=just-symbols %t/small-net.o | FileCheck %s
// RUN: convopt-compile %s --target=aarch64 --threads=2 --name=other -o %t/aarch64.o
// RUN: llvm-nm --defined-only --extern-only --format=just-symbols %t/aarch64.o > %t/defined
// RUN: echo other_model | diff - %t/defined
// RUN: llvm-nm --undefined-only --format=just-symbols %t/aarch64.o | FileCheck %s
// RUN: ls %t | FileCheck %s --check-prefix=FILES

// One symbol, and nothing needed but libc, libm and libpthread; no allocation.

// CHECK-NOT: {{^}}{{malloc|free|calloc|realloc|aligned_alloc|posix_memalign}}
// CHECK-NOT: {{halide|convopt}}
// CHECK: pthread_create

// FILES: aarch64.h
// FILES-NEXT: aarch64.o
// FILES-NEXT: defined
// FILES-NEXT: small-net.h
// FILES-NEXT: small-net.o
// FILES-NOT: {{.}}
func.func @main(%x: tensor<64x64xf32>) -> tensor<64x64xf32> {
  %y = math.tanh %x : tensor<64x64xf32>
  %z = arith.addf %x, %y : tensor<64x64xf32>
  return %z : tensor<64x64xf32>
}
