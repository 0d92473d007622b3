/**
 * commands/coverage: `npm run coverage`.
 */
import { runNodeTool } from '#setup/child'
import { runCommand } from '#setup/command'
import { ensureReady } from '#setup/ready'
import { matchingFiles, testFiles } from '#setup/tests'

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
    const own = testFiles('test').filter((path) => path.startsWith('packages/'))
    const files = matchingFiles(own, words)
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
