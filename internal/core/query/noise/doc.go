// Package noise draws the exact discrete Gaussian and the exact discrete
// Laplace distribution (Canonne, Kamath and Steinke, "The Discrete Gaussian for
// Differential Privacy", 2020, algorithms 1 to 3).
//
// The promise 结果数据不可逆算 rests on these few lines: the disclosure ledger
// charges rho = L0*C^2/(2*sigma^2) for a released vector, and that charge is only
// true of noise whose distribution is exactly the one in the proof. Hence
//
//   - no floating point anywhere: every probability is a fraction of integers and
//     every coin is thrown by comparing random bits with that fraction, bit for bit
//     (floating-point noise has been broken by looking at its low bits, Mironov 2012);
//   - no noise in SQL: the engine's generator is neither cryptographic nor exact;
//   - random bits come from crypto/rand only, buffered, wiped after use. There is
//     deliberately no seed: a seed that made the noise would give the exact
//     figures to whoever guesses it.
//
// Fractions up to 128 bits are compared in machine words; what does not fit, and
// the one comparison in 2^64 that 64 random bits do not decide, goes to math/big.
//
// The package does not decide how much noise is enough. That is the release
// package's business, which derives the variance from sensitivity and budget.
package noise
