/**
 * cluster/leader/elector-process: the process around an elector, one for each leader actor.
 *
 * Ends with its actor, and its actor with it. It takes the words of other nodes, the
 * notices of its own one, and nothing else.
 */
import { actor } from '#actor'
import {
  eventName,
  NODE_EVENT,
  NoReply,
  type Pid,
  type ProcessContext,
  type Ref,
  TroupeError,
} from '#contract'
import { Elector, type ElectorParts } from './elector.js'
import { ELECTOR_BEHAVIOUR, electionProtocol, electorName } from './elector-protocol.js'

/** What the process is spawned with. */
export interface ElectorGiven extends ElectorParts {
  /** Is given the elector before it says a word. */
  readonly begun: (elector: Elector) => void
}

/**
 * So long an end waits for whoever decides to hear of it: less than what a process has for its
 * end, as the next life of the actor waits for this one.
 */
const END_MS_MAX = 3_000

interface State extends ElectorGiven {
  elector: Elector | undefined
  /** The monitor of its actor. */
  watched: Ref | undefined
}

export const electorActor = actor(electionProtocol, {
  name: ELECTOR_BEHAVIOUR,
  init: (given: ElectorGiven): State => ({ ...given, elector: undefined, watched: undefined }),
  started: begin,
  on: {
    word: ({ elector }, envelope) => elector?.heard(envelope),
    owner: ({ owner }) => owner,
    sight: (state, _given, context) => atHome(state, context, (elector) => elector.sight()),
    stepDown: (state, _given, context) => atHome(state, context, (elector) => elector.stepDown()),
  },
  handleDown({ elector, watched }, down, context) {
    if (down.ref.id === watched?.id) context.stop('shutdown')
    else elector?.ended(down)
  },
  handleEvent: ({ elector }, event) => elector?.noticed(event),
  terminate({ elector }, _reason, context) {
    const ending = elector?.end()
    return ending && Promise.race([ending, context.sleep(END_MS_MAX)])
  },
  inspect: ({ elector }) => elector?.inspect() ?? {},
})

/** Answers its own node; nobody else may look, or end a lead. */
function atHome<R>(
  { elector }: State,
  context: ProcessContext,
  answer: (elector: Elector) => R,
): R | NoReply {
  const isOwn = context.fromNode === context.node
  if (isOwn && elector !== undefined) return answer(elector)
  const problem = isOwn ? 'it does not take part yet' : 'ask the process "system" of its node'
  const refusal = new TroupeError('NOT_ALLOWED', { operation: 'election', problem })
  context.replyLater().reject(refusal)
  return NoReply
}

async function begin(state: State, context: ProcessContext): Promise<void> {
  state.watched = context.monitor(state.owner)
  await context.subscribe(eventName(NODE_EVENT))
  const elector = await Elector.open(context, state)
  state.elector = elector
  try {
    state.begun(elector)
    elector.begin()
  } catch (thrown) {
    // Whoever decides was slow, and this process has ended meanwhile: nobody stands.
    void elector.end()
    throw thrown
  }
}

/**
 * Spawns the elector of a process. One that is left of an earlier process, which
 * is ending, is waited for; NAME_TAKEN when a process that lives takes part in the same cluster.
 */
export async function spawnElector(context: ProcessContext, given: ElectorGiven): Promise<Pid> {
  const name = electorName(given.decider.clusterId)
  const held = context.whereis(name)
  if (held !== undefined) await endOfOrphan(context, held, name)
  return context.spawn(electorActor, { name, args: [given] })
}

async function endOfOrphan(context: ProcessContext, held: Pid, name: string): Promise<void> {
  const owner = await ownerOf(context, held)
  if (owner !== undefined && context.mailboxLength(owner) !== undefined) {
    throw new TroupeError('NAME_TAKEN', { name, holder: String(held.id) })
  }
  await context.ended(held)
}

/** Undefined: it is ending. */
async function ownerOf(context: ProcessContext, held: Pid): Promise<Pid | undefined> {
  try {
    return await context.call(held as Pid<typeof electionProtocol>, 'owner')
  } catch {
    // It ended before it answered.
    return undefined
  }
}
