/**
 * setup/tests: finds the built tests and runs them with node's own runner.
 *
 * Three kinds, told apart by their ending: `*.test.js` run with `npm test`, `*.soak.js` with
 * `npm run soak`, `*.acceptance.js` with `npm run acceptance`.
 */

import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { runTool } from './child.mjs'
import { say } from './console.mjs'
import { CommandFault } from './fault.mjs'
import { grouped, withPrograms } from './groups.mjs'
import { filesBelow, ROOT, workspacesOf } from './workspace.mjs'

/** The tests that check the house itself: style, layers, samples. */
export const HOUSE_FOLDER = 'tools/dist-test/house'
const LANE = join(ROOT, 'tools', 'setup', 'lane.mjs')
/** One file that hangs ends as a failure. */
const FILE_TIMEOUT_MS = 900_000
/** The same in a lane that waits for what another one, or other work, leaves of the cores. */
const LOW_FILE_TIMEOUT_MS = 1_800_000

/**
 * The built tests of one kind in all workspaces, or below one folder.
 *
 * @param {'test' | 'soak' | 'acceptance'} kind
 * @param {string} [folder] relative to the root
 * @returns {string[]}
 */
export function testFiles(kind, folder) {
  const folders =
    folder === undefined
      ? [...workspacesOf('packages'), ...workspacesOf('examples'), 'bench', 'tools'].map(
          (workspace) => `${workspace}/dist-test`,
        )
      : [folder]
  return folders.flatMap((below) =>
    filesBelow(below, (path) => path.endsWith(`.${kind}.js`), /^node_modules$/),
  )
}

/**
 * The files whose path has one of the words; all of them without a word.
 *
 * @param {readonly string[]} files
 * @param {readonly string[]} words
 */
export function matchingFiles(files, words) {
  const found = files.filter(
    (path) => words.length === 0 || words.some((word) => path.includes(word)),
  )
  if (found.length > 0 || words.length === 0) return found
  throw new CommandFault(
    `No test file has ${words.join(' or ')} in its path.`,
    'Name a part of a path, such as "unit" or "traffic".',
    2,
  )
}

/**
 * Files whose tests take the time they have from a clock of their own, or wait for what happens:
 * two of them may share the machine, and with others. All others are run one by one.
 */
const PATIENT = [
  /^packages\/[^/]+\/dist-test\/(unit|scenarios|regression|conformance|simulation|mutants)\//,
  /^packages\/(etcd\/dist-test|log\/dist-test|troupe\/dist-test\/types)\//,
  /^packages\/observer\/dist-test\/(page|text|web)\//,
  /^packages\/observer\/dist-test\/browser\/(frame|fifty-nodes|shop-pages)\./,
  /^examples\/jobs\/dist-test\/(cli|coordinator|job|kinds|load|mutants|store|web|worker)\//,
  /^examples\/jobs-chaos\/dist-test\/(account|cli|client|effects|etcd|faults|net|planted)\//,
  /^examples\/traffic\/dist-test\/(account|cli|fleet|fuzz|map|packet|query|replay|store|tls)\//,
  /^tools\/dist-test\/(house|rules|setup)\//,
]
/** Of these, what keeps the cores busy for minutes: first, so that nothing waits for it alone. */
const LONG = /^packages\/(observer\/dist-test\/browser|troupe\/dist-test\/(mutants|simulation))\//
/** Of these, what talks over real sockets or with other programs: last, beside few others. */
const TALKING =
  /^packages\/etcd\/|^tools\/|\/dist-test\/(etcd|net|store|tls|fuzz|unit\/(ports|network))\//
/** Of these, what has to be quicker than a limit of so many a second. */
const HASTY = /^packages\/troupe\/dist-test\/unit\/network\/meeting-flood\./
const AT_ONCE = Math.min(2, availableParallelism())

const isPatient = (/** @type {string} */ file) =>
  PATIENT.some((folder) => folder.test(file)) && !HASTY.test(file)
const rank = (/** @type {string} */ file) => (LONG.test(file) ? 0 : TALKING.test(file) ? 2 : 1)
const ordered = (/** @type {readonly string[]} */ files) =>
  [...files].sort((one, other) => rank(one) - rank(other))

/**
 * @param {Omit<import('./lane.mjs').Lane, 'timeoutMs'>} lane
 * @param {Parameters<typeof runTool>[2]} options
 */
function runLane({ files, ...rest }, options) {
  if (files.length === 0) {
    throw new CommandFault(
      'No test files were found.',
      'See that the build made them: npm run build',
    )
  }
  const timeoutMs = rest.isLow ? LOW_FILE_TIMEOUT_MS : FILE_TIMEOUT_MS
  return withPrograms(grouped(files), (paths) => {
    const lane = JSON.stringify({ ...rest, files: paths, timeoutMs })
    return runTool(process.execPath, ['--enable-source-maps', LANE, lane], options)
  })
}

/** What a lane tells, kept until the other one has told all. */
class Held {
  /** @type {Buffer[]} */
  #parts = []
  #isOpen = false

  /** @param {Buffer} part */
  tell(part) {
    if (this.#isOpen) process.stdout.write(part)
    else this.#parts.push(part)
  }

  open() {
    this.#isOpen = true
    for (const part of this.#parts.splice(0)) process.stdout.write(part)
  }
}

/**
 * Runs test files in two lanes, each with its summary: those that want to be alone among tests, one
 * by one, and beside them, on what they leave of the cores, those that are patient.
 *
 * @param {readonly string[]} files
 * @param {NodeJS.ProcessEnv} [env] added to our own
 * @returns {Promise<number>} the exit code of the first lane that failed, or 0
 */
export async function runTests(files, env = {}) {
  const options = { env: { ...process.env, ...env } }
  const alone = files.filter((file) => !isPatient(file))
  const patient = ordered(files.filter(isPatient))
  if (alone.length === 0 || patient.length === 0) {
    const atOnce = alone.length === 0 ? AT_ONCE : 1
    const lane = { files: [...alone, ...patient], atOnce, isLow: false }
    return (await runLane(lane, { ...options, loud: true })).exitCode
  }
  return runBoth(alone, patient, options)
}

/**
 * @param {readonly string[]} alone
 * @param {readonly string[]} patient
 * @param {Parameters<typeof runTool>[2]} options
 */
async function runBoth(alone, patient, options) {
  const folder = mkdtempSync(join(tmpdir(), 'troupe-lanes-'))
  const failures = join(folder, 'failures.txt')
  const held = new Held()
  const tell = (/** @type {Buffer} */ part) => held.tell(part)
  try {
    const low = runLane(
      { files: patient, atOnce: AT_ONCE, isLow: true, failures },
      { ...options, tell, leashed: true },
    )
    const lane = { files: alone, atOnce: 1, isLow: false, failures }
    const codes = [(await runLane(lane, { ...options, loud: true })).exitCode]
    held.open()
    codes.push((await low).exitCode)
    if (codes[0] !== 0) say('The first part of the tests failed: its summary is further up.')
    // The end of all is where a reader looks, and the failures of the first lane are far from it.
    if (existsSync(failures)) say(`\nwhat failed:\n${readFileSync(failures, 'utf8').trimEnd()}`)
    return codes.find((code) => code !== 0) ?? 0
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/**
 * Runs test files and hands back what the runner printed.
 *
 * @param {readonly string[]} files
 * @param {NodeJS.ProcessEnv} [env] added to our own
 */
export const runQuietTests = (files, env = {}) =>
  runLane(
    { files, atOnce: files.every(isPatient) ? AT_ONCE : 1, isLow: false },
    { env: { ...process.env, ...env } },
  )
