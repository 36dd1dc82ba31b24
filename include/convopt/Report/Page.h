#ifndef CONVOPT_REPORT_PAGE_H
#define CONVOPT_REPORT_PAGE_H

#include "convopt/Report/Explanation.h"

namespace convopt {

/// A web page that needs nothing else: what writeExplanation writes, in it, and
/// the script that draws it.
std::string makePage(const Explanation &explanation,
                     const SizeProfiles &profiles = {});

} // namespace convopt

#endif // CONVOPT_REPORT_PAGE_H
