// RUN: rm -rf %t && mkdir %t && cd %t
// RUN: convopt-compile %s --cache-dir=c --target=x86-64 -o net.o
// RUN: convopt-compile %s --cache-dir=c --target=aarch64 -o net.o
// RUN: convopt-compile %s --cache-dir=c --target=x86-64 --cpu=znver4 -o net.o
// RUN: convopt-compile %s --cache-dir=c --target=x86-64 --features=-avx2,-fma,-f16c -o net.o
// RUN: convopt-compile %s --cache-dir=c --target=x86-64 --threads=2 -o net.o
// RUN: convopt-compile %s --cache-dir=c --target=x86-64 --emit=asm -o asm
// RUN: ls c | count 6

// The model's name is not part of a kernel.
// RUN: convopt-compile %s --cache-dir=c --target=x86-64 --name=other -o net.o
// RUN: ls c | count 6
func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
  %y = math.tanh %x : tensor<4xf32>
  return %y : tensor<4xf32>
}
