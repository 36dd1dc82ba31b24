// RUN: rm -rf %t && mkdir %t && sed 's/30x30/28x28/; s/3x3/1x1/' %s > %t/pointwise.mlir
// RUN: sed 's/{index/{convopt.pinned, convopt.primitive = #convopt.primitive<direct variant = "4x4" in = nhwc out = nhwc>, index/' %s > %t/direct.mlir
// RUN: convopt-compile %t/direct.mlir --target=aarch64 --cpu=cortex-a76 --emit=asm -o %t/direct
// RUN: cat %t/direct/conv_direct_*.s | FileCheck %s --check-prefixes=CHECK,NOSTACK
// RUN: convopt-compile %s --target=aarch64 --cpu=cortex-a76 --force-primitive=im2row --emit=asm -o %t/im2row
// RUN: cat %t/im2row/conv_im2row_*.s | FileCheck %s
// RUN: convopt-compile %t/pointwise.mlir --target=aarch64 --cpu=cortex-a76 --force-primitive=pointwise --emit=asm -o %t/pointwise
// RUN: cat %t/pointwise/conv_pointwise_*.s | FileCheck %s
// RUN: convopt-compile %s --target=aarch64 --cpu=cortex-a73 --force-primitive=direct --emit=asm -o %t/pairs
// RUN: cat %t/pairs/conv_direct_*.s | FileCheck %s --check-prefix=PAIRS

// Sixteen channels of a pixel are one load, of which four at a time are
// multiplied with from their lane. Of four pixels by 16 channels no sum leaves
// its register in the loop.

// CHECK: Inner Loop Header: Depth
// CHECK-NOT: {{ldr s|ld1r|dup}}
// NOSTACK-NOT: [sp
// CHECK: sdot v{{[0-9]+}}.4s, v{{[0-9]+}}.16b, v{{[0-9]+}}.4b[0]
// CHECK-NOT: {{ldr s|ld1r|dup}}
// NOSTACK-NOT: [sp
// CHECK: sdot v{{[0-9]+}}.4s, v{{[0-9]+}}.16b, v{{[0-9]+}}.4b[3]
// CHECK-NOT: {{ldr s|ld1r|dup}}
// NOSTACK-NOT: [sp
// CHECK: b.ne
// CHECK-LABEL: .Lfunc_end

// Where pairs are widened, a pair is copied from its lane.

// PAIRS: Inner Loop Header: Depth
// PAIRS-NOT: {{[[]sp|ldr h|ld1r}}
// PAIRS: dup v{{[0-9]+}}.{{[48]}}h, v{{[0-9]+}}.h[7]
// PAIRS-NOT: {{[[]sp|ldr h|ld1r}}
// PAIRS: b.ne
// PAIRS-LABEL: .Lfunc_end

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
