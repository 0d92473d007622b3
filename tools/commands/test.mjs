/**
 * commands/test: `npm test`.
 */
import { runCommand } from '#setup/command'
import { say } from '#setup/console'
import { absentData } from '#setup/data'
import { ensureParts } from '#setup/parts'
import { ensureReady } from '#setup/ready'
import { matchingFiles, runTests, testFiles } from '#setup/tests'

await runCommand(
  {
    name: 'test',
    about: 'Sets up what is missing, then runs all tests; a word narrows them to matching files.',
    usage: 'npm test [-- word ...] [flags]',
    flags: {
      'no-install': { type: 'boolean', about: 'do not install Debian packages that tests need' },
    },
    positionals: true,
  },
  async ({ flags, words }) => {
    await ensureReady()
    await ensureParts({ install: flags['no-install'] !== true })
    for (const line of absentData()) say(line)
    return runTests(matchingFiles(testFiles('test'), words))
  },
)
