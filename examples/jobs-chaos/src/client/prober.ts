/**
 * client/prober: asks every coordinator, again and again, while etcd has no majority.
 *
 * What it wants to know is how they bear it: an answer in time, with a code. A job that it asks for
 * is in the log like any other: whether it was taken is judged as with all.
 */
import type { QuestionKind } from '#chaos/account/facts'
import type { Chance } from '#chaos/world/chance'
import type { World } from '#chaos/world/world'
import { ask, codeOf, type Question } from './http.js'
import type { Ledger } from './ledger.js'
import { verdictOf } from './submitter.js'
import { pathOf, type Template } from './template.js'

/** What is asked of, and whether anything is done to it. */
export interface Probed {
  readonly url: string
  /** A number that changes whenever something is done to it; undefined: it is not up now. */
  readonly quiet: () => number | undefined
}

export interface ProberOptions {
  readonly ledger: Ledger
  readonly world: World
  readonly chance: Chance
  readonly templates: readonly Template[]
  readonly coordinators: readonly Probed[]
  readonly prefix: string
}

/** Longer than any answer may take: what takes longer has hung. */
const ANSWER_MS = 20_000
const PAUSE_MS = 300

type Options = ProberOptions & { readonly next: () => string }

/** Asks until the signal is given; settles when the last question is answered or given up. */
export async function probe(options: ProberOptions, stop: AbortSignal): Promise<void> {
  await Promise.all(options.coordinators.map((one, at) => probeOne(one, at, options, stop)))
}

async function probeOne(
  probed: Probed,
  at: number,
  options: ProberOptions,
  stop: AbortSignal,
): Promise<void> {
  const chance = options.chance.fork()
  const run = options.ledger.asked.length
  let made = 0
  const next = (): string => {
    made += 1
    return `${options.prefix}-${run}-${at + 1}-${made}`
  }
  const kinds: readonly QuestionKind[] = ['submit', 'get', 'cluster', 'list', 'remove']
  for (let turn = 0; !stop.aborted; turn += 1) {
    const kind = kinds[turn % kinds.length] ?? 'cluster'
    await question(probed, kind, { ...options, chance, next })
    await options.world.wait(PAUSE_MS, stop)
  }
}

async function question(
  { url, quiet }: Probed,
  kind: QuestionKind,
  options: Options,
): Promise<void> {
  const { ledger, world } = options
  const before = quiet()
  if (before === undefined) return
  const { asked, id } = questionOf(kind, url, options)
  const startMs = world.nowMs()
  const answer = await ask(asked)
  const tookMs = Math.round(world.nowMs() - startMs)
  const { status } = answer
  if (id !== undefined) {
    const verdict = verdictOf(answer)
    const problem = answer.problem || `status ${status}`
    if (verdict === 'again') ledger.write({ kind: 'unanswered', id, problem, url })
    else ledger.write({ kind: verdict, id, status, url })
  }
  const isDisturbed = quiet() !== before
  const code = codeOf(answer)
  ledger.write({ kind: 'probed', url, question: kind, status, code, tookMs, isDisturbed })
}

/** What is asked; `id`: of the job that is submitted by it. */
function questionOf(
  kind: QuestionKind,
  url: string,
  { ledger, chance, templates, next }: Options,
): { readonly asked: Question; readonly id?: string } {
  const timeoutMs = ANSWER_MS
  const known = chance.pick(ledger.acknowledged)
  const template = chance.pick(templates)
  switch (kind) {
    case 'submit': {
      if (template === undefined) break
      const id = next()
      const { expected, digest, text } = template
      ledger.write({ kind: 'asked', id, expected, digest })
      const asked = { url: url + pathOf(template, id), body: text, timeoutMs }
      return { asked: { method: 'POST', ...asked }, id }
    }
    case 'get':
      if (known === undefined) break
      return { asked: { method: 'GET', url: `${url}/jobs/${known}`, timeoutMs } }
    case 'remove':
      // Nobody has asked for it: there is nothing that could be taken back.
      return { asked: { method: 'DELETE', url: `${url}/jobs/${next()}`, timeoutMs } }
    case 'list':
      return { asked: { method: 'GET', url: `${url}/jobs?limit=10`, timeoutMs } }
    case 'cluster':
      break
  }
  return { asked: { method: 'GET', url: `${url}/cluster`, timeoutMs } }
}
