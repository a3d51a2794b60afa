import { existsSync, readFileSync } from 'node:fs';

/** @import { Count } from './stages.mjs' */

/**
 * @param {string} report path of vitest's JSON report
 * @param {number} exitCode vitest's
 * @returns {Count} a file that could not be loaded counts as one failed
 */
export function countVitestTests(report, exitCode) {
  /** @type {{ numPassedTests?: number, testResults?: VitestFile[] }} */
  const { numPassedTests = 0, testResults = [] } = read(report);
  const failed = testResults.map(({ status, assertionResults }) => {
    const failedTests = assertionResults.filter((test) => test.status === 'failed').length;
    return status === 'failed' ? Math.max(failedTests, 1) : failedTests;
  });
  return agreeing({ passed: numPassedTests, failed: sum(failed) }, exitCode);
}

/** @typedef {{ status: string, assertionResults: { status: string }[] }} VitestFile */

/**
 * @param {string} report path of Playwright's JSON report
 * @param {number} exitCode Playwright's
 * @returns {Count} a test that passed only when retried counts as failed
 */
export function countPlaywrightTests(report, exitCode) {
  /** @type {{ stats?: { expected: number, unexpected: number, flaky: number } }} */
  const { stats = { expected: 0, unexpected: 0, flaky: 0 } } = read(report);
  return agreeing({ passed: stats.expected, failed: stats.unexpected + stats.flaky }, exitCode);
}

/**
 * A runner can fail beside its tests: an unhandled rejection, a crash, a configuration it refuses.
 * @param {Count} count
 * @param {number} exitCode
 */
function agreeing(count, exitCode) {
  return exitCode !== 0 && count.failed === 0 ? { ...count, failed: 1 } : count;
}

/** @param {string} report */
function read(report) {
  return existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')) : {};
}

/** @param {readonly number[]} numbers */
function sum(numbers) {
  return numbers.reduce((total, number) => total + number, 0);
}
