/**
 * leader-child: one voter in a program of its own, whose leader has an effect outside all the time.
 *
 * The leader looks whether it leads, works for a while without letting go of the thread, and only
 * then has its effect: so that a program that is frozen in between comes back with a late one.
 */
import { join } from 'node:path'
import { ballotFile, embeddedRegistrar, leader, type Pid, protocol, startNode } from 'troupe'
import { steadyMs } from '#base/clock'

/** How often the leader works, and for how long, in milliseconds. */
const WORK_EVERY_MS = 25
const WORK_MS = 15

/** What the parent says. */
export type Told =
  | { readonly kind: 'stop' }
  /** From now on the leader has effects. */
  | { readonly kind: 'work' }

/** What the child says; times are those of the machine's steady clock. */
export type Says =
  | { readonly kind: 'ready' }
  | { readonly kind: 'leads'; readonly term: number; readonly atMs: number }
  | { readonly kind: 'follows'; readonly leader: string | undefined; readonly term: number }
  /** It has looked, and works; its effect comes at the end of that. */
  | { readonly kind: 'works' }
  | { readonly kind: 'effect'; readonly term: number }
  /** It has given the lead up, if it had it. */
  | { readonly kind: 'ends'; readonly atMs: number }

const say = (message: Says): void => void process.send?.(message)
const Voter = protocol('voter', {})

let isWorking = false

function work(term: number, isLeader: () => boolean): void {
  if (!isWorking || !isLeader()) return
  say({ kind: 'works' })
  const untilMs = steadyMs() + WORK_MS
  // Frozen here, it has looked and not yet acted.
  while (steadyMs() < untilMs);
  say({ kind: 'effect', term })
}

function voterOf(voters: readonly string[], path: string) {
  return leader(Voter, {
    election: () => ({ clusterId: 'test', voters, storage: ballotFile({ path }) }),
    init: (): { term: number; timer: { cancel(): boolean } | undefined } => ({
      term: 0,
      timer: undefined,
    }),
    on: {},
    terminate: () => say({ kind: 'ends', atMs: steadyMs() }),
    handleBecomeLeader(state, term, context) {
      say({ kind: 'leads', term, atMs: steadyMs() })
      state.term = term
      const { leadership } = context
      state.timer = context.every(WORK_EVERY_MS, () => work(state.term, () => leadership.isLeader))
    },
    handleBecomeFollower(state, pid: Pid | undefined, { leadership }) {
      state.timer?.cancel()
      say({ kind: 'follows', leader: pid?.node, term: leadership.term })
    },
  })
}

async function run(name: string, cookie: string, folder: string, voters: string): Promise<void> {
  const registrar = embeddedRegistrar({ folder })
  const network = { cookie, acceptors: [{ port: 0 }], registrar }
  const node = await startNode(name, { network, logSinks: [], handleSignals: false })
  process.on('message', (told: Told) => {
    if (told.kind === 'work') isWorking = true
    else void node.stop().then(() => process.exit(0))
  })
  process.on('disconnect', () => process.exit(0))
  await node.spawn(voterOf(voters.split(' '), join(folder, `${name}.ballot`)))
  say({ kind: 'ready' })
}

/** Only when it is run, not when its types are imported. */
const [, , name = '', cookie = '', folder = '', voters = ''] = process.argv
if (process.send !== undefined && voters !== '') await run(name, cookie, folder, voters)
