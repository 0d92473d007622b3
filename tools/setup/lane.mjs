/**
 * setup/lane: one lane of a run of tests: node's own runner, over files in the order they come in.
 *
 * `node lane.mjs JSON`, with the fields of `Lane`. A lane of low priority takes what of the cores
 * the other one leaves; so do the programs that its tests start. It has a session of its own, and
 * ends with all of it when its standard input does: when who has started it is gone.
 *
 * @typedef {object} Lane
 * @property {readonly string[]} files paths of test files, and of programs of several of them
 * @property {number} atOnce
 * @property {number} timeoutMs of one of them
 * @property {boolean} isLow
 * @property {string} [failures] path of a file that gets a paragraph for each test that fails
 */
import { appendFileSync, writeFileSync } from 'node:fs'
import { setPriority } from 'node:os'
import { relative } from 'node:path'
import { run } from 'node:test'
import reporter from './test-reporter.mjs'

/** A third of what others weigh: less, and other work on the machine would leave it nothing. */
const PATIENT_PRIORITY = 5

/** @type {Lane} */
const { files, atOnce, timeoutMs, isLow, failures } = JSON.parse(process.argv[2] ?? '{}')
if (isLow) stepBack()

const events = run({ files: [...files], concurrency: atOnce, timeout: timeoutMs })
events.on('test:fail', (failed) => {
  if (failed.todo !== undefined && failed.todo !== false) return
  process.exitCode = 1
  if (failures !== undefined) appendFileSync(failures, failureText(failed))
})
events.compose(reporter).pipe(process.stdout)

function stepBack() {
  setPriority(PATIENT_PRIORITY)
  try {
    // Where Linux shares the cores between sessions, a priority holds within ours alone.
    writeFileSync('/proc/self/autogroup', String(PATIENT_PRIORITY))
  } catch {
    // Here it does not.
  }
  process.stdin.on('end', () => process.kill(-process.pid, 'SIGKILL'))
  process.stdin.resume().unref()
}

/**
 * Nothing for a suite: its tests are told.
 *
 * @param {import('node:test').EventData.TestFail} failed
 */
function failureText({ name, file, details: { error } }) {
  const { failureType, cause } = /** @type {Error & { failureType?: string }} */ (error)
  if (failureType === 'subtestsFailed') return ''
  const reason = cause instanceof Error ? cause.message : String(cause ?? error.message)
  const path = file === undefined ? '' : `${relative(process.cwd(), file)}: `
  return `${path}${name}\n${reason.replaceAll(/^/gm, '    ')}\n`
}
