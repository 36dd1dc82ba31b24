// RUN: rm -rf %t && mkdir %t && cd %t

// Nothing is said in a pipe unless it is asked for.
// RUN: convopt-compile %s -o a.o > out 2>&1 && count 0 < out

// RUN: convopt-compile %s -v -o a.o 2>&1 | FileCheck %s --check-prefix=STAGES
// STAGES: convopt-compile: import
// STAGES-NEXT: convopt-compile: normalisation
// STAGES-NEXT: convopt-compile: selection
// STAGES-NEXT: convopt-compile: forming kernels
// STAGES-NEXT: convopt-compile: compiling kernels
// STAGES-NEXT: convopt-compile: placement
// STAGES-NEXT: convopt-compile: lowering
// STAGES-NEXT: convopt-compile: linking and writing
// STAGES-NOT: {{.}}

// The time of each stage; of each pass it is MLIR's to say.
// RUN: convopt-compile %s --time -o a.o 2>&1 | FileCheck %s --check-prefix=TIME
// TIME: Execution time report
// TIME: import
// TIME-NEXT: normalisation
// TIME-NEXT: selection
// TIME-NOT: Canonicalizer
// TIME: compiling kernels
// TIME: Total
// RUN: convopt-compile %s --mlir-timing -o a.o 2>&1 | FileCheck %s --check-prefix=PASSES
// PASSES: Canonicalizer

// On a terminal a line says how far the kernels are, and goes when they are there.
// RUN: %python %S/Inputs/terminal.py convopt-compile %s -o a.o > out
// RUN: FileCheck %s --check-prefix=LINE < out
// LINE: verbose.mlir: 0 of 1 kernels, 0.{{[0-9]}} s
// LINE: {{^.\[K$}}
// RUN: env TERM=dumb %python %S/Inputs/terminal.py convopt-compile %s -o a.o | count 0

// RUN: not convopt-compile %s -v=yes 2>&1 | FileCheck %s --check-prefix=VALUE
// VALUE: convopt-compile: error: -v=yes: this option takes no value
func.func @main(%x: tensor<64xf32>) -> tensor<64xf32> {
  %y = math.tanh %x : tensor<64xf32>
  return %y : tensor<64xf32>
}
