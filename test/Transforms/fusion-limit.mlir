// RUN: convopt-opt %s --convopt-fuse-elementwise | FileCheck --check-prefix=FUSED %s
// RUN: convopt-opt %s --convopt-form-kernels | FileCheck --check-prefix=KERNELS %s

// Compile time grows faster than what is computed together: up to 64 scalar
// operations become one.
#id = affine_map<(i) -> (i)>

// KERNELS-LABEL: convopt.kernel @elementwise
// KERNELS-COUNT-2: linalg.generic
// KERNELS: convopt.yield
// KERNELS: @fits
// KERNELS-COUNT-1: convopt.launch
// KERNELS: return
// FUSED-LABEL: @fits
// FUSED-COUNT-1: linalg.generic
// FUSED-NOT: linalg.generic
// FUSED: return
func.func @fits(%x: tensor<8xf32>) -> tensor<8xf32> {
  %e = tensor.empty() : tensor<8xf32>
  %a = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]}
      ins(%x : tensor<8xf32>) outs(%e : tensor<8xf32>) {
  ^bb0(%0: f32, %o: f32):
    %1 = math.tanh %0 : f32
    %2 = math.tanh %1 : f32
    %3 = math.tanh %2 : f32
    %4 = math.tanh %3 : f32
    %5 = math.tanh %4 : f32
    %6 = math.tanh %5 : f32
    %7 = math.tanh %6 : f32
    %8 = math.tanh %7 : f32
    %9 = math.tanh %8 : f32
    %10 = math.tanh %9 : f32
    %11 = math.tanh %10 : f32
    %12 = math.tanh %11 : f32
    %13 = math.tanh %12 : f32
    %14 = math.tanh %13 : f32
    %15 = math.tanh %14 : f32
    %16 = math.tanh %15 : f32
    %17 = math.tanh %16 : f32
    %18 = math.tanh %17 : f32
    %19 = math.tanh %18 : f32
    %20 = math.tanh %19 : f32
    %21 = math.tanh %20 : f32
    %22 = math.tanh %21 : f32
    %23 = math.tanh %22 : f32
    %24 = math.tanh %23 : f32
    %25 = math.tanh %24 : f32
    %26 = math.tanh %25 : f32
    %27 = math.tanh %26 : f32
    %28 = math.tanh %27 : f32
    %29 = math.tanh %28 : f32
    %30 = math.tanh %29 : f32
    %31 = math.tanh %30 : f32
    %32 = math.tanh %31 : f32
    linalg.yield %32 : f32
  } -> tensor<8xf32>
  %b = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]}
      ins(%a : tensor<8xf32>) outs(%e : tensor<8xf32>) {
  ^bb0(%0: f32, %o: f32):
    %1 = math.tanh %0 : f32
    %2 = math.tanh %1 : f32
    %3 = math.tanh %2 : f32
    %4 = math.tanh %3 : f32
    %5 = math.tanh %4 : f32
    %6 = math.tanh %5 : f32
    %7 = math.tanh %6 : f32
    %8 = math.tanh %7 : f32
    %9 = math.tanh %8 : f32
    %10 = math.tanh %9 : f32
    %11 = math.tanh %10 : f32
    %12 = math.tanh %11 : f32
    %13 = math.tanh %12 : f32
    %14 = math.tanh %13 : f32
    %15 = math.tanh %14 : f32
    %16 = math.tanh %15 : f32
    %17 = math.tanh %16 : f32
    %18 = math.tanh %17 : f32
    %19 = math.tanh %18 : f32
    %20 = math.tanh %19 : f32
    %21 = math.tanh %20 : f32
    %22 = math.tanh %21 : f32
    %23 = math.tanh %22 : f32
    %24 = math.tanh %23 : f32
    %25 = math.tanh %24 : f32
    %26 = math.tanh %25 : f32
    %27 = math.tanh %26 : f32
    %28 = math.tanh %27 : f32
    %29 = math.tanh %28 : f32
    %30 = math.tanh %29 : f32
    %31 = math.tanh %30 : f32
    %32 = math.tanh %31 : f32
    linalg.yield %32 : f32
  } -> tensor<8xf32>
  return %b : tensor<8xf32>
}

