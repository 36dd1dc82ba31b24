#include "KernelRunner.h"
