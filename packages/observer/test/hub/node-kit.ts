/** hub/node-kit: nodes that can be followed, in virtual time: what they grant and are asked. */
import { TroupeError } from 'troupe'
import { virtualClock } from 'troupe/testing'
import type { Frame } from '#observer/hub/frame'
import type { Question, Verbs } from '#observer/hub/verbs'
import type { Viewer } from '#observer/hub/viewer'
import { BOUNDLESS, eventOf, type Told, verbsOf } from './kit.js'

type Tell = Parameters<Verbs['followed']>[2]

/** A follow that a node believes to be held. */
interface Granted {
  readonly node: string
  readonly key: string | undefined
  readonly follow: number
}

/** A node lets go of what has the number or the key of a question. */
function forget(held: Set<Granted>, { node, payload }: Question): void {
  const { follow, key } = payload as Partial<Granted>
  for (const one of held) {
    const isMeant = one.key === key || one.follow === follow
    if (one.node === node && isMeant) held.delete(one)
  }
}

/** Any nodes; `answer` may refuse a follow by throwing. */
export function followable(answer: (question: Question) => unknown = () => undefined) {
  const clock = virtualClock()
  const ears = new Map<string, Tell>()
  const losses = new Set<() => void>()
  /** Follows that nodes believe to be held, and questions in their order. */
  const held = new Set<Granted>()
  const asked: string[] = []
  /** How long a node takes to grant a follow, and whether its answer is too late by then. */
  const grant = { takesMs: 0, isLate: false }
  let last = 0
  const ask: Verbs['ask'] = async (question) => {
    const { node, request, payload } = question
    asked.push(request)
    const given = answer(question)
    if (request === 'unfollow') forget(held, question)
    if (given !== undefined || request !== 'follow') return given
    if (grant.takesMs > 0) await new Promise<void>((done) => clock.after(grant.takesMs, done))
    forget(held, question)
    last += 1
    held.add({ node, key: (payload as Partial<Granted>).key, follow: last })
    if (grant.isLate) throw new TroupeError('CALL_TIMEOUT', { timeoutMs: 4_000 } as never)
    return { follow: last, endsAfterMs: 60_000 }
  }
  const verbs: Verbs = {
    ...verbsOf(clock, ask),
    followed: (node, follow, take) => {
      const key = `${node} ${follow}`
      ears.set(key, take)
      return () => ears.delete(key)
    },
    watch: (_node, lost) => {
      losses.add(lost)
      return () => losses.delete(lost)
    },
  }
  const counts = () => ({ held: held.size, ears: ears.size, watches: losses.size })
  return { clock, verbs, counts, asked, grant, ...voicesOf(ears, losses) }
}

/** What nodes tell, and that they are lost. */
const voicesOf = (ears: ReadonlyMap<string, Tell>, losses: ReadonlySet<() => void>) => ({
  tell: (records: readonly unknown[], leftOut = 0, node = 'b@localhost'): void => {
    for (const [key, take] of ears) if (key.startsWith(`${node} `)) take({ records, leftOut })
  },
  lose: (): void => {
    for (const lost of [...losses]) lost()
  },
})

/** A viewer that keeps what it is told. */
export function witness() {
  const told: Told[] = []
  const take = (frame: Frame | undefined): void => {
    const event = frame === undefined ? undefined : eventOf(frame)
    if (event !== undefined) told.push(event)
  }
  const viewer = {
    happened: take,
    changed: (subject: { readonly frame: Frame | undefined }) => take(subject.frame),
    forget: () => {},
    pace: BOUNDLESS,
  }
  return { told, viewer: viewer as unknown as Viewer }
}
