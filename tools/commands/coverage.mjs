/**
 * commands/coverage: `npm run coverage`.
 */
import { runNodeTool } from '#setup/child'
import { runCommand } from '#setup/command'
import { CommandFault } from '#setup/fault'
import { ensureReady } from '#setup/ready'
import { testFiles } from '#setup/tests'

await runCommand(
  {
    name: 'coverage',
    about: 'Runs the tests of the packages and says which lines of their sources were reached.',
    usage: 'npm run coverage [-- word ...] [flags]',
    flags: {
      html: { type: 'boolean', about: 'write the report to coverage/index.html as well' },
    },
    positionals: true,
  },
  async ({ flags, words }) => {
    await ensureReady()
    const files = testFiles('test')
      .filter((path) => path.startsWith('packages/'))
      .filter((path) => words.length === 0 || words.some((word) => path.includes(word)))
    if (files.length === 0) {
      throw new CommandFault(
        'No test file matches.',
        'Name a part of a path, such as "mailbox".',
        2,
      )
    }
    const reporters = ['--reporter=text', ...(flags['html'] === true ? ['--reporter=html'] : [])]
    const { exitCode } = await runNodeTool(
      'c8/bin/c8.js',
      [
        ...reporters,
        '--all',
        '--src=packages',
        '--include=packages/*/src/**',
        '--exclude-after-remap',
        process.execPath,
        '--test',
        '--test-reporter=dot',
        ...files,
      ],
      { loud: true },
    )
    return exitCode
  },
)
