/**
 * commands/format: `npm run format`.
 */
import { runNodeTool } from '#setup/child'
import { runCommand } from '#setup/command'
import { ensureTools } from '#setup/ready'

await runCommand(
  {
    name: 'format',
    about: 'Formats files, sorts their imports and mends what can be mended safely.',
    usage: 'npm run format [-- path ...]',
    flags: {},
    positionals: true,
  },
  async ({ words }) => {
    await ensureTools()
    const paths = words.length > 0 ? words : ['.']
    const flags = ['check', '--write', '--error-on-warnings', ...paths]
    return (await runNodeTool('@biomejs/biome/bin/biome', flags, { loud: true })).exitCode
  },
)
