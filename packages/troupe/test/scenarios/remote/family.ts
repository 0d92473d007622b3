/** A parent on one node and what it may spawn at the other, for scenarios of remote spawn. */
import {
  actor,
  type ExitReason,
  NoReply,
  Pid,
  protocol,
  type RemoteSpawnOptions,
  request,
  TroupeError,
} from 'troupe'
import type { TwoNodes } from '#test/scenarios/two-nodes/stage'
import { clustered, remoteStage } from './clustered.js'

export const B = 'b@stage'

export const told = (pid: Pid | undefined): string => (pid === undefined ? 'none' : Pid.format(pid))

/** What a child tells of itself, and how it ends. */
export const Child = protocol('child', {
  about: request<void, readonly unknown[]>(),
  env: request<string, unknown>(),
  end: request<ExitReason, void>(),
})
export const child = actor(Child, {
  init: (...args: unknown[]) => ({ args, exits: [] as unknown[] }),
  on: {
    about: ({ args }, _nothing, context) => [
      ...[told(context.parent), told(context.leader)],
      ...[context.application, context.name, args],
    ],
    env: (_state, key, context) => context.env(key),
    end: (_state, reason, context) => context.stop(reason),
  },
})

/** Its `init` does as it is told. */
export const hard = actor(Child, {
  init: async (what: 'throw' | 'coded' | 'hang' | 'pass', ms = 0) => {
    if (what === 'throw') throw new RangeError('no such colour')
    if (what === 'coded') throw new TroupeError('NAME_UNKNOWN', { name: 'stock', node: B })
    if (what === 'hang') await new Promise(() => {})
    return { ms }
  },
  on: { about: () => [], env: () => undefined, end: () => {} },
})

/** Its `init` takes a second. */
export const slow = actor(Child, {
  init: () => ({}),
  started: (_state, context) => context.sleep(1_000),
  on: { about: () => [], env: () => undefined, end: () => {} },
})

/** It ends as soon as it has begun. */
export const brief = actor(Child, {
  init: () => ({}),
  started: (_state, context) => context.stop('shutdown'),
  on: { about: () => [], env: () => undefined, end: () => {} },
})

/** Spawns at b and ends what it has spawned. */
export const Ending = protocol('ending', {
  spawn: request<string, Pid>(),
  stop: request<Pid, void>(),
})
export const ending = actor(Ending, {
  on: {
    spawn: (_state, factory, context) => context.spawnAt(B, factory, { trapExit: true }),
    stop: (_state, pid, context) => context.exit(pid, 'shutdown'),
  },
})

/** A process of a that spawns at b and hears what comes of it. */
export const Parent = protocol('parent', {
  spawn: request<{ factory: string; options?: RemoteSpawnOptions }, Pid>(),
  heard: request<void, readonly unknown[]>(),
  trap: request<boolean, void>(),
  know: request<string, void>(),
  end: request<ExitReason, void>(),
})
export const parent = actor(Parent, {
  init: () => ({ heard: [] as unknown[] }),
  on: {
    spawn: (_state, { factory, options }, context) => {
      const replier = context.replyLater<Pid>()
      context.spawnAt(B, factory, options).then(
        (pid) => replier.reply(pid),
        (error) => replier.reject(error),
      )
      return NoReply
    },
    heard: ({ heard }) => heard,
    trap: (_state, on, context) => context.trapExit(on),
    know: (_state, key, context) => context.setEnv(key, 'north'),
    end: (_state, reason, context) => context.stop(reason),
  },
  handleExit: ({ heard }, { from, reason }) => void heard.push(['exit', String(from), reason]),
  handleDown: ({ heard }, { target, reason }) => void heard.push(['down', String(target), reason]),
})

export interface Family extends TwoNodes {
  readonly parent: Pid<typeof Parent>
  /** Spawns at b, by the parent. */
  spawn(factory: string, options?: RemoteSpawnOptions): Promise<Pid<typeof Child>>
  /** The same, while time stands still. */
  begin(factory: string, options?: RemoteSpawnOptions): Promise<Pid<typeof Child>>
  heard(): Promise<readonly unknown[]>
}

/** b allows `child` and `hard`; the parent lives on a. */
export async function family(
  run: (family: Family) => Promise<void>,
  options: Parameters<typeof clustered>[0] = {},
): Promise<void> {
  await remoteStage(async (stage) => {
    const { a, b, settle } = stage
    b.remote.allowSpawn('child', child)
    b.remote.allowSpawn('hard', hard)
    const pid = await settle(a.spawn(parent, { name: 'parent', trapExit: true }))
    const begin = (factory: string, options: RemoteSpawnOptions = {}) =>
      a.call(pid, 'spawn', { factory, options }, { timeoutMs: 60_000 }) as Promise<
        Pid<typeof Child>
      >
    await run({
      ...stage,
      ...{ parent: pid, begin },
      spawn: (factory, options) => settle(begin(factory, options)),
      heard: () => settle(a.call(pid, 'heard')),
    })
  }, clustered(options))
}
