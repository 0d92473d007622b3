/**
 * setup/tests: finds the built tests and runs them with node's own runner.
 *
 * Three kinds, told apart by their ending: `*.test.js` run with `npm test`, `*.soak.js` with
 * `npm run soak`, `*.acceptance.js` with `npm run acceptance`.
 */

import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { runTool } from './child.mjs'
import { say } from './console.mjs'
import { CommandFault } from './fault.mjs'
import { filesBelow, ROOT, workspacesOf } from './workspace.mjs'

/** The tests that check the house itself: style, layers, samples. */
export const HOUSE_FOLDER = 'tools/dist-test/house'
const REPORTER = pathToFileURL(join(ROOT, 'tools', 'setup', 'test-reporter.mjs')).href
/** One file that hangs ends as a failure, and the whole stays below its 15 minutes. */
const FILE_TIMEOUT_MS = 300_000

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
 * two of them may share the machine. All others are run one by one.
 */
const PATIENT = [
  /^packages\/[^/]+\/dist-test\/(unit|scenarios|regression|conformance|simulation)\//,
  /^packages\/(etcd\/dist-test|log\/dist-test|troupe\/dist-test\/types)\//,
  /^examples\/jobs\/dist-test\/(cli|coordinator|job|kinds|load|mutants|store|web|worker)\//,
  /^examples\/jobs-chaos\/dist-test\/(account|cli|client|effects|etcd|faults|net|planted)\//,
  /^examples\/traffic\/dist-test\/(account|cli|fleet|fuzz|map|packet|query|replay|store|tls)\//,
  /^tools\/dist-test\/(house|rules|setup)\//,
]
const isPatient = (/** @type {string} */ file) => PATIENT.some((folder) => folder.test(file))
const PATIENT_AT_ONCE = Math.min(2, availableParallelism())

/**
 * @param {readonly string[]} files
 * @param {number} atOnce
 */
function flagsFor(files, atOnce) {
  if (files.length === 0) {
    throw new CommandFault(
      'No test files were found.',
      'See that the build made them: npm run build',
    )
  }
  return [
    '--test',
    '--enable-source-maps',
    `--test-timeout=${FILE_TIMEOUT_MS}`,
    `--test-concurrency=${atOnce}`,
    `--test-reporter=${REPORTER}`,
    '--test-reporter-destination=stdout',
    ...files,
  ]
}

/**
 * Runs test files in two parts, each with its summary: those that want the machine for themselves,
 * then those that can share it.
 *
 * @param {readonly string[]} files
 * @param {NodeJS.ProcessEnv} [env] added to our own
 * @returns {Promise<number>} the exit code of the first part that failed, or 0
 */
export async function runTests(files, env = {}) {
  const options = { loud: true, env: { ...process.env, ...env } }
  const alone = files.filter((file) => !isPatient(file))
  const shared = files.filter(isPatient)
  const parts = shared.length === 0 || alone.length > 0 ? [flagsFor(alone, 1)] : []
  if (shared.length > 0) parts.push(flagsFor(shared, PATIENT_AT_ONCE))
  const codes = []
  for (const flags of parts) codes.push((await runTool(process.execPath, flags, options)).exitCode)
  if (parts.length > 1 && codes[0] !== 0) {
    say('The first part of the tests failed: its failures and its summary are further up.')
  }
  return codes.find((code) => code !== 0) ?? 0
}

/**
 * Runs test files and hands back what the runner printed.
 *
 * @param {readonly string[]} files
 * @param {NodeJS.ProcessEnv} [env] added to our own
 */
export const runQuietTests = (files, env = {}) =>
  runTool(process.execPath, flagsFor(files, files.every(isPatient) ? PATIENT_AT_ONCE : 1), {
    env: { ...process.env, ...env },
  })
