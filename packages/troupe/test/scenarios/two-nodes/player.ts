/**
 * two nodes: a player on either node, that does what the test says and notes what it is told.
 *
 * The test is on the player's own node, so it may hand over functions; what crosses is `note`,
 * `count` and `query`.
 */
import {
  actor,
  DEAD_LETTER_EVENT,
  type DeadLetter,
  describeReason,
  type ExitReason,
  eventName,
  failure,
  message,
  type Node,
  Pid,
  type ProcessContext,
  protocol,
  request,
  type SpawnOptions,
  type Target,
} from 'troupe'
import { z } from 'zod'
import type { TwoNodes } from './stage.js'

/** A pid as another node has it: nothing of the process behind. */
export const away = <P extends Pid>(pid: P): P => Pid.of(pid.node, pid.id, pid.creation) as P

/** Something to do in the name of a player. */
export type Script = (context: ProcessContext) => unknown

export const Part = protocol('part', {
  act: message<Script>(),
  ask: request<Script, unknown>(),
  note: message<unknown>(),
  count: message(z.number()),
  query: request<unknown, unknown>().fails<'too-little'>(),
})

/** What a player does when it is asked from afar. */
export type Answering = (what: unknown, context: ProcessContext) => unknown

/** A target by its kind, and by its name where it has one, so that lines are the same each run. */
const named = (target: Target): string =>
  target.kind === 'name' || target.kind === 'event' ? `${target.kind} ${target.name}` : target.kind

export const told = (reason: ExitReason): string => describeReason(reason)

/** What was published; of a notice of the node's bus the kind, the node and its life. */
function printed(published: unknown): string {
  if (typeof published !== 'object' || published === null) return String(published)
  const { kind, node, creation, reason } = published as Readonly<Record<string, unknown>>
  return `${kind} ${node} ${creation ?? reason ?? ''}`.trimEnd()
}

const part = actor(Part, {
  init: (seen: unknown[], answering: Answering) => ({ seen, answering }),
  on: {
    act: (_state, run, context) => run(context),
    ask: (_state, run, context) => run(context),
    note: ({ seen }, what) => void seen.push(what),
    count: ({ seen }, number) => void seen.push(number),
    query: ({ answering }, what, context) => answering(what, context) as never,
  },
  handleDown: ({ seen }, { target, reason }) =>
    void seen.push(`down of ${named(target)}: ${told(reason)}`),
  handleExit: ({ seen }, { from, reason }) =>
    void seen.push(`exit of ${named(from)}: ${told(reason)}`),
  handleEvent: ({ seen }, { event, message: published }) =>
    void seen.push(`event ${event.name}: ${printed(published)}`),
  handleEventGap: ({ seen }, { event, missed }) =>
    void seen.push(`gap of ${event.name}: ${missed.map((one) => one.message)}`),
  handleEventInterest: ({ seen }, { event, subscribed }) =>
    void seen.push(`${subscribed ? 'first' : 'last'} of ${event.name}`),
})

/** A promise that the test settles by hand. */
export interface Gate {
  readonly closed: Promise<void>
  open(): void
}

export function makeGate(): Gate {
  let open: () => void = () => {}
  const closed = new Promise<void>((resolve) => {
    open = resolve
  })
  return { closed, open }
}

/** One player. */
export interface Player {
  /** Its address as every node may have it. */
  readonly pid: Pid<typeof Part>
  readonly seen: unknown[]
  /** Does something in its name and gives what came of it. */
  ask<T>(run: (context: ProcessContext) => T): Promise<Awaited<T>>
  /** Does something in its name that takes until the test goes on. */
  start<T>(run: (context: ProcessContext) => T): Promise<Awaited<T>>
  /** Keeps it in a handler until the gate is opened. */
  hold(): Promise<Gate>
}

/** What a player is spawned with, and how it answers. */
export interface PartOptions extends SpawnOptions {
  readonly answering?: Answering
}

const echo: Answering = (what) => what

/** A player on one of the nodes. */
export async function play(
  { settle }: Pick<TwoNodes, 'settle'>,
  node: Node,
  { answering = echo, ...options }: PartOptions = {},
): Promise<Player> {
  const seen: unknown[] = []
  const near = await settle(node.spawn(part, { ...options, args: [seen, answering] }))
  return {
    pid: away(near),
    seen,
    ask: (run) => settle(node.call(near, 'ask', run)) as never,
    start: (run) => node.call(near, 'ask', run, { timeoutMs: 600_000 }) as never,
    async hold() {
      const gate = makeGate()
      const held = makeGate()
      node.send(near, 'act', () => {
        held.open()
        return gate.closed
      })
      await settle(held.closed)
      return gate
    },
  }
}

/** Whatever was on its way between the nodes before has been there and has been answered. */
export async function roundTrip(nodes: TwoNodes): Promise<void> {
  const { a, b, settle } = nodes
  const [near, far] = [await play(nodes, a), await play(nodes, b)]
  // Twice each way: what is told comes a turn after what it tells of.
  for (let round = 0; round < 2; round += 1) {
    await settle(a.call(far.pid, 'query', round))
    await settle(b.call(near.pid, 'query', round))
  }
  a.kill(near.pid)
  b.kill(far.pid)
}

/** Collects the dead letters of a node from now on. */
export async function deadLetters(nodes: TwoNodes, node: Node): Promise<DeadLetter[]> {
  const letters: DeadLetter[] = []
  const ear = actor(protocol('ear', {}), {
    on: {},
    handleEvent: (_state, event) => void letters.push(event.message as DeadLetter),
    started: async (_state, context) =>
      void (await context.subscribe(eventName<DeadLetter>(DEAD_LETTER_EVENT))),
  })
  await nodes.settle(node.spawn(ear))
  return letters
}

/** A refusal of the declared kind, for players that answer with one. */
export const tooLittle = failure('too-little')

/** The code a promise rejects with, or its value. */
export const codeOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    (value) => value,
    (error: { readonly code?: string }) => error.code,
  )
