/**
 * query/desk: the workers that answer what is asked over HTTP, in turn.
 *
 * Each asks storage and the books, and serves others while it waits for them. Their limit is
 * that of the web port: requests under way.
 */

import {
  type AnySpawnable,
  actor,
  describeThrown,
  type ProcessContext,
  type ProcessName,
  pool,
  processName,
  WebHandler,
  type WebRequest,
  type WebResponse,
} from 'troupe'
import type { Accounts } from '#traffic/account/books'
import { type Surroundings, statsJson } from '#traffic/account/stats-json'
import { Storage } from '#traffic/store/storage'
import { isPart, type Part, type Roster } from '#traffic/system/roster'
import { type RouteVerdict, routeOf } from './route.js'
import { vehicleJson } from './vehicle-json.js'

/** What the desk answers from. */
export interface DeskSources {
  readonly books: Accounts
  readonly roster: Roster
  /** What is told beside the account. */
  readonly surroundings: () => Surroundings
  /** Whether `POST /kill?part=` is served. */
  readonly allowsKill: boolean
  /** Where storage is; default in the same program. */
  readonly storage?: ProcessName<typeof Storage>
  /** Kills a part of another program; undefined: none has it. */
  readonly killElsewhere?: (part: Part) => Promise<object | undefined>
}

const STORAGE_HERE = processName('storage', Storage)

const HEADERS = { 'content-type': 'application/json', 'cache-control': 'no-store' } as const

const json = (status: number, value: unknown, headers = {}): WebResponse => ({
  status,
  headers: { ...HEADERS, ...headers },
  body: `${JSON.stringify(value)}\n`,
})

async function nearest(
  { storage = STORAGE_HERE }: DeskSources,
  verdict: Extract<RouteVerdict, { kind: 'nearest' }>,
  context: ProcessContext,
): Promise<WebResponse> {
  try {
    // Behind the positions that came before it, so that it sees them, and ahead of none: in one
    // queue neither can starve the other, and what waits there at the utmost is a matter of ms.
    const found = await context.call(storage, 'nearest', verdict.query)
    const { latitude, longitude } = verdict.query
    context.log.debug('query served', { latitude, longitude, found: found.length })
    return json(200, found.map(vehicleJson))
  } catch (thrown) {
    const error = `storage is not there at this moment: ${describeThrown(thrown)}`
    return json(503, { error }, { 'retry-after': '1' })
  }
}

async function stats(sources: DeskSources): Promise<WebResponse> {
  const account = await sources.books.read()
  const told = statsJson(account, sources.surroundings())
  // Indented, since this is read by people at a terminal.
  return { status: 200, headers: HEADERS, body: `${JSON.stringify(told, undefined, 2)}\n` }
}

async function kill(
  sources: DeskSources,
  part: string,
  context: ProcessContext,
): Promise<WebResponse> {
  const { roster, allowsKill, killElsewhere } = sources
  if (!allowsKill) return json(404, { error: 'killing is off; start with --allow-kill' })
  const [pid] = isPart(part) ? roster.alive(part) : []
  if (pid === undefined) {
    const killed = isPart(part) ? await killElsewhere?.(part) : undefined
    if (killed !== undefined) return json(200, killed)
    return json(404, { error: 'no such part', parts: roster.parts() })
  }
  context.log.warning('killed by request', { part, pid: pid.id })
  context.kill(pid)
  return json(200, { killed: part, pid: pid.id })
}

function answer(
  sources: DeskSources,
  request: WebRequest,
  context: ProcessContext,
): WebResponse | Promise<WebResponse> {
  const verdict = routeOf(request.method, request.path, request.query)
  switch (verdict.kind) {
    case 'nearest':
      return nearest(sources, verdict, context)
    case 'stats':
      return stats(sources)
    case 'kill':
      return kill(sources, verdict.part, context)
    case 'refused':
      return json(verdict.status, { error: verdict.error })
    case 'method':
      return json(405, { error: `only ${verdict.allow} here` }, { allow: verdict.allow })
  }
}

/** One worker. */
export const deskActor = actor(WebHandler, {
  name: 'query',
  init: (sources: DeskSources): DeskSources => sources,
  started: ({ roster }, context) => roster.enter('query', context.self),
  on: { handle: answer },
  options: { reentrant: true },
})

/** Workers that answer questions. */
export const DESK_WORKERS = 3

/** The pool of them; the web port hands it every request. */
export function deskPool(sources: DeskSources): AnySpawnable {
  return pool({
    name: 'desk',
    worker: deskActor,
    workerArgs: [sources],
    size: DESK_WORKERS,
    respawn: { restarts: 100, withinMs: 10_000 },
  })
}
