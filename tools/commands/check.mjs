/**
 * commands/check: `npm run check`, which is all that a continuous integration runs.
 *
 * The short checks run first and all of them, so that one run tells every fault; the tests follow
 * only when they pass.
 */
import { build } from '#setup/build'
import { runNodeTool } from '#setup/child'
import { runCommand } from '#setup/command'
import { say, step } from '#setup/console'
import { absentData } from '#setup/data'
import { CommandFault } from '#setup/fault'
import { packageFaults, publicPackages } from '#setup/packages'
import { ensureParts } from '#setup/parts'
import { ensureTools } from '#setup/ready'
import { HOUSE_FOLDER, runQuietTests, runTests, testFiles } from '#setup/tests'

/** @returns {Promise<string>} what is wrong; empty when nothing is */
async function formatAndLint() {
  const { exitCode, output } = await runNodeTool('@biomejs/biome/bin/biome', [
    'ci',
    '--error-on-warnings',
    '--colors=off',
    '.',
  ])
  return exitCode === 0 ? '' : `${output}\nRemedy: npx biome check --write .`
}

/** The runner tells each failure twice; the list at its end is the one that stands alone. */
async function house() {
  const { exitCode, output } = await runQuietTests(testFiles('test', HOUSE_FOLDER))
  if (exitCode === 0) return ''
  const list = output.indexOf('failing tests:')
  return output.slice(list < 0 ? 0 : output.indexOf('\n', list)).trim()
}

async function packages() {
  /** @type {string[]} */
  const faults = []
  for (const folder of publicPackages()) {
    for (const fault of await packageFaults(folder)) faults.push(`${folder}: ${fault}`)
  }
  return faults.join('\n')
}

/** The build checks types and type tests; the checks after it run on what it made. */
const CHECKS = Object.freeze({
  'types and type tests': () => build(),
  'format and lint': formatAndLint,
  'layers, cycles, style, samples; packages (publint, attw)': async () => {
    // The samples run one by one and wait; what looks at the packages takes the other core.
    const faults = await Promise.all([house(), packages()])
    return faults.filter((text) => text !== '').join('\n')
  },
})

async function runChecks() {
  /** @type {string[]} */
  const failed = []
  for (const [title, check] of Object.entries(CHECKS)) {
    const faults = await step(title, check, { verdict: (text) => text === '' })
    if (faults === '') continue
    failed.push(title)
    say(faults.trimEnd())
  }
  return failed
}

await runCommand(
  {
    name: 'check',
    about: 'Checks format, types, layers, style, samples and packages, then runs all tests.',
    usage: 'npm run check [-- flags]',
    flags: {
      'no-install': { type: 'boolean', about: 'do not install Debian packages that tests need' },
      'no-tests': { type: 'boolean', about: 'stop before the tests' },
    },
  },
  async ({ flags }) => {
    await ensureTools()
    const failed = await runChecks()
    if (failed.length > 0) {
      throw new CommandFault(
        `These checks failed: ${failed.join('; ')}.`,
        'Correct the faults above; each names its file, its line and what to do.',
      )
    }
    if (flags['no-tests'] === true) return 0
    await ensureParts({ install: flags['no-install'] !== true })
    for (const line of absentData()) say(line)
    return runTests(testFiles('test').filter((path) => !path.startsWith(`${HOUSE_FOLDER}/`)))
  },
)