// KERNELS: @too_long
// KERNELS: convopt.launch
// KERNELS: convopt.launch
// KERNELS: return
// FUSED-LABEL: @too_long
// FUSED: linalg.generic
// FUSED: linalg.generic
// FUSED: return
func.func @too_long(%x: tensor<8xf32>) -> tensor<8xf32> {
  %e = tensor.empty() : tensor<8xf32>
  %a = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]}
      ins(%x : tensor<8xf32>) outs(%e : tensor<8xf32>) {
  ^bb0(%0: f32, %o: f32):
    %1 = math.tanh %0 : f32
    %2 = math.tanh %1 : f32
    %3 = math.tanh %2 : f32
    %4 = math.tanh %3 : f32
    %5 = math.tanh %4 : f32
    %6 = math.tanh %5 : f32
    %7 = math.tanh %6 : f32
    %8 = math.tanh %7 : f32
    %9 = math.tanh %8 : f32
    %10 = math.tanh %9 : f32
    %11 = math.tanh %10 : f32
    %12 = math.tanh %11 : f32
    %13 = math.tanh %12 : f32
    %14 = math.tanh %13 : f32
    %15 = math.tanh %14 : f32
    %16 = math.tanh %15 : f32
    %17 = math.tanh %16 : f32
    %18 = math.tanh %17 : f32
    %19 = math.tanh %18 : f32
    %20 = math.tanh %19 : f32
    %21 = math.tanh %20 : f32
    %22 = math.tanh %21 : f32
    %23 = math.tanh %22 : f32
    %24 = math.tanh %23 : f32
    %25 = math.tanh %24 : f32
    %26 = math.tanh %25 : f32
    %27 = math.tanh %26 : f32
    %28 = math.tanh %27 : f32
    %29 = math.tanh %28 : f32
    %30 = math.tanh %29 : f32
    %31 = math.tanh %30 : f32
    %32 = math.tanh %31 : f32
    linalg.yield %32 : f32
  } -> tensor<8xf32>
  %b = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]}
      ins(%a : tensor<8xf32>) outs(%e : tensor<8xf32>) {
  ^bb0(%0: f32, %o: f32):
    %1 = math.tanh %0 : f32
    %2 = math.tanh %1 : f32
    %3 = math.tanh %2 : f32
    %4 = math.tanh %3 : f32
    %5 = math.tanh %4 : f32
    %6 = math.tanh %5 : f32
    %7 = math.tanh %6 : f32
    %8 = math.tanh %7 : f32
    %9 = math.tanh %8 : f32
    %10 = math.tanh %9 : f32
    %11 = math.tanh %10 : f32
    %12 = math.tanh %11 : f32
    %13 = math.tanh %12 : f32
    %14 = math.tanh %13 : f32
    %15 = math.tanh %14 : f32
    %16 = math.tanh %15 : f32
    %17 = math.tanh %16 : f32
    %18 = math.tanh %17 : f32
    %19 = math.tanh %18 : f32
    %20 = math.tanh %19 : f32
    %21 = math.tanh %20 : f32
    %22 = math.tanh %21 : f32
    %23 = math.tanh %22 : f32
    %24 = math.tanh %23 : f32
    %25 = math.tanh %24 : f32
    %26 = math.tanh %25 : f32
    %27 = math.tanh %26 : f32
    %28 = math.tanh %27 : f32
    %29 = math.tanh %28 : f32
    %30 = math.tanh %29 : f32
    %31 = math.tanh %30 : f32
    %32 = math.tanh %31 : f32
    %33 = math.tanh %32 : f32
    linalg.yield %33 : f32
  } -> tensor<8xf32>
  return %b : tensor<8xf32>
}
