#pragma once

namespace rcache::stampede {

// Own functions, made of additions, multiplications, divisions and square roots only, which IEEE
// 754 rounds alike everywhere: libm's last bit differs between machines. Each is good to about
// 1e-15 of its value.

/// The natural logarithm. In: above 0, finite, not denormal.
double log_of(double x);

/// e to the power of x; 0 below -700, at most about 1e304.
double exp_of(double x);

/// x to the power of y. In: x above 0.
double power(double x, double y);

/// The standard normal value below which lies this part of all: good to 1e-9.
///
/// In:      0 < p < 1.
/// Source:  P. J. Acklam's rational approximation (relative error 1.15e-9)
double normal_quantile(double p);

}  // namespace rcache::stampede
