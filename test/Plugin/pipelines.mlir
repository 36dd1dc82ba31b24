// Stock mlir-opt takes a model the whole way, pipeline by pipeline, and gives what convopt-compile gives: the plugin's
// defaults are the compiler's.
// What mlir-opt prints ends with an empty line more.
// UNSUPPORTED: asan
// RUN: rm -rf %t && mkdir %t && cd %t

// RUN: convopt-compile %s --target=x86-64 --cpu=znver4 --emit=annotated -o compiled
// RUN: mlir-opt %s --load-pass-plugin=%convopt_plugin --pass-pipeline='builtin.module(convopt-normalise,func.func(convopt-select-primitives{target=x86-64 cpu=znver4}))' | sed '$d' > annotated
// RUN: diff compiled annotated
// RUN: FileCheck %s --check-prefix=ANNOTATED < annotated
// ANNOTATED-COUNT-2: #convopt.primitive<

// RUN: convopt-compile %s --target=aarch64 --threads=4 --max-error=1e-6 --precisions=f32 --max-workspace=1000000 --max-growth=0 --emit=annotated -o compiled
// RUN: mlir-opt %s --load-pass-plugin=%convopt_plugin --pass-pipeline='builtin.module(convopt-normalise,func.func(convopt-select-primitives{target=aarch64 threads=4 max-error=1e-6 max-workspace=1000000 max-growth=0}))' | sed '$d' > annotated
// RUN: diff compiled annotated

// RUN: convopt-compile %s --target=x86-64 --cpu=znver4 --emit=kernels | sed -n '1,/^}$/p' > compiled
// RUN: mlir-opt %s --load-pass-plugin=%convopt_plugin --pass-pipeline='builtin.module(convopt-normalise,func.func(convopt-select-primitives{target=x86-64 cpu=znver4}),convopt-kernels{target=x86-64 cpu=znver4})' | sed -n '1,/^}$/p' > kernels
// RUN: diff compiled kernels
// RUN: FileCheck %s --check-prefix=KERNELS < kernels
// KERNELS: convopt.kernel @
// KERNELS: convopt.launch @

// The compiler gives its function another name.
// RUN: convopt-compile %s --target=x86-64 --cpu=znver4 -o net.o --mlir-print-ir-after-all 2> dumps
// RUN: %python -c "print(open('dumps').read().split('IR Dump After')[-1].split('\n', 1)[1].strip())" > compiled
// RUN: mlir-opt %s --load-pass-plugin=%convopt_plugin --pass-pipeline='builtin.module(convopt-normalise,func.func(convopt-select-primitives{target=x86-64 cpu=znver4}),convopt-kernels{target=x86-64 cpu=znver4},convopt-place,convopt-lower)' | sed -e '$d' -e 's/@main(/@convopt_function(/' > lowered
// RUN: diff compiled lowered
// RUN: FileCheck %s --check-prefix=LOWERED < lowered
// LOWERED: llvm.func @convopt_function(%{{[^:]+}}: !llvm.ptr
// LOWERED-NOT: memref
func.func @main(%x: tensor<1x64x56x56xf32>, %r: tensor<1x128x56x56xf32>) -> tensor<1x128x56x56xf32> {
  %f = arith.constant dense<0.5> : tensor<64x64x3x3xf32>
  %g = arith.constant dense<0.25> : tensor<128x64x1x1xf32>
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<1x64x56x56xf32>
  %z = linalg.fill ins(%zero : f32) outs(%e : tensor<1x64x56x56xf32>) -> tensor<1x64x56x56xf32>
  %p = tensor.pad %x low[0, 0, 1, 1] high[0, 0, 1, 1] {
  ^bb0(%i: index, %j: index, %k: index, %l: index):
    tensor.yield %zero : f32
  } : tensor<1x64x56x56xf32> to tensor<1x64x58x58xf32>
  %c = linalg.conv_2d_nchw_fchw ins(%p, %f : tensor<1x64x58x58xf32>, tensor<64x64x3x3xf32>) outs(%z : tensor<1x64x56x56xf32>) -> tensor<1x64x56x56xf32>
  %e2 = tensor.empty() : tensor<1x128x56x56xf32>
  %z2 = linalg.fill ins(%zero : f32) outs(%e2 : tensor<1x128x56x56xf32>) -> tensor<1x128x56x56xf32>
  %d = linalg.conv_2d_nchw_fchw ins(%c, %g : tensor<1x64x56x56xf32>, tensor<128x64x1x1xf32>) outs(%z2 : tensor<1x128x56x56xf32>) -> tensor<1x128x56x56xf32>
  %s = arith.addf %d, %r : tensor<1x128x56x56xf32>
  return %s : tensor<1x128x56x56xf32>
}
