// What an object costs that nobody asked for is said in one note each, after
// the object is written: a workspace out of proportion, f16 on a CPU that has
// no instructions for it.
// RUN: convopt-compile %s --target=x86-64 --cpu=x86-64-v2 -o %t.o 2>&1 | FileCheck %s --check-prefix=HALF --implicit-check-not=note
// RUN: convopt-compile %s --target=aarch64 -o %t.o 2>&1 | FileCheck %s --check-prefix=ARM --implicit-check-not=note
// RUN: convopt-compile %s --target=x86-64 --cpu=x86-64-v3 -o %t.o 2>&1 | count 0
// RUN: convopt-compile %s --target=aarch64 --features=+fullfp16 -o %t.o 2>&1 | count 0
// HALF: convopt-compile: note: {{.*}}cost-notes.mlir: 1 of 1 kernels compute with f16, which 'x86-64-v2' emulates slowly, having no instructions for it; --features=+f16c if the machine has them{{$}}
// ARM: convopt-compile: note: {{.*}}cost-notes.mlir: 1 of 1 kernels compute with f16, {{.*}}; --features=+fullfp16 if the machine has them{{$}}

// Only what was compiled whole is judged.
// RUN: convopt-compile %s --target=x86-64 --cpu=x86-64-v2 --emit=kernels -o %t.mlir 2>&1 | count 0

func.func @main(%x: tensor<8x16xf16>) -> tensor<8x16xf16> {
  %e = tensor.empty() : tensor<8x16xf16>
  %y = linalg.map {arith.mulf} ins(%x, %x : tensor<8x16xf16>, tensor<8x16xf16>) outs(%e : tensor<8x16xf16>)
  return %y : tensor<8x16xf16>
}
