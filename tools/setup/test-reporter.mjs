/**
 * setup/test-reporter: node's spec reporter, with skips told apart before the summary.
 *
 * Under CI=true a skipped test fails the run: what cannot run there was never shown to work. The
 * list stands before the summary because the summary is the last thing a reader looks for.
 */
import { spec } from 'node:test/reporters'

/** The first line of the runner's summary. */
const SUMMARY = /^(tests|suites) \d+$/

/** @param {AsyncIterable<import('node:test/reporters').TestEvent>} source */
export default async function* reporter(source) {
  const strict = process.env['CI'] === 'true'
  /** @type {string[]} */
  const skipped = []
  let told = false
  const inner = new spec()
  for await (const event of source) {
    if (event.type === 'test:pass' && event.data.skip !== undefined) {
      const reason = typeof event.data.skip === 'string' ? event.data.skip : 'no reason given'
      skipped.push(`${event.data.name}: ${reason}`)
    }
    if (!told && event.type === 'test:diagnostic' && SUMMARY.test(event.data.message)) {
      told = true
      if (skipped.length > 0) yield skipReport(skipped, strict)
      if (skipped.length > 0 && strict) process.exitCode = 1
    }
    inner.write(event)
    for (let part = inner.read(); part !== null; part = inner.read()) yield String(part)
  }
  inner.end()
  for await (const part of inner) yield String(part)
}

/**
 * @param {readonly string[]} skipped
 * @param {boolean} strict
 */
function skipReport(skipped, strict) {
  const verdict = strict ? 'skipped, which is a failure under CI=true' : 'skipped'
  return `\n${skipped.length} ${verdict}:\n${skipped.map((line) => `  ${line}\n`).join('')}`
}
