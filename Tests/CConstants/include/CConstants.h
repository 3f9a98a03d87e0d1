#ifndef CCONSTANTS_H
#define CCONSTANTS_H

/// A named constant of the headers this was compiled with.
struct cconstants_constant {
    const char *name;
    unsigned long long value;
};

/// The constant at an index from 0 on; its name is a null pointer behind the last one.
struct cconstants_constant cconstants_at(unsigned long index);

#endif
