#ifndef CONVOPT_IMPORT_OPS_SPECTRUM_H
#define CONVOPT_IMPORT_OPS_SPECTRUM_H

#include "Generic.h"

namespace convopt {

/// Rows of complex numbers: two tensors of shape rows x n. No imaginary part:
/// it is zero.
struct ComplexRows {
  mlir::Value real, imaginary;
};

/// The discrete Fourier transform of each row, or, with `inverse`, its inverse
/// without the division by n. Elements are of `kind`, f32 or f64. n log n
/// operations for any n.
ComplexRows transformRows(Node &node, ComplexRows x, ElementKind kind,
                          bool inverse);

} // namespace convopt

#endif // CONVOPT_IMPORT_OPS_SPECTRUM_H
