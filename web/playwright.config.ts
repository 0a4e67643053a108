import { defineConfig } from "@playwright/test";

// The story goes from act to act on one server: one worker, files in their order, no act twice. Times are for a loaded
// two-core machine.
export default defineConfig({
  testDir: "e2e",
  testMatch: /\d\d-.*\.spec\.ts$/,
  outputDir: "test-results",
  globalSetup: "./e2e/server.ts",
  reporter: [["list"], ["./e2e/counter.ts"]],
  workers: 1,
  fullyParallel: false,
  retries: 0,
  // One act leads to the next: after three failures the rest would only wait.
  maxFailures: 3,
  timeout: 240_000,
  expect: { timeout: 45_000 },
  use: {
    actionTimeout: 45_000,
    navigationTimeout: 60_000,
    viewport: { width: 1440, height: 900 },
    locale: "zh-CN",
    timezoneId: "Asia/Shanghai",
    trace: "off",
    screenshot: "only-on-failure",
    launchOptions: {
      executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
      args: [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
});
