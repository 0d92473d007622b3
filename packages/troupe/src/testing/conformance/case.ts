/**
 * testing/conformance/case: one fact that every implementation of a contract must hold.
 *
 * Suites are lists of cases, so that any test runner can run them.
 */

/** One fact and how it is tried. */
export interface ConformanceCase {
  /** A sentence in the present tense. */
  readonly title: string
  /** Why this implementation is spared; false when it is not. */
  readonly skip: string | false
  /** Rejects with an AssertionError when the fact does not hold. */
  run(): Promise<void>
}
