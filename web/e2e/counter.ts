import type { FullResult, Reporter, TestCase, TestResult } from "@playwright/test/reporter";

/** The last line, for machines. What could not be reached counts as failed: an act that was not played proves nothing. */
export default class Counter implements Reporter {
  private all = 0;
  private passed = 0;

  onBegin(_: unknown, suite: { allTests(): TestCase[] }) {
    this.all = suite.allTests().length;
  }

  onTestEnd(_: TestCase, result: TestResult) {
    if (result.status === "passed") this.passed++;
  }

  onEnd(_: FullResult) {
    process.stdout.write(`e2e: ${this.passed} passed, ${this.all - this.passed} failed\n`);
  }

  printsToStdio() {
    return false;
  }
}
