/**
 * commands/start: `npm start [-- system] [flags]`.
 *
 * Flags before the name of a system are ours; what follows the name is the system's. Without a name
 * the default system gets all flags but `--list` and `--help`.
 */
import { guarded } from '#setup/command'
import { ensureReady } from '#setup/ready'
import { launch } from '#start/launcher'
import { DEFAULT_SYSTEM, entryOf, helpWithoutFlags, listing, systemNamed } from '#start/systems'

const help = () => `Starts one of the systems Troupe is shown with.

Usage: npm start [-- system] [flags]

  --list                 name the systems
  --help                 print this text; after the name of a system: its own flags

Other flags are passed on to the system. Ctrl-C stops it.

${listing()}`

await guarded(async () => {
  const [first, ...rest] = process.argv.slice(2)
  const named = first !== undefined && !first.startsWith('-')
  if (first === '--list') {
    process.stdout.write(listing())
    return 0
  }
  if (first === '--help' || first === '-h') {
    process.stdout.write(help())
    return 0
  }
  const system = systemNamed(named ? first : DEFAULT_SYSTEM)
  const flags = named ? rest : process.argv.slice(2)
  const text = helpWithoutFlags(system, flags)
  if (text !== undefined) {
    process.stdout.write(text)
    return 0
  }
  await ensureReady({ project: system.folder })
  return launch(system.name, entryOf(system), flags)
})
