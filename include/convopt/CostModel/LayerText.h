#ifndef CONVOPT_COSTMODEL_LAYERTEXT_H
#define CONVOPT_COSTMODEL_LAYERTEXT_H

#include "convopt/IR/ConvTypes.h"
#include "llvm/Support/Error.h"
#include <string>
#include <vector>

namespace convopt {

/// A layer in one line of text, without commas:
///   n=1 g=1 c=64 k=128 h=56 w=56 r=3x3 s=1x1 d=1x1 p=1x1x1x1
/// batch, groups, input and output channels of a group, unpadded image,
/// kernel, strides, dilations, padding at top, bottom, left, right. Of bytes
/// "t=u8" or "t=i8" follows, the type of image and result.
std::string layerText(const ConvProblem &layer);

/// A layer for people, "64->128 28x28 3x3 /2 +1": channels of all groups, size
/// of the result, kernel, stride, padding, dilation, groups; ones and zeros are
/// left out, but not types other than single precision: "... u8".
std::string layerSummary(const ConvProblem &layer);

/// Reads layerText back; c, k, h and w must be given, the rest may be missing
/// (1, no padding, single precision). Output sizes follow.
llvm::Expected<ConvProblem> parseLayer(llvm::StringRef text);

/// One layer a line; empty lines and what follows a # do not count. Errors
/// name file and line.
llvm::Expected<std::vector<ConvProblem>> readLayers(llvm::StringRef path);

} // namespace convopt

#endif // CONVOPT_COSTMODEL_LAYERTEXT_H
