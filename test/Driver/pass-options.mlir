// MLIR's options for passes show the compiler's whole work, and change nothing of it.
// RUN: rm -rf %t && mkdir %t && cd %t
// RUN: convopt-compile %s --target=x86-64 --name=net -o plain.o
// RUN: convopt-compile %s --target=x86-64 --name=net -o net.o --mlir-print-ir-after-all --mlir-disable-threading 2> dumps
// RUN: cmp plain.o net.o
// RUN: FileCheck %s < dumps
// CHECK: IR Dump After Canonicalizer (canonicalize)
// CHECK: IR Dump After FoldConstants (convopt-fold-constants)
// CHECK: IR Dump After SelectPrimitives (convopt-select-primitives)
// CHECK: convopt.primitive = #convopt.primitive<
// CHECK: IR Dump After AssignLayouts (convopt-assign-layouts)
// CHECK: IR Dump After FormKernels (convopt-form-kernels)
// CHECK: convopt.launch @
// CHECK: IR Dump After PackFilters (convopt-pack-filters)
// CHECK: IR Dump After ScaleFilters (convopt-scale-filters)
// CHECK: IR Dump After Bufferize (convopt-bufferize)
// CHECK: IR Dump After PlanMemory (convopt-plan-memory)
// CHECK: IR Dump After LowerLaunches (convopt-lower-launches)
// CHECK: IR Dump After ReconcileUnrealizedCasts (reconcile-unrealized-casts)
// CHECK: llvm.func @convopt_function(

// RUN: convopt-compile %s --target=x86-64 --name=net -o net.o --mlir-print-ir-before=convopt-form-kernels 2> dumps
// RUN: grep -c "IR Dump" dumps | FileCheck %s --check-prefix=ONE
// RUN: FileCheck %s --check-prefix=BEFORE < dumps
// ONE: {{^1$}}
// BEFORE: IR Dump Before FormKernels (convopt-form-kernels)
// BEFORE-NOT: convopt.launch
// BEFORE: #convopt.primitive<
// BEFORE-NOT: convopt.launch

// RUN: convopt-compile %s --target=x86-64 --name=net -o net.o --mlir-timing 2>&1 | FileCheck %s --check-prefix=TIMING
// TIMING: Execution time report
// TIMING: import
// TIMING: normalisation
// TIMING: selection
// TIMING: SelectPrimitives
// TIMING: forming kernels
// TIMING: compiling kernels
// TIMING: placement
// TIMING: lowering
// TIMING: linking

// RUN: convopt-compile --help | FileCheck %s --check-prefix=HELP
// HELP-NOT: {{^ *}}--mlir-
// HELP: --explain
// HELP-NOT: {{^ *}}--mlir-
// RUN: not convopt-compile %s -o none.o --mlir-print-ir-after=no-such-pass 2>&1 | FileCheck %s --check-prefix=UNKNOWN
// UNKNOWN: convopt-compile: {{.*}}--mlir-print-ir-after{{.*}}no-such-pass{{.*$}}
// UNKNOWN-NOT: {{.}}
// RUN: not ls none.o
func.func @main(%x: tensor<1x8x10x10xf32>) -> tensor<1x16x8x8xf32> {
  %w = arith.constant dense<0.5> : tensor<16x8x3x3xf32>
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<1x16x8x8xf32>
  %init = linalg.fill ins(%zero : f32) outs(%e : tensor<1x16x8x8xf32>) -> tensor<1x16x8x8xf32>
  %y = linalg.conv_2d_nchw_fchw ins(%x, %w : tensor<1x8x10x10xf32>, tensor<16x8x3x3xf32>)
         outs(%init : tensor<1x16x8x8xf32>) -> tensor<1x16x8x8xf32>
  return %y : tensor<1x16x8x8xf32>
}
