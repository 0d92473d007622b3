/**
 * setup/test-reporter: node's spec reporter, with skips and long files told before the summary.
 *
 * Under CI=true a skipped test fails the run: what cannot run there was never shown to work. The
 * lists stand before the summary because the summary is the last thing a reader looks for.
 */
import { relative } from 'node:path'
import { spec } from 'node:test/reporters'

/** The first line of the runner's summary. */
const SUMMARY = /^(tests|suites) \d+$/

/** A file that takes longer is worth a look: all of them are to take less than 15 minutes. */
const LONG_MS = 5_000
const LONG_FILES_MAX = 12

/** @param {AsyncIterable<import('node:test/reporters').TestEvent>} source */
export default async function* reporter(source) {
  const strict = process.env['CI'] === 'true'
  /** @type {string[]} */
  const skipped = []
  /** @type {Map<string, number>} */
  const files = new Map()
  let told = false
  const inner = new spec()
  for await (const event of source) {
    if (event.type === 'test:pass' || event.type === 'test:fail') {
      const { file, nesting, details } = event.data
      if (nesting === 0 && file !== undefined) {
        files.set(file, (files.get(file) ?? 0) + details.duration_ms)
      }
    }
    if (event.type === 'test:pass' && event.data.skip !== undefined) {
      const reason = typeof event.data.skip === 'string' ? event.data.skip : 'no reason given'
      skipped.push(`${event.data.name}: ${reason}`)
    }
    if (!told && event.type === 'test:diagnostic' && SUMMARY.test(event.data.message)) {
      told = true
      yield longReport(files)
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

/** @param {ReadonlyMap<string, number>} files */
function longReport(files) {
  const long = [...files].filter(([, tookMs]) => tookMs > LONG_MS)
  if (long.length === 0) return ''
  const sorted = long.sort(([, one], [, other]) => other - one).slice(0, LONG_FILES_MAX)
  const lines = sorted.map(
    ([file, tookMs]) =>
      `${(tookMs / 1_000).toFixed(1).padStart(7)} s ${relative(process.cwd(), file)}\n`,
  )
  return `\nthe longest files:\n${lines.join('')}`
}
