// RUN: convopt-kernels %s --target=x86-64 --cpu=znver4 | FileCheck %s
// RUN: convopt-kernels %s --target=x86-64 --cpu=haswell | FileCheck %s --check-prefix=SHORT
// RUN: convopt-kernels %s --target=aarch64 --cpu=cortex-a76 | FileCheck %s --check-prefix=SHORT

// Vectors of 512 bits are rounded by two additions where the number is known to
// be small, shorter ones by one instruction.

// CHECK-LABEL: bounded
// CHECK-NOT: round
// CHECK: strict_sub((float32x16)strict_add({{.*}}x16(12582912.000000f)), x16(12582912.000000f))
// CHECK-NOT: round
// SHORT-LABEL: bounded
// SHORT-NOT: strict_add
// SHORT: round
convopt.kernel @bounded(%a: tensor<64xf32>) -> tensor<64xf32> {
  %e = tensor.empty() : tensor<64xf32>
  %y = linalg.generic {indexing_maps = [affine_map<(d) -> (d)>, affine_map<(d) -> (d)>], iterator_types = ["parallel"]} ins(%a : tensor<64xf32>) outs(%e : tensor<64xf32>) {
  ^bb0(%x: f32, %o: f32):
    %lo = arith.constant -3.0 : f32
    %hi = arith.constant 252.0 : f32
    %1 = arith.maxnumf %x, %lo : f32
    %2 = arith.minnumf %1, %hi : f32
    %3 = math.roundeven %2 : f32
    linalg.yield %3 : f32
  } -> tensor<64xf32>
  convopt.yield %y : tensor<64xf32>
}

// What has no bounds may be larger than the sum could hold.
// CHECK-LABEL: unbounded
// CHECK-NOT: strict_add
// CHECK: round
convopt.kernel @unbounded(%a: tensor<64xf32>) -> tensor<64xf32> {
  %e = tensor.empty() : tensor<64xf32>
  %y = linalg.generic {indexing_maps = [affine_map<(d) -> (d)>, affine_map<(d) -> (d)>], iterator_types = ["parallel"]} ins(%a : tensor<64xf32>) outs(%e : tensor<64xf32>) {
  ^bb0(%x: f32, %o: f32):
    %3 = math.roundeven %x : f32
    linalg.yield %3 : f32
  } -> tensor<64xf32>
  convopt.yield %y : tensor<64xf32>
}
