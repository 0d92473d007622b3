/**
 * etcd/program: what the programs that are a node do alike: flags, start, end.
 */
import { etcdRegistrar } from '@troupe/etcd'
import { type ApplicationSpec, describeThrown, type Node, startNode, TroupeError } from 'troupe'
import { commandLineOf, type Flags } from './flags.js'
import { followLevel } from './settings.js'
import { watcher } from './watcher.js'

export interface Program {
  /** The name of its node, unless the command line has another. */
  readonly node: string
  readonly about: string
  readonly applications: (node: string) => readonly ApplicationSpec[]
  readonly run: (node: Node) => Promise<void>
}

const TYPED_WRONGLY = 2
/** What runs here ends at once; more is not waited for. */
const STOP_MS = 1_000
const ENDPOINTS = ['localhost:2379']

/** Runs until SIGTERM or Ctrl-C; one that cannot start ends with code 1. */
export async function runProgram(program: Program): Promise<void> {
  const line = commandLineOf(process.argv.slice(2), program.node)
  if (line.kind === 'help') {
    process.stdout.write(helpOf(program))
    return
  }
  if (line.kind === 'refused') {
    process.stderr.write(`${line.problem}\n`)
    process.exitCode = TYPED_WRONGLY
    return
  }
  try {
    const node = await startNode(line.flags.node, {
      network: networkOf(line.flags),
      applications: program.applications(line.flags.node),
      stopTimeoutMs: STOP_MS,
    })
    // Whoever has started it has ended. To wait for that is no reason to go on.
    process.once('disconnect', () => void node.stop())
    process.channel?.unref()
    await node.spawn(watcher, { name: 'watcher' })
    followLevel(node)
    await program.run(node)
  } catch (thrown) {
    const told = TroupeError.is(thrown)
      ? `${thrown.code}: ${thrown.message}`
      : describeThrown(thrown)
    process.stderr.write(`${told}\n`)
    process.exit(1)
  }
}

function networkOf({ endpoints = ENDPOINTS, prefix, cluster, host }: Flags) {
  const cookie = process.env['COOKIE']
  return {
    registrar: etcdRegistrar({ endpoints, prefix, cluster, leaseTtlMs: 5_000 }),
    ...(cookie === undefined ? {} : { cookie }),
    ...(host === undefined ? {} : { acceptors: [{ host }], liveness: { host } }),
  }
}

const helpOf = ({ node, about }: Program): string => `${about}

  node dist/${node.replace(/\d*@.*/, '')}.js [NODE] [flags]

  NODE               name of the node, default ${node}
  --endpoints LIST   host:port of etcd, with commas between them; default ${ENDPOINTS}
  --cluster NAME     nodes of one cluster find each other; default tickets
  --prefix PREFIX    what all keys begin with; default services/troupe
  --host HOST        where it listens, as 0.0.0.0 in a container; default for this machine alone
  --help             print this text

COOKIE in the environment is the secret of the cluster; default the one in ~/.troupe/cookie.
`
