/**
 * leader-child: one contender in a program of its own, which writes to etcd as long as it leads.
 *
 * It looks whether it leads, works for a while without letting go of the thread, and only then
 * writes what its fence lets through: so that a program that is frozen in between comes back with
 * a late write.
 */
import { connectEtcd, etcdArbiter } from '@troupe/etcd'
import { leader, type Pid, protocol, startNode } from 'troupe'

/** How often the leader works, and for how long, in milliseconds. */
const WORK_EVERY_MS = 25
const WORK_MS = 15

export const CLUSTER = 'test'
/** Each write of a leader: its term. */
export const EFFECT = 'effect'

/** What the child says; times are those of the machine's steady clock. */
export type Says =
  | { readonly kind: 'leads'; readonly term: number; readonly atMs: number }
  | { readonly kind: 'follows'; readonly leader: string | undefined }
  /** It has looked, and works; its write comes at the end of that. */
  | { readonly kind: 'works' }
  | { readonly kind: 'wrote'; readonly term: number; readonly held: boolean }

/** The same for all programs of the machine. */
export const machineMs = (): number => Number(process.hrtime.bigint()) / 1e6

const say = (message: Says): void => void process.send?.(message)

async function run(name: string, endpoint: string, leaseTtlMs: number): Promise<void> {
  const client = connectEtcd({ endpoints: [endpoint], keepAliveMs: leaseTtlMs / 4 })
  const arbiter = etcdArbiter({ client, leaseTtlMs })
  const work = (term: number, isLeader: () => boolean): void => {
    if (!isLeader()) return
    say({ kind: 'works' })
    const untilMs = machineMs() + WORK_MS
    // Frozen here, it has looked and not yet acted.
    while (machineMs() < untilMs);
    const acts = [{ kind: 'put' as const, key: EFFECT, value: String(term) }]
    client
      .txn({ when: arbiter.fence(CLUSTER, term), acts })
      .then(({ held }) => say({ kind: 'wrote', term, held }))
      .catch(() => {})
  }
  const contender = leader(protocol('contender', {}), {
    election: () => ({ clusterId: CLUSTER, arbiter }),
    init: (): { timer: { cancel(): boolean } | undefined } => ({ timer: undefined }),
    on: {},
    handleBecomeLeader(state, term, context) {
      say({ kind: 'leads', term, atMs: machineMs() })
      const { leadership } = context
      state.timer = context.every(WORK_EVERY_MS, () => work(term, () => leadership.isLeader))
    },
    handleBecomeFollower(state, pid: Pid | undefined) {
      state.timer?.cancel()
      say({ kind: 'follows', leader: pid?.node })
    },
  })
  const node = await startNode(name, { logSinks: [], handleSignals: false })
  process.on('disconnect', () => process.exit(0))
  await node.spawn(contender)
}

/** Only when it is run, not when its types are imported. */
const [, , name = '', endpoint = '', leaseMs = ''] = process.argv
if (process.send !== undefined && leaseMs !== '') await run(name, endpoint, Number(leaseMs))
