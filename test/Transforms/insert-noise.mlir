// RUN: convopt-opt %s --convopt-insert-noise | FileCheck %s

// The image before its padding gets noise of two kinds; sizes and seeds are the
// last arguments, two for each convolution.
// CHECK-LABEL: func @chain
// CHECK-SAME:    (%[[X:.+]]: tensor<1x3x8x8xf32>, %[[SIZES:.+]]: tensor<4xf32>, %[[SEEDS:.+]]: tensor<4xi32>)
// CHECK:         %[[E0:.+]] = tensor.extract_slice %[[SIZES]][0] [1] [1] : tensor<4xf32> to tensor<f32>
// CHECK:         %[[S0:.+]] = tensor.extract_slice %[[SEEDS]][0] [1] [1] : tensor<4xi32> to tensor<i32>
// CHECK:         %[[E1:.+]] = tensor.extract_slice %[[SIZES]][1] [1] [1]
// CHECK:         %[[S1:.+]] = tensor.extract_slice %[[SEEDS]][1] [1] [1]
// CHECK:         tensor.extract_slice %[[SIZES]][2]
// CHECK:         %[[NOISY:.+]] = linalg.generic {{.*}}ins(%[[X]], %[[E0]], %[[S0]], %[[E1]], %[[S1]] :
// CHECK:         ^bb0(%[[V:.+]]: f32, %[[A:.+]]: f32, %{{.+}}: i32, %[[B:.+]]: f32, %{{.+}}: i32, %{{.+}}: f32):
// CHECK:           linalg.index 1
// CHECK:           linalg.index 2
// CHECK:           linalg.index 3
// CHECK:           %[[ONE:.+]] = arith.sitofp
// CHECK:           %[[FIRST:.+]] = arith.mulf %[[A]], %[[ONE]]
// CHECK:           %[[F:.+]] = arith.addf %{{.+}}, %[[FIRST]]
// The channel alone.
// CHECK-NOT:       linalg.index {{[023]}}
// CHECK:           %[[C:.+]] = linalg.index 1
// CHECK-NOT:       linalg.index
// CHECK:           %[[OTHER:.+]] = arith.sitofp
// CHECK:           %[[SECOND:.+]] = arith.mulf %[[B]], %[[OTHER]]
// CHECK:           %[[FACTOR:.+]] = arith.addf %[[F]], %[[SECOND]]
// CHECK:           arith.mulf %[[V]], %[[FACTOR]]
// CHECK:         %[[PADDED:.+]] = tensor.pad %[[NOISY]]
// CHECK:         %[[Y:.+]] = linalg.conv_2d_nchw_fchw ins(%[[PADDED]],
// CHECK:         %[[AGAIN:.+]] = linalg.generic {{.*}}ins(%[[Y]],
// CHECK:         linalg.conv_2d_nchw_fchw ins(%[[AGAIN]],
func.func @chain(%x: tensor<1x3x8x8xf32>) -> tensor<1x4x8x8xf32> {
  %zero = arith.constant 0.0 : f32
  %f = arith.constant dense<0.5> : tensor<4x3x3x3xf32>
  %g = arith.constant dense<0.5> : tensor<4x4x1x1xf32>
  %p = tensor.pad %x low[0, 0, 1, 1] high[0, 0, 1, 1] {
  ^bb0(%a: index, %b: index, %c: index, %d: index):
    tensor.yield %zero : f32
  } : tensor<1x3x8x8xf32> to tensor<1x3x10x10xf32>
  %e = tensor.empty() : tensor<1x4x8x8xf32>
  %i = linalg.fill ins(%zero : f32) outs(%e : tensor<1x4x8x8xf32>) -> tensor<1x4x8x8xf32>
  %y = linalg.conv_2d_nchw_fchw ins(%p, %f : tensor<1x3x10x10xf32>, tensor<4x3x3x3xf32>) outs(%i : tensor<1x4x8x8xf32>) -> tensor<1x4x8x8xf32>
  %z = linalg.conv_2d_nchw_fchw ins(%y, %g : tensor<1x4x8x8xf32>, tensor<4x4x1x1xf32>) outs(%i : tensor<1x4x8x8xf32>) -> tensor<1x4x8x8xf32>
  return %z : tensor<1x4x8x8xf32>
}

