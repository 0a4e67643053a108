import { expect, test } from "vitest";
import { guessRate, rho, rhoUnit } from "./number";

test("guess rates are those the design computed", () => {
  for (const [spent, membership, low, high] of [
    [0.0244, 54.4, 56.2, 58.7],
    [0.1366, 60.3, 64.4, 69.9],
    [0.7328, 72.8, 80.4, 88.7],
  ] as const) {
    const got = guessRate(spent * rhoUnit);
    expect(got.membership * 100).toBeCloseTo(membership, 0);
    expect(got.attributeLow * 100).toBeCloseTo(low, 0);
    expect(got.attributeHigh * 100).toBeCloseTo(high, 0);
  }
});

test("rho is written without noise digits", () => {
  expect(rho(0)).toBe("0");
  expect(rho(0.005 * rhoUnit)).toBe("0.005");
  expect(rho(0.1366 * rhoUnit)).toBe("0.1366");
});
