/**
 * commands/build: `npm run build`.
 */
import { runCommand } from '#setup/command'
import { ensureReady } from '#setup/ready'

await runCommand(
  {
    name: 'build',
    about: 'Installs what is missing and builds everything that is stale.',
    usage: 'npm run build',
    flags: {},
  },
  async () => {
    await ensureReady()
    return 0
  },
)
