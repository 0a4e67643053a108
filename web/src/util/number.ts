// Numbers as the ledger keeps them: money in fen, rho in units of 10^-12.

export const rhoUnit = 1e12;

/** rho in ledger units as a short decimal, never in scientific notation. */
export function rho(units: number): string {
  const value = units / rhoUnit;
  return value === 0 ? "0" : value.toFixed(value < 0.01 ? 5 : 4).replace(/0+$/, "").replace(/\.$/, "");
}

/** Fen as yuan. */
export function yuan(fen: number): string {
  return `¥ ${(fen / 100).toLocaleString("en-US", { minimumFractionDigits: 2 })}`;
}

export function grouped(n: number): string {
  return n.toLocaleString("en-US");
}

// Abramowitz and Stegun 26.2.17; error below 7.5e-8, ample for a percentage with one digit.
function normalBelow(x: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(x));
  const d = Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
  const tail = d * t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return x >= 0 ? 1 - tail : tail;
}

export interface GuessRate {
  membership: number;
  attributeLow: number;
  attributeHigh: number;
  level: "low" | "middle" | "high";
}

/** How often an attacker at best guesses a 50/50 question about one person right, after rho was spent with Gaussian noise. */
export function guessRate(units: number): GuessRate {
  const mu = Math.sqrt((2 * units) / rhoUnit);
  const attributeHigh = normalBelow(mu);
  return {
    membership: normalBelow(mu / 2),
    attributeLow: normalBelow(mu / Math.SQRT2),
    attributeHigh,
    level: attributeHigh < 0.6 ? "low" : attributeHigh < 0.75 ? "middle" : "high",
  };
}
