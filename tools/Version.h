#ifndef CONVOPT_TOOLS_VERSION_H
#define CONVOPT_TOOLS_VERSION_H

namespace convopt {

/// Has --version say what convopt is made of and for which machine it compiles
/// unless told. To be called before the command line is read.
void setVersionText();

} // namespace convopt

#endif // CONVOPT_TOOLS_VERSION_H
