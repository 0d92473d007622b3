/**
 * tracing/sampling: whether a new trace begins: the sampler of the process, of its application, or
 * of the node, in this order.
 *
 * Asked only where no trace is going on. What a sampler of the program throws counts as no.
 */
import type { Clock } from '#base/clock'
import type { Random } from '#base/random'
import {
  type Pid,
  requireOption,
  requireSampler,
  type SampleQuestion,
  type Sampler,
  type SamplerInfo,
  type SamplerText,
} from '#contract'

import { ownText } from './own-text.js'
import { told as toldPid } from './span.js'

/** One sampler at work. */
interface Decider {
  readonly told: string
  readonly decide: (asked: SampleQuestion) => boolean
}

/** Samplers of applications and of processes, of each at most so many. */
const SAMPLERS_MAX = 1_000
const TOLD_CHARS_MAX = 64
const SECOND_MS = 1_000

const NEVER: Decider = { told: 'off', decide: () => false }

export class Sampling {
  readonly #clock: Clock
  readonly #random: Random
  #node: Decider = NEVER
  readonly #applications = new Map<string, Decider>()
  readonly #processes = new Map<Pid, Decider>()
  /** Samplers of applications and processes that may begin a trace. */
  #others = 0

  constructor(clock: Clock, random: Random) {
    this.#clock = clock
    this.#random = random
  }

  /** False: nothing begins a trace here. */
  get isOn(): boolean {
    return this.#node !== NEVER || this.#others > 0
  }

  /** False: no process has a sampler of its own. */
  get remembers(): boolean {
    return this.#processes.size > 0
  }

  samples(asked: SampleQuestion): boolean {
    const { process, application } = asked
    const own = process === undefined ? undefined : this.#processes.get(process)
    const decider = own ?? this.#ofApplication(application) ?? this.#node
    return decider === NEVER ? false : decider.decide(asked)
  }

  #ofApplication(name: string | undefined): Decider | undefined {
    return name === undefined ? undefined : this.#applications.get(name)
  }

  setNode(sampler: Sampler | undefined): void {
    this.#node = sampler === undefined ? NEVER : this.#decider(sampler)
  }

  setApplication(name: string, sampler: Sampler | undefined): void {
    this.#set(this.#applications, name, sampler)
  }

  setProcess(process: Pid, sampler: Sampler | undefined): void {
    this.#set(this.#processes, process, sampler)
  }

  /** A process has ended. */
  ended(process: Pid): void {
    this.#delete(this.#processes, process)
  }

  *infos(): Iterable<SamplerInfo> {
    yield { scope: 'node', of: '', sampler: this.#node.told }
    for (const [of, { told }] of this.#applications)
      yield { scope: 'application', of, sampler: told }
    for (const [process, { told }] of this.#processes) {
      yield { scope: 'process', of: toldPid(process), sampler: told }
    }
  }

  #set<K>(deciders: Map<K, Decider>, key: K, sampler: Sampler | undefined): void {
    if (sampler === undefined) {
      this.#delete(deciders, key)
      return
    }
    const decider = this.#decider(sampler)
    const hasRoom = deciders.has(key) || deciders.size < SAMPLERS_MAX
    requireOption(hasRoom, 'sampler', decider.told, `there are ${SAMPLERS_MAX} of its kind already`)
    this.#delete(deciders, key)
    deciders.set(key, decider)
    if (decider !== NEVER) this.#others += 1
  }

  #delete<K>(deciders: Map<K, Decider>, key: K): void {
    const decider = deciders.get(key)
    if (deciders.delete(key) && decider !== NEVER) this.#others -= 1
  }

  #decider(sampler: Sampler): Decider {
    requireSampler('sampler', sampler)
    if (sampler === 'off') return NEVER
    if (typeof sampler !== 'string') {
      const { name, sample } = sampler
      const told = ownText(`custom ${name}`.slice(0, TOLD_CHARS_MAX))
      return { told, decide: (asked) => agrees(sample, asked) }
    }
    return { told: sampler, decide: this.#rule(sampler) }
  }

  #rule(text: Exclude<SamplerText, 'off'>): () => boolean {
    if (text === 'always') return () => true
    const amount = Number(text.slice(text.indexOf(' ') + 1))
    if (text.startsWith('ratio')) return () => this.#random.unit() < amount
    return this.#perSecond(amount)
  }

  /** So many in each second of the clock: those that come first. */
  #perSecond(most: number): () => boolean {
    let second = Number.NEGATIVE_INFINITY
    let left = 0
    return () => {
      const now = Math.floor(this.#clock.nowMs() / SECOND_MS)
      if (now !== second) {
        second = now
        left = most
      }
      if (left === 0) return false
      left -= 1
      return true
    }
  }
}

function agrees(sample: (asked: SampleQuestion) => unknown, asked: SampleQuestion): boolean {
  try {
    return sample(asked) === true
  } catch {
    // It runs in the turn of whoever sends, which must not fail for it.
    return false
  }
}
