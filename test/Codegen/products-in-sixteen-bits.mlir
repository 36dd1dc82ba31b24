// RUN: rm -rf %t && mkdir %t && sed 's/dense<3>/dense<-128>/' %s > %t/least.mlir
// RUN: convopt-compile %s --target=aarch64 --cpu=cortex-a73 --force-primitive=direct --emit=asm -o %t/direct
// RUN: cat %t/direct/conv_direct_*.s | FileCheck %s
// RUN: convopt-compile %s --target=aarch64 --cpu=cortex-a73 --force-primitive=im2row --emit=asm -o %t/im2row
// RUN: cat %t/im2row/conv_im2row_*.s | FileCheck %s
// RUN: convopt-compile %t/least.mlir --target=aarch64 --cpu=cortex-a73 --force-primitive=direct --emit=asm -o %t/least
// RUN: cat %t/least/conv_direct_*.s | FileCheck %s --check-prefix=LEAST
// RUN: convopt-compile %s --target=aarch64 --cpu=cortex-a76 --force-primitive=direct --emit=annotated | FileCheck %s --check-prefix=MARK
// RUN: convopt-compile %t/least.mlir --target=aarch64 --cpu=cortex-a76 --force-primitive=direct --emit=annotated | FileCheck %s --check-prefix=NOMARK

// Without sdot two products of bytes are added in 16 bits and pairs of those
// widened, both halves of a register of weights, without a copy and without
// the stack.

// CHECK: Inner Loop Header: Depth
// CHECK-NOT: {{[[]sp|sshll|addp|ext v}}
// CHECK: smlal v{{[0-9]+}}.8h
// CHECK-NOT: {{[[]sp|sshll|addp|ext v}}
// CHECK: sadalp v{{[0-9]+}}.4s, v{{[0-9]+}}.8h
// CHECK-NOT: {{[[]sp|sshll|addp|ext v}}
// CHECK: smlal2 v{{[0-9]+}}.8h
// CHECK-NOT: {{[[]sp|sshll|addp|ext v}}
// CHECK: b.ne
// CHECK-LABEL: .Lfunc_end

// Two products by -128 may be more than 16 bits hold.

// LEAST-NOT: smlal
// LEAST: sadalp
// LEAST-NOT: smlal

// MARK: convopt.no_least_byte
// NOMARK-NOT: convopt.no_least_byte

#x = affine_map<(n, h, w, k, r, s, c) -> (n, h + r, w + s, c)>
#f = affine_map<(n, h, w, k, r, s, c) -> (k, c, r, s)>
#y = affine_map<(n, h, w, k, r, s, c) -> (n, h, w, k)>
#loops = ["parallel", "parallel", "parallel", "parallel", "reduction", "reduction", "reduction"]
func.func @main(%x: tensor<1x30x30x64xi8>) -> tensor<1x28x28x32xi32> {
  %f = arith.constant dense<3> : tensor<32x64x3x3xi8>
  %c0 = arith.constant 0 : i32
  %e = tensor.empty() : tensor<1x28x28x32xi32>
  %init = linalg.fill ins(%c0 : i32) outs(%e : tensor<1x28x28x32xi32>) -> tensor<1x28x28x32xi32>
  %acc = linalg.generic {indexing_maps = [#x, #f, #y], iterator_types = #loops} ins(%x, %f : tensor<1x30x30x64xi8>, tensor<32x64x3x3xi8>) outs(%init : tensor<1x28x28x32xi32>) {
  ^bb0(%a: i8, %w: i8, %o: i32):
    %ae = arith.extsi %a : i8 to i32
    %we = arith.extsi %w : i8 to i32
    %m = arith.muli %ae, %we : i32
    %s = arith.addi %o, %m : i32
    linalg.yield %s : i32
  } -> tensor<1x28x28x32xi32>
  return %acc : tensor<1x28x28x32xi32>
}
