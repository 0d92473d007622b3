/**
 * commands/acceptance: `npm run acceptance -- SYSTEM`.
 *
 * The full list of what a system promises, `*.acceptance.ts` in its test folder: longer than the
 * tests may be, and on real sockets and processes.
 */
import { runCommand } from '#setup/command'
import { CommandFault } from '#setup/fault'
import { ensureParts } from '#setup/parts'
import { ensureReady } from '#setup/ready'
import { runTests, testFiles } from '#setup/tests'
import { filesBelow } from '#setup/workspace'
import { systemNamed, systems } from '#start/systems'

/** The systems that have a list, whether it is built or not. */
const names = () =>
  systems()
    .filter(({ folder }) => filesBelow(`${folder}/test`, isList, /^node_modules$/).length > 0)
    .map(({ name }) => name)
    .join(', ')

/** @param {string} path */
const isList = (path) => path.endsWith('.acceptance.ts')

await runCommand(
  {
    name: 'acceptance',
    about: `Runs the acceptance list of one system: ${names()}.`,
    usage: 'npm run acceptance -- SYSTEM',
    flags: {
      'no-install': { type: 'boolean', about: 'do not install Debian packages that tests need' },
    },
    positionals: true,
  },
  async ({ flags, words }) => {
    const [name] = words
    if (name === undefined || words.length > 1) {
      throw new CommandFault(`Name one system: ${names()}.`, 'npm run acceptance -- traffic', 2)
    }
    const system = systemNamed(name)
    await ensureReady()
    await ensureParts({ install: flags['no-install'] !== true })
    const files = testFiles('acceptance', `${system.folder}/dist-test`)
    if (files.length === 0) {
      throw new CommandFault(
        `The system ${name} has no acceptance list.`,
        `Write one as ${system.folder}/test/${name}.acceptance.ts`,
      )
    }
    return runTests(files)
  },
)
