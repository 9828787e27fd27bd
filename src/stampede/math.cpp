#include "stampede/math.h"

#include <bit>
#include <cmath>
#include <cstdint>

namespace rcache::stampede {
namespace {

constexpr double k_ln2_high = 6.93147180369123816490e-01;
constexpr double k_ln2_low = 1.90821492927058770002e-10;
constexpr double k_sqrt_half = 0.70710678118654752440;

}  // namespace

double log_of(double x) {
  const auto bits = std::bit_cast<std::uint64_t>(x);
  auto exponent = static_cast<int>(bits >> 52) - 1022;
  double mantissa = std::bit_cast<double>((bits & 0x000fffffffffffffULL) | 0x3fe0000000000000ULL);
  if (mantissa < k_sqrt_half) {
    mantissa *= 2;
    --exponent;
  }
  // ln m = 2 artanh z, z = (m-1)/(m+1), |z| < 0.1716: ten terms leave less than 1e-17.
  const double z = (mantissa - 1) / (mantissa + 1);
  const double w = z * z;
  const double series =
      w *
      (1.0 / 3 +
       w * (1.0 / 5 +
            w * (1.0 / 7 +
                 w * (1.0 / 9 +
                      w * (1.0 / 11 +
                           w * (1.0 / 13 + w * (1.0 / 15 + w * (1.0 / 17 + w * (1.0 / 19)))))))));
  const double e = exponent;
  return e * k_ln2_high + (e * k_ln2_low + 2 * (z + z * series));
}

double exp_of(double x) {
  if (x < -700) return 0;
  if (x > 700) x = 700;
  const double n = std::floor(x / (k_ln2_high + k_ln2_low) + 0.5);
  const double r = (x - n * k_ln2_high) - n * k_ln2_low;
  double term = 1;
  double sum = 1;
  for (int k = 1; k <= 18; ++k) {
    term *= r / k;
    sum += term;
  }
  const auto power_of_two = static_cast<std::uint64_t>(static_cast<std::int64_t>(n) + 1023) << 52;
  return sum * std::bit_cast<double>(power_of_two);
}

double power(double x, double y) {
  return exp_of(y * log_of(x));
}

double normal_quantile(double p) {
  constexpr double k_tail = 0.02425;
  const auto tail = [](double q) {
    return (((((-7.784894002430293e-03 * q - 3.223964580411365e-01) * q - 2.400758277161838e+00) *
                  q -
              2.549732539343734e+00) *
                 q +
             4.374664141464968e+00) *
                q +
            2.938163982698783e+00) /
           ((((7.784695709041462e-03 * q + 3.224671290700398e-01) * q + 2.445134137142996e+00) * q +
             3.754408661907416e+00) *
                q +
            1);
  };
  if (p < k_tail) return tail(std::sqrt(-2 * log_of(p)));
  if (p > 1 - k_tail) return -tail(std::sqrt(-2 * log_of(1 - p)));
  const double q = p - 0.5;
  const double r = q * q;
  return (((((-3.969683028665376e+01 * r + 2.209460984245205e+02) * r - 2.759285104469687e+02) * r +
            1.383577518672690e+02) *
               r -
           3.066479806614716e+01) *
              r +
          2.506628277459239e+00) *
         q /
         (((((-5.447609879822406e+01 * r + 1.615858368580409e+02) * r - 1.556989798598866e+02) * r +
            6.680131188771972e+01) *
               r -
           1.328068155288572e+01) *
              r +
          1);
}

}  // namespace rcache::stampede