// Each reader of an image has noise of its own. Where it sums up one channel
// alone, the noise of weights is another convolution, of the same image without
// noise.
// CHECK-LABEL: func @readers
// CHECK:         %[[E:.+]] = tensor.extract_slice %{{.+}}[1] [1] [1] : tensor<4xf32>
// CHECK:         %[[S:.+]] = tensor.extract_slice %{{.+}}[1] [1] [1] : tensor<4xi32>
// CHECK:         %[[N:.+]] = linalg.generic {{.*}}ins(%arg0, %{{.+}}, %{{.+}} : tensor<2x4x8x8xf32>, tensor<f32>, tensor<i32>)
// CHECK:         %[[P:.+]] = tensor.pad %[[N]]
// CHECK:         %[[Y:.+]] = linalg.depthwise_conv_2d_nchw_chw {{.*}}ins(%[[P]],
// CHECK:         %[[ZEROS:.+]] = linalg.fill
// CHECK:         %[[Q:.+]] = tensor.pad %arg0
// CHECK:         %[[ERROR:.+]] = linalg.depthwise_conv_2d_nchw_chw {{.*}}ins(%[[Q]], %{{.+}}) outs(%[[ZEROS]] :
// CHECK:         %[[SUM:.+]] = linalg.generic {{.*}}ins(%[[Y]], %[[ERROR]], %[[E]], %[[S]] :
// CHECK-NOT:       linalg.index {{[023]}}
// CHECK:           linalg.index 1
// CHECK-NOT:       linalg.index
// CHECK:           arith.addf
// CHECK:         %[[M:.+]] = linalg.generic {{.*}}ins(%arg0,
// CHECK:         linalg.depthwise_conv_2d_nchw_chw {{.*}}ins(%[[M]],
// CHECK:         return %[[SUM]],
func.func @readers(%x: tensor<2x4x8x8xf32>) -> (tensor<2x4x8x8xf32>, tensor<2x4x8x8xf32>) {
  %zero = arith.constant 0.0 : f32
  %f = arith.constant dense<0.5> : tensor<4x3x3xf32>
  %g = arith.constant dense<0.5> : tensor<4x1x1xf32>
  %p = tensor.pad %x low[0, 0, 1, 1] high[0, 0, 1, 1] {
  ^bb0(%a: index, %b: index, %c: index, %d: index):
    tensor.yield %zero : f32
  } : tensor<2x4x8x8xf32> to tensor<2x4x10x10xf32>
  %e = tensor.empty() : tensor<2x4x8x8xf32>
  %i = linalg.fill ins(%zero : f32) outs(%e : tensor<2x4x8x8xf32>) -> tensor<2x4x8x8xf32>
  %y = linalg.depthwise_conv_2d_nchw_chw ins(%p, %f : tensor<2x4x10x10xf32>, tensor<4x3x3xf32>) outs(%i : tensor<2x4x8x8xf32>) -> tensor<2x4x8x8xf32>
  %z = linalg.depthwise_conv_2d_nchw_chw ins(%x, %g : tensor<2x4x8x8xf32>, tensor<4x1x1xf32>) outs(%i : tensor<2x4x8x8xf32>) -> tensor<2x4x8x8xf32>
  return %y, %z : tensor<2x4x8x8xf32>, tensor<2x4x8x8xf32>
}

// In a branch, what the function is given is read.
// CHECK-LABEL: func @branch
// CHECK-SAME:    %[[SIZES:[^ ]+]]: tensor<2xf32>, %{{.+}}: tensor<2xi32>)
// CHECK:         %[[E:.+]] = tensor.extract_slice %[[SIZES]][0]
// CHECK:         scf.if
// CHECK:           %[[N:.+]] = linalg.generic {{.*}}ins(%arg0, %[[E]],
// CHECK:           linalg.conv_2d_nchw_fchw ins(%[[N]],
func.func @branch(%x: tensor<1x4x8x8xf32>, %if: i1) -> tensor<1x4x8x8xf32> {
  %zero = arith.constant 0.0 : f32
  %g = arith.constant dense<0.5> : tensor<4x4x1x1xf32>
  %e = tensor.empty() : tensor<1x4x8x8xf32>
  %i = linalg.fill ins(%zero : f32) outs(%e : tensor<1x4x8x8xf32>) -> tensor<1x4x8x8xf32>
  %y = scf.if %if -> tensor<1x4x8x8xf32> {
    %z = linalg.conv_2d_nchw_fchw ins(%x, %g : tensor<1x4x8x8xf32>, tensor<4x4x1x1xf32>) outs(%i : tensor<1x4x8x8xf32>) -> tensor<1x4x8x8xf32>
    scf.yield %z : tensor<1x4x8x8xf32>
  } else {
    scf.yield %x : tensor<1x4x8x8xf32>
  }
  return %y : tensor<1x4x8x8xf32>
}

// Other types, and filters that are computed, are left alone.
// CHECK-LABEL: func @others
// CHECK-SAME:    (%{{.+}}: tensor<1x4x8x8xf16>, %{{.+}}: tensor<4x4x1x1xf32>, %{{.+}}: tensor<1x4x8x8xf32>)
// CHECK-NOT:     linalg.generic
func.func @others(%x: tensor<1x4x8x8xf16>, %f: tensor<4x4x1x1xf32>, %y: tensor<1x4x8x8xf32>) -> (tensor<1x4x8x8xf32>, tensor<1x4x8x8xf32>) {
  %g = arith.constant dense<0.5> : tensor<4x4x1x1xf16>
  %u = linalg.conv_2d_nchw_fchw ins(%x, %g : tensor<1x4x8x8xf16>, tensor<4x4x1x1xf16>) outs(%y : tensor<1x4x8x8xf32>) -> tensor<1x4x8x8xf32>
  %v = linalg.conv_2d_nchw_fchw ins(%y, %f : tensor<1x4x8x8xf32>, tensor<4x4x1x1xf32>) outs(%y : tensor<1x4x8x8xf32>) -> tensor<1x4x8x8xf32>
  return %u, %v : tensor<1x4x8x8xf32>, tensor<1x4x8x8xf32>
}
