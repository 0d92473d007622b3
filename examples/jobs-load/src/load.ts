/**
 * load: the process that submits jobs at a steady pace and tells how it goes.
 *
 * A job is due whatever became of those before it; so a slow cluster is not spared. Limit:
 * `inFlightMax` that wait at once; those due beyond it are not begun, and counted.
 */
import { actor, type ProcessContext, protocol } from 'troupe'
import { Client, type ClientParts, type Submitted } from './client.js'
import type { Planned } from './plan.js'
import type { Tally } from './tally.js'

/** How often it is looked what is due, in milliseconds. */
const LOOK_MS = 10
const TELL_MS = 1_000

export interface LoadParts extends Pick<ClientParts, 'urls' | 'textOf'> {
  readonly rate: number
  readonly inFlightMax: number
  /** Milliseconds until no more are begun; undefined: never. */
  readonly forMs: number | undefined
  readonly plan: Iterator<Planned, never>
  readonly tally: Tally
  readonly accepted: (
    planned: Planned,
    submitted: Submitted & { kind: 'accepted' },
    atMs: number,
  ) => void
  readonly tell: (seconds: number, done: number | undefined) => void
  /** Told once, when its time is over and every job has its answer. */
  readonly over: () => void
}

interface Run {
  readonly parts: LoadParts
  readonly client: Client
  readonly sinceMs: number
  due: number
  doneBefore: number | undefined
}

export const loadActor = actor(protocol('jobs-load', {}), {
  init: (parts: LoadParts) => parts,
  started(parts, context) {
    const client = new Client({
      ...{ urls: parts.urls, textOf: parts.textOf, nowMs: () => context.nowMs() },
      wait: (delayMs) => new Promise((resolve) => void context.after(delayMs, resolve)),
      failed: (code) => parts.tally.failed(code),
    })
    const sinceMs = context.nowMs()
    const run: Run = { parts, client, sinceMs, due: 0, doneBefore: undefined }
    context.every(LOOK_MS, () => begin(run, context))
    context.every(TELL_MS, () => tell(run, context))
  },
  on: {},
})

function begin(run: Run, context: ProcessContext): void {
  const { parts, sinceMs } = run
  const { rate, forMs = Number.POSITIVE_INFINITY, inFlightMax, tally, plan } = parts
  const elapsedMs = context.nowMs() - sinceMs
  const due = Math.floor((Math.min(elapsedMs, forMs) * rate) / 1_000)
  for (; run.due < due; run.due += 1) {
    if (tally.open >= inFlightMax) tally.skipped()
    else void submit(run, plan.next().value, context)
  }
  if (elapsedMs >= forMs && tally.open === 0) parts.over()
}

async function submit(
  { parts, client }: Run,
  planned: Planned,
  context: ProcessContext,
): Promise<void> {
  parts.tally.begun()
  const submitted = await client.submit(planned)
  parts.tally.ended(submitted)
  if (submitted.kind === 'accepted') parts.accepted(planned, submitted, context.wallMs())
}

async function tell(run: Run, context: ProcessContext): Promise<void> {
  const seconds = Math.round((context.nowMs() - run.sinceMs) / 1_000)
  const now = await doneNow(run.parts.urls[seconds % run.parts.urls.length] ?? '')
  const { doneBefore } = run
  run.doneBefore = now ?? doneBefore
  const done = now === undefined || doneBefore === undefined ? undefined : now - doneBefore
  run.parts.tell(seconds, done)
}

/** Jobs that the cluster has finished in all its time, as far as it says so. */
async function doneNow(url: string): Promise<number | undefined> {
  try {
    const response = await fetch(`${url}/cluster`, { signal: AbortSignal.timeout(800) })
    const view = (await response.json()) as { readonly jobs?: { readonly done?: number } }
    return view.jobs?.done
  } catch {
    return undefined
  }
}
