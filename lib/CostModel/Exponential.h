#ifndef CONVOPT_LIB_COSTMODEL_EXPONENTIAL_H
#define CONVOPT_LIB_COSTMODEL_EXPONENTIAL_H

namespace convopt {

/// e^x within 2 units in the last place, the same bits everywhere: libm's exp
/// differs between libraries, and a prediction decides what code is made.
/// Overflows to infinity and underflows to 0 beyond +-700.
double exponential(double x);

} // namespace convopt

#endif // CONVOPT_LIB_COSTMODEL_EXPONENTIAL_H
