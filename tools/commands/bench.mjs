/**
 * commands/bench: `npm run bench -- NAME [--json FILE]`.
 *
 * Sets up, then hands everything on to the bench itself, which knows its names and flags.
 */
import { runTool } from '#setup/child'
import { guarded } from '#setup/command'
import { ensureReady } from '#setup/ready'

await guarded(async () => {
  await ensureReady({ project: 'packages/troupe' })
  const { exitCode } = await runTool(
    process.execPath,
    ['bench/run.mjs', ...process.argv.slice(2)],
    { loud: true },
  )
  return exitCode
})
