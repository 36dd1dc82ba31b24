// RUN: convopt-compile %s --target=x86-64 --emit=annotated | FileCheck %s --check-prefix=ANNOTATED
// RUN: convopt-compile %s --target=x86-64 --emit=kernels | FileCheck %s --check-prefix=KERNELS
// RUN: rm -rf %t && mkdir %t
// RUN: convopt-compile %s --target=x86-64 --emit=llvm --name=net -o %t/llvm
// RUN: ls %t/llvm | FileCheck %s --check-prefix=LLVM-FILES
// RUN: FileCheck %s --check-prefix=LLVM < %t/llvm/main.ll
// RUN: cat %t/llvm/conv*.ll | FileCheck %s --check-prefix=KERNEL-LLVM
// RUN: convopt-compile %s --target=x86-64 --emit=asm --name=net -o %t/asm
// RUN: ls %t/asm | FileCheck %s --check-prefix=ASM-FILES
// RUN: FileCheck %s --check-prefix=ASM < %t/asm/main.s

// ANNOTATED: convopt.primitive = #convopt.primitive<
// ANNOTATED-NOT: convopt.kernel

// KERNELS: convopt.kernel @[[KERNEL:.+]](%
// KERNELS: convopt.filter
// KERNELS: convopt.launch @[[KERNEL]]
// KERNELS: // [[KERNEL]]
// KERNELS: for (

// LLVM-FILES: conv{{.+}}.ll
// LLVM-FILES: main.ll
// LLVM: target triple = "x86_64-unknown-linux-gnu"
// LLVM: @net_model = {{.*}}constant
// LLVM: call i32 @conv

// KERNEL-LLVM: define {{.*}}@conv
// ASM-FILES: conv{{.+}}.s
// ASM-FILES: main.s
// ASM: net_model:
func.func @main(%x: tensor<1x8x10x10xf32>) -> tensor<1x16x8x8xf32> {
  %w = arith.constant dense<0.5> : tensor<16x8x3x3xf32>
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<1x16x8x8xf32>
  %init = linalg.fill ins(%zero : f32) outs(%e : tensor<1x16x8x8xf32>) -> tensor<1x16x8x8xf32>
  %y = linalg.conv_2d_nchw_fchw ins(%x, %w : tensor<1x8x10x10xf32>, tensor<16x8x3x3xf32>)
         outs(%init : tensor<1x16x8x8xf32>) -> tensor<1x16x8x8xf32>
  return %y : tensor<1x16x8x8xf32>
}
